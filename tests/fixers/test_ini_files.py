"""INI files: a reference in the file, a call for each read of it, and no parser out of sight."""

from __future__ import annotations

import configparser
from collections.abc import Callable
from typing import Any

import pytest

from fixers.model import RefusalReason

SECRET = "opensesame"
REFERENCE = "{{resolve:secretsmanager:prod/shop/db:SecretString:password}}"
TEXT = f"; ours\n[db]\nhost = h\npassword = {SECRET}\n\n[other]\npassword = x\n"
HEAD = "import configparser\np = configparser.ConfigParser()\np.read('shop.ini')\n"

OPAQUE = {
    "the section itself": "x = helper(p['db'])\n",
    "the section with more": "x = dict(p['db'], host='h')\n",
    "its items as they are written": "x = p.items('db', raw=True)\n",
    "options as they are written": "p.optionxform = str\nx = dict(p['db'])\n",
    "a section that a call gives, which would be called twice": "x = p.get(next(n), 'password')\n",
    "a section by a name, kept for other reads": "def f(s):\n    t = p[s]\n    return t['password']\n",
    "arguments that are unpacked": "x = p.get(*n)\n",
    "all sections": "x = dict(p.items())\n",
    "a converting read": "x = p.getint('db', 'password')\n",
    "passed on": "x = helper(p)\n",
    "another name": "q = p\n",
    "a loop over it": "for s in p:\n    pass\n",
    "with variables": "x = p.get('db', 'password', vars={})\n",
}


@pytest.mark.parametrize("use", OPAQUE.values(), ids=OPAQUE.keys())
def test_refuses_a_parser_that_may_be_read_in_another_way(use: str, tried: Callable[..., Any]) -> None:
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": f"{HEAD}a = p['db']['password']\n{use}"})
    assert run.refusals == [RefusalReason.READER_NOT_REWRITABLE]
    assert run.after["shop.ini"] == TEXT


CLASS = "import configparser\nclass A:\n    def __init__(self):\n        self.conf = configparser.ConfigParser()\n"
CLASS += "        self.conf.read('shop.ini')\n        self.pw = self.conf['db']['password']\n"

HELD = {
    "another object's": "def f(a):\n    return a.conf['db']['password']\n",
    "made and asked": "x = A().conf.get('db', 'password')\n",
    "another class's": "class B(A):\n    def f(self):\n        return self.conf['db']['password']\n",
    "passed on": "    def f(self):\n        return helper(self.conf)\n",
    "bound to something else": "    def f(self):\n        self.conf = {'db': {'password': 'x'}}\n",
}


@pytest.mark.parametrize("use", HELD.values(), ids=HELD.keys())
def test_refuses_a_parser_in_an_attribute_that_may_be_read_elsewhere(use: str, tried: Callable[..., Any]) -> None:
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": CLASS + use})
    assert run.refusals
    assert set(run.refusals) <= {RefusalReason.READER_NOT_REWRITABLE, RefusalReason.READER_UNKNOWN}
    assert run.after["shop.ini"] == TEXT


def test_refuses_a_file_that_something_else_reads_by_its_path(tried: Callable[..., Any]) -> None:
    own = "import configparser\nclass Own(configparser.ConfigParser):\n    pass\n"
    other = f"{own}def load(path):\n    c = Own()\n    c.read(path)\n    return c._sections\nx = load('shop.ini')\n"
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": f"{HEAD}a = p['db']['password']\n", "other.py": other})
    assert run.refusals == [RefusalReason.READER_NOT_REWRITABLE]
    assert "other.py:6" in run.detail


def test_a_file_that_python_names_is_not_said_to_have_no_reader(tried: Callable[..., Any]) -> None:
    program = "import configparser\np: object = configparser.ConfigParser()\np.read('shop.ini')\n"
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": program})
    ((_, detail, step),) = run.result.refused.values()
    assert "app.py" in detail
    assert "remove it" not in step


WHOLE = {
    "a copy": ("dict(p['db'])", "{{**p['db'], 'password': {}}}"),
    "an unpacked section": ("f(**p['db'])", "f(**{{**p['db'], 'password': {}}})"),
    "a copy of its items": ("dict(p.items('db'))", "{{**dict(p.items('db')), 'password': {}}}"),
    "its items": ("p.items('db')", "list({{**dict(p.items('db')), 'password': {}}}.items())"),
    "pair by pair": ("[k for k, v in p['db'].items()]", "[k for k, v in {{**p['db'], 'password': {}}}.items()]"),
}


@pytest.mark.parametrize(("read", "new"), WHOLE.values(), ids=WHOLE.keys())
def test_a_section_that_is_read_as_a_whole_has_the_value_put_over_it(
    read: str, new: str, tried: Callable[..., Any]
) -> None:
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": f"{HEAD}x = {read}\n"})
    quote = '"' if '"password"' in new else "'"
    call = 'get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")'.replace('"', quote)
    assert run.refusals == []
    assert run.after["app.py"].endswith(f"x = {new.format(call)}\n")


def test_two_values_of_a_section_that_is_read_as_a_whole_are_resolved_together(tried: Callable[..., Any]) -> None:
    text = TEXT.replace("host = h", "token = sesamestreet")
    app = f"{HEAD}x = dict(p['db'])\nfor k, v in p.items('db'): print(k)\ny = p['db']['token']\n"
    run = tried("shop.ini", text, SECRET, "sesamestreet", files={"app.py": app})
    assert run.refusals == []
    assert "x = resolve_references(dict(p['db']), 'db')\n" in run.after["app.py"]
    assert "in resolve_references(dict(p.items('db')), 'db').items(): print" in run.after["app.py"]
    assert "y = get_secret_value(" in run.after["app.py"]
    assert run.after["shop.ini"].count("{{resolve:") == 2


def test_refuses_a_computed_read_whose_variable_means_something_else(tried: Callable[..., Any]) -> None:
    text = f"[python]\npath = {SECRET}\n"
    run = tried("shop.ini", text, SECRET, files={"app.py": f"{HEAD}x = p.get(n, o)\n"})
    assert run.refusals == [RefusalReason.NAME_TAKEN]


def test_refuses_a_variable_that_a_env_sets_to_another_value(tried: Callable[..., Any]) -> None:
    app = {"app.py": f"{HEAD}x = p['db']['password']\n"}
    for value, refusals in (("other", [RefusalReason.NAME_TAKEN]), (SECRET, [])):
        run = tried("shop.ini", TEXT, SECRET, files=app | {".env": f"DB_PASSWORD={value}\n"})
        assert run.refusals == refusals


def test_a_section_that_begins_with_a_digit_has_no_variable_of_its_own(tried: Callable[..., Any]) -> None:
    """No shell can set 2DB_PASSWORD."""
    uses = "x = p['2db']['password']\nfor s in p.sections():\n    print(dict(p[s]))\n"
    run = tried("shop.ini", f"[2db]\npassword = {SECRET}\n", SECRET, files={"app.py": HEAD + uses})
    assert run.refusals == []
    assert "x = get_secret_value('prod/shop/db', 'password', env='DB_PASSWORD')" in run.after["app.py"]
    assert "print(resolve_references(dict(p[s]), s))" in run.after["app.py"]
    assert run.result.notes == ()


COMPUTED = {
    "a parameter's default": (
        "def f(s='db'):\n    for k, v in p.items(s): print(k)",
        "def f(s='db'):\n    for k, v in resolve_references(dict(p.items(s)), s).items(): print(k)",
    ),
    "a function with section and option": (
        "def f(s, o):\n    return p.get(s, o, fallback=None)",
        "def f(s, o):\n    return resolve_references(p.get(s, o, fallback=None), s, o)",
    ),
    "a name for the section": (
        "x = p.get(n, 'password')",
        "x = resolve_references(p.get(n, 'password'), n, 'password')",
    ),
    "a name for the option": ("x = p['db'][o]", "x = resolve_references(p['db'][o], 'db', o)"),
    "a section by its name": ("x = f(**p[n])", "x = f(**resolve_references(dict(p[n]), n))"),
}


@pytest.mark.parametrize(("read", "new"), COMPUTED.values(), ids=COMPUTED.keys())
def test_a_read_that_may_give_the_value_resolves_what_it_gives(read: str, new: str, tried: Callable[..., Any]) -> None:
    quiet = "y = p.get(n, 'host') + p.get('other', o)\nz = p.getint(n, o) + p.getboolean(n, o)\n"
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": f"{HEAD}{read}\n{quiet}"})
    assert run.refusals == []
    assert run.after["app.py"].endswith(f"{new}\n{quiet}")
    assert "import resolve_references\n" in run.after["app.py"]


@pytest.mark.parametrize("new", [new for _, new in COMPUTED.values()], ids=COMPUTED.keys())
def test_a_read_that_is_resolved_already_is_left_alone(new: str, tried: Callable[..., Any]) -> None:
    app = f"{HEAD}from app_secrets import resolve_references\n{new}\n"
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": app})
    assert run.refusals == []
    assert run.after["app.py"] == app
    assert REFERENCE in run.after["shop.ini"]


def test_a_number_that_a_computed_read_may_convert_is_refused(tried: Callable[..., Any]) -> None:
    text, app = TEXT.replace(SECRET, "0"), f"{HEAD}x = p.get(n, o)\ny = p.getint(n, o)\n"
    assert tried("shop.ini", text, "0", files={"app.py": app}).refusals == [RefusalReason.READER_NOT_REWRITABLE]


def test_refuses_a_computed_read_of_what_stands_for_all_sections(tried: Callable[..., Any]) -> None:
    text = f"[DEFAULT]\npassword = {SECRET}\n[db]\nhost = h\n"
    run = tried("shop.ini", text, SECRET, files={"app.py": f"{HEAD}x = p.get(n, o)\n"})
    assert run.refusals == [RefusalReason.READER_NOT_REWRITABLE]


def test_refuses_a_parser_that_another_file_takes(tried: Callable[..., Any]) -> None:
    app = f"{HEAD}a = p['db']['password']\n"
    for other in (
        "from app import p\nf(p)\n",
        "from app import p\np = p or {}\nprint(p['db']['password'])\n",
        "from app import *\n",
        "import app\nprint(app.p)\n",
        "import app\nx = app.p['db']['password']\n",
    ):
        run = tried("shop.ini", TEXT, SECRET, files={"app.py": app, "b.py": other})
        assert run.refusals == [RefusalReason.READER_NOT_REWRITABLE]
        assert "b.py" in run.detail


GIVEN = {
    "it is handed on": "map(load, 'ab')\n",
    "what it gives is handed on": "f(load())\n",
    "what it gives is called like something else, too": "c = load()\nc = {}\n",
    "its object's attribute is something else, too": (
        "class B:\n    def f(self):\n        self.c = load()\n        self.c = {}\n"
    ),
    "it reads several files": "load('x')\n",
    "a generator": "def load():\n    c = configparser.ConfigParser()\n    c.read('shop.ini')\n    yield c\n",
}


@pytest.mark.parametrize("use", GIVEN.values(), ids=GIVEN.keys())
def test_refuses_a_parser_that_a_function_gives_where_more_is_done_with_it(use: str, tried: Callable[..., Any]) -> None:
    app = "import configparser\ndef load(path='shop.ini'):\n    c = configparser.ConfigParser()\n"
    app += "    c.read(path)\n    return c\nx = load()['db']['password']\n"
    assert tried("shop.ini", TEXT, SECRET, files={"app.py": app}).refusals == []
    assert tried("shop.ini", TEXT, SECRET, files={"app.py": app + use}).refusals == [
        RefusalReason.READER_NOT_REWRITABLE
    ]
    other = {"app.py": app, "b.py": f"import configparser\nfrom app import load\n{use}"}
    if "yield" not in use:
        assert tried("shop.ini", TEXT, SECRET, files=other).refusals == [RefusalReason.READER_NOT_REWRITABLE]


WRITTEN = {
    "quotes, which belong to the value": f'[db]\npassword = "{SECRET}"\n',
    "what looks like a comment": f"[db]\npassword = {SECRET} ; x\n",
    "further lines": f"[db]\npassword = {SECRET}\n  more\n",
    "an interpolation": f"[db]\npassword = {SECRET}%%\n",
    "defaults of all sections, one of which has its own": f"[DEFAULT]\npassword = {SECRET}\n[db]\npassword = x\n",
    "the key twice": f"[db]\npassword = {SECRET}\nPassword = x\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_refuses_what_configparser_reads_otherwise(text: str, tried: Callable[..., Any]) -> None:
    run = tried("shop.ini", text, SECRET, files={"app.py": f"{HEAD}a = p['db']['password']\n"})
    assert run.refusals != []
    assert run.after["shop.ini"] == text


READS = [
    "p['db']['password']",
    "p.get('db', 'PASSWORD')",
    "p['db'].get('password')",
]


@pytest.mark.parametrize(
    "read",
    ["p.get('db', 'password', fallback='')", "p['db'].get('password', '')", "p['db'].get('password', fallback=f())"],
)
def test_a_read_with_a_fallback_keeps_it(read: str, tried: Callable[..., Any]) -> None:
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": f"{HEAD}x = {read}\n"})
    assert run.refusals == []
    assert run.after["app.py"].replace('"', "'").endswith(f"x = resolve_references({read}, 'DB_PASSWORD')\n")


@pytest.mark.parametrize("read", READS)
def test_each_read_becomes_a_call(read: str, tried: Callable[..., Any]) -> None:
    quiet = (
        "y = p.get('other', 'password') + p['db']['host'] + p.get('db', 'host')\nz = p.has_option('db', 'password')\n"
    )
    run = tried("shop.ini", TEXT, SECRET, files={"app.py": f"{HEAD}x = {read}\n{quiet}"})
    assert run.refusals == []
    assert 'x = get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")\n' in run.after["app.py"].replace(
        "'", '"'
    )
    assert quiet in run.after["app.py"]
    before, after = configparser.ConfigParser(), configparser.ConfigParser()
    before.read_string(TEXT)
    after.read_string(run.after["shop.ini"])
    assert after["db"]["password"] == REFERENCE
    after["db"]["password"] = SECRET
    assert {name: dict(section) for name, section in after.items()} == {
        name: dict(section) for name, section in before.items()
    }
