"""What is new in a version: near a change is seen what a look at the whole file would see."""

from __future__ import annotations

import random

import pytest

from scanner import session
from scanner.extent import FAR, Range, changed
from scanner.history.bindings import Bindings, follow
from scanner.history.incremental import Memory, new_contexts
from scanner.history.rematching import REACH
from scanner.prefilter import Prefilter, read_table, with_own_calls
from scanner.source import Kind

# fmt: off
LINES = (
    b"import requests\n", b"import psycopg2\n", b"import pymysql\n",
    b"NAME = 'one'\n", b"NAME = OTHER\n", b"OTHER = get(\n",
    b"    'two',\n",
    b")\n", b"# a comment\n", b"def f():\n", b"    x = NAME\n", b"    x = 'three'\n", b"    connect(x)\n",
    b"    psycopg2.connect(host='h', password=x)\n", b"class A:\n", b"    token = 'four'\n", b"\n",
    b"    def g(self):\n", b"        self.token = NAME\n", b"        requests.get('u', auth=('user', self.token))\n",
    b"password = 'five'\n", b"password = \\\n", b"    'six'\n", b"api_key = \"\"\"\n", b"end\n", b"\"\"\"\n",
    b"url = 'postgres://user:pw@db.invalid/x'\n", b"y = 1\n",
    b"def login(user, password):\n", b"def login(password, user):\n", b"login('bob', 'seven')\n", b"login(\n",
    b"one, x = 1, 'nine'\n", b"for x in ['ten',\n", b"def g(a, x='eleven', *, y: str = NAME):\n",
    b"(self.one, x) = two\n", b"from ftplib import FTP as login\n", b"    connect as login,\n",
    b"class Login:\n",
    b"    def __init__(self, token, x):\n", b"    Login('eight', NAME)\n", b"    secret: str\n",
    b"A.token = B.token = 'ten'\n", b"    user = token = x or 'eleven'\n", b"    psycopg2.connect(password=A.token)\n",
    b"Row = namedtuple('Row', 'name password')\n", b"self.Row(1, 'nine')\n",
    b"x['k'] = 'ten'\n", b"for x in NAME:\n", b"    psycopg2.connect(password=f(x['k']))\n",
    b"p.add_argument('--x', default='eleven')\n", b"self.x.y = 'one'\n",
)
# fmt: on
BLANK = b"# " + b"filler " * 30 + b"\n"


@pytest.fixture(scope="module")
def prefilter() -> Prefilter:
    return session.load_prefilter()


def _edited(source: random.Random, lines: list[bytes]) -> list[bytes]:
    lines = list(lines)
    for _ in range(source.choice((1, 1, 1, 2, 4))):
        at = source.randrange(len(lines) + 1)
        lines[at : at + source.randrange(3)] = source.choices((*LINES, BLANK), k=source.randrange(3))
    return lines


@pytest.mark.parametrize("kind", [Kind.PYTHON, Kind.TEXT], ids=lambda kind: kind.value)
def test_near_a_change_is_seen_what_a_look_at_all_of_it_sees(kind: Kind, prefilter: Prefilter) -> None:
    table, source = with_own_calls(read_table(prefilter)), random.Random(7)
    path = "a.py" if kind is Kind.PYTHON else "a.txt"
    seen_any = 0
    for _ in range(60):
        memory = Memory(prefilter=prefilter, table=table)
        seen: set[int] = set()
        lines = source.choices([*LINES, *map(_filler, range(3))], k=source.randrange(4, 30))
        for number in range(15):
            data = b"".join(lines)
            near = new_contexts(memory, path, data, kind).contexts
            everywhere = new_contexts(Memory(prefilter=prefilter, table=table), path, data, kind).contexts
            missed = {context.hash for context in everywhere} - seen - {context.hash for context in near}
            assert not missed, f"version {number}"
            seen |= {context.hash for context in (*near, *everywhere)}
            memory.note(path, (context.hash for context in near), clean=True)
            seen_any += bool(number and near)
            lines = _edited(source, lines)
    assert seen_any > 50


def test_a_call_means_something_else_beside_another_of_its_libraries(prefilter: Prefilter) -> None:
    table = with_own_calls(read_table(prefilter))
    memory = Memory(prefilter=prefilter, table=table)
    fresh = []
    for imports in (b"import psycopg2\n", b"import psycopg2\nimport pymysql\n"):
        data = imports + b"connect(host, 'two')\n"
        seen = new_contexts(memory, "a.py", data, Kind.PYTHON).contexts
        memory.note("a.py", (context.hash for context in seen), clean=True)
        fresh.append(len(seen))
    assert fresh == [1, 1]


def test_bindings_that_follow_a_change_are_those_of_the_version() -> None:
    source = random.Random(11)
    for _ in range(200):
        followed = Bindings()
        lines = source.choices([*LINES, BLANK, *map(_filler, range(4))], k=source.randrange(2, 40))
        for _ in range(8):
            data = b"".join(lines)[: source.choice((None, -1, -3))]
            follow(followed, data)
            fresh = Bindings()
            follow(fresh, data)
            assert [(row.start, row.end, row.name, row.everywhere) for row in followed.rows] == [
                (row.start, row.end, row.name, row.everywhere) for row in fresh.rows
            ]
            lines = _edited(source, lines)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(b"abc", b"abc", (3, 3, 3, 3), id="nothing"),
        pytest.param(b"", b"abc", (0, 0, 0, 3), id="all of it"),
        pytest.param(b"abc", b"ac", (1, 2, 1, 1), id="something taken out"),
        pytest.param(b"aXbYc", b"a1b2c", (1, 4, 1, 4), id="two places near each other as one"),
        pytest.param(b"aa", b"aaa", (2, 2, 2, 3), id="one more of the same"),
    ],
)
def test_a_change_is_what_lies_between_a_common_head_and_a_common_tail(
    before: bytes, after: bytes, expected: tuple[int, int, int, int]
) -> None:
    assert changed(before, after) == [expected]


def test_a_match_is_seen_as_far_back_as_any_rule_reaches() -> None:
    assert max(rule.reach for rule in session.load_rules().providers) <= REACH


def test_changes_far_from_each_other_are_told_apart() -> None:
    filler = _filler(1) + _filler(2)
    found = changed(
        b"one\n" + filler + b"two\n" + filler[::-1] + b"\nsix", b"1\n" + filler + filler[::-1] + b"\n3 times"
    )
    assert [(each.last - each.first, each.new_last - each.new_first) for each in found] == [(3, 1), (4, 0), (3, 7)]


def test_what_lies_between_changes_is_the_same_and_long() -> None:
    source = random.Random(5)
    several = 0
    for _ in range(150):
        lines = source.choices([*LINES, *map(_filler, range(4))], k=source.randrange(20))
        before = b"".join(lines)
        after = b"".join(_edited(source, _edited(source, lines)))
        done, old = 0, 0
        ranges = changed(before, after)
        for number, each in enumerate((*ranges, Range(len(before), len(before), len(after), len(after)))):
            same = after[done : each.new_first]
            assert before[old : each.first] == same
            assert number in (0, len(ranges)) or len(same) >= FAR
            done, old = each.new_last, each.last
        several += len(ranges) > 1
    assert several > 20


def _filler(number: int) -> bytes:
    """Lines that a change is far from, if they lie between."""
    return b"".join(b"# filler %d %d\n" % (number, line) for line in range(FAR // 12))
