url = "https://{user}:{password}@api.internal/".format(user="shop", password="<<pw>>")
