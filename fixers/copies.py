"""Find further copies of a credential: literals without a telling name that have the same value as a named one.

In Python and notebooks anywhere; in a settings file only beside the named one, because other values in a file may not
be settings at all.

A scan reports what it can recognise on its own. A fix must move all of a secret: `connect("...")` beside `PASSWORD =
"..."` would keep the value in the file, and use it even after a rotation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fixers.drafting import unmistakable
from fixers.rewriting import STRUCTURED
from fixers.workspace import Workspace
from scanner.config import Config
from scanner.errors import NotSeenError
from scanner.identity import fingerprint, place
from scanner.ignore import settle
from scanner.model import Confidence, CredentialKind, Document, Finding, Kind, Literal, Role, SecretValue, Span
from scanner.readers.errors import Unreadable
from scanner.text import line_starts, position

# A copy may hold the password of a URL on its own.
_CARRIERS = frozenset({CredentialKind.URL, CredentialKind.DSN})


def copies(
    workspace: Workspace, findings: Sequence[Finding], minimum: Confidence, config: Config, *, scope: str, key: bytes
) -> tuple[Finding, ...]:
    """The copies, as findings of the rule of their first original; `findings` are all findings of a scan there.

    Only values count whose equality cannot be chance.
    """
    originals: dict[str, Finding] = {}
    for finding in findings:
        if finding.suppressed is None and finding.confidence.rank >= minimum.rank and unmistakable(finding):
            text = finding.value.reveal("text") if finding.value is not None else ""
            if text and finding.commit is None:
                originals.setdefault(text, finding)
    known: dict[str, list[Span]] = defaultdict(list)
    beside: dict[str, dict[str, Finding]] = defaultdict(dict)  # the originals that are in the file itself
    for finding in findings:
        if finding.commit is None:
            known[finding.path].append(finding.span)
            text = finding.value.reveal("text") if finding.value is not None else ""
            if text in originals:
                beside[finding.path][text] = originals[text]
    found: list[Finding] = []
    for path in workspace.files if originals else ():
        if not scope or path == scope or path.startswith(f"{scope}/"):
            python = workspace.is_python(path) or path.endswith(".ipynb")
            own = originals if python else beside.get(path, {})
            found += _of_file(workspace, path, own, known[path], config, key) if own else ()
    return tuple(found)


def _of_file(
    workspace: Workspace, path: str, originals: dict[str, Finding], known: Sequence[Span], config: Config, key: bytes
) -> list[Finding]:
    try:
        raw = workspace.read(path)
    except OSError:
        return []
    inside = {text: one for text, one in originals.items() if text.encode("utf-8", "surrogatepass") in raw}
    if not inside:
        return []
    try:
        document = workspace.document(path)
        if document.kind not in (Kind.PYTHON, Kind.NOTEBOOK, *STRUCTURED):
            return []
        literals = list(_literals(document, inside, known))
    except (NotSeenError, Unreadable):
        return []
    made: list[Finding] = []
    for text, literal, span in literals:
        if not any(span.meets(each) for each in (*known, *(one.span for one in made))):
            made.append(_copy(document, inside[text], literal, span, len(made), key))
    return settle(document, made, own=config.own_markers, foreign=config.foreign_markers)


def _literals(
    document: Document, inside: dict[str, Finding], known: Sequence[Span]
) -> Iterator[tuple[str, Literal, Span]]:
    from scanner.readers import notebook, parts, python, structured

    ends: dict[int, str] = {}
    for text in inside:
        at = document.text.find(text)
        while at >= 0:
            span = Span(at, at + len(text))
            if not any(span.meets(each) for each in known):
                ends[span.end] = text
            at = document.text.find(text, span.end)
    if not ends:
        return
    reads: dict[Kind, Callable[[Document, list[int]], Iterator[Literal]]]
    reads = {Kind.PYTHON: python.read, Kind.NOTEBOOK: notebook.read}
    literals = list(reads.get(document.kind, structured.read)(document, sorted(ends)))
    for literal in literals:
        value = literal.value.reveal("text")
        for text in sorted(inside, key=len, reverse=True):
            at = value.find(text)
            while at >= 0:
                yield text, literal, literal.source_span(at, at + len(text))
                at = value.find(text, at + len(text))
    if document.kind is Kind.NOTEBOOK:
        return
    for end in parts.comment_hits(document, sorted(ends), sorted(literal.span for literal in literals)):
        span = Span(end - len(ends[end]), end)
        yield ends[end], Literal(span=span, value=SecretValue(ends[end]), role=Role.TEXT, body=span.start), span


def _copy(document: Document, original: Finding, literal: Literal, span: Span, ordinal: int, key: bytes) -> Finding:
    starts, symbol = line_starts(document.text), literal.symbol
    kind = CredentialKind.PASSWORD if original.kind in _CARRIERS else original.kind
    assert original.value is not None
    return replace(
        original,
        kind=kind,
        path=document.path,
        span=span,
        start=position(starts, span.start),
        end=position(starts, span.end),
        # A copy has no telling name, so it gets the original's.
        literal=replace(literal, name=original.literal.name or literal.name),
        fingerprint=fingerprint(key, kind=f"copy:{kind}", value=original.value, path=document.path, symbol=symbol),
        place=place(kind=f"copy:{kind}", path=document.path, symbol=symbol, ordinal=ordinal),
        tracked=None,
        blob=None,
    )
