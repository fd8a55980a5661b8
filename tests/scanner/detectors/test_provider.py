"""Provider shapes: the value is what the program sees, not how the source spells it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rules.examples import expand
from rules.load import load_rules
from scanner.detectors import provider
from scanner.detectors.provider import Holders, detect
from scanner.model import Kind, SecretValue, Source
from scanner.readers.python import read
from scanner.text import decode


def test_a_block_with_escaped_line_ends_is_read_as_the_program_reads_it() -> None:
    pem = expand("{pem:RSA PRIVATE KEY}", "provider")
    rule = next(rule for rule in load_rules().providers if rule.id == "pem-private-key")
    for spelled, seen in ((pem.replace("\n", "\\n"), pem), (pem.replace("\n", "\\\\n"), pem.replace("\n", "\\n"))):
        text = f'PRIVATE_KEY = "{spelled}"\n'
        document = decode(Source(path="a.py", raw=text.encode()), Kind.PYTHON)
        offsets = [text.index("KEY-----") + len("KEY-----")]
        (found,) = detect(document, rule, offsets, Holders(list(read(document, offsets))))
        assert text[found.span.start : found.span.end] == spelled
        assert found.value == SecretValue(seen)


class _Counted:
    """A pattern that adds up how many characters it is asked to search."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern, re.ASCII)
        self.searched = 0

    def finditer(self, text: str, start: int, end: int) -> Any:
        self.searched += end - start
        return self._pattern.finditer(text, start, end)


def test_a_text_full_of_hits_that_are_no_tokens_is_not_searched_for_each_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Hyperscan asks for less than the pattern: here every letter is a hit, as a repository's own rule may have it.
    counted = _Counted(r"(?P<secret>[a-z]{20,160})!q")
    monkeypatch.setattr(provider, "compiled", lambda _: counted)
    rule = load_rules().providers[0]._replace(id="own-code", reach=200, check=None)
    text = "a" * 20_000 + "!q" + "a" * 20_000
    source = Source(path="a.txt", raw=text.encode())
    document = decode(source, Kind.TEXT)
    found = list(detect(document, rule, range(20, len(text)), Holders([])))
    assert [each.span.end for each in found] == [20_000]
    assert counted.searched < 100 * len(text), "each hit was searched for anew"
