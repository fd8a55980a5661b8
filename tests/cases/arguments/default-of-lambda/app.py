connect = lambda password="<<pw>>": password
