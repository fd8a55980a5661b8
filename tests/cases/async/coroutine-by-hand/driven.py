async def fetch(name):
    password = "<<pw>>"
    return name, password


def run():
    coroutine = fetch("x")
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("it waits")
