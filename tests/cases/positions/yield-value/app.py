def f():
    yield "<<k>>"
    yield from ["<<j>>"]
