"""Texts about one finding that several reports share: how to rotate, remove or ignore it."""

from __future__ import annotations

from scanner.model import CredentialKind, Finding, Kind
from scanner.readers.kinds import kind_of
from scanner.readers.wholefile import is_whole
from scanner.reports.masking import printable
from scanner.sources import history, objects

_NO_COMMENTS = (".json", ".ipynb", ".webmanifest", ".tfstate")
_ON_SERVER = "set a new one on the server or service that accepts it"
_AT_ISSUER = "create a new one where this one was issued, and revoke this one there"
# Used if no rule has the provider's own page.
_ROTATION = {
    CredentialKind.PASSWORD: _ON_SERVER,
    CredentialKind.URL: _ON_SERVER,
    CredentialKind.DSN: _ON_SERVER,
    CredentialKind.SIGNING_KEY: "create a new one; whatever this one signed or encrypted becomes invalid",
    CredentialKind.PRIVATE_KEY: "create a new key pair, and install its public key wherever the old one is trusted",
}


def rotation_hint(finding: Finding) -> str:
    """How to rotate the credential: the provider's page, or advice for its kind. Not yet masked or escaped."""
    return finding.rotate or _ROTATION.get(finding.kind, _AT_ISSUER)


def message_of(finding: Finding) -> str | None:
    """`commit` or `tag` if the finding is in the message of one; None if it is in a file."""
    paths = {f"{objects.COMMIT_MESSAGE}/{finding.blob}": "commit", f"{objects.TAG_MESSAGE}/{finding.blob}": "tag"}
    return paths.get(finding.path)


def stray_of(finding: Finding) -> str | None:
    """`tag` or `unreachable` if the finding is in a blob that only a tag, or nothing, points to; None in a file."""
    paths = {f"{kind}/{finding.blob}": kind for kind in (history.TAG, history.UNREACHABLE)}
    return paths.get(finding.path) if finding.commit is None else None


def stray_hint(finding: Finding) -> str:
    """How to remove a blob that is in no commit, so that there is no file to edit or migrate."""
    oid = (finding.blob or "")[:12]
    if stray_of(finding) == history.TAG:
        return f"delete the tag: git tag -d NAME (git for-each-ref --points-at {oid} prints its NAME)"
    return "nothing needs it: git prune --expire=now deletes unreachable objects"


def reword_hint(finding: Finding) -> str:
    """How to change the message of a commit or tag: it is in no file, so there is nothing to migrate."""
    oid = (finding.blob or "")[:12]
    if message_of(finding) == "tag":
        how = f"recreate tag {oid}: git tag -f -a NAME NAME^{{}} (git for-each-ref --points-at {oid} prints its NAME)"
        return f"{how}; if it was pushed, git push --force REMOTE tag NAME"
    how = f"change the message: git rebase -i {oid}^, then reword (git commit --amend for the last commit)"
    return f"{how}; if it was pushed, the history has to be rewritten, and the value counts as leaked"


def sentence(finding: Finding) -> str:
    """Title, confidence and the three strongest reasons. Not yet masked or escaped."""
    strongest = sorted((e for e in finding.evidence if e.weight > 0), key=lambda e: -e.weight)[:3]
    why = "; ".join(evidence.text for evidence in strongest)
    return f"{finding.title}, {finding.confidence} confidence" + (f": {why}." if why else ".")


def ignore_hint(finding: Finding) -> str:
    """How to accept this finding: an inline comment, or the baseline where a file cannot have comments."""
    if stray_of(finding) == history.UNREACHABLE:
        return "leave --unreachable out, or --exclude unreachable/ (no list can accept unreachable objects)"
    if message_of(finding) or stray_of(finding) or (finding.commit is not None and finding.in_head is False):
        return "unhardcode baseline update --history --reason WHY"
    if finding.path.lower().endswith(_NO_COMMENTS) or is_whole(finding.literal, finding.path):
        return "unhardcode baseline update --reason WHY (this kind of file has no comments)"
    comment = f"# unhardcode: ignore[{printable(finding.rule)}] reason"
    # Docker, systemd and other readers of such files take a comment after a value as part of the value.
    return f"{comment}  (on the line above)" if kind_of(finding.path, b"") is Kind.DOTENV else comment
