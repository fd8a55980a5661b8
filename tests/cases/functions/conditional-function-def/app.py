import sys

if sys.platform == "win32":
    def token(): return "win"
else:
    def token(secret="<<a>>"): return secret


async def atoken(): return {"token": "<<b>>"}
