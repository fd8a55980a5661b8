API_KEY = (
    "<<a>>"  # first half
    # the second half was rotated
    "<<b>>"
)
