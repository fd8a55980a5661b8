from functools import cache, lru_cache


@cache
def client():
    return ("https://x", "<<a>>")


@lru_cache
def token(key: str = "<<b>>") -> str:
    return key


K2 = token()
