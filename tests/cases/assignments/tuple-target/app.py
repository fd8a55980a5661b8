user, password = "admin", "<<pw>>"
