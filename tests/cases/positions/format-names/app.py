A = "{user}:{password}".format(user="shop", password="<<pw>>")
B = "mysql://root:<<w>>@{host}/{0}".format("db", host="h")
