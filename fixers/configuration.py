"""Settings in a `.env` that are not secret: with --include-config they move too, as plain parameters.

They become findings of a separate rule, so that readers, undo and proof work as for credentials. Only settings without
any suspicion qualify: a value judged secret, at any confidence, is never stored unencrypted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fixers.variables import is_reserved
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.identity import fingerprint, place
from scanner.model import Confidence, CredentialKind, Document, Finding, Kind, Literal, Role
from scanner.readers.kinds import kind_of
from scanner.roles import PathRole, role_of
from scanner.text import line_starts, position

RULE = "configuration"


def configuration(workspace: Workspace, findings: Sequence[Finding], *, scope: str, key: bytes) -> tuple[Finding, ...]:
    """The settings in the `.env` files of a tree. `findings` are all findings of a scan there; `key` keys digests."""
    below = [path for path in workspace.files if not scope or path == scope or path.startswith(f"{scope}/")]
    paths = [path for path in below if kind_of(path, b"") is Kind.DOTENV and role_of(path, scope) is PathRole.SOURCE]
    return tuple(found for path in paths for found in _of_file(workspace, path, findings, key))


def is_configuration(finding: Finding) -> bool:
    """Whether a finding is a setting and not a credential."""
    return finding.rule == RULE


def plain_type(finding: Finding) -> str:
    """The parameter type of a setting: StringList for comma-separated values, else String.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    """
    items = finding.value.reveal("text").split(",") if finding.value is not None else []
    return "StringList" if len(items) > 1 and all(item and item == item.strip() for item in items) else "String"


def _of_file(workspace: Workspace, path: str, findings: Sequence[Finding], key: bytes) -> Iterator[Finding]:
    from scanner.readers.dotenv import bindings

    try:
        document = workspace.document(path)
    except NotSeenError:
        return
    suspected = [finding.span for finding in findings if finding.path == path and finding.commit is None]
    values = {finding.value for finding in findings}
    found = bindings(document)
    last = {binding.key: index for index, binding in enumerate(found)}
    for index, binding in enumerate(found):
        value = binding.value
        # If a key occurs twice the last one counts; variables read by the system or AWS's own libraries stay.
        if value is None or last[binding.key] != index or binding.interpolated or is_reserved(binding.key):
            continue
        if not value.reveal("bytes") or value in values or value.reveal("text").startswith("{{resolve:"):
            continue
        if any(binding.span.contains(span) for span in suspected):
            continue
        literal = Literal(
            span=binding.span,
            value=value,
            role=Role.VARIABLE,
            name=binding.key,
            body=binding.body,
            offsets=binding.offsets,
        )
        yield _finding(document, literal, key)


def _finding(document: Document, literal: Literal, key: bytes) -> Finding:
    span = literal.source_span(0, len(literal.value.reveal("text")))
    starts, kind, name = line_starts(document.text), CredentialKind.CONFIGURATION, literal.name or ""
    return Finding(
        rule=RULE,
        title="Setting",
        kind=kind,
        severity="info",
        path=document.path,
        span=span,
        start=position(starts, span.start),
        end=position(starts, span.end),
        literal=literal,
        value=literal.value,
        confidence=Confidence.HIGH,
        fingerprint=fingerprint(key, kind=str(kind), value=literal.value, path=document.path, symbol=name),
        place=place(kind=str(kind), path=document.path, symbol=name, ordinal=0),
    )
