"""Saying which columns of an unknown table are which, and remembering it for files like it."""
