def connect(host="db", password="<<pw>>"):
    return host, password


C = connect()
D = (lambda token="<<t>>": token)()
