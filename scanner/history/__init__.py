"""Scan what a repository remembers: every version of every file, each one once."""
