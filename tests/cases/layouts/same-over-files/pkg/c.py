def get(token: str = "<<a>>") -> str:
    return f"token={token}"
