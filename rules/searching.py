"""Search with regular expressions that users write, by Hyperscan: in time linear in the text, whatever they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_LONGEST = 500
# Compiling takes time by more than their number: 4 ms for 50 of `-*`, 8 s for 400.
_MOST_REPEATS = 50


def fault(expression: str) -> bool:
    """Whether an expression cannot be used: look-around, back-references, a fit of the empty text, too large."""
    import hyperscan

    try:
        _compiled([expression])
    except (hyperscan.error, UnicodeEncodeError, ValueError):
        return True
    return False


def searcher(expressions: Sequence[str]) -> Callable[[bytes], frozenset[int]]:
    """A function from bytes to the numbers of the expressions that are found in them."""
    if not expressions:
        return lambda _raw: frozenset()
    database = _compiled(expressions)

    def search(raw: bytes) -> frozenset[int]:
        found: set[int] = set()

        def note(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.add(number)

        database.scan(raw, match_event_handler=note)
        return frozenset(found)

    return search


def _is_large(expression: str) -> bool:
    return len(expression) > _LONGEST or sum(expression.count(mark) for mark in "*+{") > _MOST_REPEATS


def _compiled(expressions: Sequence[str]):  # type: ignore[no-untyped-def]
    import hyperscan

    if any(_is_large(expression) for expression in expressions):
        raise ValueError("too large")
    database = hyperscan.Database()
    database.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(expressions),
    )
    return database
