import sys

if (password := "<<a>>") and sys.version_info >= (3, 8):
    A = password
B = [token for x in range(2) if (token := "<<b>>")]


def f(n):
    return n or (api_key := "<<c>>") and api_key.upper()
