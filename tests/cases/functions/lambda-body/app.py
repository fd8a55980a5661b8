get_password = lambda: "<<pw>>"
