"""`unhardcode purge`: the values in a history, in every spelling, for git filter-repo to replace.

The expressions contain the values themselves, so they are written only to a pipe. Only a fresh clone is rewritten.
"""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fixers.history_search import Sighting, sightings
from fixers.ledger import Entry, Ledger, ledger, plans_option, without_values
from fixers.value_search import search_for
from scanner.arguments import NamedPath
from scanner.errors import Exit, NotSeenError, UsageError
from scanner.reports.masking import printable
from scanner.sources import git
from scanner.sources.history import folder_of

# git filter-repo's own text would be an alias in YAML, and scanners, including ours, report asterisks as a password.
_REPLACEMENT = b"<REMOVED>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """The values that can be purged, with every sighting; `kept` are entries that cannot be, each with its reason."""

    entries: tuple[Entry, ...]
    seen: tuple[Sighting, ...]
    kept: tuple[tuple[Entry, str], ...]


@click.command(short_help="Prepare the removal of values from the history.")
@click.argument("only", nargs=-1, metavar="[VALUE]...")
@plans_option
@click.option("--expressions", is_flag=True, help="Write git filter-repo's expressions, to a pipe only.")
@click.option("--files", "as_files", is_flag=True, help="Write the ids of binary files that have to be removed whole.")
@click.option(
    "--check",
    metavar="CLONE",
    type=NamedPath(file_okay=False, exists=True),
    help="Search this rewritten clone for every spelling of the values; exit status 1 if one is left.",
)
def purge(only: tuple[str, ...], plans: tuple[Path, ...], expressions: bool, as_files: bool, check: Path | None) -> int:
    """Show where the history still holds values that are gone from the code, and how git filter-repo removes them.

    VALUE is a name that `unhardcode status` shows [all of them]. Nothing is rewritten here: the printed commands do
    that, in a fresh clone. A value that the working tree still holds is refused.
    """
    if expressions + as_files + (check is not None) > 1:
        raise UsageError("--expressions, --files and --check exclude each other")
    if expressions and sys.stdout.isatty():
        raise UsageError("the expressions are values, and never written to a terminal", hint="send them into a pipe")
    kept = ledger(Path(), plans)
    found = prepared(kept, only)
    if expressions:
        sys.stdout.buffer.writelines(expression + b"\n" for expression in filter_expressions(found.seen))
        sys.stdout.buffer.flush()
        return int(Exit.OK)
    if as_files:
        click.echo("".join(f"{oid}\n" for oid in dict.fromkeys(one.id for one in found.seen if one.binary)), nl=False)
        return int(Exit.OK)
    if check is not None:
        return _checked(check, found)
    click.echo(without_values("\n".join(_report(found, kept, only, plans)), kept))
    return int(Exit.OK)


def prepared(kept: Ledger, only: Sequence[str] = ()) -> Purge:
    """Search the history for the entries that may be purged (`only` those with these labels). Raises NotSeenError."""
    repository = kept.root.repository
    if repository is None:
        raise NotSeenError(f"{kept.root.folder}: not in a git repository", hint="there is no history to purge")
    unknown = set(only) - {entry.label for entry in kept.entries}
    if unknown:
        raise UsageError(f"{min(unknown)}: no such value", hint="`unhardcode status --offline` prints them all")
    chosen = [entry for entry in kept.entries if not only or entry.label in only]
    reasons = [(entry, _not_possible(entry)) for entry in chosen]
    entries = tuple(entry for entry, reason in reasons if reason is None)
    seen = tuple(sightings(folder_of(repository), search_for([entry.value for entry in entries if entry.value])))
    return Purge(
        entries=entries, seen=seen, kept=tuple((entry, reason) for entry, reason in reasons if reason is not None)
    )


def filter_expressions(seen: Sequence[Sighting]) -> tuple[bytes, ...]:
    """One git filter-repo line for each spelling, the longest first because a shorter one may be part of it.

    A spelling with a line end or a NUL is written as a regular expression with every byte escaped.
    """
    spelled = {one.spelled.reveal("bytes") for one in seen if not one.binary and not one.head}
    return tuple(_expression(raw) for raw in sorted(spelled, key=lambda raw: (-len(raw), raw)))


def _expression(raw: bytes) -> bytes:
    if any(byte in raw for byte in b"\r\n\0"):
        return b"regex:" + b"".join(b"\\x%02x" % byte for byte in raw) + b"==>" + _REPLACEMENT
    return b"literal:" + raw + b"==>" + _REPLACEMENT


def _not_possible(entry: Entry) -> str | None:
    """The reason why a value cannot be purged, as a sentence."""
    if entry.held:
        return f"It is still in {', '.join(entry.held[:5])}: the rewritten code would no longer have it"
    if entry.value is None:
        return "Its value is not known here"
    if not entry.distinct:
        return "Its text is too common to be replaced everywhere; rotate it"
    return None


def _checked(clone: Path, found: Purge) -> int:
    repository = git.find(clone)
    if repository is None:
        raise NotSeenError(f"{clone}: not a git repository")
    if not found.entries:
        raise NotSeenError("nothing to search for: no value has left the tree", hint="`unhardcode status` says why")
    left = list(sightings(folder_of(repository), search_for([entry.value for entry in found.entries if entry.value])))
    for number, entry in enumerate(found.entries):
        own = [one for one in left if one.value == number]
        click.echo(f"{printable(entry.label)}: {_counted(own) if own else 'gone'}")
        for one in own:
            click.echo(f"  left in {one.kind} {one.id[:12]} {printable(one.path)}".rstrip())
    return int(Exit.FINDINGS if left else Exit.OK)


def _report(found: Purge, kept: Ledger, only: Sequence[str], plans: Sequence[Path]) -> Iterator[str]:
    for number, entry in enumerate(found.entries):
        own = [one for one in found.seen if one.value == number]
        yield f"{printable(entry.label)}: {_counted(own) if own else 'not in what the refs reach'}"
        for path in sorted({one.path for one in own if one.path})[:10]:
            yield f"  {printable(path)}"
        if any(one.head for one in own):
            yield "  in the name or address of an author: a --mailmap replaces that"
    for entry, reason in found.kept:
        yield f"{printable(entry.label)}: left alone. {reason}"
    for gap in kept.gaps:
        yield f"Not looked at: {gap}"
    if found.seen:
        yield ""
        yield from _commands(found, kept, only, plans)
    elif not found.kept:
        yield "Nothing is to be purged."


def _counted(own: Sequence[Sighting]) -> str:
    objects = Counter(kind for kind, _ in {(one.kind, one.id) for one in own})
    words = {"blob": "version of a file", "commit": "commit message", "tag": "tag message"}
    plural = {"blob": "versions of files", "commit": "commit messages", "tag": "tag messages"}
    places = ", ".join(
        f"{objects[kind]} {(words if objects[kind] == 1 else plural)[kind]}" for kind in words if objects[kind]
    )
    spellings = len({one.spelled.reveal("bytes") for one in own})
    forms = ", ".join(sorted({one.form for one in own}))
    return f"in {places}; {spellings} spelling{'s' if spellings > 1 else ''} ({forms})"


def _commands(found: Purge, kept: Ledger, only: Sequence[str], plans: Sequence[Path]) -> Iterator[str]:
    """The commands, for a POSIX shell in this folder. Each option of git filter-repo reads from its own pipe."""

    def ours(*options: str) -> str:
        named = [word for plan in plans for word in ("--plan", str(plan))]
        return shlex.join(["unhardcode", "purge", *named, *options, *(["--", *only] if only else [])])

    assert kept.root.repository is not None
    folder = folder_of(kept.root.repository)
    binary = any(one.binary for one in found.seen)
    strip = " --strip-blobs-with-ids ../purged-files.txt" if binary else ""
    yield "Rotate first: a purge does not reach clones, forks and caches. Then, in this folder:"
    yield ""
    # Not the remote's URL, which may contain a credential.
    remote = git.attempt(folder, "config", "--get", "remote.origin.url")[0] == 0
    source = '"$(git remote get-url origin)"' if remote else shlex.quote(str(folder))
    yield f"  git clone --no-local --mirror {source} ../purged.git"
    if binary:
        yield f"  {ours('--files')} > ../purged-files.txt  # ids of objects, no values"
    yield f"  {ours('--expressions')} | {{"
    yield f"    {ours('--expressions')} | git -C ../purged.git filter-repo --sensitive-data-removal --no-fetch \\"
    yield f"      --replace-text /dev/fd/3 --replace-message /dev/stdin{strip}; }} 3<&0"
    yield f"  {ours('--check', '../purged.git')}"
    if binary:
        yield ""
        yield "Binary files that hold a value go as a whole: git filter-repo looks into none of them."
