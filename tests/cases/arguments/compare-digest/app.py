import hmac


def check(given):
    return hmac.compare_digest(given, "<<pw>>")
