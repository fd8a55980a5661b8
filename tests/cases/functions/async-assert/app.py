async def check(password):
    assert password != "<<pw>>", "no"
    if not password == "<<pw>>" and password:
        return True
    return f"{'<<pw>>'}"
