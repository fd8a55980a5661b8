import jwt


def sign(claims):
    return jwt.encode(claims, """<<pem>>""", algorithm="RS256")
