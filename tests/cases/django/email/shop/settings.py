EMAIL_HOST = "mail.internal"
EMAIL_HOST_USER = "shop"
EMAIL_HOST_PASSWORD = "<<pw>>"
