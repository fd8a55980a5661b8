DB = dict(user="shop", password="<<pw>>", host="h", port=5432)
E = dict([("password", "<<b>>"), ("token", "<<t>>")])
