if password := "<<pw>>":
    used = len(password)
