"""The configuration of a repository: `[tool.unhardcode]` in pyproject.toml, or `.unhardcode.toml`.

The commit hook loads this on every commit, so scanner.config_check, which reads the tables, and scanner.policy, which
merges an outside policy, are imported only if there is one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.errors import UsageError
from scanner.source import Confidence
from scanner.sources.selection import DEFAULT_MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_FILE = ".unhardcode.toml"
OWN_RULES = ".unhardcode.rules.toml"
PROJECT_FILE = "pyproject.toml"
POLICY_VARIABLE = "UNHARDCODE_POLICY"
DEFAULT_BASELINE = ".unhardcode.baseline"
SEVERITIES = ("low", "medium", "high", "critical")
# What a policy can let the scanned repository decide.
HONOURS = ("comments", "markers", "baseline", "allow", "exclude", "paths")
_MOST = 1_000_000


class Allow(NamedTuple):
    """An allowlist entry: findings that match all given fields are suppressed. `source` is where it is written."""

    reason: str
    paths: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    regex: str | None = None
    source: str = ""


class PathSettings(NamedTuple):
    """Settings for paths that match a glob; None leaves the default. `fail_on` is a confidence or `never`."""

    glob: tuple[str, ...]
    min_confidence: Confidence | None = None
    fail_on: str | None = None
    exclude: bool = False


class Config(NamedTuple):
    """Settings of one scan. `fail_on` None never fails; `fail_since` is an ISO 8601 date.

    `baseline` is a path, relative to the root, "" for none, None for the default one if it exists. `own_markers` is
    whether `unhardcode: ignore` counts; only a policy turns it off.
    """

    min_confidence: Confidence = Confidence.MEDIUM
    fail_on: Confidence | None = Confidence.MEDIUM
    fail_on_severity: str = "low"
    fail_on_old: bool = False
    fail_on_gone: bool = True
    fail_since: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int = DEFAULT_MAX_SIZE
    foreign_markers: bool = True
    baseline: str | None = None
    allow: tuple[Allow, ...] = ()
    paths: tuple[PathSettings, ...] = ()
    own_markers: bool = True
    # Pattern (`rule:GLOB` or `name:GLOB`) and store, in file order: where a plan stores what matches.
    stores: tuple[tuple[str, str], ...] = ()


class Loaded(NamedTuple):
    """A configuration, the origin of each field that is not the default, and the policy above it.

    `honour` is None without a policy, else what the policy lets the scanned repository decide.
    """

    config: Config
    origins: Mapping[str, str]
    honour: frozenset[str] | None = None


def load_config(root: Path, policy: Path | None = None, *, gate: bool = True) -> Loaded:
    """The configuration at a root under a policy: the given one or, for a `gate`, the one in the environment.

    Raises UsageError for an unknown key, a value of the wrong type, or a file that cannot be read.
    """
    from_environment = os.environ.get(POLICY_VARIABLE) if gate else None
    if from_environment == "" and policy is None:
        # A CI variable that expanded to nothing would open the gate silently.
        raise UsageError(f"{POLICY_VARIABLE} is set, and empty", hint="let it name the policy's file, or unset it")
    named = policy or (Path(from_environment) if from_environment else None)
    own = _own(root)
    if named is None:
        return own
    from scanner import policy as the_policy

    return the_policy.under(own, named)


def excluded(config: Config) -> tuple[str, ...]:
    """All globs of paths that are not scanned."""
    return (*config.exclude, *(glob for row in config.paths if row.exclude for glob in row.glob))


def _own(root: Path) -> Loaded:
    own_table = read_table(root / OWN_FILE, ())
    project_table = read_table(root / PROJECT_FILE, ("tool", "unhardcode"))
    if own_table is not None and project_table is not None:
        raise UsageError(f"{OWN_FILE} and [tool.unhardcode] in {PROJECT_FILE} both exist", hint="keep one of the two")
    if own_table is None and project_table is None:
        return Loaded(config=Config(), origins={})
    from scanner.config_check import Where, checked

    file, table = (OWN_FILE, "") if own_table is not None else (PROJECT_FILE, "[tool.unhardcode]")
    where = Where(file=file, path=root / file, table=table)
    values = checked(own_table or project_table or {}, where)
    return Loaded(config=Config(**values), origins=dict.fromkeys(values, where.source()))


def read_table(path: Path, table: tuple[str, ...]) -> dict[str, Any] | None:
    """A table of a TOML file, None if it has none. Messages name lines, never their content."""
    raw = _read(path)
    if raw is None or (table and b"unhardcode" not in raw):
        return None
    import re
    import tomllib

    from scanner import toml

    try:
        found: Any = toml.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8", hint="save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        # A message without a position is about the end of the file.
        place = f"{where[1]}:{where[2]}" if where else str(1 + raw.rstrip().count(b"\n"))
        raise UsageError(f"{path}:{place}: {toml.trouble(error)}", hint="repair the file, or remove it") from None
    except ValueError:
        raise UsageError(f"{path}: not readable as TOML", hint="repair the file, or remove it") from None
    for key in table:
        found = found.get(key) if isinstance(found, dict) else None
    if found is not None and not isinstance(found, dict):
        raise UsageError(f"{path}: [{'.'.join(table)}] is not a table", hint="write that line above its keys")
    return found


def _read(path: Path) -> bytes | None:
    """A file's bytes, None if it does not exist. A pipe in its place is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(path):
            raise UsageError(f"{path}: a link to nothing", hint="put a TOML file there, or nothing") from None
        return None
    except OSError as error:
        raise UsageError(f"{path}: not readable ({error.strerror})") from None
    import stat

    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UsageError(f"{path}: not a regular file", hint="put a TOML file there, or nothing")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > _MOST:
            raise UsageError(f"{path}: larger than {_MOST:,} bytes", hint="make it smaller")
        try:
            return file.read()
        except OSError as error:
            raise UsageError(f"{path}: not readable ({error.strerror})") from None
