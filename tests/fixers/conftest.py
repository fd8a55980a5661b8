"""A rewrite of one file in a tree that stands in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixers.module_place import rewrite_context
from fixers.rewriting import Placement, Rewritten, overlapping, splice, unique_edits
from fixers.structured import rewrite, whole_values
from fixers.workspace import Workspace
from scanner.model import CredentialKind, Finding, Literal, RefusalReason, Role, SecretValue, Source, Span
from scanner.readers.kinds import kind_of
from scanner.text import decode

KEY = bytes(range(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of it: `after` are all files as they would be, new ones included."""

    result: Rewritten
    after: dict[str, str]

    @property
    def refusals(self) -> list[RefusalReason]:
        return [self.result.refused[index][0] for index in sorted(self.result.refused)]

    @property
    def detail(self) -> str:
        return self.result.refused[0][1]


@pytest.fixture
def tried() -> Callable[..., Tried]:
    """`tried(path, text, secret, ..., files=...)`: rewrite a file; each place of a secret is a finding."""

    def run(path: str, text: str, *secrets: str, files: dict[str, str] | None = None, **given: Any) -> Tried:
        texts = {path: text, **(files or {})}
        raws = {name: content.encode() for name, content in texts.items()}

        def read(name: str) -> bytes:
            if name not in raws:
                raise FileNotFoundError(name)
            return raws[name]

        document = decode(Source(path=path, raw=raws[path]), kind_of(path, raws[path]))
        seen = whole_values(document)
        placements = [
            _placement(seen(finding), number, given)
            for number, secret in enumerate(secrets)
            for finding in _findings(path, document.text, secret, given)
        ]
        workspace = Workspace(root=Path("/nonexistent"), files=tuple(sorted(raws)), read=read)
        result = rewrite(document, placements, rewrite_context(workspace, key=KEY))
        edits = unique_edits([*(edit for each in result.edits for edit in each), *result.imports])
        assert overlapping(edits) is None
        after = {
            name: splice(content, [edit for edit in edits if edit.path == name]) for name, content in texts.items()
        }
        return Tried(result=result, after=after | {new.path: new.content for new in result.new_files})

    return run


def _findings(path: str, text: str, secret: str, given: dict[str, Any]) -> list[Finding]:
    found = []
    at = text.find(secret)
    while at >= 0:
        span, value = Span(at, at + len(secret)), SecretValue(given.get("value", secret))
        whole = SecretValue(given.get("whole", value.text))
        literal = Literal(span=span, value=whole, role=given.get("role", Role.ENTRY), name="password", body=at)
        found.append(
            Finding(
                rule="made",
                title="made",
                kind=given.get("kind", CredentialKind.PASSWORD),
                severity="high",
                path=path,
                span=span,
                start=(text.count("\n", 0, at) + 1, 1),
                end=(1, 1),
                literal=literal,
                value=value,
            )
        )
        at = text.find(secret, at + len(secret))
    return found


def _placement(finding: Finding, number: int, given: dict[str, Any]) -> Placement:
    whole = finding.literal.role is Role.VARIABLE
    return Placement(
        finding=finding,
        name=given.get("name", "prod/shop/db" if number == 0 else f"/prod/shop/p{number}"),
        key=given.get("key", "password") if number == 0 else None,
        env=given.get("env", "DB_PASSWORD") if number == 0 else f"P{number}",
        value=finding.literal.value if whole else None,
    )
