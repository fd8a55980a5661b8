"""`[tool.unhardcode]` in pyproject.toml, or `.unhardcode.toml`: what a repository says about its scans."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, NamedTuple

from scanner.errors import UsageError
from scanner.source import Confidence
from scanner.sources.worktree import DEFAULT_MAX_SIZE


class Config(NamedTuple):
    """Settings of one repository. Command line options win over them."""

    min_confidence: Confidence = Confidence.MEDIUM
    fail_on: Confidence = Confidence.MEDIUM
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int = DEFAULT_MAX_SIZE
    foreign_markers: bool = True
    # Pattern (`rule:GLOB` or `name:GLOB`) and store, in the order of the file: where a plan puts what fits.
    stores: tuple[tuple[str, str], ...] = ()


def load_config(root: Path) -> Config:
    """The configuration at a root. Raises UsageError for an unknown key or a value of the wrong type."""
    own = root / ".unhardcode.toml"
    project = root / "pyproject.toml"
    own_table = _read(own, ())
    project_table = _read(project, ("tool", "unhardcode"))
    if own_table is not None and project_table is not None:
        raise UsageError(
            f"{own.name} and [tool.unhardcode] in {project.name} are both there", hint="keep one of the two"
        )
    if own_table is not None:
        return _checked(own_table, own.name)
    if project_table is not None:
        return _checked(project_table, f"[tool.unhardcode] in {project.name}")
    return Config()


def _read(path: Path, table: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: not readable ({error.strerror})") from None
    if table and b"unhardcode" not in raw:
        return None
    import re
    import tomllib

    try:
        found: Any = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = f"{path}:{where[1]}:{where[2]}" if where else str(path)
        raise UsageError(f"{place}: not valid TOML", hint="mend the file, or remove it") from None
    for key in table:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _checked(table: dict[str, Any], where: str) -> Config:
    known = {field.replace("_", "-"): field for field in Config._fields}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise UsageError(
                f"{where}: unknown key {key}",
                hint=f"did you mean {near[0]}?" if near else "known keys: " + ", ".join(sorted(known)),
            )
        values[known[key]] = _value(key, value, where)
    return Config(**values)


def _value(key: str, value: Any, where: str) -> Any:
    if key in ("min-confidence", "fail-on"):
        if value in [level.value for level in Confidence]:
            return Confidence(value)
        raise UsageError(f"{where}: {key} is one of low, medium, high")
    if key in ("include", "exclude"):
        if isinstance(value, list) and all(isinstance(glob, str) for glob in value):
            return tuple(value)
        raise UsageError(f"{where}: {key} is a list of globs")
    if key == "stores":
        return _stores(value, where)
    if key == "max-size":
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        raise UsageError(f"{where}: {key} is a number of bytes")
    if isinstance(value, bool):
        return value
    raise UsageError(f"{where}: {key} is true or false")


def _stores(table: Any, where: str) -> tuple[tuple[str, str], ...]:
    for pattern, store in table.items() if isinstance(table, dict) else [("", None)]:
        if not pattern.startswith(("rule:", "name:")) or store not in ("secretsmanager", "parameterstore"):
            raise UsageError(
                f'{where}: stores holds lines like "rule:stripe-*" = "secretsmanager"',
                hint="patterns begin with rule: or name:, stores are secretsmanager and parameterstore",
            )
    return tuple(table.items())
