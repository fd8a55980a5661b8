"""Sentences about a finding that several reports say."""

from __future__ import annotations

from scanner.model import CredentialKind, Finding, Kind
from scanner.readers.kinds import kind_of
from scanner.readers.wholefile import is_whole
from scanner.reports.masking import printable
from scanner.sources import history, objects

_NO_COMMENTS = (".json", ".ipynb", ".webmanifest", ".tfstate")
_ON_SERVER = "set a new one on the server or service that takes it"
_AT_ISSUER = "make a new one where this one was made, and revoke this one there"
# Where no rule knows the provider's own page.
_ROTATION = {
    CredentialKind.PASSWORD: _ON_SERVER,
    CredentialKind.URL: _ON_SERVER,
    CredentialKind.DSN: _ON_SERVER,
    CredentialKind.SIGNING_KEY: "make a new one; what this one signed or encrypted is good no longer",
    CredentialKind.PRIVATE_KEY: "make a new pair, and put its public half wherever this one's is trusted",
}


def rotation_hint(finding: Finding) -> str:
    """Where the credential gets a successor: the provider's page, or what is true of its kind. Not yet cleaned."""
    return finding.rotate or _ROTATION.get(finding.kind, _AT_ISSUER)


def message_of(finding: Finding) -> str | None:
    """`commit` or `tag` where the finding stands in the message of one; None in a file."""
    paths = {f"{objects.COMMIT_MESSAGE}/{finding.blob}": "commit", f"{objects.TAG_MESSAGE}/{finding.blob}": "tag"}
    return paths.get(finding.path)


def stray_of(finding: Finding) -> str | None:
    """`tag` or `unreachable` where the finding stands in a blob that a tag names, or nothing; None in a file."""
    paths = {f"{kind}/{finding.blob}": kind for kind in (history.TAG, history.UNREACHABLE)}
    return paths.get(finding.path) if finding.commit is None else None


def stray_hint(finding: Finding) -> str:
    """How a blob goes away that no commit has: nothing is there to edit or to migrate."""
    oid = (finding.blob or "")[:12]
    if stray_of(finding) == history.TAG:
        return f"take the tag away: git tag -d NAME (git for-each-ref --points-at {oid} has its NAME)"
    return "nothing needs it: git prune --expire=now throws away what nothing reaches"


def reword_hint(finding: Finding) -> str:
    """How a message of a commit or tag gets another text: no file holds it, and nothing is there to migrate."""
    oid = (finding.blob or "")[:12]
    if message_of(finding) == "tag":
        how = f"make tag {oid} anew: git tag -f -a NAME NAME^{{}} (git for-each-ref --points-at {oid} has its NAME)"
        return f"{how}; if it was pushed, git push --force REMOTE tag NAME"
    how = f"write another message: git rebase -i {oid}^, then reword (git commit --amend for the last commit)"
    return f"{how}; once it was pushed only a rewrite of the history helps, and the value is known"


def sentence(finding: Finding) -> str:
    """What it is, how sure we are, and the three strongest reasons. Not yet cleaned of what a repository can say."""
    strongest = sorted((e for e in finding.evidence if e.weight > 0), key=lambda e: -e.weight)[:3]
    why = "; ".join(evidence.text for evidence in strongest)
    return f"{finding.title}, {finding.confidence} confidence" + (f": {why}." if why else ".")


def ignore_hint(finding: Finding) -> str:
    """What a person does who accepts this finding: an inline comment, or the baseline where none can be."""
    if stray_of(finding) == history.UNREACHABLE:
        return "leave --unreachable out, or --exclude unreachable/ (no list accepts what nothing reaches)"
    if message_of(finding) or stray_of(finding) or (finding.commit is not None and finding.in_head is False):
        return "unhardcode baseline update --history --reason WHY"
    if finding.path.lower().endswith(_NO_COMMENTS) or is_whole(finding.literal, finding.path):
        return "unhardcode baseline update --reason WHY (this kind of file has no comments)"
    comment = f"# unhardcode: ignore[{printable(finding.rule)}] reason"
    # Docker, systemd and others that read such files take a comment behind a value for a part of it.
    return f"{comment}  (on the line above)" if kind_of(finding.path, b"") is Kind.DOTENV else comment
