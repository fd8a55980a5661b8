"""The fixers: the only package that writes."""
