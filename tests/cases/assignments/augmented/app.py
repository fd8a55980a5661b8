password = ""
password += "<<pw>>"
