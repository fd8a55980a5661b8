MAIL_PASSWORD = "<<pw>>"
