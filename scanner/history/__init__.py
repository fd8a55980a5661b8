"""Scan a repository's history: every version of every file, each one once."""
