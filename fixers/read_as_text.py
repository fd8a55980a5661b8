"""Python files that something reads as text: a shell that greps them, a program that evaluates a literal."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.project_imports import read_quietly
from fixers.workspace import Workspace

_SHELLS = re.compile(
    r"(?:.*[._-])?(?:dockerfile|containerfile|makefile|justfile|procfile|jenkinsfile|crontab)(?:[._-].*)?"
    r"|.*\.(?:sh|bash|zsh|mk|ya?ml)",
    re.IGNORECASE,
)
# `grep TOKEN conf.py | cut ...`, `sed -n 's/.../p' conf.py`. `sed -i` writes a value that is not one of ours.
_PICKS = re.compile(rb"\b(?:e?grep|awk|cut|sed(?!\s+-\w*i))\b[^\r\n]{0,400}?\b([\w-]+\.py)\b")
# A file of assignments that is valid in two languages: `. ./conf.py`, `include conf.py`.
_SOURCES = re.compile(
    rb"(?:^|[;&|({]|\bthen|\bdo)[ \t]*(?:source|\.|-?include)[ \t]+[\"']?(?:[\w.${}-]*/)*([\w-]+\.py)\b"
)
_OPENS = re.compile(rb"(?:\bopen\(|\bPath\()[^\r\n]{0,400}[\"'/]([\w-]+\.py)[\"'][^\r\n]{0,100}(?:\bopen|\bread)")
_OPENED = re.compile(rb"\bopen\([^\r\n]{0,400}[\"'/]([\w-]+\.py)[\"']")
_MATCHES = re.compile(rb"\bre\.(?:compile|search|match|findall|finditer|split)\(|\.(?:startswith|split|partition)\(")
_RUNS = re.compile(rb"\b(?:exec|compile|execfile|runpy)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRead:
    """A place where a Python file is read as text: the reader, the file's name, and the words that it looks for.

    `words` is None if it takes the whole text.
    """

    path: str
    line: int
    name: str
    words: frozenset[str] | None

    def takes(self, path: str, name: str) -> bool:
        """Whether it may read the value of this name in the file at this path."""
        return self.name == PurePosixPath(path).name and (self.words is None or name in self.words)


def text_reads(workspace: Workspace) -> Iterator[TextRead]:
    """The places where Python files of the workspace are read as text, as far as single lines show it."""
    for path in workspace.files:
        if _SHELLS.fullmatch(PurePosixPath(path).name):
            yield from _in_shell(path, read_quietly(path, workspace))
        elif workspace.is_python(path):
            yield from _in_python(path, read_quietly(path, workspace))


def is_data(tree: ast.Module) -> bool:
    """Whether a file is only one literal, which does nothing when run: `{"name": "shop"}`, an Odoo manifest."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return False
    return isinstance(tree.body[0].value, (ast.Dict, ast.List, ast.Set, ast.Tuple))


def _in_shell(path: str, raw: bytes) -> Iterator[TextRead]:
    if b".py" not in raw:
        return
    for number, line in enumerate(raw.splitlines(), 1):
        if b".py" not in line or line.lstrip().startswith(b"#"):
            continue
        for found in _SOURCES.finditer(line):
            yield TextRead(path=path, line=number, name=found[1].decode(), words=None)
        for found in _PICKS.finditer(line):
            yield TextRead(path=path, line=number, name=found[1].decode(), words=_words([line]))


def _in_python(path: str, raw: bytes) -> Iterator[TextRead]:
    if not _MATCHES.search(raw):
        return
    strings = re.findall(rb"\"[^\"\r\n]*|'[^'\r\n]*", raw) if _OPENED.search(raw) or _OPENS.search(raw) else []
    for number, line in enumerate(raw.splitlines(), 1):
        found = _OPENED.search(line) or _OPENS.search(line)
        if found is not None and not _RUNS.search(line):
            yield TextRead(path=path, line=number, name=found[1].decode(), words=_words(strings))


def _words(texts: Collection[bytes]) -> frozenset[str]:
    return frozenset(word.decode() for text in texts for word in re.findall(rb"[A-Za-z_]\w*", text))
