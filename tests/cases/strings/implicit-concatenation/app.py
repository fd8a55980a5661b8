API_TOKEN = (
    "<<a>>"
    "<<b>>"
)
