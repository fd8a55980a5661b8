PASSWORD = "<<pw>>"
