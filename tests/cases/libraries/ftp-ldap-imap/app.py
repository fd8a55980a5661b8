import ftplib
import imaplib

import ldap3

f = ftplib.FTP("ftp.example", "feed", "<<a>>")
l = ldap3.Connection("ldap", user="cn=admin", password="<<b>>", auto_bind=True)
m = imaplib.IMAP4_SSL("imap")
m.login("orders@x", "<<d>>")
