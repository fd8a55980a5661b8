"""A loop that has no thread of asyncio's to wait in. https://trio.readthedocs.io/en/stable/reference-core.html#trio.run"""


def run(function, *arguments):
    try:
        function(*arguments).send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("it waits for something that is not of this loop")
