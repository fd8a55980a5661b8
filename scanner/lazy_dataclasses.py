"""Make dataclasses compile their methods on the first call, so that importing them is fast.

`dataclass` writes and compiles the source of five methods for each class at import: half of the import time of LibCST
(196 classes), and of our own records. A scan calls few of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def lazy_dataclasses() -> Iterator[None]:
    """A context in which new dataclasses compile their methods late; otherwise they are unchanged.

    It replaces a private function of Python 3.11 and 3.12:
    https://github.com/python/cpython/blob/v3.11.7/Lib/dataclasses.py#L413; if there is none, it does nothing.
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
    """A method that compiles the real one on its first call and is replaced by it."""
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
