async def main(password="<<a>>"):
    def inner(token="<<b>>"):
        secret = "<<c>>"
        return token, secret
    return password, inner(), {"api_key": "<<d>>"}["api_key"].strip()
