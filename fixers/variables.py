"""The variables of the environment that are recorded for secrets: what they are called, and which may not be taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count

from fixers.grouping import Draft, Form, own_key
from scanner.model import Finding

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Variables that almost every process finds set.
SET_BY_THE_SYSTEM = frozenset(
    {
        "USER", "USERNAME", "LOGNAME", "HOME", "PATH", "HOSTNAME", "LANG", "LANGUAGE", "SHELL", "TERM", "PWD", "OLDPWD",
        "TMPDIR", "TEMP", "TMP", "TZ", "SHLVL"
    }
)  # fmt: skip
# Variables that mean something to the shell, the system or a tool; SECRETS_ENV is the generated module's own.
_RESERVED = SET_BY_THE_SYSTEM | {
    "HOST", "PORT", "MAIL", "EDITOR", "VISUAL", "PAGER", "DISPLAY", "UID", "GID", "EUID", "PPID", "IFS", "PS1",
    "RANDOM", "SECONDS", "DEBUG", "ENV", "CI", "NAME", "VERSION", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SECRETS_ENV"
}  # fmt: skip
_RESERVED_PREFIXES = ("AWS_", "PYTHON", "LD_", "DYLD_", "GIT_", "LC_", "SSH_", "XDG_", "PG", "MYSQL_PWD", "BASH")
_SETTERS = frozenset({"os.environ", "os.environ.update", "os.putenv"})  # `os.environ |= {...}`, and calls
_READ = re.compile(
    rb"(?:(?:environ|getenv|environb|\benv)(?:\.\w+)?\s*[\[(]|\bconfig\s*\()"
    rb"\s*(?:key\s*=\s*)?[rRuUbB]?[\"']([A-Za-z_]\w*)[\"']"
)


def read_variables(files: Iterable[bytes]) -> frozenset[str]:
    """The environment variables that Python files read by a constant name (os.environ, getenv, environ, decouple)."""
    return frozenset(name.decode() for raw in files if b"env" in raw or b"config" in raw for name in _READ.findall(raw))


def variables(
    drafts: Sequence[Draft], parts: Sequence[str], *, app: str, read: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """The recorded environment variable of each member of each draft, unique within its environment.

    A variable that a place is about is kept. Others are new names: never reserved, never one that the repository
    reads (it holds another value) or sets, never one that another draft's place is about.
    """
    owned = {key for draft in drafts for finding in draft.findings if (key := own_key(finding))}
    owned |= {key for draft in drafts for finding in draft.findings if (key := _set_by(finding))}
    taken: set[tuple[str, str]] = set()
    found: list[tuple[str, ...]] = []
    for draft, part in zip(drafts, parts, strict=True):
        names = []
        for member in draft.members:
            own = next((key for finding in member.findings if (key := own_key(finding))), None)
            # Two defaults of one variable that differ are two values: only the first is read from it.
            name = (
                own
                if own and (draft.env, own) not in taken
                else next(
                    name
                    for name in _variables(draft, part, member.key, app)
                    if (draft.env, name) not in taken
                    and name not in owned
                    and name not in read
                    and not is_reserved(name)
                )
            )
            taken.add((draft.env, name))
            names.append(name)
        found.append(tuple(names))
    return tuple(found)


def is_reserved(variable: str) -> bool:
    """Whether the system, a shell or a well-known tool gives this variable a meaning of its own."""
    return variable in _RESERVED or variable.startswith(_RESERVED_PREFIXES)


def _set_by(finding: Finding) -> str | None:
    """The variable that the finding's place sets, whatever it was: `os.environ.update(NAME="...")`, `os.putenv`."""
    literal = finding.literal
    sets = any(callee in _SETTERS for argument in literal.arguments for callee in argument.callees)
    return literal.name if sets else None


def _variables(draft: Draft, part: str, key: str | None, app: str) -> Iterator[str]:
    known = draft.findings[0].env
    if known and draft.form is Form.PLAIN:
        yield known
    stem = part.removesuffix("access-key").removesuffix("-") if draft.form is Form.PAIR else part
    tail = "" if key is None else key.removeprefix("aws_")
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(filter(None, (stem, tail))).upper())
    if not name[0].isdigit():
        yield name
    wide = re.sub(r"[^A-Z0-9]+", "_", f"{app}_{name}".upper()).lstrip("_0123456789") or f"SECRET_{name}"
    yield wide
    yield from (f"{wide}_{number}" for number in count(2))
