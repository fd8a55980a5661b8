API_KEYS = (
    "<<a>>",
    "<<b>>",
)
