LOGINS = [{"user": user, "password": "<<pw>>"} for user in ("a", "b")]
