def connect(password="<<a>>"):
    return {"password": password}
