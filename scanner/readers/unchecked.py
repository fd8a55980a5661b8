"""LibCST without the checks that it makes of trees which people build.

Each node asks whether there is a blank where one is needed. Of what `ast` has read that needs no asking, the answer is
wrong for `return(a.b if c else d)` and `in(lambda: x)` (https://github.com/Instagram/LibCST/issues/1095 has more of the
kind), and asking takes a third of the parser's time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst


@contextmanager
def unchecked() -> Iterator[None]:
    """Let LibCST believe meanwhile that each node may stand where it does: what it reads, `ast` has read before."""
    before = cst.CSTNode.__post_init__
    cst.CSTNode.__post_init__ = _believe  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        cst.CSTNode.__post_init__ = before  # type: ignore[method-assign]


def _believe(node: cst.CSTNode) -> None:
    """Ask nothing."""
