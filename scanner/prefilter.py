"""The prefilter: one Hyperscan database of all rules that finds the offsets in a file worth analysing.

The database is compiled once for each version of the rules (five to ten seconds) and kept in the user's cache; loading
it takes some milliseconds. A compiled database is input for native code and unsafe to load if someone else wrote it:
the folder is ours and 0700, the files' owner is checked, and whatever does not fit is compiled anew.
"""

from __future__ import annotations

import functools
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import hyperscan
from hyperscan import _version

from rules.private import own_folder, read_parts, write_private
from scanner.beside import wait_beside

# Roles of expressions. A call counts only in a file that also imports its library.
PROVIDER, QUOTED, BARE, URL, CALL, IMPORT, MARK = range(7)

# Bytes per number in a cache file.
_NUMBER = 4
# The modules that build the expressions.
_MAKERS = (
    "prefilter.py",
    "expressions.py",
    "detectors/name.py",
    "detectors/nameshapes.py",
    "detectors/auth.py",
    "decoding.py",
    "commandlines.py",
    "foreigncalls.py",
    "readers/delimited.py",
    "readers/inserted.py",
    "readers/several.py",
    "readers/textnames.py",
    "readers/wholefile.py",
)


# Expression id and end offset in bytes.
Hit = tuple[int, int]
# Role and reference of each expression, by id.
Table = tuple[tuple[int, str], ...]


class Expression(NamedTuple):
    """One entry of the database: its role, and the rule or import root that it belongs to."""

    role: int
    pattern: bytes
    caseless: bool = False
    ref: str = ""


class Prefilter(NamedTuple):
    """A loaded database. `table` gives role and reference by expression id, as bytes until they are needed.

    Calls have a database of their own, which `calls` loads on demand: four of five hits are `get(` and the like, and
    count only in a file that imports their library. The ids of imports are the last ones, from `imports` on.
    """

    database: Any
    calls: Callable[[], Any]
    imports: int
    table: bytes | Table

    def find(self, data: bytes, *, calls: bool = False) -> list[Hit]:
        """Expression id and end offset (bytes) of every hit. `calls`: search for calls even without an import."""
        hits: list[Hit] = []
        add = hits.append

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((number, end))

        self.database.scan(data, match_event_handler=on_match)
        if calls or any(number >= self.imports for number, _ in hits):
            self.calls().scan(data, match_event_handler=on_match)
        return hits


def hits_from_imports(prefilter: Prefilter, data: bytes) -> list[Hit]:
    """The hits of imports, and of own rules, whose ids are higher; calls are not searched."""
    found: list[Hit] = []

    def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        if number >= prefilter.imports:
            found.append((number, end))

    prefilter.database.scan(data, match_event_handler=on_match)
    return found


def full_state(state: bytes) -> bytes:
    """The state of the rules combined with that of Hyperscan and of the modules that build the expressions."""
    made = [(Path(__file__).parent / each).stat().st_mtime_ns for each in _MAKERS]
    return state + f"\nhyperscan {_version.__version__} {sys.platform} {made}".encode()


def load(cache: Path | None, state: bytes) -> Prefilter:
    """The database of the built-in rules in this state: from the cache, or compiled and stored there."""
    state = full_state(state)
    # Installations (pipx, pre-commit) keep separate files; the state inside says whether a file is current.
    root = state.partition(b"\n")[0]
    name = f"prefilter-{zlib.crc32(root):08x}"
    if cache is not None:
        cached = _cached(cache, name, state)
        if cached is not None:
            return cached
    found = _built_in()
    databases = tuple(compile_database(found, calls=calls, once=cache is not None) for calls in (False, True))
    table = tuple((expression.role, expression.ref) for expression in found)
    imports = sum(expression.role != IMPORT for expression in found)
    if cache is not None:
        _keep(cache, name, state, [hyperscan.dumpb(database) for database in databases], imports, table)
    return Prefilter(database=databases[0], calls=lambda: databases[1], imports=imports, table=table)


def _built_in() -> list[Expression]:
    from rules.load import load_rules
    from scanner.expressions import expressions

    return expressions(load_rules())


def compile_database(found: list[Expression], *, calls: bool, once: bool = False) -> Any:
    """Compile the expressions of calls, or all others, into a block-mode database; `once` says that it will be kept."""
    numbered = [(number, each) for number, each in enumerate(found) if (each.role == CALL) is calls]
    flags = []
    for _, expression in numbered:
        flag = hyperscan.HS_FLAG_CASELESS if expression.caseless else 0
        if expression.role == IMPORT:
            flag |= hyperscan.HS_FLAG_SINGLEMATCH
        flags.append(flag)
    database = hyperscan.Database()
    compiling = functools.partial(
        database.compile,
        expressions=[expression.pattern for _, expression in numbered],
        ids=[number for number, _ in numbered],
        elements=len(numbered),
        flags=flags,
    )
    # Hyperscan holds an interruption back until it is done, which takes seconds on a small machine.
    wait_beside(compiling, "compiling the rules, once for each version" if once else "compiling expressions")
    return database


def read_table(prefilter: Prefilter) -> Table:
    """Role and reference of each expression id; read only after a hit."""
    if isinstance(prefilter.table, tuple):
        return prefilter.table
    rows = (row.partition(" ") for row in prefilter.table.decode().split("\n"))
    return tuple((int(role), ref) for role, _, ref in rows)


def with_own_calls(table: Table) -> Table:
    """The table with one more row, for calls of a file's own functions, which have no expression."""
    return (*table, (CALL, ""))


class SortedHits(NamedTuple):
    """Hits by role: byte offsets to read (`counts`), those of each provider rule, and imported roots."""

    wanted: set[int]
    providers: dict[str, list[int]]
    imported: frozenset[str]


def sort_out(hits: list[Hit], table: Table, *, code: bool) -> SortedHits:
    """Sort the hits of one file, in Python (`code`) or not."""
    imported = frozenset(table[number][1] for number, _ in hits if table[number][0] == IMPORT)
    wanted: set[int] = set()
    providers: dict[str, list[int]] = {}
    for number, end in hits:
        role, ref = table[number]
        if role == PROVIDER:
            providers.setdefault(ref, []).append(end)
        if counts(role, ref, imported, code=code):
            wanted.add(end)
    return SortedHits(wanted, providers, imported)


def counts(role: int, ref: str, imports: frozenset[str], *, code: bool) -> bool:
    """Whether a hit of an expression has to be read, in Python (`code`) or not, given these imports.

    In Python a bare `name = value` is not a literal, and a call counts only with an import of one of its libraries;
    some calls need none.
    """
    if role == CALL:
        return code and (not ref or not imports.isdisjoint(ref.split(" ")))
    return role in (PROVIDER, QUOTED, URL) or (role == BARE and not code)


def _cached(cache: Path, name: str, state: bytes) -> Prefilter | None:
    if not own_folder(cache):
        return None
    rows = read_parts(cache / f"{name}.rows", len(state))
    stored = _stored(cache / f"{name}.hsdb", state)
    if stored is None or rows is None or rows[0] != state:
        return None
    imports, database = stored
    calls = functools.cache(functools.partial(_calls, cache / f"{name}.calls", state))
    return Prefilter(database=database, calls=calls, imports=imports, table=rows[1])


def _calls(path: Path, state: bytes) -> Any:
    """The database of calls from the cache, compiled if it is no longer there."""
    stored = _stored(path, state)
    if stored is None:
        return compile_database(_built_in(), calls=True)
    return stored[1]


def _stored(path: Path, state: bytes) -> tuple[int, Any] | None:
    """The id of the first import and the database of a cache file; None if it is incomplete, or of another state."""
    parts = read_parts(path, len(state) + _NUMBER)
    if parts is None or parts[0][:-_NUMBER] != state:
        return None
    try:
        # A database has its own checksum, which is compared before anything else in it is trusted.
        database = hyperscan.loadb(parts[1], hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except hyperscan.HyperscanError:
        return None
    return int.from_bytes(parts[0][-_NUMBER:], "big"), database


def _keep(cache: Path, name: str, state: bytes, dumped: list[bytes], imports: int, table: Table) -> None:
    if not own_folder(cache):
        return
    # Lines, not JSON: a clean commit reads this and should not import a JSON parser.
    rows = "\n".join(f"{role} {ref}" for role, ref in table)
    write_private(cache / f"{name}.rows", state + rows.encode())
    # Calls first: a process that finds the other file then finds this one too.
    for suffix, body in (("calls", dumped[1]), ("hsdb", dumped[0])):
        write_private(cache / f"{name}.{suffix}", state + imports.to_bytes(_NUMBER, "big") + body)
