"""Change; the only package that writes."""
