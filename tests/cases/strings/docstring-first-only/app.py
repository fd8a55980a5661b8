"""Token <<t>>."""
token = "<<u>>"
