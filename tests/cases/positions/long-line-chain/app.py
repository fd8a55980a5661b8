x = (
    "<<a>>"
    .replace("_", "-")
    .upper()
    + "<<b>>"
)
