"""Recognise binary key files: PKCS #12, Java key stores, keys in DER, KeePass; and whether they are encrypted.

The whole file is the credential: its finding is at line 1 with an empty span. A file is recognised by its content,
never by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.model import Weight
    from scanner.model import Finding
    from scanner.source import Settings, Source

# https://keepass.info/help/kb/kdb.html, https://github.com/openjdk/jdk/blob/master/src/java.base/share/classes/sun/security/provider/JavaKeyStore.java
_KDBX = (b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5")
_JAVA = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_FIRST = frozenset(b"\x30\xfe\xce\x03")
_SEQUENCE, _INTEGER, _OCTETS, _OBJECT = 0x30, 0x02, 0x04, 0x06
# Object identifiers, encoded: https://www.rfc-editor.org/rfc/rfc7292#appendix-D, https://www.rfc-editor.org/rfc/rfc8018#appendix-C
_PKCS7 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_KEY_BAG = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01"
_PKCS5, _PKCS12_PBE = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"


class KeyFile(NamedTuple):
    """The type of a key file: its rule's id, title and severity."""

    rule: str
    title: str
    severity: str


_OPEN_KEY = KeyFile("key-file-der", "Private key in DER", "critical")
_LOCKED_KEY = KeyFile("key-file-der-encrypted", "Encrypted private key in DER", "medium")
_OPEN_STORE = KeyFile("key-file-pkcs12", "PKCS #12 store whose key is not encrypted", "critical")
_LOCKED_STORE = KeyFile("key-file-pkcs12-encrypted", "PKCS #12 key store, encrypted", "medium")
_JAVA_STORE = KeyFile("key-file-java", "Java key store with a key, protected by its password", "medium")
_PASSWORDS = KeyFile("key-file-keepass", "KeePass database, encrypted", "medium")
KINDS = (_OPEN_KEY, _LOCKED_KEY, _OPEN_STORE, _LOCKED_STORE, _JAVA_STORE, _PASSWORDS)


class _Node(NamedTuple):
    """One DER element: `tag`, and where its content starts and ends; an indefinite length (BER) ends with the file."""

    tag: int
    start: int
    end: int


def identify(raw: bytes) -> KeyFile | None:
    """The type of key file that these bytes are, or None. Certificates and stores of certificates alone are none."""
    if not raw or raw[0] not in _FIRST:
        return None
    if raw.startswith(_KDBX):
        return _PASSWORDS
    if raw.startswith(_JAVA):
        return _JAVA_STORE if _has_java_key(raw) else None
    return _der(raw) if raw[0] == _SEQUENCE else None


def find(source: Source, weights: dict[str, Weight], settings: Settings) -> list[Finding]:
    """The finding for a source that is a key file; empty for any other."""
    known = identify(source.raw)
    return [] if known is None else [_finding(source, known, weights, settings)]


def _finding(source: Source, known: KeyFile, weights: dict[str, Weight], settings: Settings) -> Finding:
    from scanner import identity
    from scanner.judge import confidence_of
    from scanner.model import Confidence, CredentialKind, Evidence, Finding, Literal, Role, SecretValue, Span
    from scanner.roles import path_evidence

    names = ("key-file", *path_evidence(source.path, settings.scope))
    evidence = tuple(Evidence(name=name, weight=weights[name].weight, text=weights[name].text) for name in names)
    score = round(sum(piece.weight for piece in evidence), 2)
    kind, value = CredentialKind.PRIVATE_KEY, SecretValue(source.raw.decode("latin-1"))
    return Finding(
        rule=known.rule,
        title=known.title,
        kind=kind,
        severity=known.severity,
        path=source.path,
        span=Span(0, 0),
        start=(1, 1),
        end=(1, 1),
        literal=Literal(span=Span(0, 0), value=value, role=Role.TEXT, body=0),
        value=value,
        evidence=evidence,
        score=score,
        confidence=confidence_of(score) or Confidence.LOW,
        fingerprint=identity.fingerprint(settings.key, kind=kind, value=value, path=source.path, symbol=""),
        place=identity.place(kind=kind, path=source.path, symbol="", ordinal=0),
        tracked=source.tracked,
        blob=source.blob,
        commit=source.commit,
        in_head=source.in_head,
        introduced=source.introduced,
    )


# --- DER ----------------------------------------------------------------------------------------------------


def _der(raw: bytes) -> KeyFile | None:
    """Recognise a private key (PKCS #1, PKCS #8, SEC 1) or a PKCS #12 store by the members of the outer SEQUENCE.

    Line ends may follow it, and a key's own last byte may equal one.
    """
    whole = _node(raw, 0)
    if whole is None or raw[whole.end :].strip(b"\r\n"):
        return None
    members = list(_members(raw, whole))
    tags = [member.tag for member in members]
    if tags[:2] == [_SEQUENCE, _OCTETS]:
        scheme = _first_object(raw, members[0])
        return _LOCKED_KEY if scheme.startswith((_PKCS5, _PKCS12_PBE)) else None
    if tags[:1] != [_INTEGER]:
        return None
    version = raw[members[0].start : members[0].end]
    if version == b"\3" and tags[1:2] == [_SEQUENCE] and _first_object(raw, members[1]).startswith(_PKCS7):
        return _OPEN_STORE if _KEY_BAG in raw else _LOCKED_STORE
    keys = (
        version in (b"\0", b"\1") and tags[1:3] == [_SEQUENCE, _OCTETS] and _first_object(raw, members[1]) != b"",
        version == b"\1" and tags[1:2] == [_OCTETS] and 20 <= members[1].end - members[1].start <= 80,
        version == b"\0" and len(tags) in (6, 9) and set(tags) == {_INTEGER},
    )
    return _OPEN_KEY if any(keys) else None


def _node(raw: bytes, at: int) -> _Node | None:
    if at + 2 > len(raw):
        return None
    tag, size, start = raw[at], raw[at + 1], at + 2
    if size == 0x80:
        return _Node(tag, start, len(raw))
    if size > 0x80:
        start += size & 0x7F
        size = int.from_bytes(raw[at + 2 : start], "big")
    return _Node(tag, start, start + size) if start + size <= len(raw) else None


def _members(raw: bytes, parent: _Node) -> Iterator[_Node]:
    at = parent.start
    while at < parent.end:
        node = _node(raw, at)
        if node is None or node.end > parent.end:
            return
        yield node
        at = node.end


def _first_object(raw: bytes, parent: _Node) -> bytes:
    """The object identifier that a SEQUENCE starts with, or empty."""
    node = _node(raw, parent.start)
    return raw[node.start : node.end] if node is not None and node.tag == _OBJECT else b""


# --- Java ---------------------------------------------------------------------------------------------------


def _has_java_key(raw: bytes) -> bool:
    """Whether one entry is a key (1 private, 3 secret; 2 is a certificate), or the store cannot be parsed."""
    at = 12
    for _ in range(int.from_bytes(raw[8:12], "big")):
        if int.from_bytes(raw[at : at + 4], "big") != 2 or at > len(raw):
            return True
        at += 6 + int.from_bytes(raw[at + 4 : at + 6], "big") + 8  # tag, alias, date
        at += 2 + int.from_bytes(raw[at : at + 2], "big")  # the certificate's type
        at += 4 + int.from_bytes(raw[at : at + 4], "big")
    return at > len(raw)
