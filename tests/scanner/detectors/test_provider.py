"""Provider shapes: the value is what the program sees, not how the source spells it."""

from __future__ import annotations

from rules.examples import expand
from rules.load import load_rules
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
