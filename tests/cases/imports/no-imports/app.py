password = "<<pw>>"
