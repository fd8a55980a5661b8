host, *credentials, password = "h", "u", "<<pw>>"
