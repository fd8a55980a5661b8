"""Readers: parse a document into literals with exact spans, names and roles."""
