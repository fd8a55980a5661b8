"""Convert what other tools have accepted into rows of the baseline.

Formats: detect-secrets' baseline (https://github.com/Yelp/detect-secrets), gitleaks' `.gitleaksignore` and JSON reports
(https://github.com/gitleaks/gitleaks), trufflehog's JSON, one object a line
(https://github.com/trufflesecurity/trufflehog). All are read as data: no plug-in that a file names is loaded. Only
findings of this scan become rows, so that a row always stands for a value that was seen.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner import gitleaksignore
from scanner.errors import UsageError
from scanner.gitleaksignore import Position
from scanner.model import Finding, SecretValue
from scanner.named_files import read_named, written_by_shell
from scanner.sources.worktree import Root
from scanner.text import line_span, line_starts

FORMS = ("detect-secrets", "gitleaks", "trufflehog")
_WHAT = f"what wrote it? --from takes {', '.join(FORMS)}"
_MOST = 200_000_000
_SHA1 = lazy_pattern(r"[0-9a-f]{40}")
_TOKEN = lazy_pattern(r"[A-Za-z0-9_+/=.~-]+|\s+|.", re.DOTALL)
_MOST_TOKENS = 80
_REDACTED = "REDACTED"
# Shorter values are part of too many others.
_LEAST_SHARED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One accepted finding in another tool's file: its position, and what the file says about its value.

    `sha1` is detect-secrets' digest of the value; `values` are the value itself, in the forms that the tool gives.
    """

    path: str
    line: int | None = None
    commit: str | None = None
    sha1: str | None = None
    values: tuple[SecretValue, ...] = field(default=(), repr=False)
    reason: str = ""


class Taken(NamedTuple):
    """The indices of the findings that a file accepts, with the reason, and the number of entries that match none."""

    reasons: Mapping[int, str]
    unused: int


def read_known(path: Path, form: str | None) -> list[Known]:
    """All findings that a file accepts. Without `form` the format is detected. Raises UsageError."""
    raw = read_named(path, _MOST)
    form = form or _form(path, raw)
    readers: dict[str, Callable[[str, str], Iterator[Known]]] = {
        "detect-secrets": _detect_secrets, "gitleaks": _gitleaks, "trufflehog": _trufflehog
    }  # fmt: skip
    try:
        return list(readers[form](written_by_shell(raw, path), str(path)))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise UsageError(f"{path}: not what {form} writes", hint=_WHAT) from None


def taken(known: Sequence[Known], findings: Sequence[Finding], texts: Mapping[str, str], root: Root) -> Taken:
    """Match the entries with the findings."""
    positions = {one: _position(one) for one in known if one.commit and not one.values and one.line is not None}
    at = gitleaksignore.values_at(root, [position for position in positions.values() if position is not None])
    values = {one: [*one.values, *(at.get(position, ()) if position else ())] for one, position in positions.items()}
    by_path: dict[str, list[int]] = {}
    for number, finding in enumerate(findings):
        by_path.setdefault(finding.path, []).append(number)
    rows = {path: line_starts(text) for path, text in texts.items()}
    hashes: dict[int, frozenset[str]] = {}
    reasons: dict[int, str] = {}
    unused = 0
    top = f"{root.folder.as_posix()}/"
    for one in known:
        told = values.get(one, list(one.values))
        path = one.path.removeprefix(top)  # gitleaks and trufflehog print paths in the form in which they were passed
        # If the file is gone, the value may have moved with it.
        candidates = by_path.get(path) or (range(len(findings)) if told else ())
        hits = []
        for number in candidates:
            finding = findings[number]
            if one.sha1 is not None:
                if number not in hashes:
                    hashes[number] = _hashes(finding, texts.get(finding.path), rows.get(finding.path))
                fits = one.sha1 in hashes[number]
            elif told:
                fits = any(_shared(value, finding, exact=finding.path != path) for value in told)
            else:
                fits = one.line is not None and one.commit is None and _on_line(one.line, finding)
            if fits:
                hits.append(number)
        for number in hits:
            reasons.setdefault(number, one.reason)
        unused += not hits
    return Taken(reasons=reasons, unused=unused)


def _form(path: Path, raw: bytes) -> str:
    text = written_by_shell(raw, path).lstrip()
    head = text[:100_000]
    if path.name == gitleaksignore.FILE or '"RuleID"' in head or text.rstrip() in ("[]", "null"):
        return "gitleaks"
    if '"plugins_used"' in head or '"results"' in text[-5_000_000:]:
        return "detect-secrets"
    if '"SourceMetadata"' in head:
        return "trufflehog"
    if any(gitleaksignore.parse_position(line) for line in head.split("\n")[:100]):
        return "gitleaks"
    raise UsageError(f"{path}: not a baseline or report that is known", hint=_WHAT)


def _detect_secrets(text: str, name: str) -> Iterator[Known]:
    labels = {True: ", which was labelled a real secret there", False: ", which was labelled no secret there"}
    for path, rows in _typed(_loaded(text, name)["results"], dict).items():
        for row in _typed(rows, list):
            digest = row["hashed_secret"]
            if not isinstance(digest, str) or not _SHA1.fullmatch(digest):
                raise ValueError
            reason = f"from {name}{labels.get(row.get('is_secret'), '')}"
            yield Known(path=_posix(path), line=_line(row.get("line_number")), sha1=digest, reason=reason)


def _gitleaks(text: str, name: str) -> Iterator[Known]:
    if not text.lstrip().startswith(("[", "null")):
        said = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
        positions = [position for line in said if (position := gitleaksignore.parse_position(line)) is not None]
        if said and not positions:
            raise ValueError
        for position in positions:
            yield Known(path=_posix(position.path), line=position.line, commit=position.commit, reason=f"from {name}")
        return
    for row in _typed(_loaded(text, name) or [], list):
        secret = _typed(row.get("Secret") or "", str)
        commit = _typed(row.get("Commit") or "", str)
        # `--redact` leaves REDACTED, or a part with dots at its end.
        whole = bool(secret) and secret != _REDACTED and not secret.endswith("...")
        yield Known(
            path=_posix(_typed(row["File"], str)),
            line=_line(row.get("StartLine")),
            commit=commit or None,
            values=(SecretValue(secret),) if whole else (),
            reason=f"from {name}",
        )


def _trufflehog(text: str, name: str) -> Iterator[Known]:
    strange, found_any = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        row = _loaded(line, name, number) if line.strip().startswith("{") else {}
        if "SourceMetadata" not in row:
            strange += bool(line.strip()) and "level" not in row
            continue  # log lines are interleaved with its findings
        found_any = True
        where = _typed(next(iter(_typed(row["SourceMetadata"]["Data"], dict).values()), None), dict)
        found = {_typed(row.get(form) or "", str) for form in ("Raw", "RawV2")} - {""}
        verified = ", verified there" if row.get("Verified") is True else ""
        yield Known(
            path=_posix(_typed(where.get("file") or "", str)),
            line=_line(where.get("line")),
            commit=_typed(where.get("commit") or "", str) or None,
            values=tuple(SecretValue(value) for value in sorted(found)),
            reason=f"from {name}{verified}",
        )
    if strange and not found_any:
        raise ValueError


def _loaded(text: str, name: str, line: int | None = None) -> Any:
    """The JSON in a file's text, or in one `line` of it.

    Raises UsageError with the position, never with the content, and ValueError for text that is not JSON at all.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not error.pos:
            raise
        where = f"{name}:{line or error.lineno}:{error.colno}"
        raise UsageError(f"{where}: not JSON from here on", hint="is the file cut off? have it written again") from None


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _line(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _posix(path: str) -> str:
    path = path.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def _position(known: Known) -> Position | None:
    if known.commit is None or known.line is None:
        return None
    return Position(path=known.path, line=known.line, commit=known.commit)


def _on_line(line: int, finding: Finding) -> bool:
    return finding.start[0] <= line <= finding.end[0]


def _shared(value: SecretValue, finding: Finding, *, exact: bool) -> bool:
    """Whether a value is the finding's, or one is part of the other, as tools cut values differently."""
    if finding.value is None:
        return False
    mine, theirs = finding.value.reveal("bytes"), value.reveal("bytes")
    if mine == theirs:
        return True
    return not exact and min(len(mine), len(theirs)) >= _LEAST_SHARED and (mine in theirs or theirs in mine)


def _hashes(finding: Finding, text: str | None, starts: list[int] | None) -> frozenset[str]:
    """SHA-1 of the value, of its literal, and of every run of words on its line that contains it."""
    spellings = {finding.literal.value.reveal("bytes")}
    if finding.value is not None:
        spellings.add(finding.value.reveal("bytes"))
    if text is not None and starts is not None and finding.start[0] <= len(starts):
        row = line_span(starts, text, finding.start[0])
        # Of a long line only the part around the value is used.
        first = max(row.start, finding.span.start - 500)
        tokens = [
            (match.start() + first, match.end() + first)
            for match in _TOKEN.finditer(text[first : min(row.end, finding.span.end + 500)])
        ]
        left = [start for start, _ in tokens if start <= finding.span.start][-_MOST_TOKENS:]
        right = [end for _, end in tokens if end >= min(finding.span.end, row.end)][:_MOST_TOKENS]
        spellings |= {text[start:end].encode("utf-8", "replace") for start in left for end in right}
        spellings |= {
            text[start:end].encode("utf-8", "replace")
            for start, end in tokens
            if start < finding.span.end and finding.span.start < end
        }
    return frozenset(hashlib.sha1(spelling, usedforsecurity=False).hexdigest() for spelling in spellings)
