"""What no detector could take is left out: the findings must be those that there are with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import analysis, session
from scanner.content import scan_bytes
from scanner.model import Document, Finding, Kind, Literal
from scanner.readers import python
from scanner.readers.pywords import template_names
from scanner.readers.wanted import Wanted
from scanner.source import Settings, Source
from scanner.text import decode

Growth = Callable[[Callable[[int], object], int], float]

ROOT = Path(__file__).parents[3]
SETTINGS = Settings(key=bytes(32))
TOKEN = "Zk3" + "pQ9xV7" * 3
# One statement each, from calls that take a credential to those that could lead to one.
STATEMENTS = (
    "import psycopg2, redis, requests, smtplib",
    "from psycopg2 import connect as c",
    "from base64 import *",
    f'password = "{TOKEN}"',
    f'PW = X = "{TOKEN}"',
    f'self.pw = "{TOKEN}"',
    "password = PW",
    "self.pw = Z[0]",
    f'Z = ("user", "{TOKEN}")',
    "psycopg2.connect(host, password=PW)",
    "c(password=self.pw, **options)",
    f'options = {{"password": "{TOKEN}", "host": "db"}}',
    f'options = dict(password="{TOKEN}", auth=("u", PW))',
    "requests.get(url, auth=Z)",
    f'requests.get(url, auth=("u", "{TOKEN}"), headers={{"Authorization": "Bearer {TOKEN}"}})',
    'secret = os.environ.get("DB_PASSWORD") or "hunter2hunter2"',
    'secret = os.environ.get("DB_PASSWORD", "hunter2hunter2")',
    'url = "postgres://u:%s@h/d" % PW',
    'url = f"postgres://u:{PW}@h/d?password={x!r}"',
    f'url = "postgres://u:{TOKEN}@h/d"; key = "a"',
    f'dsn = "host=db user=u " + "password={TOKEN}"',
    'text = """\n[db]\npassword = hunter2hunter2  # no\n"""',
    "text = \"# password: hunter2hunter2\" 'x'",
    f'# password = "{TOKEN}"',
    'key = "ghp_" "aaaaaaaaaaaaaaaaaaaa" "bbbbbbbbbbbbbbbb"',
    "if password == 'hunter2': token = lambda api_key='abcdefgh12345678': api_key",
    'parser.add_argument("--password", "-p", default="hunter2hunter2")',
    'a = b["c"] = secret_token = "abcdefgh12345678"; parser.set("db", "token", "abcdefgh12345678")',
    'set_option("api_key", "abcdefgh12345678"), setattr(x, "token", b"abcdefgh12345678")',
    'b64encode(b"user:hunter2")',
    "x = base64.urlsafe_b64encode(login)",
    'login = "user:hunter2"',
    'token: SecretStr = SecretStr(Field("abcdefgh12345678"))',
    '(token := "abcdefgh12345678".encode().strip())',
    'token = ["abcdefgh12345678" if x else PW, *rest]',
    'password = get("x", *args, default=(await "hunter2hunter2"))',
    'return "hunter2hunter2"',
    'app.config["SECRET_KEY"] = PW',
    "def own(host, password): ...",
    'own("h", "hunter2hunter2")',
    'user.set_password("hunter2hunter2")',
    'users = [("admin", "hunter2hunter2")]',
    'users = [("root", "hunter2hunter2", "admin"), ("bob", "Zx9!qqqq", "guest")]',
    f'users = [(1, "root", "{TOKEN}")]',
    'credentials = ("root", "hunter2hunter2")',
    'pairs = [use(user, pw) for user, pw in [("a", "hunter2hunter2"), PW, ("b",)]]',
    'both = dict(zip(("user", "password"), ("a", "hunter2hunter2")))',
    'Login = namedtuple("Login", "user password")',
    'Login("a", "hunter2hunter2")',
    'user, password = "a:hunter2hunter2".split(":", 1)',
    'user, _, (password) = "a:hunter2hunter2".partition(":")',
    'auth = "a hunter2hunter2".split()',
    f'TOKENS: dict[str, str] = {{"{TOKEN}": "alice"}}',
    f'api_keys = {{"{TOKEN}": {{"owner": "alice", "password": "hunter2hunter2"}}}}',
    'db.execute("INSERT INTO u (name, password) VALUES (?, ?)", ("a", "hunter2hunter2"))',
    'db.executemany("INSERT INTO u (name, password) VALUES (?, ?)", [("a", "hunter2hunter2"), PW])',
    'await db.execute("UPDATE u SET name = $1, password = $2", "a", "hunter2hunter2")',
    "db.execute(\"INSERT INTO u (name, password) VALUES ('a', 'hunter2hunter2'), ('b', 'hunter3hunter3')\")",
    "card_pin: int = 482917",
    'login(user, password=48291763) or {"door_pin": 48_29}',
    'parser.add_argument("--token", nargs="?", const="abcdefgh12345678")',
    'cfg.get("db", "password", fallback="hunter2hunter2")',
    'if input("Password: ") == "hunter2hunter2": ...',
    'by("password").send_keys("hunter2hunter2")',
    'redis.Redis(host="h", password=dict(a=PW)["a"])',
    'smtplib.SMTP("h").login("me", PW)',
    'password = "${PASSWORD:-hunter2hunter2}"',
    'password = ""',
    "password = None  # 'nothing'",
    'conn = "root:S3cr3tPw9@tcp(db:3306)/shop"',
    'proxy = "10.0.0.1:8080:bob:S3cr3tPw9"',
    f"print(f\"{{connect(password='{TOKEN}')}}\")",
    "call(['mysql', '-uroot', '-pS3cr3tPw9'])",
    f'word, (PW, self.pw) = "a", ("{TOKEN}", Z)',
    'redis.Redis(password=os.getenv("A", "hunter2hunter2"))',
    'redis.Redis(password=(w := f"{PW}"))',
    "Z = [redis.Redis(password=PW) for PW in Z] or (lambda PW: redis.Redis(password=PW))",
    'redis.Redis(password=options.get("password", PW.encode()), host=self.pw["a"])',
)
HEADERS = (
    "",
    "class A(B, key='abcdefgh12345678'):",
    "def get_password(self, password='hunter2', *, k=PW):",
    "if x == 'a':",
    "with connect(password=PW) as c:",
    "for token in ('abcdefgh12345678', PW):",
    "for PW in ('hunter2hunter2', x):",
    "def own(PW='hunter2hunter2', *Z, options=None):",
    "with own(PW) as PW, x as (y, Z):",
    "for user, password in [('a', 'hunter2hunter2'), ('b', PW)]:",
    "for user, password in zip(['a'], ['hunter2hunter2']):",
)


def findings(raw: bytes, path: str) -> tuple[list[Finding], str | None]:
    known = session.knowledge()
    found, note, _ = analysis.analyse(
        Source(path=path, raw=raw), known.prefilter.find(scan_bytes(raw)), known, SETTINGS
    )
    return found, note


def with_everything(raw: bytes, path: str) -> tuple[list[Finding], str | None]:
    read = python.read

    def whole(document: Document, offsets: list[int], wanted: Wanted) -> Iterator[Literal]:
        return read(document, offsets, wanted._replace(is_possible=lambda *_: True))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(python, "read", whole)
        return findings(raw, path)


def same(raw: bytes, path: str) -> int:
    """How many findings there are, with and without."""
    found, expected = findings(raw, path), with_everything(raw, path)
    assert found == expected, path
    return len(found[0])


@settings(max_examples=150, deadline=None)
@given(
    blocks=st.lists(
        st.tuples(st.sampled_from(HEADERS), st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4)),
        min_size=1,
        max_size=5,
    ),
    path=st.sampled_from(["app.py", "settings.py", "tests/test_app.py"]),
)
def test_a_program_gives_the_same_findings_with_and_without(blocks: list[Any], path: str) -> None:
    lines = [
        line
        for header, body in blocks
        for line in ((header, *("    " + each for each in body), "    pass") if header else body)
    ]
    same(("\n".join(lines) + "\n").encode(), path)


def test_every_statement_alone_and_all_together_give_the_same() -> None:
    text = "\n".join(STATEMENTS)
    assert same(text.encode(), "app.py") >= 20
    assert sum(same(f"{each}\n".encode(), "app.py") for each in STATEMENTS) >= 15


def test_the_laboratory_and_this_repository_give_the_same() -> None:
    files = [*(ROOT / "tests" / "cases").rglob("*.py"), *(ROOT / "scanner" / "readers").glob("*.py")]
    found = sum(same(path.read_bytes(), path.relative_to(ROOT).as_posix()) for path in sorted(files))
    assert len(files) > 100
    assert found > 100


def test_what_no_detector_could_take_becomes_no_literal() -> None:
    text = (
        "import psycopg2\n"
        "options = dict(password=dict(type='str'), host='h')\n"
        "psycopg2.connect(host, password=read_it())\n"
        "password = to_text(given, encoding='utf-8')\n"
        f"login(user='{TOKEN[::-1]}', password='{TOKEN}')\n"
    )
    read: list[str | None] = []
    real = python.read

    def watched(*given: Any, **wanted: Any) -> Iterator[Literal]:
        for literal in real(*given, **wanted):
            read.append(literal.name)
            yield literal

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(python, "read", watched)
        assert len(findings(text.encode(), "app.py")[0]) == 1
    assert read == ["password"]


def test_only_a_string_of_several_parts_asks_libcst(tmp_path: Path) -> None:
    words = (
        "import sys, unhardcode\nstatus = unhardcode.run()\n"
        "print('libcst' in sys.modules, file=sys.stderr)\nsys.exit(status)"
    )
    for written, asked in (("'hunter2' 'hunter2'", True), ("connect(x, password='hunter2hunter2')", False)):
        (tmp_path / "settings.py").write_text(f"DB_PASSWORD = {written}\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", words, "scan", "-j", "1", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, done.stderr
        assert done.stderr.splitlines()[-1] == str(asked)


@pytest.mark.parametrize(
    ("text", "percent", "names"),
    [
        ("%s:%s@%s", True, {}),
        ("https://%s:%s/path", True, {}),
        ("100%% of %s", True, {}),
        ("{{}}", False, {}),
        ("postgresql://%s:%s@%s/%s", True, {1: "password"}),
        ("postgresql://{}:{}@{}/{}", False, {1: "password"}),
        ("postgresql://{1}:{0!s}@{2}", False, {0: "password"}),
        ("amqp://:%s@%s", True, {0: "password"}),
        ("host=%s password='%s' port=%d", True, {0: "host", 1: "password", 2: "port"}),
        ('{{"client_secret": "{}"}}', False, {0: "client_secret"}),
        ("postgres://{u}:{p}@{h}/{}", False, {"p": "password"}),
        ("postgres://%(u)s:%(p)s@h password=%(x)s", True, {"p": "password", "x": "password"}),
        ("host={password} name={pwd}", False, {}),
    ],
)
def test_a_place_in_a_template_is_called_by_what_stands_around_it(
    text: str, percent: bool, names: dict[int | str, str]
) -> None:
    assert template_names(text, percent=percent) == names


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(lambda count: 'p = "q"\nconnect(password=p)\n' * count, id="a name bound many times"),
        pytest.param(lambda count: "r = get(u)\nr.login('u', p)\n" * count, id="an instance made many times"),
        pytest.param(lambda count: "é = 'ü'; " + "f('é', password=p); " * count, id="a line of many statements"),
    ],
)
def test_more_of_the_same_costs_no_more_than_its_length(program: Callable[[int], str], growth: Growth) -> None:
    def read(count: int) -> None:
        document = decode(Source(path="a.py", raw=program(count).encode()), Kind.PYTHON)
        list(python.read(document, [at for at, one in enumerate(document.text) if one == "("]))

    assert growth(read, 1_000) < 8
