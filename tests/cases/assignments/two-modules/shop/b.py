from shop.a import API_TOKEN

MAIL_PASSWORD = "<<b>>"
