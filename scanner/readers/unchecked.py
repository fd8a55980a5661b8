"""Use LibCST without its validation of trees that programs build.

Each node checks that there is whitespace where it is needed. For source that `ast` has parsed that is unnecessary,
wrong for `return(a.b if c else d)` and `in(lambda: x)` (https://github.com/Instagram/LibCST/issues/1095 has more of the
kind), and a third of the parser's time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst


@contextmanager
def unchecked() -> Iterator[None]:
    """A context in which LibCST skips validation; only for source that `ast` has parsed."""
    before = cst.CSTNode.__post_init__
    cst.CSTNode.__post_init__ = _believe  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        cst.CSTNode.__post_init__ = before  # type: ignore[method-assign]


def _believe(node: cst.CSTNode) -> None:
    """Replacement for a node's validation: accept it."""
