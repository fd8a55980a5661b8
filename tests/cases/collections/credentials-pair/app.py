CREDENTIALS = ("shop", "<<pw>>")
password = CREDENTIALS[1]
