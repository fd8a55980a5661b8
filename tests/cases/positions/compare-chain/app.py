def check(token, stored_token="<<pw>>"):
    return "" < token <= stored_token != "zz"
