"""Example credentials, made when they are needed: rules hold templates, never a token that could be real.

`{alnum:24}` is 24 random characters, `{check:github-crc32:ghp_}` a token with a right checksum. Braces that are
part of the text are doubled where they stand alone or look like a form: `{{user}}`, `}}`.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
import uuid
import zlib
from collections.abc import Callable

from rules.checksums import BASE36, BASE62, BECH32, bech32_polymod, crc32_text
from rules.lazy_patterns import lazy_pattern

_ALPHABETS = {
    "alnum": BASE62,
    "alpha": string.ascii_letters,
    "b58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "b64": BASE62 + "+/",
    "b64url": BASE62 + "-_",
    "base32": string.ascii_uppercase + "234567",
    "digit": string.digits,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "lower": string.ascii_lowercase,
    "loweralnum": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
}
_WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "larch")
_FORM = lazy_pattern(r"\{\{|\}\}|\{(?P<form>[A-Za-z][A-Za-z0-9]*)(?::(?P<argument>[^{}\"'\n]*))?\}")


def expand(template: str, seed: str) -> str:
    """Fill a template's forms with text drawn from `seed`: the same seed gives the same text.

    Forms: `{alnum:N}` and the other alphabets, `{uuid}`, `{word}`, `{pem:LABEL}`, `{pemline:LABEL}` (its line ends
    escaped), `{json64:KEY,KEY}` (base 64 of an
    object with these keys), `{check:NAME:PREFIX}`. An unknown form is a ValueError.
    """
    source = random.Random(f"{seed}\0{template}")  # noqa: S311 - examples need to be repeatable

    def fill(found: re.Match[str]) -> str:
        if found["form"] is None:
            return found[0][0]
        return _form(source, found["form"], found["argument"] or "")

    return _FORM.sub(fill, template)


def _form(source: random.Random, form: str, argument: str) -> str:
    if form in _ALPHABETS and argument.isdecimal():
        return _draw(source, form, int(argument))
    if form == "uuid":
        return str(uuid.UUID(int=source.getrandbits(128), version=4))
    if form == "word":
        return source.choice(_WORDS)
    if form == "pem":
        return _pem(source, argument)
    if form == "pemline":
        return _pem(source, argument).replace("\n", "\\n")
    if form == "json64":
        return _json64(source, argument.split(","))
    name, _, rest = argument.partition(":")
    if form == "check" and name in _MAKERS:
        return _MAKERS[name](source, rest)
    raise ValueError(f"unknown form {{{form}:{argument}}}: write it with doubled braces if it is text")


def _draw(source: random.Random, alphabet: str, count: int) -> str:
    """Draw so that a text of 8 or more has a digit and, where the alphabet has them, both cases."""
    characters = _ALPHABETS[alphabet]
    kinds = (set(string.digits), set(string.ascii_lowercase), set(string.ascii_uppercase))
    wanted = [kind for kind in kinds if kind & set(characters)] if count >= 8 else []
    while True:
        text = "".join(source.choices(characters, k=count))
        if all(kind & set(text) for kind in wanted) and not (count >= 8 and text[0] in "-_"):
            return text


def _base64(data: bytes, *, url: bool = True) -> str:
    encoded = base64.urlsafe_b64encode(data) if url else base64.b64encode(data)
    return encoded.decode().rstrip("=")


def _json64(source: random.Random, keys: list[str]) -> str:
    return _base64(json.dumps({key: _draw(source, "alnum", 16) for key in keys}, separators=(",", ":")).encode())


def _pem(source: random.Random, label: str) -> str:
    """Make a block whose frame is right and whose content is random: no key."""
    content = source.randbytes(300)
    if label.startswith("OPENSSH"):
        data = b"openssh-key-v1\0" + b"\0\0\0\4none" * 2 + content
    elif label.startswith("PGP"):
        data = b"\x95" + content
    else:
        inner = b"\x02\x01\x00" + content
        data = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner
    body = base64.b64encode(data).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])


# --- texts that pass a check --------------------------------------------------------------------------------


def _crc32_base62(source: random.Random, prefix: str) -> str:
    body = _draw(source, "alnum", 30)
    return prefix + body + crc32_text(body, BASE62, 6)


def _gitlab(source: random.Random, prefix: str) -> str:
    routing = b"o:1\nu:2s"
    payload = _base64(source.randbytes(16) + routing + bytes([len(routing)]))
    size = BASE36[len(payload) // 36] + BASE36[len(payload) % 36]
    head = f"{prefix}{payload}.01.{size}"
    return head + crc32_text(head, BASE36, 7)


def _atlassian(source: random.Random, prefix: str) -> str:
    head = prefix + (_draw(source, "alnum", 24) if prefix == "ATBB" else _draw(source, "b64url", 180) + "=")
    return f"{head}{zlib.crc32(head.encode()):08X}"


def _atlassian_data_center(source: random.Random, prefix: str) -> str:
    while True:
        token = _base64(f"{source.randrange(10**11, 10**12)}:".encode() + source.randbytes(20), url=False)
        if token.isalnum():
            return prefix + token


def _grafana(source: random.Random, prefix: str) -> str:
    head = prefix + _draw(source, "alnum", 32)
    return f"{head}_{zlib.crc32(head.encode()).to_bytes(4, 'little').hex()}"


def _cloudflare(source: random.Random, prefix: str) -> str:
    body = _draw(source, "alnum", 40)
    return f"{prefix}{body}{zlib.crc32(body.encode()):08x}"


def _aws_access_key_id(source: random.Random, prefix: str) -> str:
    number = 1 << 47 | source.randrange(10**11, 10**12) << 7 | source.getrandbits(7)
    return prefix + base64.b32encode(number.to_bytes(6, "big") + source.randbytes(4)).decode()


def _jwt(source: random.Random, prefix: str) -> str:
    header = _base64(b'{"alg":"HS256","typ":"JWT"}')
    return f"{prefix}{header}.{_json64(source, ['sub', 'scope'])}.{_base64(source.randbytes(32))}"


def _macaroon(source: random.Random, prefix: str) -> str:
    """Make a macaroon for the host in the argument `pypi-` or `pypi-test`."""
    host = b"test.pypi.org" if prefix.endswith("test") else b"pypi.org"
    identifier = str(uuid.UUID(int=source.getrandbits(128), version=4)).encode()
    fields = [(1, host), (2, identifier), (6, source.randbytes(32))]
    packed = [bytes([kind, len(value)]) + value for kind, value in fields]
    return "pypi-" + _base64(b"\2" + packed[0] + packed[1] + b"\0\0" + packed[2])


def _discord(source: random.Random, prefix: str) -> str:
    user = _base64(str(source.randrange(10**17, 10**18)).encode())
    return f"{prefix}{user}.{_draw(source, 'alnum', 6)}.{_draw(source, 'b64url', 38)}"


def _age(source: random.Random, prefix: str) -> str:
    human = prefix.lower().removesuffix("1")
    data = [source.randrange(32) for _ in range(52)]
    checksum = bech32_polymod(human, [*data, *[0] * 6]) ^ 1
    words = data + [checksum >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{human}1{''.join(BECH32[word] for word in words)}".upper()


def _jfrog(source: random.Random, prefix: str) -> str:
    text = f"reftkn:01:{source.randrange(10**9, 2 * 10**9)}:{_draw(source, 'alnum', 27)}"
    return prefix + _base64(text.encode(), url=False)


_MAKERS: dict[str, Callable[[random.Random, str], str]] = {
    "age-bech32": _age,
    "atlassian-crc32": _atlassian,
    "atlassian-data-center": _atlassian_data_center,
    "aws-access-key-id": _aws_access_key_id,
    "cloudflare-crc32": _cloudflare,
    "discord-bot": _discord,
    "github-crc32": _crc32_base62,
    "gitlab-routable": _gitlab,
    "grafana-crc32": _grafana,
    "jfrog-reference": _jfrog,
    "jwt": _jwt,
    "npm-crc32": _crc32_base62,
    "pypi-macaroon": _macaroon,
}
