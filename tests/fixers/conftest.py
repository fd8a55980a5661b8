"""What the tests of the plan share: small trees, findings made by hand, a rewriter that replaces literals."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.rewriting import Placement, RewriteContext, Rewritten
from fixers.workspace import Workspace, open_workspace
from scanner.identity import digest, fingerprint, place
from scanner.model import (
    Argument,
    Confidence,
    Coverage,
    CredentialKind,
    Document,
    Edit,
    Finding,
    Kind,
    Literal,
    Proof,
    RefusalReason,
    Role,
    ScanResult,
    SecretValue,
    Sibling,
    Span,
)
from scanner.text import line_starts, position

KEY = bytes(range(32))
QUOTES = "\"'"


def strong(seed: str, length: int = 24) -> str:
    """A random value, the same for the same seed."""
    chosen = random.Random(seed)
    return "".join(chosen.choice(string.ascii_letters + string.digits) for _ in range(length))


def tree(root: Path, files: Mapping[str, str]) -> Workspace:
    """Files on disk, with a project that is called shop unless one is given."""
    for path, text in {"pyproject.toml": '[project]\nname = "shop"\n', **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return open_workspace(root, {"pyproject.toml", *files})


def siblings(**values: str) -> tuple[Sibling, ...]:
    """Literals beside a credential."""
    return tuple(Sibling(name=name, value=SecretValue(value), span=Span(0, 0)) for name, value in values.items())


def finding(
    path: str,
    value: str | bytes,
    *,
    text: str | None = None,
    name: str | None = None,
    kind: CredentialKind = CredentialKind.PASSWORD,
    role: Role = Role.ASSIGNMENT,
    whole: str | None = None,
    at: int = 0,
    literal: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Finding:
    """A finding of `value` in `path`; with the file's `text` its spans are those of the value in it, from `at` on."""
    shown = value.decode("latin-1") if isinstance(value, bytes) else value
    start = text.index(shown, at) if text is not None else at
    body = Span(start, start + len(shown))
    outer = body
    if text is not None and whole is not None:
        outer = Span(text.index(whole), text.index(whole) + len(whole))
    if text is not None and text[outer.start - 1 : outer.start] in (*QUOTES,):
        outer = Span(outer.start - 1, outer.end + 1)
    inside: bytes | str = value if whole is None else whole
    reads = Argument(callees=("os.getenv",), index=1, keyword=None, call=outer)
    more = {"arguments": (reads,) if role is Role.ENV_DEFAULT else (), **(literal or {})}
    made = Literal(span=outer, value=SecretValue(inside), role=role, name=name, body=start, **more)
    starts = line_starts(text or "")
    return Finding(
        **{
            "rule": "password",
            "title": "Password",
            "kind": kind,
            "severity": "high",
            "path": path,
            "span": body,
            "start": position(starts, start),
            "end": position(starts, body.end),
            "literal": made,
            "value": SecretValue(value),
            "confidence": Confidence.HIGH,
            "fingerprint": fingerprint(KEY, kind=str(kind), value=SecretValue(value), path=path, symbol=str(start)),
            "place": place(kind=str(kind), path=path, symbol=f"{name}", ordinal=start),
            "tracked": True,
            **fields,
        }
    )


def result(*findings: Finding) -> ScanResult:
    """A scan's result."""
    return ScanResult(findings=findings, coverage=Coverage(files=1, bytes=1))


def rewriter(refuse: Callable[[Placement], RefusalReason | None] = lambda placement: None) -> Any:
    """A rewriter that replaces the whole literal by a call, or refuses where `refuse` says so."""

    def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
        refused, edits, proofs = {}, [], []
        for index, placement in enumerate(placements):
            in_text = placement.finding.literal.role is Role.TEXT  # the Python rewriter finds no string there
            reason = refuse(placement) or (RefusalReason.COMMENT if in_text else None)
            span = placement.finding.literal.span
            names = [placement.name, *([placement.key] if placement.key else [])]
            call = f"get_secret_value({', '.join(map(repr, names))}, env={placement.env!r})"
            if document.kind is Kind.DOTENV:
                call = "{{resolve:" + ":".join(names) + "}}"
            edit = Edit(
                path=document.path, span=span, expects=digest(KEY, document.text[span.start : span.end]), new=call
            )
            proof = Proof(
                path=document.path, line=1, expression=call, digest=digest(KEY, placement.stored), variables=()
            )
            if reason is not None:
                refused[index] = (reason, "cannot be rewritten here", "do it by hand")
            edits.append((edit,) if reason is None else ())
            proofs.append((proof,) if reason is None else ())
        imports = (Edit(path=document.path, span=Span(0, 0), expects="", new="import get_secret_value\n"),)
        return Rewritten(edits=tuple(edits), proofs=tuple(proofs), refused=refused, imports=imports)

    return rewrite


def rewriters(refuse: Callable[[Placement], RefusalReason | None] = lambda placement: None) -> dict[Kind, Any]:
    """Rewriters for Python and `.env` made of the fake one."""
    return {Kind.PYTHON: rewriter(refuse), Kind.DOTENV: rewriter(refuse)}


@pytest.fixture(scope="session")
def making() -> SimpleNamespace:
    """The helpers of this file: test modules cannot import each other."""
    return SimpleNamespace(
        KEY=KEY, strong=strong, tree=tree, siblings=siblings, finding=finding, result=result, rewriters=rewriters
    )
