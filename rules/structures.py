"""Offline checks of tokens that are an encoded structure, or have a marker in a fixed place."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import urllib.parse
from typing import Any

from rules.lazy_patterns import lazy_pattern
from rules.model import Verdict


def aws_access_key_id(secret: str) -> Verdict:
    """Check an AWS access key id: base 32 that holds the account's number, 12 digits at most.

    https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489; ids made before 2019 hold none.
    AWS's own documentation uses ids that end in EXAMPLE.
    """
    if secret.endswith("EXAMPLE") or not re.fullmatch(r"[A-Z0-9]{4}[A-Z2-7]{16}", secret):
        return Verdict.FAIL
    if secret[4] < "Q" and secret[4].isalpha():
        return Verdict.UNKNOWN
    number = int.from_bytes(base64.b32decode(secret[4:])[:6], "big")
    return Verdict.UNKNOWN if (number & 0x7FFFFFFFFF80) >> 7 < 10**12 else Verdict.FAIL


def jwt(secret: str) -> Verdict:
    """Check a JSON Web Token: a header with `alg`, a payload, and a signature of the algorithm's length.

    https://www.rfc-editor.org/rfc/rfc7519, https://www.rfc-editor.org/rfc/rfc7518#section-3.1. FAIL is also given to
    what is no secret: unsigned tokens, jwt.io's example and Supabase's public `anon` key.
    """
    parts = secret.split(".")
    if len(parts) != 3:
        return Verdict.UNKNOWN
    header, payload, signature = _json_object(parts[0]), _json_object(parts[1]), _base64(parts[2])
    if header is None or payload is None or not signature or not isinstance(header.get("alg"), str):
        return Verdict.FAIL
    if payload.get("sub") == "1234567890" or (payload.get("iss") == "supabase" and payload.get("role") == "anon"):
        return Verdict.FAIL
    expected = {"HS256": 32, "HS384": 48, "HS512": 64, "ES256": 64, "ES384": 96, "ES512": 132, "EdDSA": 64}
    return Verdict.of(len(signature) == expected.get(header["alg"], len(signature)))


# What code and comments put around a line of a block: comment marks and indentation, and quotes with what joins them.
_LINE_MARK = lazy_pattern(r"\A\s*(?:(?:#|//|\*|>|\||--)\s+)?")
_LINE_QUOTES = lazy_pattern(r"\\?[\"'`]\s*[+.,&;)]*\s*\\?\s*\Z|\A[+.&]?\s*[rbuf]?[\"'`]|\s*\\?\s*\Z")


def pem(secret: str) -> Verdict:
    """Check a private key in PEM: UNKNOWN if it is encrypted, else its DER, OpenSSH or OpenPGP frame must fit.

    https://www.rfc-editor.org/rfc/rfc7468, https://www.rfc-editor.org/rfc/rfc5958,
    https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key, https://www.rfc-editor.org/rfc/rfc9580#section-6.2
    """
    text = secret.replace("\\r", "").replace("\\n", "\n")
    found = re.search(r"-----BEGIN ([A-Z ]*PRIVATE KEY(?: BLOCK)?)-----(.+?)-----END \1-----", text, re.DOTALL)
    if not found:
        return Verdict.FAIL
    label, body = found.groups()
    if label.startswith("ENCRYPTED") or "ENCRYPTED" in body[:80]:
        return Verdict.UNKNOWN
    lines = [_LINE_QUOTES.sub("", _LINE_MARK.sub("", line)) for line in body.split("\n")]
    data = _base64("".join(line for line in lines if ":" not in line and not line.startswith("=")))
    if data is None:
        return Verdict.FAIL
    if label.startswith("PGP"):
        return Verdict.of(bool(data) and data[0] & 0x80 != 0)
    return _openssh(data) if label.startswith("OPENSSH") else _der(data)


def _openssh(data: bytes) -> Verdict:
    magic = b"openssh-key-v1\0"
    if not data.startswith(magic):
        return Verdict.FAIL
    cipher = data[len(magic) + 4 :][: int.from_bytes(data[len(magic) :][:4], "big")]
    return Verdict.PASS if cipher == b"none" else Verdict.UNKNOWN


def _der(data: bytes) -> Verdict:
    """Check one SEQUENCE over all of the data whose first member is an INTEGER (the version)."""
    if len(data) < 8 or data[0] != 0x30:
        return Verdict.FAIL
    size, start = data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return Verdict.of(start + size == len(data) and data[start : start + 1] == b"\x02")


def pypi_macaroon(secret: str) -> Verdict:
    """Check a PyPI token: a version 2 macaroon with location, identifier and a signature of 32 bytes.

    https://docs.pypi.org/api/secrets/, https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
    """
    data = _base64(secret.partition("-")[2])
    if not data or data[0] != 2:
        return Verdict.FAIL
    fields = _macaroon_fields(data[1:])
    if fields is None:
        return Verdict.FAIL
    right_place = fields.get(1) in (b"pypi.org", b"test.pypi.org")
    return Verdict.of(right_place and 2 in fields and len(fields.get(6, b"")) == 32)


def _macaroon_fields(data: bytes) -> dict[int, bytes] | None:
    """Split into the first field of each type: a type, a length in 7-bit groups, and so many bytes."""
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind == 0:
            continue
        size = shift = 0
        while True:
            if at >= len(data) or shift > 21:
                return None
            size |= (data[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if not data[at - 1] & 0x80:
                break
        if at + size > len(data):
            return None
        fields.setdefault(kind, data[at : at + size])
        at += size
    return fields


def azure_storage_key(secret: str) -> Verdict:
    """Check an Azure storage key: 64 bytes in base 64, and not the emulator's published one.

    https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
    """
    data = _base64(secret)
    if data is None or len(data) != 64 or base64.b64encode(data).decode() != secret:
        return Verdict.FAIL
    return Verdict.FAIL if hashlib.sha256(data).hexdigest() == _EMULATOR_KEY else Verdict.UNKNOWN


# unhardcode: ignore[named-api-key] a digest, not a key
_EMULATOR_KEY = "cb4de97f405a7e4686710db86f345ac95acb27c33192e82caafa9c197f2019e5"
"""SHA-256 of the Azure storage emulator's key, which is public."""


def azure_signature(secret: str) -> Verdict:
    """Check the signature of a shared access signature: an HMAC-SHA256, 32 bytes in base 64, percent-encoded.

    https://learn.microsoft.com/rest/api/storageservices/create-service-sas#specify-the-signature
    """
    data = _base64(urllib.parse.unquote(secret))
    return Verdict.UNKNOWN if data is not None and len(data) == 32 else Verdict.FAIL


def discord_bot(secret: str) -> Verdict:
    """Check a Discord bot token: its first part is the bot's id, a number of 17 to 20 digits, in base 64.

    https://docs.discord.com/developers/reference#authentication
    """
    user = _base64(secret.partition(".")[0])
    return Verdict.of(user is not None and re.fullmatch(rb"\d{17,20}", user) is not None)


def atlassian_data_center(secret: str) -> Verdict:
    """Check a Jira, Confluence or Bitbucket Data Center token: 44 characters of base 64 over `number:random bytes`.

    https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html
    """
    data = _base64(secret.removeprefix("BBDC-"))
    return Verdict.of(data is not None and re.match(rb"\d{4,14}:", data) is not None)


def jfrog_reference(secret: str) -> Verdict:
    """Check a JFrog reference token: base 64 over `reftkn:..`, https://jfrog.com/help/r/jfrog-platform-administration-documentation/reference-token."""
    data = _base64(secret)
    return Verdict.of(data is not None and re.match(rb"reftkn:\d\d:\d{10}:\w+", data) is not None)


def openai_marker(secret: str) -> Verdict:
    """Check an OpenAI key: equal lengths on both sides of the marker, base 64 of `OpenAI`."""
    before, marker, after = secret.rpartition("-")[2].partition("T3BlbkFJ")
    return Verdict.PASS if marker and len(after) in (20, 58, 74) and before else Verdict.UNKNOWN


def groq_marker(secret: str) -> Verdict:
    """Check a Groq key for its marker, base 64 of `groq` between two letters; keys without it may exist."""
    return Verdict.PASS if "WGdyb3FY" in secret else Verdict.UNKNOWN


def mapbox(secret: str) -> Verdict:
    """Check a Mapbox secret token: its middle is JSON with `u` and `a`, https://docs.mapbox.com/help/dive-deeper/access-tokens/."""
    parts = secret.split(".")
    return _has_keys(parts[1] if len(parts) == 3 else "", "u", "a")


def sentry_organization(secret: str) -> Verdict:
    """Check a Sentry organization token: JSON with the organization and where it is.

    https://github.com/getsentry/rfcs/blob/main/text/0091-ci-upload-tokens.md
    """
    return _has_keys(secret.removeprefix("sntrys_").rpartition("_")[0], "iat", "url", "org")


def onepassword_service_account(secret: str) -> Verdict:
    """Check a 1Password service account token: JSON, https://developer.1password.com/docs/service-accounts/security/."""
    return _has_keys(secret.removeprefix("ops_"), "signInAddress", "secretKey")


def grafana_cloud(secret: str) -> Verdict:
    """Check a Grafana Cloud access policy token: JSON, https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/."""
    return _has_keys(secret.removeprefix("glc_"), "o", "n", "k")


def grafana_key(secret: str) -> Verdict:
    """Check a Grafana API key of old: JSON, https://github.com/grafana/grafana/blob/main/pkg/components/apikeygen/apikeygen.go."""
    return _has_keys(secret, "k", "n", "id")


def _has_keys(text: str, *keys: str) -> Verdict:
    found = _json_object(text)
    return Verdict.of(found is not None and found.keys() >= set(keys))


def _json_object(text: str) -> dict[str, Any] | None:
    data = _base64(text)
    try:
        found = json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _base64(text: str) -> bytes | None:
    """Decode either alphabet of base 64, padded or not; None if it is neither."""
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    if not re.fullmatch(r"[A-Za-z0-9+/]*", bare):
        return None
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
