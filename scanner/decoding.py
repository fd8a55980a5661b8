"""Decode values that are clearly encoded in base64, hexadecimal or percent-encoding, and contain text.

Bounded: values of 64 KB, two layers, 200 values of a document.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote

from rules.lazy_patterns import lazy_pattern

LONGEST = 64_000
"""Characters of an encoded value."""
DEPTH = 2
"""Layers: Kubernetes manifests hold base 64 of what somebody had encoded already."""
MOST = 200
"""Values of one document that are decoded."""

_SHORTEST = 12
_BASE64 = lazy_pattern(r"[A-Za-z0-9+/_\-\s]+={0,2}\s*")
_HEX = lazy_pattern(r"(?:[0-9a-f]{2}){9,}|(?:[0-9A-F]{2}){9,}")
# `https%3A%2F%2Fuser%3Apassword%40host`, `-----BEGIN%20...`
_PERCENT = lazy_pattern(r"%3A(?:%2F){2}[^\s\"']*%40|-----BEGIN(?:%20|\+)", re.I)
_TEXT = lazy_pattern(r"[\t\n\r -~]+")
_LINES = ("-----BEGIN ", '"auths"', "private_key", "password", "Password", "PASSWORD", "passwd", "SECRET_KEY",
          "secret_key", "client_secret", "API_KEY", "api_key", "apiKey", "AKIA")  # fmt: skip
# At the start of a value.
_STARTS = ("postgres://", "postgresql://", "postgresql+", "mysql://", "mysql+", "mongodb://", "mongodb+srv://",
           "redis://", "rediss://", "amqp://", "amqps://", "https://", "ghp_", "github_pat_", "glpat-", "xoxb-",
           "sk_live_", "sk-ant-", "sk-proj-", "AIzaSy")  # fmt: skip
_HEXED = ("-----BEGIN ", "password", "postgres", "mysql://", "mongodb", "AKIA", "private_key")


def decoded(text: str, *, surely: bool = False) -> str | None:
    """The decoded text of a value, or None if it is not clearly encoded.

    `surely`: its container says that it is base64 (a Kubernetes Secret), however short. Otherwise at least nine
    characters of plain text must result, which a random value gives once in ten thousand.
    """
    if len(text) > LONGEST or len(text) < (4 if surely else _SHORTEST):
        return None
    if "%" in text:
        return unquote(text) if _PERCENT.search(text) else None
    if not surely and _HEX.fullmatch(text):
        return _plain(bytes.fromhex(text), 9)
    if not _BASE64.fullmatch(text):
        return None
    bare = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    if len(bare) % 4 == 1 or not _reads(bare[:64]):
        return None
    return _plain(_bytes(bare), 1 if surely else 9)


def stems(text: str) -> tuple[bytes, ...]:
    """Three texts of which base64 of any text that contains `text` holds one, depending on the alignment."""
    found = []
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + text.encode())
        first = (shift * 8 + 5) // 6
        found.append(encoded[first : (shift + len(text)) * 8 // 6])
    return tuple(found)


def expressions() -> tuple[bytes, ...]:
    """Hyperscan expressions (case-sensitive) of encoded values worth decoding: PEM, URLs and keys of credentials."""
    inside = [stem for word in _LINES for stem in stems(word)]
    starts = [stems(word)[0] for word in _STARTS]
    # Encoded twice, from the start.
    twice = [stems(stem.decode())[0] for stem in (*starts[:11], stems("-----BEGIN ")[0])]
    either = b"|".join(re.escape(stem) for stem in dict.fromkeys(inside))
    first = b"|".join(re.escape(stem) for stem in dict.fromkeys((*starts, *twice)))
    hexed = "|".join(word.encode().hex() for word in _HEXED).encode()
    return (
        rb"(?:" + either + rb")",
        rb"(?:^|[^A-Za-z0-9+/])(?:" + first + rb")",
        rb"(?:" + hexed + rb")",
        rb"%3[Aa]%2[Ff]%2[Ff][^\s\"'%]{1,100}%3[Aa][^\s\"']{1,100}%40",
    )


def _reads(start: str) -> bool:
    """Whether the first characters of base64 decode to text, a quick check that decides most values."""
    return _TEXT.fullmatch(_bytes(start[: len(start) // 4 * 4] or start).decode("latin-1")) is not None


def _bytes(bare: str) -> bytes:
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return b""


def _plain(data: bytes, least: int) -> str | None:
    text = data.decode("latin-1")
    return text if len(data) >= least and _TEXT.fullmatch(text) else None
