"""The cases: little projects under tests/cases, with values that are made when they are needed.

A case is a folder KIND/NAME with its files and `case.toml`. `<<name>>` in a file stands for a value, which is drawn
from `[values]` (a template of rules/examples.py) or is 20 letters and digits. A file called `dot.env` is a `.env`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rules.examples import expand

CASES = Path(__file__).parents[1] / "cases"
STUBS = CASES / "stubs"
_VALUE = re.compile(r"<<([a-z][a-z0-9_]*)>>")
_KEYS = {
    "title", "probe", "expect", "left", "remains", "paths", "environments", "values", "options", "not_as",
    "imports_boto3",
    "code", "injected", "env_file",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A project before its migration, and what should become of it.

    `expect` is `fixed` or the reason of a refusal. `left` are reasons of places that stay beside the fixed ones, and
    `remains` the values that stand in them. `environments` are variables to run the probes with, beside none.
    `not_as` are variants that do not apply, each with the reason. `code` is what the rewritten files must hold.
    `injected` is False where no one set of variables can serve all probes. The program reads `env_file` first.
    """

    name: str
    title: str
    probes: tuple[str, ...]
    expect: str
    files: Mapping[str, bytes] = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    left: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    paths: tuple[str, ...] = ("",)
    environments: tuple[Mapping[str, str], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    not_as: Mapping[str, str] = field(default_factory=dict)
    imports_boto3: bool = False
    code: tuple[str, ...] = ()
    injected: bool = True
    env_file: str = ".env"

    @property
    def kind(self) -> str:
        """The folder that the case is in."""
        return self.name.partition("/")[0]

    @property
    def app(self) -> str:
        """A name that no other case has in the store."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    def hidden(self) -> tuple[str, ...]:
        """Every spelling of a value that must not show in a rewritten file."""
        gone = [value for name, value in self.values.items() if name not in self.remains]
        return tuple(
            {spelling for value in gone for spelling in (value, unquote(value), *value.split("\n")) if spelling}
        )


def read_cases(root: Path = CASES) -> Iterator[Case]:
    """Every case, in order of name."""
    for place in sorted(root.glob("*/*/case.toml")):
        yield read_case(place.parent, place.parent.relative_to(root).as_posix())


def read_case(folder: Path, name: str) -> Case:
    """One case. Raises ValueError for a key that means nothing."""
    said = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    if set(said) - _KEYS:
        raise ValueError(f"{name}: unknown keys {sorted(set(said) - _KEYS)}")
    texts = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "case.toml" and path.suffix != ".pyc"
    }
    templates = said.get("values", {})
    used = sorted({found for text in texts.values() for found in _VALUE.findall(text)} | set(templates))
    values = {each: expand(templates.get(each, "{alnum:20}"), f"{name}\0{each}") for each in used}
    probe = said.get("probe", [])
    return Case(
        name=name,
        title=said["title"],
        probes=(probe,) if isinstance(probe, str) else tuple(probe),
        expect=said["expect"],
        files={_real(path): _VALUE.sub(lambda found: values[found[1]], text).encode() for path, text in texts.items()},
        values=values,
        left=tuple(sorted(said.get("left", []))),
        remains=tuple(said.get("remains", [])),
        paths=tuple(said.get("paths", [""])),
        environments=tuple(
            {key: _VALUE.sub(lambda found: values[found[1]], text) for key, text in each.items()}
            for each in said.get("environments", [])
        ),
        options=said.get("options", {}),
        not_as=said.get("not_as", {}),
        imports_boto3=said.get("imports_boto3", False),
        code=tuple(said.get("code", [])),
        injected=said.get("injected", True),
        env_file=said.get("env_file", ".env"),
    )


def _real(path: str) -> str:
    return re.sub(r"(^|/)dot\.", r"\1.", path)
