import smtplib


def mail():
    server = smtplib.SMTP("mail.internal", 587)
    server.login("shop", "<<pw>>")
    return server
