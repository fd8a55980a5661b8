def main(token="<<a>>"):
    return token
