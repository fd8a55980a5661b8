for attempt in range(2):
    password = "<<pw>>"
