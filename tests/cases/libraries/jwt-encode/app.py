import hashlib
import hmac

KEY = JWT_SECRET = "<<a>>"


def make(payload, key=JWT_SECRET, algorithm="HS256"):
    return hmac.new(key.encode(), repr(payload).encode(), hashlib.sha256).hexdigest()
