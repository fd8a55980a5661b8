import smtplib
from email.message import EmailMessage


def send(to="ops@example.org", user="robot@example.org"):
    message = EmailMessage()
    message["To"] = to
    with smtplib.SMTP_SSL("smtp.example.org", 465) as server:
        server.login(user, "<<a>>")
        server.send_message(message)
        return vars(server.login)
