password = db_password = "<<pw>>"
