import hmac


def sign(message):
    return hmac.new(b"<<k>>", message, "sha256").hexdigest()
