"""The Python reader: what each literal is called, where it stands, and which arguments it reaches."""

from __future__ import annotations

import ast
import string
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.model import Document, Kind, Literal, Role, Source
from scanner.readers import python
from scanner.readers.errors import Unreadable
from scanner.readers.pybound import read_scope
from scanner.text import decode

MARK = "m4rk-3d"
"""The value that the tables look for; in their sources it is written MARK."""


def document_of(source: str | bytes) -> Document:
    raw = source if isinstance(source, bytes) else source.encode()
    return decode(Source(path="shop/app.py", raw=raw), Kind.PYTHON)


def token_ends(text: str) -> list[int]:
    """Offsets behind the first character of every run without blanks: each statement gets one."""
    return [at + 1 for at, one in enumerate(text) if not one.isspace() and (at == 0 or text[at - 1].isspace())]


def read(source: str | bytes) -> list[Literal]:
    document = document_of(source)
    return list(python.read(document, token_ends(document.text)))


def marked(source: str) -> Literal:
    """The one literal that holds the mark."""
    found = [literal for literal in read(source.replace("MARK", MARK)) if MARK in literal.value.reveal("text")]
    assert len(found) == 1
    return found[0]


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param('x = 1\npassword = "MARK\n', 2, id="a string that is not closed"),
        pytest.param('def f(:\n    password = "MARK"\n', 1, id="a definition that is not valid"),
        pytest.param('print "MARK"\n', 1, id="Python 2"),
        pytest.param("x = " + "(" * 400 + '"MARK"' + ")" * 400 + "\n", 1, id="brackets nested past any parser"),
        pytest.param('x = "MARK"' + ".strip()" * 900 + "\n", 1, id="nested past the reader"),
        pytest.param('x = f"MARK{' + "not " * 300 + 'y}"\n', 1, id="an f-string nested past LibCST"),
        # CPython 3.11 would take an hour for five megabytes of such fields.
        pytest.param('x = "MARK"\ny = f\'' + "{a}" * 200_000 + "'\n", 1, id="an f-string of very many fields"),
        pytest.param('x = "MARK"\ny = rf"""' + '{a}"\n' * 50_000, 1, id="one that does not end"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line_and_without_its_text(source: str, line: int) -> None:
    text = source.replace("MARK", MARK)
    with pytest.raises(Unreadable) as caught:
        list(python.read(document_of(text), token_ends(text)))
    assert caught.value.line == line
    assert MARK not in str(caught.value)
    assert MARK not in caught.value.what
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('def f():\n    return(x.y if z else g(password="MARK"))\n', id="a bracket behind a keyword"),
        pytest.param('f(password="MARK", y=1 in(lambda: "b")())\n', id="a lambda behind a keyword"),
        pytest.param('f(password="MARK", y=.5if x else.5)\n', id="numbers without blanks"),
        pytest.param('f(password="MARK")\r', id="line ends of a Macintosh"),
        pytest.param('x = 1\n\ff(password="MARK")\n', id="a form feed before the statement"),
        pytest.param('f(password="MARK", x=' + "[" * 90 + "]" * 90 + ")\n", id="deep brackets"),
        pytest.param('f(password="MARK", x=f"{return_(y.z if(y)else z)}")\n', id="a bracket in an f-string"),
    ],
)
def test_what_is_odd_and_valid_is_read(source: str) -> None:
    (literal,) = (each for each in read(source.replace("MARK", MARK)) if each.name == "password")
    assert literal.value.reveal("text") == MARK


# --- names, roles, symbols ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "role", "name", "symbol"),
    [
        pytest.param('"MARK"\n', Role.TEXT, None, "", id="a statement of its own has no name"),
        pytest.param("# password = 'MARK'\n", Role.TEXT, "password", "", id="a comment is text"),
        pytest.param('def f():\n    """MARK"""\n', Role.TEXT, None, "f", id="a docstring is text"),
        pytest.param('password = "MARK"\n', Role.ASSIGNMENT, "password", "", id="assignment"),
        pytest.param('token = password = "MARK"\n', Role.ASSIGNMENT, "token", "", id="chained: the first target"),
        pytest.param('a = password = "MARK"\n', Role.ASSIGNMENT, "password", "", id="chained: `a` says nothing"),
        pytest.param('password: str = "MARK"\n', Role.ASSIGNMENT, "password", "", id="annotated"),
        pytest.param('user, password = "ana", "MARK"\n', Role.ASSIGNMENT, "password", "", id="pairs are taken apart"),
        pytest.param('*rest, b = "x", "MARK"\n', Role.ELEMENT, None, "", id="a star is not taken apart"),
        pytest.param('self.password = "MARK"\n', Role.ASSIGNMENT, "password", "", id="attribute"),
        pytest.param('app.config["SECRET_KEY"] = "MARK"\n', Role.ASSIGNMENT, "SECRET_KEY", "", id="subscript"),
        pytest.param('password += "MARK"\n', Role.ASSIGNMENT, "password", "", id="augmented"),
        pytest.param('if (password := "MARK"):\n    pass\n', Role.ASSIGNMENT, "password", "", id="walrus"),
        pytest.param('password = x or "MARK"\n', Role.ASSIGNMENT, "password", "", id="fallback behind or"),
        pytest.param('password = "MARK" if x else y\n', Role.ASSIGNMENT, "password", "", id="conditional"),
        pytest.param('password = SecretStr("MARK")\n', Role.ASSIGNMENT, "password", "", id="wrapper"),
        pytest.param('password = "MARK".encode()\n', Role.ASSIGNMENT, "password", "", id="method of the text"),
        pytest.param('password = b"MARK"\n', Role.ASSIGNMENT, "password", "", id="bytes"),
        pytest.param('password = os.environ["P"] or "MARK"\n', Role.ASSIGNMENT, "password", "", id="unimported or"),
        pytest.param(
            'import os\npassword = os.environ.get("P") or "MARK"\n', Role.ENV_DEFAULT, "password", "", id="environ or"
        ),
        pytest.param(
            'import os\nb = os.getenv("API_KEY") or "MARK"\n', Role.ENV_DEFAULT, "API_KEY", "", id="the longer name"
        ),
        pytest.param('key = Setting(default="MARK")\n', Role.DEFAULT, "key", "", id="default of a field"),
        pytest.param('getattr(x, "password", "MARK")\n', Role.POSITIONAL, "password", "", id="getattr"),
        pytest.param('d = dict([("token", "MARK")])\n', Role.ELEMENT, "token", "", id="one of several pairs"),
        pytest.param(
            'import os\nx = os.getenv("DB_PASSWORD", "MARK")\n', Role.ENV_DEFAULT, "DB_PASSWORD", "", id="env"
        ),
        pytest.param('import os\nf(os.environ["K"] or "MARK")\n', Role.ENV_DEFAULT, "K", "", id="environ[] or"),
        pytest.param('settings.get("token", "MARK")\n', Role.POSITIONAL, "token", "", id="name first, value second"),
        pytest.param('set_config("mail_password", "MARK")\n', Role.POSITIONAL, "mail_password", "", id="setter"),
        pytest.param('parser.add_argument("-p", "--pw", default="MARK")\n', Role.ENV_DEFAULT, "pw", "", id="option"),
        pytest.param('parser.set("db", "password", "MARK")\n', Role.POSITIONAL, "password", "", id="an option is set"),
        pytest.param('setattr(x, "password", "MARK")\n', Role.POSITIONAL, "password", "", id="setattr"),
        pytest.param('connect("MARK")\n', Role.POSITIONAL, None, "", id="positional"),
        pytest.param('connect(password="MARK")\n', Role.KEYWORD, "password", "", id="keyword"),
        pytest.param('class A(Base, token="MARK"):\n    pass\n', Role.KEYWORD, "token", "A", id="class keyword"),
        pytest.param('def f(password="MARK"):\n    pass\n', Role.DEFAULT, "password", "f", id="parameter"),
        pytest.param('def f(*, password="MARK"):\n    pass\n', Role.DEFAULT, "password", "f", id="keyword parameter"),
        pytest.param('f = lambda token="MARK": token\n', Role.DEFAULT, "token", "", id="parameter of a lambda"),
        pytest.param('d = {"password": "MARK"}\n', Role.ENTRY, "password", "d", id="dict entry"),
        pytest.param(
            'D = {"default": {"PASSWORD": "MARK"}}\n', Role.ENTRY, "PASSWORD", "D.default", id="nested dict's path"
        ),
        pytest.param('tokens = ["a", "MARK"]\n', Role.ELEMENT, "tokens", "", id="element of a list"),
        pytest.param('if password == "MARK":\n    pass\n', Role.COMPARISON, "password", "", id="compared on the right"),
        pytest.param('if "MARK" == password:\n    pass\n', Role.COMPARISON, "password", "", id="compared on the left"),
        pytest.param('ok = token in ("MARK",)\n', Role.ELEMENT, "token", "", id="compared with a tuple"),
        pytest.param('def token():\n    return "MARK"\n', Role.RETURN, "token", "token", id="return"),
        pytest.param('class A:\n    key = "MARK"\n', Role.ASSIGNMENT, "key", "A", id="class attribute"),
        pytest.param(
            'class A:\n    def f(self):\n        self.key = "MARK"\n', Role.ASSIGNMENT, "key", "A.f", id="in a method"
        ),
        pytest.param('async def f():\n    key = "MARK"\n', Role.ASSIGNMENT, "key", "f", id="in a coroutine"),
        pytest.param('def f():\n    def g():\n        key = "MARK"\n', Role.ASSIGNMENT, "key", "f.g", id="in both"),
        pytest.param('@auth("MARK")\ndef f():\n    pass\n', Role.POSITIONAL, None, "f", id="decorator"),
        pytest.param('@auth(token="MARK")\nclass A:\n    pass\n', Role.KEYWORD, "token", "A", id="class decorator"),
        pytest.param('if x: key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="one-line suite"),
        pytest.param('x = 1; key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="behind a semicolon"),
        pytest.param('if x:\n    pass\nelif key == "MARK":\n    pass\n', Role.COMPARISON, "key", "", id="elif header"),
        pytest.param('try:\n    pass\nexcept f(key="MARK"):\n    pass\n', Role.KEYWORD, "key", "", id="except header"),
        pytest.param('with f(key="MARK") as g:\n    pass\n', Role.KEYWORD, "key", "", id="with header"),
        pytest.param('for x in f(key="MARK"):\n    pass\n', Role.KEYWORD, "key", "", id="for header"),
        pytest.param('while f(key="MARK"):\n    pass\n', Role.KEYWORD, "key", "", id="while header"),
        pytest.param('match token:\n    case "MARK":\n        pass\n', Role.COMPARISON, "token", "", id="case header"),
        pytest.param('match f(key="MARK"):\n    case 1:\n        pass\n', Role.KEYWORD, "key", "", id="match header"),
        pytest.param('match x:\n    case y if key == "MARK":\n        pass\n', Role.COMPARISON, "key", "", id="guard"),
        pytest.param('def f(a,\n      b): key = "MARK"\n', Role.ASSIGNMENT, "key", "f", id="behind a long header"),
        pytest.param('if x:\n    pass\nelse: key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="one-line else"),
        pytest.param(
            'if x:\n    pass\nelif (x and\n      y): key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="long elif"
        ),
        pytest.param(
            'def f():\n    try:\n        pass\n    finally: key = "MARK"\n',
            Role.ASSIGNMENT,
            "key",
            "f",
            id="one-line finally",
        ),
        pytest.param('match x:\n    case 1:\n        key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="inside a case"),
        pytest.param('try:\n    pass\nfinally:\n    key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="inside finally"),
        pytest.param('for x in y:\n    pass\nelse:\n    key = "MARK"\n', Role.ASSIGNMENT, "key", "", id="inside else"),
        pytest.param('try: key = "MARK"\nexcept E: pass\n', Role.ASSIGNMENT, "key", "", id="one-line try"),
        pytest.param('key = f"{host}MARK"\n', Role.ASSIGNMENT, "key", "", id="part of an f-string"),
        pytest.param("print(f\"{connect(password='MARK')}\")\n", Role.KEYWORD, "password", "", id="inside an f-string"),
        pytest.param('xs = [f(key="MARK") for x in y]\n', Role.KEYWORD, "key", "", id="inside a comprehension"),
        pytest.param('key = (\n    "MARK"\n)\n', Role.ASSIGNMENT, "key", "", id="in brackets on the next line"),
        pytest.param('key = \\\n    "MARK"\n', Role.ASSIGNMENT, "key", "", id="behind a backslash"),
    ],
)
def test_a_literal_is_named_and_placed(source: str, role: Role, name: str | None, symbol: str) -> None:
    literal = marked(source)
    assert (literal.role, literal.name, literal.symbol) == (role, name, symbol)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param('x = "a" "b"\n', "ab", id="implicit concatenation"),
        pytest.param('x = "a" + "b"\n', "ab", id="explicit concatenation"),
        pytest.param('x = ("a"\n     # why\n     "b")\n', "ab", id="with a comment between"),
        pytest.param('x = "a\\x62\\u0063\\N{LATIN SMALL LETTER D}\\n"\n', "abcd\n", id="escapes"),
        pytest.param('x = r"a\\n"\n', "a\\n", id="raw"),
        pytest.param('x = """a\\\nb"""\n', "ab", id="an escaped line end"),
        pytest.param('x = b"a\\xff"\n', b"a\xff", id="bytes that are no UTF-8"),
        pytest.param('x = u"é"\n', "é", id="letters beyond ASCII"),
        pytest.param('x = "a" "b" b""\n', None, id="text and bytes do not mix"),
    ],
)
def test_a_literals_value_is_what_the_program_sees(source: str, value: str | bytes | None) -> None:
    if value is None:
        with pytest.raises(Unreadable):
            read(source)
        return
    assert [literal.value.reveal() for literal in read(source)] == [value]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param('x = f"a{b}c"\n', "a{x}c", id="an f-string"),
        pytest.param('x = f"a{{{b}}}"\n', "a{{x}}", id="an f-string with braces of its own"),
        pytest.param('x = "a" + b + "c"\n', "a{x}c", id="a sum with a name"),
        pytest.param('x = "a" f"{b}"\n', "a{x}", id="a concatenation with an f-string"),
    ],
)
def test_what_is_computed_is_dynamic_and_shows_where(source: str, text: str) -> None:
    found = [literal for literal in read(source) if literal.parts > 1]
    assert [(literal.value.reveal("text"), literal.dynamic) for literal in found] == [(text, True)]


# --- arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "callee", "index", "keyword", "element", "key"),
    [
        pytest.param('import db\ndb.connect("MARK")\n', "db.connect", 0, None, None, None, id="module"),
        pytest.param('import db as d\nd.connect("MARK")\n', "db.connect", 0, None, None, None, id="alias"),
        pytest.param('from db import connect\nconnect(p="MARK")\n', "db.connect", None, "p", None, None, id="from"),
        pytest.param('from db import connect as c\nc(p="MARK")\n', "db.connect", None, "p", None, None, id="from as"),
        pytest.param('from db import *\nconnect(p="MARK")\n', "db.connect", None, "p", None, None, id="star import"),
        pytest.param('import a.b\na.b.f("x", "MARK")\n', "a.b.f", 1, None, None, None, id="dotted import"),
        pytest.param('x.login("u", "MARK")\n', ".login", 1, None, None, None, id="a method of who knows what"),
        pytest.param(
            'import smtplib\ns = smtplib.SMTP()\ns.login("u", "MARK")\n', "smtplib.SMTP.login", 1, None, None, None,
            id="a method of an instance that was seen made",
        ),
        pytest.param(
            'import smtplib\nwith smtplib.SMTP() as s:\n    s.login("u", "MARK")\n', "smtplib.SMTP.login", 1, None,
            None, None, id="a method of a with target",
        ),
        pytest.param(
            'import smtplib\ndef f(s: smtplib.SMTP):\n    s.login("u", "MARK")\n', "smtplib.SMTP.login", 1, None, None,
            None, id="a method of an annotated parameter",
        ),
        pytest.param(
            'import smtplib\nclass A:\n    def __init__(self):\n        self.s = smtplib.SMTP()\n'
            '    def f(self):\n        self.s.login("u", "MARK")\n',
            "smtplib.SMTP.login", 1, None, None, None, id="a method of an attribute of self",
        ),
        pytest.param(
            'import smtplib\nsmtplib.SMTP("h").login("u", "MARK")\n', "smtplib.SMTP.login", 1, None, None, None,
            id="a method of a call",
        ),
        pytest.param('import r\nr.get(u, auth=("u", "MARK"))\n', "r.get", None, "auth", 1, None, id="tuple"),
        pytest.param(
            'import r\nr.get(u, headers={"Authorization": "MARK"})\n', "r.get", None, "headers", None,
            "Authorization", id="dict",
        ),
        pytest.param('import db\ndb.connect(*a, "MARK")\n', "db.connect", None, None, None, None, id="behind a star"),
        pytest.param('import db\nP = "MARK"\ndb.connect(p=P)\n', "db.connect", None, "p", None, None, id="constant"),
        pytest.param(
            'import db\nP = "MARK"\ndef f():\n    db.connect(p=P)\n', "db.connect", None, "p", None, None,
            id="a module's constant in a function",
        ),
        pytest.param(
            'import db\ndef f():\n    p = "MARK"\n    db.connect(p=p)\n', "db.connect", None, "p", None, None,
            id="a local constant",
        ),
        pytest.param(
            'import db\nclass A:\n    P = "MARK"\n    def f(self):\n        db.connect(p=self.P)\n', "db.connect", None,
            "p", None, None, id="a class's constant through self",
        ),
        pytest.param(
            'import db\nclass A:\n    P = "MARK"\ndb.connect(p=A.P)\n', "db.connect", None, "p", None, None,
            id="a class's constant through its name",
        ),
        pytest.param(
            'import db\nP = "MARK"\nauth = ("u", P)\ndb.connect(auth=auth)\n', "db.connect", None, "auth", 1, None,
            id="two hops",
        ),
        pytest.param(
            'import db\nC = {"p": "MARK"}\ndb.connect(**C)\n', "db.connect", None, "**", None, "p", id="unpacked dict",
        ),
        pytest.param('import db\ndb.connect(**dict(p="MARK"))\n', "db.connect", None, "**", None, "p", id="dict()"),
        pytest.param(
            'import db\nC = {"p": "MARK", "q": "r"}\ndb.connect(p=C["p"])\n', "db.connect", None, "p", None, None,
            id="an entry of a dict",
        ),
        pytest.param('import db\nP = "MARK"\nQ = P\ndb.f(p=Q)\n', "db.f", None, "p", None, None, id="alias"),
        pytest.param('import db\nP = f("x") or "MARK"\ndb.f(p=P)\n', "db.f", None, "p", None, None, id="or"),
        pytest.param(
            'import o, os\nos.environ["K"] = o.api_key = "MARK"\n', "o.api_key", None, "=", None, None,
            id="the second of two targets",
        ),
        pytest.param('import db\ndb.connect(**{"p": "MARK"})\n', "db.connect", None, "**", None, "p", id="unpacked"),
        pytest.param('import o\no.api_key = "MARK"\n', "o.api_key", None, "=", None, None, id="attribute target"),
        pytest.param(
            'from flask import Flask\napp = Flask("x")\napp.config["SECRET_KEY"] = "MARK"\n',
            "flask.Flask.config[SECRET_KEY]", None, "=", None, None, id="subscript target",
        ),
        pytest.param(
            'import db\ndb.connect(p=SecretStr("MARK"))\n', "SecretStr", 0, None, None, None, id="inside a wrapper"
        ),
    ],
)  # fmt: skip
def test_a_literal_reaches_an_argument(
    source: str, callee: str, index: int | None, keyword: str | None, element: int | None, key: str | None
) -> None:
    reached = [
        (argument.callees, argument.index, argument.keyword, argument.element, argument.key)
        for argument in marked(source).arguments
    ]
    assert any(callee in callees and rest == [index, keyword, element, key] for callees, *rest in reached), reached


def test_a_later_binding_of_the_same_name_is_not_the_one_that_a_call_sees() -> None:
    source = 'import db\nP = "early"\ndb.connect(p=P)\nP = "late"\n'
    reached = {literal.value.reveal("text"): bool(literal.arguments) for literal in read(source)}
    assert reached == {"early": True, "late": False}


def test_another_entry_of_a_dict_is_not_reached() -> None:
    source = 'import db\nC = {"p": "this", "q": "that"}\ndb.connect(p=C["p"])\n'
    reached = {each.value.reveal("text"): bool(each.arguments) for each in read(source) if each.role is Role.ENTRY}
    assert reached == {"this": True, "that": False}


@pytest.mark.parametrize(
    "source",
    [
        "X = {\n"
        + "".join(f'    "k{number}": "{MARK if number == 350 else number}",\n' for number in range(600))
        + "}\n",
        "".join(f'K{number} = "{MARK if number == 350 else number}"\n' for number in range(600)),
    ],
)
def test_of_many_siblings_the_nearest_are_kept(source: str) -> None:
    # The constants of a file are siblings of each other: all of them with each are too many.
    names = [sibling.name.lower() for sibling in marked(source).siblings]
    assert names == [f"k{number}" for number in range(250, 450)]


def test_siblings_are_the_other_arguments_of_the_call() -> None:
    (literal,) = [each for each in read('f(host="h", user="u", password="p", port=5432)\n') if each.name == "password"]
    found = {sibling.name: sibling.value.reveal("text") for sibling in literal.siblings}
    assert found == {"host": "h", "user": "u", "password": "p", "port": "5432"}


def test_only_the_statements_at_the_offsets_are_read() -> None:
    text = 'a = "first"\nb = "second"\n'
    found = list(python.read(document_of(text), [text.index("b =") + 1]))
    assert [literal.value.reveal("text") for literal in found] == ["second"]


# --- spans --------------------------------------------------------------------------------------------------


def check_spans(document: Document, literals: list[Literal]) -> None:
    """Every literal's span holds string tokens whose value, read again by Python, is the literal's."""
    text = document.text
    for literal in literals:
        value = literal.value.reveal("text")
        if literal.offsets is None:
            assert text[literal.body : literal.body + len(value)] == value
        else:
            assert len(literal.offsets) == len(value) + 1
            assert all(literal.span.start <= at <= literal.span.end for at in literal.offsets)
            assert list(literal.offsets) == sorted(literal.offsets)
        if literal.role is not Role.TEXT and not literal.dynamic:
            # A `+` of texts is folded by hand: `literal_eval` knows it only for numbers.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # escapes that Python knows and will not always
                tree = ast.parse("(" + text[literal.span.start : literal.span.end] + ")", mode="eval")
            assert folded(tree.body) == literal.value.reveal()


def folded(node: ast.expr) -> object:
    if isinstance(node, ast.BinOp):
        left, right = folded(node.left), folded(node.right)
        return left + right  # type: ignore[operator]
    return node.value if isinstance(node, ast.Constant) else None


def standard_library() -> Iterator[Path]:
    """Sixty files of the standard library, small and large, of many hands."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = sorted(path for path in root.glob("*.py") if path.stat().st_size < 16_000)
    return iter(files[:: max(1, len(files) // 60)][:60])


def test_every_string_of_sixty_files_of_the_standard_library_is_found_where_it_stands() -> None:
    files = constants = 0
    for path in standard_library():
        document = document_of(path.read_bytes())
        try:
            literals = list(python.read(document, token_ends(document.text)))
        except Unreadable:
            continue
        files += 1
        check_spans(document, literals)
        starts = {literal.span.start: literal for literal in literals}
        scope = read_scope(document.text)
        for node in values(ast.parse(document.text)):
            constants += 1
            at = scope.offset(node.lineno, node.col_offset)
            literal = starts.get(at)
            assert literal is not None or any(each.span.start <= at < each.span.end for each in literals), (
                f"{path.name}:{node.lineno}:{node.col_offset}"
            )
    assert files > 50
    assert constants > 1_000


def values(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants that are values: no annotation, no part of an f-string."""
    for field, child in ast.iter_fields(tree):
        if field in ("annotation", "returns") or isinstance(child, ast.JoinedStr):
            continue
        for node in child if isinstance(child, list) else [child]:
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
                yield node
            elif isinstance(node, ast.AST) and not isinstance(node, ast.JoinedStr):
                yield from values(node)


LINES = (
    "import db\n",
    'password = "MARK"\n',
    'def f(a="x", *, b="y"):\n    """Doc."""\n    return db.connect(a, password="MARK")\n',
    'class A:\n    key = "MARK"\n\n    def g(self):\n        if self.key == "z": return "w"\n',
    'x = {\n    "a": "é\\u1234",\n    "b": ["c", ("d", "e")],\n}\n',
    "try:\n    a = 'b'\nexcept E as e:\n    c = 'd'\nelse:\n    e = 'f'\nfinally:\n    g = 'h'\n",
    "match x:\n    case 'a' | 'b':\n        y = 'c'\n    case {'k': 'v'}:\n        pass\n",
    "if a:\n    b = 'c'\nelif d('e'):\n    f = 'g'\nelse:\n    h = 'i'\n",
    's = """one\n  two\\\nthree\n"""\n',
    "y = 'a' 'b' + 'c' 'd'; z = f'{x!r:>{w}}' 'tail'\n",
    "# a comment: password = 'MARK'\n\n",
    "@deco('a')\n@other\nasync def h():\n    async with k('b') as l, m('c'):\n        await n('d')\n",
)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=8),
    newline=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
    tabs=st.booleans(),
    tail=st.sampled_from(["", "\n", "x = 'no end of line'"]),
)
@example(lines=list(LINES), newline="\r\n", bom=True, tabs=True, tail="x = 'y'")
def test_spans_hold_with_any_line_ends_tabs_and_byte_order_mark(
    lines: list[str], newline: str, bom: bool, tabs: bool, tail: str
) -> None:
    text = "".join(lines) + tail
    text = text.replace("    ", "\t") if tabs else text
    raw = (b"\xef\xbb\xbf" if bom else b"") + text.replace("\n", newline).encode()
    document = document_of(raw)
    literals = list(python.read(document, token_ends(document.text)))
    check_spans(document, literals)
    assert len(literals) >= text.count("MARK")


@settings(max_examples=100, deadline=None)
@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), is_bytes=st.booleans(), raw=st.booleans())
def test_a_value_comes_back_from_its_repr(value: str, is_bytes: bool, raw: bool) -> None:
    literal: str | bytes = value.encode() if is_bytes else value
    written = repr(literal)
    if raw and "\\" not in written:
        written = "r" + written
    (found,) = read(f"password = {written}\n")
    assert found.value.reveal() == literal
    document = document_of(f"password = {written}\n")
    assert document.text[found.span.start : found.span.end] == written


@settings(max_examples=150, deadline=None)
@given(
    source=st.lists(
        st.sampled_from(["password", "=", '"', "'", '"""', "(", ")", "{", "}", ":", "\n", " ", "f", "b", "\\", "#", "x",
                         ",", "if", "def", "[", "]", ";", "\t", "é", "\f", "1", "lambda", "*", "@"]), max_size=30
    ).map("".join)
)  # fmt: skip
def test_no_text_raises_anything_but_unreadable(source: str) -> None:
    document = document_of(source)
    try:
        literals = list(python.read(document, token_ends(document.text)))
    except Unreadable:
        return
    check_spans(document, literals)


def test_a_file_in_latin_1_is_read_in_its_characters() -> None:
    raw = '# coding: latin-1\nüser = "é"; password = "pä"\n'.encode("latin-1")
    found = {literal.name: literal.value.reveal("text") for literal in read(raw) if literal.role is Role.ASSIGNMENT}
    assert found == {"üser": "é", "password": "pä"}


def test_a_form_feed_between_statements_does_not_hide_the_others() -> None:
    text = 'a = "first"\n\f\nb = "second"\n'
    found = list(python.read(document_of(text), [text.index("b =") + 1]))
    assert [(literal.value.reveal("text"), text[literal.span.start : literal.span.end]) for literal in found] == [
        ("second", '"second"')
    ]


def test_a_nested_block_is_never_dedented() -> None:
    text = 'class A:\n    def f(self):\n        key = """a\n        b"""\n'
    (literal,) = [each for each in read(text) if each.name == "key"]
    assert literal.value.reveal("text") == "a\n        b"


@pytest.mark.parametrize(
    ("written", "values"),
    [
        pytest.param("f\"{g('MARK')}\"", ["MARK"], id="one"),
        pytest.param("f'{g(\"MARK\")!r:>{width}}'", ["MARK"], id="with a conversion and a format"),
        pytest.param("'é' f\"é{é}{g('é', 'MARK')}\" 'é'", ["é", "MARK"], id="letters beyond ASCII, several tokens"),
        pytest.param("f\"\"\"\n  {g('a')}\n{ g( 'MARK',\n 'b') }\"\"\"", ["a", "MARK", "b"], id="on several lines"),
        pytest.param("f'''{f\"{g('MARK')}\"}'''", ["MARK"], id="an f-string in an f-string"),
        pytest.param("f'''\n{f\"{g('MARK')}\"}{f\"{g('MARK')}\"}'''", ["MARK", "MARK"], id="twice the same"),
    ],
)
def test_what_an_fstring_embeds_stands_where_it_is_said_to(written: str, values: list[str]) -> None:
    text = f"def é():\n  é = {written}\n".replace("MARK", MARK)
    found = [each for each in read(text) if not each.dynamic]
    assert [each.value.reveal("text") for each in found] == [value.replace("MARK", MARK) for value in values]
    check_spans(document_of(text), found)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_string_on_several_lines_stands_where_it_stands_with_any_line_ends(newline: str) -> None:
    lines = ["x = (", "    'a'  # why", "    f'b{g(c)}d'", "    'MARK')", "y = 'e' \\", "  'f'", ""]
    source = newline.join(lines).replace("MARK", MARK)
    text = document_of(source).text
    for literal in read(source):
        value = literal.value.reveal("text")
        stands = "".join(text[literal.source_span(at, at + 1).start] for at in range(len(value)))
        assert stands == value.replace("{x}", "{{{")


def test_a_huge_statement_is_read_as_well() -> None:
    text = f'x = [{"1, " * 100_000}"p"]\n'
    assert [each.value.reveal("text") for each in python.read(document_of(text), [3])] == ["p"]


def test_a_name_of_any_letters_is_kept() -> None:
    assert marked('pässwörd = "MARK"\n').name == "pässwörd"
    assert not set(string.whitespace) & set(marked('d["a b"] = "MARK"\n').name or "") - {" "}


# --- calls of what the file itself defines ---


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('def f(host, password): ...\nf("h", "MARK")\n', "password"),
        ('def f(host, password): ...\nf(*h, "MARK")\n', None),
        ('def f(host, password): ...\no.f("h", "MARK")\n', None),
        ('def f(host, password): ...\ndef f(host): ...\nf("h", "MARK")\n', None),
        ('class F:\n    def __init__(self, host, password): ...\nF("h", "MARK")\n', "password"),
        ('class F:\n    def g(self, password): ...\n    def h(self):\n        self.g("MARK")\n', "password"),
        (
            'class F:\n    @staticmethod\n    def g(password): ...\n    def h(self):\n        self.g("MARK")\n',
            "password",
        ),
        ('class F(NamedTuple):\n    host: str\n    password: str\nF("h", "MARK")\n', "password"),
        ('class F:\n    host: str\n    password: str\nF("h", "MARK")\n', None),
    ],
)
def test_an_argument_by_place_is_called_as_the_parameter(source: str, name: str | None) -> None:
    assert marked(source).name == name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('config(default="MARK")\n', "default"),
        ('config(default="postgres://u:MARK@db/shop")\n', "default"),
        ('Optional("api_key", default="MARK")\n', "api_key"),
    ],
)
def test_a_default_is_never_called_by_itself(source: str, name: str) -> None:
    assert marked(source).name == name
