"""What rewritten code calls."""
