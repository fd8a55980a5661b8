from typing import Optional


def connect(password: Optional[str] = "<<pw>>", *, retries: int = 3) -> Optional[str]:
    return password
