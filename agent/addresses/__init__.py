"""The address base: lists of door plates taken in and given out."""
