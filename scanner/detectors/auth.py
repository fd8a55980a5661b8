"""Detect HTTP credentials: `Basic dXNlcjpw...`, `Bearer x`, and `user:password` about to be encoded in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from rules.lazy_patterns import lazy_pattern
from rules.model import Names
from scanner.detectors.candidate import URL, Candidate
from scanner.detectors.name import split_words
from scanner.detectors.value import judge_value
from scanner.model import CredentialKind, Document, Literal, SecretValue
from scanner.readers.parts import COMPUTED

PREFILTER = (
    rb"\bBasic[ \t]{1,3}[A-Za-z0-9+/]{8}",
    rb"\bBearer[ \t]{1,3}[A-Za-z0-9._~+/=-]{16}",
    rb"\bBearer[ \t](?:%s|\{\w{0,20}\}|)[\"'](?:\.format\(|\s{0,9}[%+]\s{0,9}\(?)[ \t]*[\"'][^\s\"']{16}",
    rb"\bAuthorization[\"']?:[ \t]{0,3}[\"']?(?:Token|Api-?Key|Key)[ \t]{1,3}[A-Za-z0-9._~+/=-]{16}",
    rb"b64encode\(\s*[bruf]{0,2}[\"'][^\s\"':]{1,64}:[^\s\"']",
    rb"(?:auth(?:_?string)?|creds?|credentials|user_?pass|userpwd)[\"'\]]{0,2}[ \t]{0,9}(?:=|:[ \t])[ \t]{0,9}[\"']?"
    rb"[A-Za-z][\w.+-]*:[^\s:/@{}$%<>()\[\],;=\"']{6}",
    rb"neo4j_auth[\"']?\]?[ \t]*[=:,][ \t]*[\"']?neo4j/[^\s$\"']{6}",
)
"""Hyperscan expressions (flag CASELESS)."""
_SCHEME = lazy_pattern(r"(?i)(?:\b(?P<basic>basic)|\bbearer)[ \t]{1,3}(?P<token>[\w.~+/%\-]{8,4096}={0,2})")
_BEFORE = lazy_pattern(r"(?i)\b(basic|bearer)[ \t]{1,3}\Z")
_BASE64 = lazy_pattern(r"[A-Za-z0-9+/]{8,1024}={0,2}")
# https://www.rfc-editor.org/rfc/rfc7617#section-2: no control characters, the first colon separates.
_PAIR = lazy_pattern(r"(?P<user>[^\x00-\x1f\x7f:]{0,100}):(?P<password>[^\x00-\x1f\x7f]{1,400})")
_SPACELESS = lazy_pattern(r"[^\s:/]{1,64}:[^\s/]{1,200}")
# Type and key of an object, which GraphQL servers encode the same way:
# https://relay.dev/graphql/objectidentification.htm
_GLOBAL_ID = lazy_pattern(r"[A-Z][A-Za-z]*:(?:\d{1,3}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
# `creds = "admin:..."`: the password is not a plain word, and the user is not a scheme of references or hashes.
# https://neo4j.com/docs/operations-manual/current/docker/introduction/ has a slash after the user `neo4j`.
_WRITTEN = lazy_pattern(
    r"(?:(?!(?i:sha\d*|md5|env|vault|ssm|file|arn|urn|https?|secret|base64|oauth|hash):)[A-Za-z][\w.+\-]{0,40}:|neo4j/)"
    r"(?P<password>(?=[^\s]*[A-Za-z])(?=[^\s]*(?:\d[^\s\d]*\d|[!#*+?^~]))[^\s:/@{}$%<>()\[\],;=]{6,40})"
)
_LOGINS = frozenset(
    (
        ("auth",),
        ("creds",),
        ("cred",),
        ("credentials",),
        ("userpass",),
        ("userpwd",),
        ("auth", "string"),
        ("user", "pass"),
    )
)
HEADERS = frozenset(("authorization", "auth", "basic"))


def detect(literal: Literal, document: Document, names: Names) -> Iterator[Candidate]:
    """Credentials of HTTP authentication schemes in one literal."""
    text = literal.value.reveal("text")
    blank = document.text[literal.body - 1 : literal.body].isspace()
    before = _BEFORE.search(document.text[max(0, literal.body - 10) : literal.body]) if blank else None
    if before is not None and _BASE64.fullmatch(text) and before[1].lower() == "basic":
        yield from _basic(literal, 0, text, names)
        return
    if before is not None and before[1].lower() == "bearer" and len(text) >= 16 and " " not in text:
        yield _candidate(literal, 0, text, "bearer")
    start = text[:4096]
    folded = start.casefold()
    for found in _SCHEME.finditer(start) if "basic" in folded or "bearer" in folded else ():
        token = found["token"]
        if found["basic"]:
            yield from _basic(literal, found.start("token"), token, names)
        elif len(token) >= 16 and any(character.isdigit() for character in token):
            yield _candidate(literal, found.start("token"), token, "bearer")
    named = bool(HEADERS.intersection(split_words(literal.name or "")[-1:]))
    if named and _BASE64.fullmatch(text) and not text.startswith("neo4j/"):
        yield from _basic(literal, 0, text, names)
    elif _SPACELESS.fullmatch(text) and not _GLOBAL_ID.fullmatch(text) and _is_encoded(literal):
        # `f"{user}:secret"`: only the password is a constant.
        at = text.index(":") + 1 if literal.dynamic else 0
        if not literal.dynamic or COMPUTED not in text[at:]:
            yield _candidate(literal, at, text[at:], "basic-auth")
    elif (written := written_password(literal.name, text)) is not None:
        yield _candidate(literal, len(text) - len(written), written, "basic-auth")


def written_password(name: str | None, text: str) -> str | None:
    """The password of a `user:password` under a login's name; None if it is not one."""
    found = _WRITTEN.fullmatch(text) if name and (":" in text or "/" in text) else None
    words = split_words(name or "")
    return found["password"] if found and (words[-1:] in _LOGINS or words[-2:] in _LOGINS) else None


def pair_of(token: str) -> tuple[str, str] | None:
    """User and password of a Basic token, or None."""
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), validate=True).decode("utf-8")
    except ValueError:  # also for letters outside ASCII, which `isalnum` and \w accept
        return None
    found = _PAIR.fullmatch(decoded)
    return (found["user"], found["password"]) if found else None


def _basic(literal: Literal, start: int, token: str, names: Names) -> Iterator[Candidate]:
    pair = pair_of(token)
    if pair is not None:
        # The password inside decides: it may be a placeholder, or `{{ password }}`.
        inside = [name for name in judge_value(pair[1], name=None, names=names) if name in ("placeholder", "template")]
        yield _candidate(literal, start, token, "basic-auth", *inside)


def _is_encoded(literal: Literal) -> bool:
    return any(callee.endswith("b64encode") for argument in literal.arguments for callee in argument.callees)


def _candidate(literal: Literal, start: int, token: str, *evidence: str) -> Candidate:
    basic = evidence[0] == "basic-auth"
    return Candidate(
        rank=URL,
        rule=evidence[0] if basic else "bearer-token",
        title="User and password for HTTP Basic" if basic else "Bearer token",
        kind=CredentialKind.PASSWORD if basic else CredentialKind.API_KEY,
        severity="high",
        literal=literal,
        span=literal.source_span(start, start + len(token)),
        value=SecretValue(token),
        evidence=evidence,
    )
