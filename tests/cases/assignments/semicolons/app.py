host = "h"; password = "<<pw>>"; port = 5432
