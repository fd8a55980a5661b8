password = "<<pw>>"
length = len(password)
del password
