def g():
    token = yield "<<t>>"
    yield from ["<<u>>", token]


def h(): return"<<v>>"


async def i(): return "<<w>>" if True else None
