"""The scanner: finds credentials and never changes a file."""
