"""Random damage to well-formed files: what is met after a bad merge, a cut transfer, a hostile hand."""

from __future__ import annotations

import os
import random
import string
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rules.load import load_rules
from rules.signature import rules_state
from scanner.engine import Settings, Setup, scan
from scanner.model import Source
from scanner.prefilter import load

_PIECES = (
    b"\x00", b"\r", b"\n", b"\t", b"\x85", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"'", b'"',
    b'"""', b"\\", b"\\u", b"\\N{", b"{", b"}", b"[", b"]", b"(", b")", b"#", b":", b": ", b"- ", b"=", b"&a ", b"*a",
    b"<<: ", b"!!python/object ", b"|\n", b"%s", b"${", b"{{", b"\x1b[2J", b"::error::", b"f'{", b"9" * 400, b"-1",
    b"1e999", b"null", b"true", b"[" * 500, b'{"a":' * 500, b"- " * 300, b"password = ", b"PASSWORD=", b"../../",
)  # fmt: skip
Damage = Callable[[int, bytes, Sequence[bytes]], bytes]


@pytest.fixture(scope="session")
def value_of() -> Callable[[int], str]:
    """A password-like value that nothing else in a text can be a part of."""

    def value(seed: int) -> str:
        return "Zq" + "".join(random.Random(seed).choices("ZqXjKv0123456789", k=18))

    return value


@pytest.fixture(scope="session")
def setup() -> Setup:
    """What a scan with the built-in rules needs."""
    rules = load_rules()
    return Setup(
        load(Path(os.environ["UNHARDCODE_CACHE"]), rules_state()), lambda: rules, lambda: Settings(key=bytes(32))
    )


@pytest.fixture(scope="session")
def longest(setup: Setup, value_of: Callable[[int], str], seconds: Callable[[Callable[[], object]], float]) -> float:
    """The processor time that no small file may take: ten times that of a file with a thousand credentials here."""
    text = "".join(f'password{number} = "{value_of(number)}"\n' for number in range(1_000))
    return 10 * seconds(lambda: scan([Source(path="a.py", raw=text.encode())], setup, {}))


@pytest.fixture(scope="session")
def damaged() -> Damage:
    """Damage bytes by a seed, with parts of `others` spliced in; always the same for the same arguments."""

    def damage(seed: int, raw: bytes, others: Sequence[bytes]) -> bytes:
        source = random.Random(seed)
        for _ in range(source.choice((1, 1, 2, 3, 5, 8))):
            start, end = sorted((source.randint(0, len(raw)), source.randint(0, len(raw))))
            short = min(end, start + source.randint(0, 12))
            match source.randrange(9):
                case 0:
                    raw = raw[:start] + raw[short:]
                case 1:
                    raw = raw[:start] + source.choice(_PIECES) + raw[short:]
                case 2:
                    raw = raw[:end] + raw[start:end] + raw[end:]
                case 3:
                    raw = raw[:end] + raw[start:short] * source.choice((2, 30, 400)) + raw[end:]
                case 4:
                    raw = raw[:start] + bytes([source.randrange(256)]) + raw[start + 1 :]
                case 5:
                    other = source.choice(others)
                    cut = source.randint(0, len(other))
                    raw = raw[:start] + other[cut : cut + source.randint(1, 400)] + raw[end:]
                case 6:
                    raw = raw[:start] if source.randrange(3) else raw[start:]
                case 7:
                    lines = raw.splitlines(keepends=True)
                    source.shuffle(lines)
                    raw = b"".join(lines)
                case _:
                    word = source.choice(string.ascii_letters).encode() * source.choice((1, 5000))
                    raw = raw[:start] + word + raw[start:]
            raw = raw[:200_000]
        return raw

    return damage
