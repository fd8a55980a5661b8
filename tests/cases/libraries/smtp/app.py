import smtplib

s = smtplib.SMTP("mail", 587)
s.login("user@x", "<<p>>")
