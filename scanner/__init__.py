"""Find; never changes a file."""
