"""Readers: from documents to literals with exact spans, names and roles."""
