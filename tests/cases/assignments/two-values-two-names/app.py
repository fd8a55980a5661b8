MAIL_PASSWORD = "<<a>>"
API_TOKEN = "<<b>>"
