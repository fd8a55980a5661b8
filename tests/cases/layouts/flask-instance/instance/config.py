SECRET_KEY = "<<a>>"
MAIL_PASSWORD = "<<b>>"
