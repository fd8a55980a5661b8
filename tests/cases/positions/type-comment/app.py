password = "<<pw>>"  # type: str
token = "<<t>>"  # type: ignore[assignment]  # pragma: no cover


def f(secret="<<s>>"):  # type: (str) -> str
    return secret
