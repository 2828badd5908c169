"""The commands of `renhu`, one file each."""
