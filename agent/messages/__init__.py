"""The words for people, by code and language."""
