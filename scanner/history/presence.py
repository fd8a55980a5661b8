"""Whether a finding of the history is still in HEAD, and whether a range of commits added it or found it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from scanner.model import Finding, SecretValue
from scanner.source import Source
from scanner.sources import git, objects

# Bytes from which on equal values are the same credential wherever they occur; `changeme` is not.
_DISTINCTIVE = 12

Reader = Callable[[Source], list[Finding]]


def with_head(folder: Path, findings: Sequence[Finding], read: Reader, max_size: int) -> tuple[Finding, ...]:
    """The findings, each with whether HEAD still holds its value: at its path, or anywhere if it is distinctive."""
    held = _held(folder, objects.tree(folder, "HEAD"), findings, read, max_size)
    anywhere = {value for values in held.values() for value in values}
    return tuple(replace(finding, in_head=_is_present(finding, held, anywhere)) for finding in findings)


def with_age(folder: Path, base: str, findings: Sequence[Finding], read: Reader, max_size: int) -> tuple[Finding, ...]:
    """The findings of a range, each `before` if the base already holds its value, else `range`.

    At the same path a finding in the base counts, anywhere else a distinctive value as it is written: a common word
    used as a password occurs in many files.
    """
    files = objects.tree(folder, base)
    held = _held(folder, files, findings, read, max_size)
    blobs = set(files.values())
    doubtful = {
        finding.value
        for finding in findings
        if finding.value is not None and not _is_present(finding, held, set()) and _is_distinctive(finding.value)
    }
    anywhere = _occurring(folder, sorted(blobs), doubtful, max_size) if doubtful else set()
    return tuple(
        replace(
            finding, introduced="before" if finding.blob in blobs or _is_present(finding, held, anywhere) else "range"
        )
        for finding in findings
    )


def _is_present(finding: Finding, held: dict[str, set[SecretValue]], anywhere: set[SecretValue]) -> bool:
    value = finding.value
    if value is None:
        return False
    return value in held.get(finding.path, set()) or (value in anywhere and _is_distinctive(value))


def _is_distinctive(value: SecretValue) -> bool:
    return len(value.reveal("bytes")) >= _DISTINCTIVE


def _held(
    folder: Path, files: dict[str, str], findings: Iterable[Finding], read: Reader, max_size: int
) -> dict[str, set[SecretValue]]:
    """The values that a tree's files hold, by path, for the paths of the findings."""
    paths = sorted({finding.path for finding in findings if finding.path in files})
    raws = git.blobs(folder, [files[path] for path in paths], max_size)
    return {
        path: {finding.value for finding in read(Source(path=path, raw=raw or b"", blob=oid)) if finding.value}
        for path, (oid, raw) in zip(paths, raws, strict=True)
    }


def _occurring(folder: Path, ids: Sequence[str], values: set[SecretValue], max_size: int) -> set[SecretValue]:
    """Those values that occur literally in one of the blobs."""
    sizes = git.sizes(folder, ids)
    readable = [oid for oid, size in zip(ids, sizes, strict=True) if size is not None and size <= max_size]
    missing, found = set(values), set()
    for _, raw in git.blobs(folder, readable):
        found |= {value for value in missing if raw is not None and value.reveal("bytes") in raw}
        missing -= found
    return found
