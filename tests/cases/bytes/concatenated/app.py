SIGNING_KEY = (
    b"<<a>>"
    b"<<b>>"
)
