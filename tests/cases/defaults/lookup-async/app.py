async def f(config):
    return config.get("password", "<<a>>"), {"t": config.get("token", "<<b>>")}
