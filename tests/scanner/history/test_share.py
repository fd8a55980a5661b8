"""Versions that repeat each other: what is skipped as known holds nothing that a look at all of it would find."""

from __future__ import annotations

import random
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import analysis, engine, session
from scanner.analysis import Knowledge, findings_of
from scanner.history import versions
from scanner.history.share import sureness
from scanner.model import Finding
from scanner.source import Settings, Source
from scanner.sources import git as plumbing
from scanner.sources import history
from scanner.sources.selection import Selection

SETTINGS = Settings(key=bytes(32))
# Each is put in whole, changed, or taken out; {0} and {1} are values, {2} a number that makes names differ.
PIECES = (
    'import psycopg2\nimport requests\n',
    'DB_PASSWORD = "{0}"\n',
    'HOST{2} = "{0}"\n',
    'def connect{2}():\n    return psycopg2.connect(host="h", password=HOST{2})\n',
    'class Api{2}:\n    def __init__(self):\n        self.token = "{0}"\n\n    def get(self):\n'
    '        return requests.get("u", auth=("user", self.token))\n',
    'SPEC{2} = dict(\n    user=dict(type="str"),\n    password=dict(type="str", no_log=True, default="{0}"),\n'
    '    state=dict(choices=["present", "absent"]),\n)\n',
    'def f{2}(module):\n    secret = module.params["secret"] or "{0}"\n    return secret\n',
    'EXAMPLES{2} = """\n- name: login\n  db:\n    password: "{0}"\n    user: admin\n"""\n',
    'URL{2} = "postgres://shop:{0}@db.invalid/shop"\n',
    'call{2}(\n    1,\n    {{"api_key": "{0}",\n      "client_secret": "{1}"}},\n)\n',
    '# password = "{0}"\nx{2} = 1\n',
    'TOKENS{2} = ["{0}",\n    "{1}"]\n',
    'setenv("API_KEY", "{0}")\n',
    'if password{2} == "{0}":\n    pass\n',
    'x{2} = {2}\n',
    '# token: "$TOKEN", token: "{1}"\n',
    'DB_PASSWORD{2} = v{0}\n',
    'login{2}("x", "{0}"); Row{2}("y", "{1}")\n',
    'def login{2}(user, password):\n    return user\n',
    'def log{2}():\n    login{2}("bob", "{0}")\n',
    'login{2}(\n    "bob",\n    "{0}",\n)\n',
    'class Account{2}:\n    def __init__(self, name, token):\n        self.name = name\n',
    'class Holder{2}:\n    def of(self):\n        return Account{2}("x",\n            TOKEN{2})\n',
    'TOKEN{2} = "{0}"\n',
    'Row{2} = namedtuple("Row", "name password")\n',
    'rows{2} = [Row{2}("bob", "{0}"), Row{2}("eve", "{1}")]\n',
    '@dataclass\nclass Field{2}:\n    name: str\n    secret: str\n',
    'def fields{2}():\n    return Field{2}("bob", "{0}")\n',
    'print "old{2}"\n',
    'def broken{2}(:\n',
)  # fmt: skip
OTHER = (
    '# token: "$TOKEN", token: "{1}"\n',
    "db:\n  password: {0}\n  user: u{2}\n",
    "token{2}: '{0}'\n",
    "x{2}: 1\n",
    "# api_key: {0}\n",
)

COPIES = ("src/c.txt", "src/d.ex", "tests/e.py", "src/f.eex", ".env", "g.ini", "h.json")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return analysis.learn(session.load_rules(), session.load_prefilter())


def _versions(source: random.Random, pieces: tuple[str, ...], count: int) -> Iterator[bytes]:
    def piece() -> str:
        values = ["".join(source.choices(string.ascii_letters + string.digits, k=20)) for _ in range(2)]
        if source.random() < 0.2:
            values[0] = source.choice(("{{ password }}", "changeme", "", "str", "s3cret"))
        rare = source.random() < 0.9
        return source.choice(pieces[:-2] if rare else pieces).format(*values, source.randrange(5))

    here = [piece() for _ in range(source.randrange(2, 12))]
    for _ in range(count):
        yield "".join(here).encode()
        for _ in range(source.randrange(1, 4)):
            way = source.random()
            at = source.randrange(len(here) + 1)
            if way < 0.4 or not here:
                here.insert(at, piece())
            elif way < 0.6:
                here.pop(at % len(here))
            elif way < 0.8:
                here[at % len(here)] = piece()
            else:
                here.append(here.pop(at % len(here)))


def _import(folder: Path, source: random.Random, count: int) -> None:
    files = {"src/a.py": PIECES, "src/b.py": PIECES, "tests/test_a.py": PIECES, "deploy/values.yml": OTHER}
    texts = {name: list(_versions(source, pieces, count)) for name, pieces in files.items()}
    out = []
    for turn in range(count):
        out.append(b"commit refs/heads/main\ncommitter b <b@b.invalid> %d +0000\ndata 1\nx\n" % (1_600_000_000 + turn))
        for name, each in texts.items():
            # The same text stands elsewhere at times, where it is read or judged otherwise.
            copies = source.sample(COPIES, k=1) if source.random() < 0.2 else []
            row = b"M 100644 inline %s\ndata %d\n%s\n"
            out += [row % (path.encode(), len(each[turn]), each[turn]) for path in (name, *copies)]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(out), check=True)


def _facts(findings: list[Finding]) -> dict[tuple[str, bytes], int]:
    """How sure the surest finding of each value and path is."""
    best: dict[tuple[str, bytes], int] = {}
    for finding in findings:
        if finding.value is not None:
            key = finding.path, finding.value.reveal("bytes")
            best[key] = max(best.get(key, 0), sureness(finding))
    return best


def _differ(repository: Path, knowledge: Knowledge) -> list[tuple[str, int, int]]:
    """Paths, and how sure both ways are, of values of which one way says something else."""
    found = plumbing.find(repository)
    assert found is not None
    listing = history.listing(found, Selection(), *history.reached(found))
    setup = engine.Setup(knowledge.prefilter, lambda: knowledge.rules, lambda: SETTINGS, jobs=1)
    scanned = versions.scan(repository, listing, setup)
    every: list[Finding] = []
    ids = [blob.id for blob in listing.blobs]
    for blob, (oid, raw) in zip(listing.blobs, plumbing.blobs(repository, ids), strict=True):
        for place in blob.places:
            every += findings_of(Source(path=place.path, raw=raw or b"", blob=oid), knowledge, SETTINGS)
    ours, whole = _facts(list(scanned.result.findings)), _facts(every)
    assert whole
    return [
        (key[0], ours.get(key, -1), whole.get(key, -1))
        for key in sorted(ours.keys() | whole.keys())
        if ours.get(key) != whole.get(key)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_hide_nothing(repository: Path, knowledge: Knowledge, seed: int) -> None:
    _import(repository, random.Random(seed), 12)
    assert _differ(repository, knowledge) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_random_edits_hide_nothing(repository: Path, knowledge: Knowledge, seed: int) -> None:
    _import(repository, random.Random(seed), 30)
    assert _differ(repository, knowledge) == []
