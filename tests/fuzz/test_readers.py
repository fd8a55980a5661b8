"""Any text through the whole engine: no exception, no hang, and no value in what is said about the file."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.engine import Setup, scan
from scanner.model import Source
from scanner.readers.kinds import kind_of
from scanner.reports import gitlab, json, junit, text
from scanner.reports.context import ReportContext

PATHS = (
    "a.py", "b.pyi", ".env", ".env.prod", "c.yml", "docker-compose.yml", "d.json", "package-lock.json", "e.toml",
    "f.ini", "setup.cfg", "g.ipynb", "h.txt", "README.md", "i.sh", "Dockerfile", "j.tf", "k.xml", "l.properties",
    "m.js", "n.go", "q.csv", "r.sql", "id_rsa", "o.pem", ".npmrc", ".netrc", "p.po", "tests/test_a.py",
)  # fmt: skip

# What readers look for, whole and cut: names, quotes, brackets, joints, marks of every format.
PIECES = (
    "password", "PASSWORD", "api_key", "secret", "token", "passwd", "DB_PASSWORD", "client_secret", "=", ":", "==",
    " ", "  ", "\t", "\n", "\r\n", "\r", "\f", "\x0b", "\u2028", "\x85", "\ufeff", "\x00", "'", '"', '"""', "'''",
    "`", "\\", "\\\n", "\\x", "\\u", "\\N{", "f'", 'f"', 'rb"', 'b"', 'u"', "{", "}", "{{", "}}", "${", "$(", "(",
    ")", "[", "]", "[[", "<", ">", "</", "<!--", "#", "//", "/*", ";", ",", ".", "|", "|-", ">-", "&a", "*a", "!",
    "---", "...", "- ", "? ", "%", "@", "export ", "def f(", "class A:", "import os", "from a import b", "return ",
    "lambda ", "if 1:", "for x in ", "async ", "await ", "yield ", "match x:", "os.getenv(", "psycopg2.connect(",
    "redis.Redis(password=", "import psycopg2", "**{", "-----BEGIN ", "PRIVATE KEY-----", "-----END ", "postgres://",
    "u:p@h/d", "Bearer ", "Basic ", "IDENTIFIED BY ", "é", "😀", "\ud800", "0", "1e9", "true", "null", "~", "env:",
    "value:", '"cells":', '"source":', '"cell_type": "code"', "data:", "kind: Secret", "AKIA", "ghp_", "eyJ",
    "INSERT INTO t (", "VALUES (", "zip(", ".split(", "TOKENS = {", "[[tokens]]",
)  # fmt: skip


# One of each kind that is read in its own way.
KINDS = ("a.py", ".env", "c.yml", "d.json", "e.toml", "f.ini", "g.ipynb", "h.txt", "m.js", "q.csv", "r.sql")


def value_of(seed: int) -> str:
    """A password-like value that nothing else in the text can be a part of."""
    return "Zq" + "".join(random.Random(seed).choices("ZqXjKv0123456789", k=18))


documents = st.lists(
    st.one_of(st.sampled_from(PIECES), st.integers(0, 5).map(value_of), st.text(max_size=5)), max_size=60
).map("".join)


def repeated(most: int) -> st.SearchStrategy[str]:
    """A few pieces, of which a hostile line may hold thousands."""
    return st.lists(st.sampled_from((*PIECES, value_of(0), "a")), min_size=1, max_size=most).map("".join)


def run(setup: Setup, longest: float, path: str, raw: bytes) -> None:
    source = Source(path=path, raw=raw)
    kind_of(path, raw[:4096])
    start = time.process_time()
    texts: dict[str, str] = {}
    result = scan([source], setup, texts)
    assert time.process_time() - start < longest
    said = [one.reason for one in (*result.coverage.notes, *result.coverage.skipped)]
    context = ReportContext(root="/", version="0", documents=texts.get, show_suppressed=True)
    # What is found is hidden in every report; of what is not found nothing is promised.
    values = {finding.value.reveal("text") for finding in result.findings if finding.value is not None}
    known = [value for value in (value_of(seed) for seed in range(6)) if value in values]
    for report in (text, json, junit, gitlab):
        output = "".join(report.render(result, context))
        assert sum(value in output for value in known) == 0
    assert sum(value_of(seed) in line for seed in range(6) for line in said) == 0


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), document=documents)
def test_a_sample(setup, longest, path, document):
    run(setup, longest, path, document.encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), document=documents, encoding=st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_many(setup, longest, path, document, encoding):
    run(setup, longest, path, document.encode(encoding, "surrogatepass" if encoding != "latin-1" else "replace"))


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), raw=st.binary(max_size=400), at=st.integers(0, 400))
def test_any_bytes(setup, longest, path, raw, at):
    planted = f'\npassword = "{value_of(1)}"\n'.encode()
    run(setup, longest, path, raw[:at] + planted + raw[at:])


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), begin=repeated(3), unit=repeated(4), end=repeated(2))
def test_one_thing_again_and_again_costs_what_it_is_long(setup, path, begin, unit, end):
    def took(length: int) -> float:
        again = unit * (length // len(unit))
        raw = f'password = "{value_of(4)}"\n{begin}{again}{end}'.encode("utf-8", "surrogatepass")
        start = time.process_time()
        scan([Source(path=path, raw=raw)], setup, {})
        return time.process_time() - start

    long = took(120_000)
    # Many findings may cost more than this, but then in proportion.
    assert long < 2 or long < 8 * took(30_000)


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("[", "]"), ("{", "}"), ('{"a":', "}"), ("- ", ""), ("a:\n ", ""), ("<a>", "</a>"), ("f'{", "}'")],
)
def test_deep_nesting(setup, longest, path, opening, closing):
    depth = 3_000
    inner = f'password = "{value_of(2)}"'
    run(setup, longest, path, f"{inner}\nx = {opening * depth}{inner}{closing * depth}\n{inner}\n".encode())


@pytest.mark.parametrize("path", KINDS)
def test_long_lines(setup, longest, path):
    inner = f'password = "{value_of(3)}"; '
    run(setup, longest, path, (inner * 2_000 + "\n" + "a" * 100_000 + "=" + "b" * 100_000).encode())
