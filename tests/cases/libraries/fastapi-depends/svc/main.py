import secrets
from typing import Annotated

API_KEY = "<<a>>"
SECRET_KEY: Annotated[str, "jwt"] = "<<b>>"
ALGORITHM = "HS256"
ACCESS_TOKEN_EXPIRE_MINUTES = 30


def verify(x_api_key: str) -> bool:
    return secrets.compare_digest(x_api_key.encode(), API_KEY.encode())


async def token() -> dict:
    return {"key": SECRET_KEY, "alg": ALGORITHM}
