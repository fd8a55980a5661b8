"""The environment variables recorded for secrets: how they are named, and which names must not be used."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from fixers.grouping import Draft, Form, own_key
from scanner.model import Finding

if TYPE_CHECKING:
    from fixers.workspace import Workspace

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Variables that are set for almost every process.
SET_BY_THE_SYSTEM = frozenset(
    {
        "USER", "USERNAME", "LOGNAME", "HOME", "PATH", "HOSTNAME", "LANG", "LANGUAGE", "SHELL", "TERM", "PWD", "OLDPWD",
        "TMPDIR", "TEMP", "TMP", "TZ", "SHLVL"
    }
)  # fmt: skip
# Variables with a meaning for the shell, the system or a tool; SECRETS_ENV is the generated module's own.
_RESERVED = SET_BY_THE_SYSTEM | {
    "HOST", "PORT", "MAIL", "EDITOR", "VISUAL", "PAGER", "DISPLAY", "UID", "GID", "EUID", "PPID", "IFS", "PS1",
    "RANDOM", "SECONDS", "DEBUG", "ENV", "CI", "NAME", "VERSION", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SECRETS_ENV"
}  # fmt: skip
# Names that a shell or a pipeline may well have for something else: as variables they go before the stored value.
_EVERYBODYS = frozenset(
    {
        "KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASS", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "AUTH",
        "API_KEY"
    }
)  # fmt: skip
_RESERVED_PREFIXES = ("AWS_", "PYTHON", "LD_", "DYLD_", "GIT_", "LC_", "SSH_", "XDG_", "PG", "MYSQL_PWD", "BASH")
_SETTERS = frozenset({"os.environ", "os.environ.update", "os.putenv"})  # `os.environ |= {...}`, and calls
_READ = re.compile(
    rb"(?:(?:environ|getenv|environb|\benv)(?:\.\w+)?\s*[\[(]|\bconfig\s*\()"
    rb"\s*(?:key\s*=\s*)?[rRuUbB]?[\"']([A-Za-z_]\w*)[\"']"
)
# Files that set or pass on variables for a program (Compose, `.env`, make, shells); example files set none.
_SETTERS_OF_THE_PROJECT = re.compile(
    r"(?!.*(?:example|sample|template|\bdist\b))(?:(?:.*[._-])?(?:dockerfile|containerfile|makefile|justfile|procfile|env)(?:[._-].*)?"
    r"|\.(?:envrc|flaskenv)|.*\.(?:ya?ml|toml|cfg|conf|ini|json|sh|bash|zsh|ps1|bat|cmd|service|mk|tf|tfvars))",
    re.IGNORECASE,
)
# `NAME=`, `NAME ?=`, `NAME: x`, `"NAME": x`; `export NAME`, `ENV NAME x`, `- NAME`; `name: NAME`, `"name": "NAME"`.
_SET = re.compile(
    rb"(?<![\w$.{%-])([A-Z][A-Z0-9_]+)(?=[\"']?[ \t]*[?:+]?[=:])"
    rb"|^[ \t]*(?:export|unexport|ENV|ARG|-)[ \t]+[\"']?([A-Z][A-Z0-9_]+)(?![\w.-])"
    rb"|\bname[\"']?[ \t]*[:=][ \t]*[\"']?([A-Z][A-Z0-9_]+)(?![\w.-])",
    re.MULTILINE,
)
_IMAGES = re.compile(r"(?:.*[._-])?(?:dockerfile|containerfile)(?:[._-].*)?", re.IGNORECASE)
# A variable set while an image is built is not set in the image.
_BUILDS = re.compile(rb"^[ \t]*RUN\b(?:[^\n]*\\\r?\n)*[^\n]*", re.IGNORECASE | re.MULTILINE)
_LONGEST = 200_000  # bytes of a hand-written file


def set_variables(workspace: Workspace) -> Mapping[str, frozenset[str]]:
    """The variables that the repository's own files may set, to any value, each with the paths of those files."""
    found: dict[str, set[str]] = {}
    for path in workspace.files:
        if _SETTERS_OF_THE_PROJECT.fullmatch(PurePosixPath(path).name):
            raw = workspace.bytes_of(path)
            if _IMAGES.fullmatch(PurePosixPath(path).name):
                raw = _BUILDS.sub(b"", raw)
            for name in itertools.chain(*_SET.findall(raw)) if len(raw) <= _LONGEST else ():
                found.setdefault(name.decode(), set()).add(path)
    return {name: frozenset(paths) for name, paths in found.items() if name}


def read_variables(files: Iterable[bytes]) -> frozenset[str]:
    """The environment variables that Python files read by a constant name (os.environ, getenv, environ, decouple)."""
    return frozenset(name.decode() for raw in files if b"env" in raw or b"config" in raw for name in _READ.findall(raw))


def variables(
    drafts: Sequence[Draft],
    parts: Sequence[str],
    *,
    app: str,
    read: Collection[str],
    given: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[tuple[str, ...], ...]:
    """The recorded environment variable of each member of each draft, unique within its environment.

    If a place defines a variable, that is kept. Others are new names: never reserved, never one that the repository
    reads (it holds another value) or sets, never one that another draft's place defines. `given` are the variables that
    the repository's files set, with their paths: if the draft's own place is in such a file, it may be the one that
    sets it.
    """
    owned = {key for draft in drafts for finding in draft.findings if (key := own_key(finding))}
    owned |= {key for draft in drafts for finding in draft.findings if (key := _set_by(finding))}
    taken: set[tuple[str, str]] = set()
    found: list[tuple[str, ...]] = []
    for draft, part in zip(drafts, parts, strict=True):
        names = []
        for member in draft.members:
            own = next((key for finding in member.findings if (key := own_key(finding))), None)
            # Two different defaults of one variable are two values: only the first is read from it.
            name = (
                own
                if own and (draft.env, own) not in taken
                else next(
                    name
                    for name in _variables(draft, part, member.key, app)
                    if (draft.env, name) not in taken
                    and name not in owned
                    and name not in read
                    and _places(draft, name) >= set(given.get(name, ()))
                    and not is_reserved(name)
                )
            )
            taken.add((draft.env, name))
            names.append(name)
        found.append(tuple(names))
    return tuple(found)


def _places(draft: Draft, name: str) -> set[str]:
    """The paths of a draft's places outside code that have this name."""
    named = (finding for finding in draft.findings if finding.literal.name == name)
    return {finding.path for finding in named if not finding.path.endswith((".py", ".ipynb"))}


def is_reserved(variable: str) -> bool:
    """Whether the system, a shell or a well-known tool gives this variable a meaning."""
    return variable in _RESERVED or variable.startswith(_RESERVED_PREFIXES)


def _set_by(finding: Finding) -> str | None:
    """The variable that the finding's place sets, whatever it held: `os.environ.update(NAME="...")`, `os.putenv`."""
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
    if not name[0].isdigit() and name not in _EVERYBODYS:
        yield name
    wide = re.sub(r"[^A-Z0-9]+", "_", f"{app}_{name}".upper()).lstrip("_0123456789") or f"SECRET_{name}"
    yield wide
    yield from (f"{wide}_{number}" for number in count(2))
