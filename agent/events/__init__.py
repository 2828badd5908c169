"""What has changed, told to whoever listens: never with personal data."""
