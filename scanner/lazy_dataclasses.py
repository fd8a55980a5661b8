"""Dataclasses whose methods are compiled on their first call, so that importing them is fast.

`dataclass` writes and compiles the source of five methods for each class while its module is imported: half of what
importing LibCST takes (196 classes), and half of what our own records take. A scan calls few of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def lazy_dataclasses() -> Iterator[None]:
    """Let the dataclasses that are made meanwhile compile their methods late. Changes nothing else about them.

    It stands in for a private function of Python 3.11 and 3.12:
    https://github.com/python/cpython/blob/v3.11.7/Lib/dataclasses.py#L413; where there is none, this does nothing.
    """
    import dataclasses

    create = getattr(dataclasses, "_create_fn", None)
    if create is None:
        yield
        return
    dataclasses._create_fn = functools.partial(_late, create)  # type: ignore[attr-defined] # noqa: SLF001 - see above
    try:
        yield
    finally:
        dataclasses._create_fn = create  # type: ignore[attr-defined] # noqa: SLF001


def _late(
    create: Callable[..., Callable[..., Any]], name: str, args: Sequence[str], body: Sequence[str], **rest: Any
) -> Callable[..., Any]:
    """A method that makes the real one when it is called, and steps aside for it."""
    made: Callable[..., Any] | None = None

    def late(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal made
        if made is None:
            made = create(name, args, body, **rest)
            made.__qualname__ = late.__qualname__
            for owner in type(self).__mro__:
                if owner.__dict__.get(name) is late:
                    setattr(owner, name, made)
        return made(self, *given, **named)

    late.__name__ = name
    return late
