import app_secrets

password = "<<pw>>"
other = app_secrets.OTHER
