def auth(api_key: str = "<<a>>") -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"}


LINE = f"curl -H 'Authorization: Bearer <<a>>' https://x"
