"""What a file says: literals with exact spans, names and roles."""
