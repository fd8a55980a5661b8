"""Offline checks of tokens that end in a checksum over themselves."""

from __future__ import annotations

import re
import zlib

from rules.model import Verdict
from rules.structures import jwt

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def github_crc32(secret: str) -> Verdict:
    """Check a GitHub token: the last 6 characters are the CRC-32 of the 30 before, in base 62.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    Installation tokens since April 2026 are `ghs_`, an id and a JWT.
    """
    body = secret.partition("_")[2]
    if secret.startswith("ghs_") and "." in body:
        return jwt(re.sub(r"\A[0-9]+_", "", body))
    return _crc32_base62(body)


def npm_crc32(secret: str) -> Verdict:
    """Check an npm token: as GitHub's, https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/."""
    return _crc32_base62(secret.partition("_")[2])


def _crc32_base62(body: str) -> Verdict:
    if len(body) != 36 or not body.isascii() or not body.isalnum():
        return Verdict.UNKNOWN
    return Verdict.of(crc32_text(body[:30], BASE62, 6) == body[30:])


def gitlab_routable(secret: str) -> Verdict:
    """Check a routable GitLab token: it ends in the CRC-32 of all before, in base 36.

    https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/authn/token_field/generator/routable_token.rb
    """
    if not re.fullmatch(r"gl[a-z]+-[\w-]+\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9}", secret, re.ASCII):
        return Verdict.UNKNOWN
    return Verdict.of(crc32_text(secret[:-7], BASE36, 7) == secret[-7:])


def atlassian_crc32(secret: str) -> Verdict:
    """Check an Atlassian token: the last 8 characters are the CRC-32 of all before, in hexadecimal.

    https://docs.rs/crate/dd-sensitive-data-scanner/latest/source/src/secondary_validation/atlassian_token_checksum.rs
    """
    if not re.fullmatch(r"[\w=-]+[0-9A-F]{8}", secret, re.ASCII):
        return Verdict.UNKNOWN
    return Verdict.of(zlib.crc32(secret[:-8].encode()) == int(secret[-8:], 16))


def grafana_crc32(secret: str) -> Verdict:
    """Check a Grafana service account token: 8 hex digits are the CRC-32 of all before `_`, low byte first.

    https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go
    """
    key, _, checksum = secret.rpartition("_")
    if not re.fullmatch(r"[0-9a-f]{8}", checksum):
        return Verdict.UNKNOWN
    return Verdict.of(zlib.crc32(key.encode()).to_bytes(4, "little").hex() == checksum)


def cloudflare_crc32(secret: str) -> Verdict:
    """Check a Cloudflare token: 8 hex digits are the CRC-32 of the 40 characters before; the scheme is not promised.

    https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/ speaks of a checksum, not of which:
    what fits is right, what does not may be of another scheme.
    """
    body = secret.partition("_")[2]
    right = len(body) == 48 and f"{zlib.crc32(body[:40].encode()):08x}" == body[40:]
    return Verdict.PASS if right else Verdict.UNKNOWN


def age_bech32(secret: str) -> Verdict:
    """Check an age identity: Bech32, https://github.com/C2SP/C2SP/blob/main/age.md#the-x25519-recipient-type."""
    human, _, data = secret.lower().rpartition("1")
    if not human or set(data) - set(BECH32):
        return Verdict.FAIL
    return Verdict.of(bech32_polymod(human, [BECH32.index(char) for char in data]) == 1)


def crc32_text(text: str, alphabet: str, width: int) -> str:
    """Write the CRC-32 of a text in a base, padded to `width` with the alphabet's zero."""
    rest, digits = zlib.crc32(text.encode()), ""
    while rest:
        rest, digit = divmod(rest, len(alphabet))
        digits = alphabet[digit] + digits
    return digits.rjust(width, alphabet[0])


def bech32_polymod(human: str, data: list[int]) -> int:
    """Give the Bech32 checksum over a human-readable part and 5-bit words: 1 where it is right (BIP-173)."""
    checksum = 1
    expanded = [ord(char) >> 5 for char in human] + [0] + [ord(char) & 31 for char in human]
    for value in expanded + data:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum
