def connect(user, password):
    return f"{user}/{password}"


result = connect("shop", password="<<pw>>")
