"""Shop."""

API_TOKEN = "<<t>>"
