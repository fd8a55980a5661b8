"""Python literals to calls: what is refused, what is written, and that the program computes the same."""

from __future__ import annotations

import ast
import asyncio
import builtins
import functools
import inspect
import random
import string
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixers import python_defaults
from fixers.model import Edit, RefusalReason
from fixers.python import rewrite
from fixers.python_check import same_outside
from fixers.python_position import find_place
from fixers.python_syntax import read_syntax
from fixers.rewriting import Placement, RewriteContext, Rewritten, splice
from fixers.workspace import Workspace
from scanner.identity import digest
from scanner.model import CredentialKind, Finding, Kind, Literal, Role, SecretValue, Source, Span
from scanner.text import decode, encode

KEY = bytes(range(32))
SECRET = "Zq" + "".join(random.Random("python").choices(string.ascii_letters + string.digits, k=18))
CALL = 'get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")'
CALL_IN = CALL.replace('"', "'")
URL, DSN = CredentialKind.URL, CredentialKind.DSN


def filled(text: str) -> str:
    """A template with the secret and the calls in their places."""
    for word, value in (("SECRET", SECRET), ("<CALL>", CALL), ("<call>", CALL_IN)):
        text = text.replace(word, value)
    return text


def workspace_of(files: dict[str, bytes]) -> Workspace:
    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return Workspace(root=Path("/nonexistent"), files=tuple(sorted(files)), read=read)


def finding_in(text: str, spelling: str, value: str | bytes, *, kind: CredentialKind, path: str, nth: int) -> Finding:
    at = -1
    for _ in range(nth + 1):
        at = text.index(spelling, at + 1)
    span = Span(at, at + len(spelling))
    literal = Literal(span=span, value=SecretValue(value), role=Role.ASSIGNMENT)
    start = (text.count("\n", 0, at) + 1, 1)
    return Finding(
        rule="made", title="made", kind=kind, severity="high", path=path, span=span, start=start, end=(1, 1),
        literal=literal, value=SecretValue(value),
    )  # fmt: skip


class Run:
    """One rewrite: `edited` is the text with the placements' edits, `after` with the imports too."""

    def __init__(
        self,
        raw: bytes | str,
        *,
        spelling: str = SECRET,
        value: str | bytes | None = None,
        kind: CredentialKind = CredentialKind.PASSWORD,
        path: str = "app.py",
        count: int = 1,
        placement: dict[str, Any] | None = None,
    ) -> None:
        raw = raw.encode() if isinstance(raw, str) else raw
        self.document = decode(Source(path=path, raw=raw), Kind.PYTHON)
        self.value = spelling if value is None else value
        self.path = path
        given = {"name": "prod/shop/db", "key": "password", "env": "DB_PASSWORD", **(placement or {})}
        findings = [
            finding_in(self.document.text, spelling, self.value, kind=kind, path=path, nth=nth) for nth in range(count)
        ]
        self.placements = [Placement(finding=finding, **given) for finding in findings]
        workspace = workspace_of({path: raw})
        self.result: Rewritten = rewrite(self.document, self.placements, RewriteContext(workspace=workspace, key=KEY))
        edits = [edit for edits in self.result.edits for edit in edits]
        self.edited = splice(self.document.text, edits)
        self.after = splice(self.document.text, [*edits, *self.result.imports])

    def refusal(self) -> RefusalReason | None:
        return self.result.refused[0][0] if self.result.refused else None


def executed(text: str, value: str | bytes) -> dict[str, str]:
    """What a module binds, as text, with a store that holds the value."""
    given = value.encode() if isinstance(value, str) else value

    def get_secret_value(name: str, key: str | None = None, *, env: str) -> str:
        assert (name, key, env) == ("prod/shop/db", "password", "DB_PASSWORD")
        return given.decode()

    def get_secret_bytes(name: str, key: str | None = None, *, env: str) -> bytes:
        return given

    async def aget_secret_value(name: str, key: str | None = None, *, env: str) -> str:
        return get_secret_value(name, key, env=env)

    def importer(name: str, *rest: Any) -> Any:
        if name == "app_secrets":
            called = (get_secret_value, get_secret_bytes, aget_secret_value)
            return types.SimpleNamespace(**{each.__name__: each for each in called})
        return builtins.__import__(name, *rest)

    space: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": importer}, "__name__": "made"}
    exec(compile(text, "made", "exec", dont_inherit=True), space)
    skipped = (types.FunctionType, types.ModuleType, type)
    return {
        name: repr(bound)
        for name, bound in space.items()
        if not name.startswith("__") and not isinstance(bound, skipped)
    }


def check_same(run: Run) -> None:
    """The rewritten file runs to the same values, and the secret is gone from it."""
    assert run.result.refused == {}
    assert SECRET not in run.after
    assert executed(run.after, run.value) == executed(run.document.text, run.value)


REFUSED = {
    "a comment": ("# password SECRET\nx = 1\n", RefusalReason.COMMENT),
    "a comment behind code": ("x = 1  # SECRET\n", RefusalReason.COMMENT),
    "a module docstring": ('"""Use SECRET."""\n', RefusalReason.COMMENT),
    "a function docstring": ('def f():\n    """SECRET"""\n', RefusalReason.COMMENT),
    "a string that is no value": ('x = 1\n"SECRET"\n', RefusalReason.COMMENT),
    "documentation of an Ansible module": ("EXAMPLES = r'''\npassword: SECRET\n'''\n", RefusalReason.COMMENT),
    "a case pattern": ('match x:\n    case "SECRET":\n        pass\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "a key of a mapping pattern": (
        'match x:\n    case {"SECRET": 1}:\n        pass\n',
        RefusalReason.POSITION_NOT_SUPPORTED,
    ),
    "a case pattern among others": ('match x:\n    case "a" | "SECRET": y = 1\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "an annotation": ('def f(a: "SECRET"): pass\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "typing.Literal": ('T = typing.Literal["a", "SECRET"]\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "an annotated name without a value": ('x: Literal["SECRET"]\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "slots": ('class C:\n    __slots__ = ("SECRET",)\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "all": ('__all__ = ["SECRET"]\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "identity": ('x = y is "SECRET"\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "a format specification": ('x = f"{y:SECRET}"\n', RefusalReason.POSITION_NOT_SUPPORTED),
    "both quotes taken": ("""x = f'''{f"{f'{y} SECRET'}"}'''\n""", RefusalReason.DYNAMIC),
    "no Python": ("x = (\nSECRET\n", RefusalReason.NOT_PARSABLE),
    "Python 2": ('print "SECRET"\n', RefusalReason.NOT_PARSABLE),
    "bytes that are not what the cookie says": (b'# coding: ascii\nx = "SECRET\xe9"\n', RefusalReason.NOT_PARSABLE),
    "lone carriage returns": ('x = 1\ry = "SECRET"\r', RefusalReason.NOT_ROUND_TRIPPABLE),
    "a thousand parts": ("x = (" + '"a"\n' * 3000 + '"SECRET")\n', RefusalReason.NOT_PARSABLE),
    "a name in code": ("x = SECRET\n", RefusalReason.POSITION_NOT_SUPPORTED),
    "one part of added bytes": ('x = b"a SECRET" + b"c"\n', None),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(text: str | bytes, reason: RefusalReason | None) -> None:
    raw = text.replace(b"SECRET", SECRET.encode()) if isinstance(text, bytes) else filled(text)
    run = Run(raw)
    assert run.refusal() is reason
    if reason is not None:
        assert run.after == run.document.text
        assert SECRET not in str(run.result)


def test_refuses_a_value_that_is_not_what_would_be_stored() -> None:
    assert Run(f'x = "{SECRET}"\n', value="something else").refusal() is RefusalReason.DYNAMIC


def test_refuses_a_stub_file() -> None:
    run = Run(f'x = "{SECRET}"\n', path="app.pyi")
    assert run.refusal() is RefusalReason.POSITION_NOT_SUPPORTED


def test_refuses_two_secrets_in_one_literal_of_bytes() -> None:
    run = Run(f'x = b"a {SECRET} {SECRET}"\n', value=SECRET.encode(), count=2)
    assert run.refusal() is RefusalReason.DYNAMIC
    assert run.after == run.document.text


URL_REFUSED = {
    "lower-case percent codes": "a%2fb",
    "a bare percent sign": "a%b",
    "letters outside ASCII": "páss",
    "a quotation mark": "a'b",
}


@pytest.mark.parametrize("spelling", URL_REFUSED.values(), ids=URL_REFUSED.keys())
def test_refuses_a_url_password_that_cannot_be_spelled_the_same_again(spelling: str) -> None:
    from urllib.parse import unquote

    run = Run(f'x = "http://u:{spelling}@h/"\n', spelling=spelling, value=unquote(spelling), kind=URL)
    assert run.refusal() is RefusalReason.DYNAMIC


def test_refuses_what_libcst_could_not_read_again() -> None:
    text = f'def f(x):\n    return(("http://u:{SECRET}@h/" if x else "n"))\n'
    assert Run(text, kind=URL).refusal() is RefusalReason.POSITION_NOT_SUPPORTED


@pytest.mark.parametrize("spelling", ["a;b", "a b", "{ab}"])
def test_refuses_a_value_that_a_connection_string_would_quote(spelling: str) -> None:
    assert Run(f'x = "PWD={spelling}"\n', spelling=spelling, kind=DSN).refusal() is RefusalReason.DYNAMIC


REWRITTEN = {
    "an assignment": ('x = "SECRET"\n', "x = <CALL>\n"),
    "single quotes": ("x = 'SECRET'\n", "x = <CALL>\n"),
    "triple quotes": ('x = """SECRET"""\n', "x = <CALL>\n"),
    "a raw string": ('x = r"SECRET"\n', "x = <CALL>\n"),
    "a u prefix": ('x = u"SECRET"\n', "x = <CALL>\n"),
    "an annotated name": ('x: "str" = "SECRET"\n', 'x: "str" = <CALL>\n'),
    "Final": (
        'from typing import Final\nx: Final[str] = "SECRET"\n',
        "from typing import Final\nx: Final[str] = <CALL>\n",
    ),
    "parentheses with comments": (
        'x = (  # why\n    "SECRET"  # what\n)\n',
        "x = (  # why\n    <CALL>  # what\n)\n",
    ),
    "several targets": ('x = y = "SECRET"\n', "x = y = <CALL>\n"),
    "a tuple of targets": ('x, y = "u", "SECRET"\n', 'x, y = "u", <CALL>\n'),
    "an augmented assignment": ('x = "a"\nx += "SECRET"\n', 'x = "a"\nx += <CALL>\n'),
    "a walrus": ('if (x := "SECRET"): pass\n', "if (x := <CALL>): pass\n"),
    "a subscript": ('d = {}\nd["k"] = "SECRET"\n', 'd = {}\nd["k"] = <CALL>\n'),
    "statements in one line": ('a = 1; x = "SECRET"; b = 2\n', "a = 1; x = <CALL>; b = 2\n"),
    "a one-line suite": ('if True: x = "SECRET"\n', "if True: x = <CALL>\n"),
    "a keyword": ('x = dict(user="u", password="SECRET",)\n', 'x = dict(user="u", password=<CALL>,)\n'),
    "a positional argument": ('x = str("SECRET")\n', "x = str(<CALL>)\n"),
    "unpacked keywords beside it": ('x = dict(password="SECRET", **{})\n', "x = dict(password=<CALL>, **{})\n"),
    "an entry": ('x = {"password": "SECRET"}\n', 'x = {"password": <CALL>}\n'),
    "a key": ('x = {"SECRET": "admin"}\n', 'x = {<CALL>: "admin"}\n'),
    "a list": ('x = ["a", "SECRET", *[]]\n', 'x = ["a", <CALL>, *[]]\n'),
    "a set": ('x = {"SECRET"}\n', "x = {<CALL>}\n"),
    "a comparison": ('x = "a" == "SECRET"\n', 'x = "a" == <CALL>\n'),
    "a conditional without spaces": ('x = 1 if"SECRET"else 2\n', "x = 1 if <CALL>else 2\n"),
    "membership without a space": ('x = "a"in"SECRET"\n', 'x = "a"in <CALL>\n'),
    "a return without a space": ('def f():\n    return"SECRET"\nx = f()\n', "def f():\n    return <CALL>\nx = f()\n"),
    "a lambda": ('x = (lambda:"SECRET")()\n', "x = (lambda:<CALL>)()\n"),
    "a default": ('def f(a="SECRET"): return a\nx = f()\n', "def f(a=<CALL>): return a\nx = f()\n"),
    "a decorator": (
        'def d(a): return lambda f: a\n@d("SECRET")\ndef x(): pass\n',
        "def d(a): return lambda f: a\n@d(<CALL>)\ndef x(): pass\n",
    ),
    "a class attribute": ('class C:\n    a = "SECRET"\nx = C.a\n', "class C:\n    a = <CALL>\nx = C.a\n"),
    "a method on the literal": ('x = "SECRET".encode()\n', "x = <CALL>.encode()\n"),
    "an index of the literal": ('x = "SECRET"[1:]\n', "x = <CALL>[1:]\n"),
    "an argument of percent": ('x = "a %s" % "SECRET"\n', 'x = "a %s" % <CALL>\n'),
    "an implicit concatenation": (f'x = ("{SECRET[:5]}"\n     "{SECRET[5:]}")\n', "x = <CALL>\n"),
    "parentheses of its own": ('x = ((\n    "SECRET"\n)).encode()\n', "x = <CALL>.encode()\n"),
    "parentheses after return": ('def f():\n    return("SECRET")\nx = f()\n', "def f():\n    return <CALL>\nx = f()\n"),
    "a condition in parentheses after return": (
        'def f(x):\n    return(x.y if x else "SECRET")\nx = f(0)\n',
        "def f(x):\n    return(x.y if x else <CALL>)\nx = f(0)\n",
    ),
    "a lambda called behind in": (
        'y = "a" in(lambda: "b")()\nx = "SECRET"\n',
        'y = "a" in(lambda: "b")()\nx = <CALL>\n',
    ),
    "parentheses around a tuple": ('x = ("SECRET",)\n', "x = (<CALL>,)\n"),
    "parentheses around a sum": ('x = (("a") + ("SECRET"))\n', 'x = (("a") + <CALL>)\n'),
    "parentheses around a whole sum": (f'x = (("{SECRET[:5]}") + ("{SECRET[5:]}"))\n', "x = <CALL>\n"),
    "parentheses in an f-string": ("x = f\"{('SECRET')}\"\n", 'x = f"{<call>}"\n'),
    "an explicit concatenation": (f'x = "{SECRET[:5]}" + "{SECRET[5:]}"\n', "x = <CALL>\n"),
    "an empty part beside it": ('x = "" "SECRET"\n', "x = <CALL>\n"),
    "a term of a sum": ('x = "Bearer " + "SECRET"\n', 'x = "Bearer " + <CALL>\n'),
    "the last terms of a sum": (
        f'x = "Bearer " + "{SECRET[:5]}" + "{SECRET[5:]}"\n',
        'x = "Bearer " + <CALL>\n',
    ),
    "a part of a literal": ('x = "Bearer SECRET!"\n', 'x = f"Bearer {<call>}!"\n'),
    "a part with braces": ('x = "{a} SECRET {{"\n', 'x = f"{{a}} {<call>} {{{{"\n'),
    "a part with escapes": (
        'x = "\\x41\\N{DIGIT ONE}{\\" SECRET\\t"\n',
        'x = f"\\x41\\N{DIGIT ONE}{{\\" {<call>}\\t"\n',
    ),
    "a part of a raw string": ('x = r"\\d{2} SECRET"\n', 'x = rf"\\d{{2}} {<call>}"\n'),
    "a part in single quotes": ("x = 'Bearer SECRET'\n", "x = f'Bearer {<CALL>}'\n"),
    "a part in triple quotes": (
        'x = """a "b"\nSECRET\nc"""\n',
        'x = f"""a "b"\n{<call>}\nc"""\n',
    ),
    "a token of a concatenation": ('x = ("Bearer "\n  "SECRET" "!")\n', 'x = ("Bearer "\n  f"{<call>}" "!")\n'),
    "a part over two tokens": (
        f'x = "Bearer {SECRET[:5]}" "{SECRET[5:]} end"\n',
        'x = f"Bearer {<call>}" " end"\n',
    ),
    "a part over two terms": (
        f'x = "Bearer {SECRET[:5]}" + "{SECRET[5:]} end"\n',
        'x = f"Bearer {<call>}" + " end"\n',
    ),
    "a part after return": (
        'def f():\n    return"Bearer SECRET"\nx = f()\n',
        'def f():\n    return f"Bearer {<call>}"\nx = f()\n',
    ),
    "a part of an f-string": ('y = 1\nx = f"{y} SECRET"\n', 'y = 1\nx = f"{y} {<call>}"\n'),
    "a part of an f-string with braces": ('y = 1\nx = f"{{{y}}} SECRET"\n', 'y = 1\nx = f"{{{y}}} {<call>}"\n'),
    "a part of an f-string in single quotes": ("y = 1\nx = f'{y} SECRET'\n", "y = 1\nx = f'{y} {<CALL>}'\n"),
    "a string beside an f-string": ('y = 1\nx = f"{y}" "SECRET"\n', 'y = 1\nx = f"{y}" f"{<call>}"\n'),
    "a literal in an f-string": (
        "x = f\"{str('SECRET')} a\"\n",
        'x = f"{str(<call>)} a"\n',
    ),
    "a part of a literal in a call of an f-string": (
        'x = f"""{str(\'SECRET\')}"""\n',
        'x = f"""{str(<call>)}"""\n',
    ),
    "a literal under an unused async function": (
        'async def f():\n    return "SECRET"\n',
        "async def f():\n    return await a<CALL>\n",
    ),
    "a literal in a comprehension, a lambda and a default of an async function": (
        'async def f(a=[x + "SECRET" for x in "y"]):\n    return a\n',
        'async def f(a=[x + <CALL> for x in "y"]):\n    return a\n',
    ),
    "a method on a literal in an async function": (
        'async def f():\n    return "SECRET".encode()\n',
        "async def f():\n    return (await a<CALL>).encode()\n",
    ),
    "a generator in an async function": (
        'async def f():\n    return (x + "SECRET" for x in y)\n',
        "async def f():\n    return (x + <CALL> for x in y)\n",
    ),
    "a percent template": (
        'x = "user:SECRET@%s" % 1\n',
        "x = f\"user:{<call>.replace('%', '%%')}@%s\" % 1\n",
    ),
    "a percent template in parts": (
        'x = ("SECRET" + " %s") % 1\n',
        'x = (<CALL>.replace("%", "%%") + " %s") % 1\n',
    ),
    "a format template": (
        'x = "SECRET {}".format(1)\n',
        "x = f\"{<call>.replace('{', '{{').replace('}', '}}')} {{}}\".format(1)\n",
    ),
    "a percent template with an annotation": (
        'x: str = "user:SECRET@%s"\nx = x % 1\n',
        "x: str = f\"user:{<call>.replace('%', '%%')}@%s\"\nx = x % 1\n",
    ),
    "a percent template in an attribute": (
        'class C: pass\nC.x = "user:SECRET@%s"\nx = C.x % 1\n',
        "class C: pass\nC.x = f\"user:{<call>.replace('%', '%%')}@%s\"\nx = C.x % 1\n",
    ),
    "a percent template of a class": (
        'class C:\n    y = "user:SECRET@%s"\nx = C().y % 1\n',
        "class C:\n    y = f\"user:{<call>.replace('%', '%%')}@%s\"\nx = C().y % 1\n",
    ),
    "a format template under a key": (
        'd = {}\nd["x"] = "user:SECRET"\nx = d["x"].format(1)\n',
        "d = {}\nd[\"x\"] = f\"user:{<call>.replace('{', '{{').replace('}', '}}')}\"\nx = d[\"x\"].format(1)\n",
    ),
    "the default of an option of click's": (
        'import click\nx = click.option("--password", default="SECRET")\n',
        'import click\nx = click.option("--password", default=lambda: <CALL>)\n',
    ),
    "an except clause": (
        'try:\n    1 / 0\nexcept ZeroDivisionError:\n    x = "SECRET"\nelse:\n    x = ""\n',
        'try:\n    1 / 0\nexcept ZeroDivisionError:\n    x = <CALL>\nelse:\n    x = ""\n',
    ),
    "a guard": ('match 1:\n    case _ if "SECRET": x = 1\n', "match 1:\n    case _ if <CALL>: x = 1\n"),
    "a subject": ('match "SECRET":\n    case x: pass\n', "match <CALL>:\n    case x: pass\n"),
    "a comprehension": ('x = [a + "SECRET" for a in "ab"]\n', 'x = [a + <CALL> for a in "ab"]\n'),
    "an unset variable's default": (
        'import os\nx = os.getenv("DB_PASSWORD", "SECRET")\n',
        "import os\nx = <CALL>\n",
    ),
    "a default in environ.get": (
        'from os import environ as e\nx = e.get("DB_PASSWORD", "SECRET")\n',
        "from os import environ as e\nx = <CALL>\n",
    ),
    "a default of another variable": (
        'import os\nx = os.getenv("NOT_SET_PW", "SECRET") + "a"\n',
        'import os\nx = (os.getenv("NOT_SET_PW") or <CALL>) + "a"\n',
    ),
    "a default by keyword": (
        'import os\nx = os.getenv("NOT_SET_PW", default="SECRET")\n',
        'import os\nx = os.getenv("NOT_SET_PW") or <CALL>\n',
    ),
    "a default behind or": (
        'import os\nx = os.environ.get("NOT_SET_PW") or "SECRET"\n',
        'import os\nx = os.environ.get("NOT_SET_PW") or <CALL>\n',
    ),
    "a default of a mapping": (
        'd = {}\nx = d.get("password", "SECRET")\n',
        'd = {}\nx = d.get("password") if "password" in d else <CALL>\n',
    ),
    "a default of a mapping in a sum": (
        'd = {}\nx = d.pop("password", "SECRET") + "a"\n',
        'd = {}\nx = (d.pop("password") if "password" in d else <CALL>) + "a"\n',
    ),
    "a default that is put into a mapping": (
        'd = {}\nx = d.setdefault("password", "SECRET")\n',
        'd = {}\nx = d["password"] if "password" in d else d.setdefault("password", <CALL>)\n',
    ),
    "a default inside parsed data": (
        'import json\nd = json.loads("{}")\nx = lambda: d["db"].get("password", "SECRET")\n',
        'import json\nd = json.loads("{}")\n'
        'x = lambda: (d["db"].get("password") if "password" in d["db"] else <CALL>)\n',
    ),
    "a default of a parameter that is a mapping": (
        'from typing import Mapping\nx = 1\ndef f(d: Mapping[str, str]):\n    return d.get("password", "SECRET")\n',
        "from typing import Mapping\nx = 1\ndef f(d: Mapping[str, str]):\n"
        '    return d.get("password") if "password" in d else <CALL>\n',
    ),
    "a second argument of a client's method": (
        'x = 1\ndef f(api):\n    return api.get("secrets", "SECRET")\n',
        'x = 1\ndef f(api):\n    return api.get("secrets", <CALL>)\n',
    ),
    "a default of what is called as a mapping is": (
        'x = 1\ndef f(db_config):\n    return db_config.get("password", "SECRET")\n',
        'x = 1\ndef f(db_config):\n    return db_config.get("password") '
        'if isinstance(db_config, dict) and "password" in db_config else db_config.get("password", <CALL>)\n',
    ),
    "a mapping's name that is something else too": (
        'd = {}\ndef f(d):\n    return d.get("password", "SECRET")\nx = 1\n',
        'd = {}\ndef f(d):\n    return d.get("password", <CALL>)\nx = 1\n',
    ),
    "an object in a mapping": (
        'd = {"api": 1}\nx = lambda: d["api"].get("password", "SECRET")\n',
        'd = {"api": 1}\nx = lambda: d["api"].get("password", <CALL>)\n',
    ),
    "a default of an attribute": (
        'import os\nx = getattr(os, "PASSWORD", "SECRET")\n',
        'import os\nx = getattr(os, "PASSWORD") if hasattr(os, "PASSWORD") else <CALL>\n',
    ),
    "a default of a mapping with a comment": (
        'd = {}\nx = d.get("password",  # why\n    "SECRET")\n',
        'd = {}\nx = d.get("password",  # why\n    <CALL>)\n',
    ),
    "a default of what may be made only once": (
        'x = dict().get("password", "SECRET")\n',
        'x = dict().get("password", <CALL>)\n',
    ),
    "a second argument of what is no look-up": (
        'd = {}\nx = d.get("https://db.internal/", "SECRET")\n',
        'd = {}\nx = d.get("https://db.internal/", <CALL>)\n',
    ),
    "the default of an option of argparse's": (
        'import argparse\nx = argparse.ArgumentParser().add_argument("--pw", default="SECRET").dest\n',
        "import argparse\nx = argparse.ArgumentParser().add_argument("
        '"--pw", default="", type=lambda given: given or <CALL>).dest\n',
    ),
    "the default of an option of type str": (
        'import argparse\nx = argparse.ArgumentParser().add_argument("--pw", type=str, default="SECRET").dest\n',
        "import argparse\nx = argparse.ArgumentParser().add_argument("
        '"--pw", type=lambda given: given or <CALL>, default="").dest\n',
    ),
    "the default of an option that may stand without a value": (
        'import argparse\nx = argparse.ArgumentParser().add_argument("--pw", default="SECRET", nargs="?").dest\n',
        'import argparse\nx = argparse.ArgumentParser().add_argument("--pw", default=<CALL>, nargs="?").dest\n',
    ),
    "the default of an option in an async function": (
        'async def f(p):\n    p.add_argument("--pw", default="SECRET")\n',
        'async def f(p):\n    p.add_argument("--pw", default="", type=lambda given: given or <CALL>)\n',
    ),
    "a look-up in an async function": (
        'async def f(**d):\n    return d.get("password", "SECRET")\n',
        'async def f(**d):\n    return d.get("password") if "password" in d else await a<CALL>\n',
    ),
    "f-strings that take both quotes": (
        """y = 1\nx = f"{f'{y} SECRET'}!"\n""",
        '''y = 1\nx = f"""{f'{y} {<CALL>}'}!"""\n''',
    ),
    "a part of a literal between both quotes": (
        """x = f"{str('SECRET!')}"\n""",
        '''x = f"""{str(f'{<CALL>}!')}"""\n''',
    ),
    "a default of a dict": ('x = {}.get("DB_PASSWORD", "SECRET")\n', 'x = {}.get("DB_PASSWORD", <CALL>)\n'),
    "code with letters outside ASCII": ('é = "ü€𝄞"; x = "SECRET"\n', 'é = "ü€𝄞"; x = <CALL>\n'),
    "a form feed": ('a = 1\n\f\nx = "SECRET"\n', "a = 1\n\f\nx = <CALL>\n"),
    "a line separator in a string": ('a = "\u2028\x85\x0b"\nx = "SECRET"\n', 'a = "\u2028\x85\x0b"\nx = <CALL>\n'),
    "a continued line": ('x = \\\n    "SECRET"\n', "x = \\\n    <CALL>\n"),
}


def spelling_of(before: str) -> str:
    """The secret as the text spells it, from its first to its last character."""
    text = filled(before)
    return SECRET if SECRET in text else text[text.index(SECRET[:5]) : text.index(SECRET[5:]) + len(SECRET) - 5]


@pytest.mark.parametrize(("before", "after"), REWRITTEN.values(), ids=REWRITTEN.keys())
def test_rewrites(before: str, after: str) -> None:
    run = Run(filled(before), spelling=spelling_of(before), value=SECRET)
    assert run.edited == filled(after)
    check_same(run)


@pytest.mark.parametrize(("before", "after"), REWRITTEN.values(), ids=REWRITTEN.keys())
def test_rewrites_the_same_whatever_stands_around(before: str, after: str) -> None:
    """With CRLF, a BOM, no final newline, tabs, and inside a function, a class and an `if`."""
    for change in (crlf, bom, unfinished, in_function, in_class, in_if):
        changed_before, changed_after = change(filled(before)), change(filled(after))
        run = Run(changed_before, spelling=change(spelling_of(before), bare=True), value=SECRET)
        assert run.result.refused == {}
        assert run.edited == changed_after.removeprefix("\ufeff"), change.__name__
        assert encode(run.document, run.after).decode() == ("\ufeff" if change is bom else "") + run.after
        ast.parse(run.after)


def crlf(text: str, bare: bool = False) -> str:
    return text.replace("\n", "\r\n")


def bom(text: str, bare: bool = False) -> str:
    return text if bare else "\ufeff" + text


def unfinished(text: str, bare: bool = False) -> str:
    return text if bare else text.removesuffix("\n")


def in_function(text: str, bare: bool = False) -> str:
    return indented(text, "def outer():\n", bare=bare)


def in_class(text: str, bare: bool = False) -> str:
    return indented(text, "class Outer:\n", bare=bare)


def in_if(text: str, bare: bool = False) -> str:
    return indented(text, "import sys\nif sys:\n", bare=bare)


def indented(text: str, head: str, *, bare: bool) -> str:
    body = text.replace("\n", "\n\t").removesuffix("\t")
    return body if bare else head + "\t" + body


URLS = {
    "a plain password": (SECRET, "''"),
    "a percent-encoded password": ("p%40ss%2Fword%3A", "''"),
    "characters that were not encoded": ("p!ss$w:rd", "'!$:'"),
    "both": ("p!ss%40", "'!'"),
}


@pytest.mark.parametrize(("spelling", "safe"), URLS.values(), ids=URLS.keys())
def test_keeps_the_rest_of_a_url_and_encodes_its_password_the_same(spelling: str, safe: str) -> None:
    from urllib.parse import unquote

    value = unquote(spelling)
    run = Run(f'x = "postgresql://shop:{spelling}@db:5432/shop?a={{b}}"\n', spelling=spelling, value=value, kind=URL)
    assert run.edited == (f'x = f"postgresql://shop:{{quote({CALL_IN}, safe={safe})}}@db:5432/shop?a={{{{b}}}}"\n')
    check_same(run)


def test_makes_a_call_of_a_url_that_is_stored_whole() -> None:
    url = f"postgresql://shop:{SECRET}@db/shop"
    run = Run(f'x = "{url}"\n', kind=URL, placement={"value": SecretValue(url)})
    assert run.edited == f"x = {CALL}\n"
    assert run.result.proofs[0][0].digest == digest(KEY, url)


def test_reads_a_url_only_where_the_variable_before_it_is_unset() -> None:
    run = Run(f'import os\nx = os.getenv("NOT_SET_URL", "amqp://u:{SECRET}@h")\n', kind=URL)
    assert run.edited == f'import os\nx = os.getenv("NOT_SET_URL") or f"amqp://u:{{quote({CALL_IN}, safe=\'\')}}@h"\n'
    check_same(run)


def test_keeps_a_connection_string() -> None:
    run = Run(f'x = "host=db password={SECRET} user=shop"\n', kind=DSN)
    assert run.edited == f'x = f"host=db password={{{CALL_IN}}} user=shop"\n'
    check_same(run)


BYTES = {
    "bytes": ('x = b"SECRET"\n', "x = <CALL>\n"),
    "raw bytes": ("x = rb'SECRET'\n", "x = <CALL>\n"),
    "a method on bytes": ('x = b"SECRET".decode()\n', "x = <CALL>.decode()\n"),
    "a part of bytes": ('x = b"Bearer SECRET"\n', 'x = b"Bearer " + <CALL>\n'),
    "a part of bytes in the middle": ('x = b"a SECRET b"[2:]\n', 'x = (b"a " + <CALL> + b" b")[2:]\n'),
    "a token of bytes": ('x = (b"a "\n  b"SECRET" b"b")\n', 'x = (b"a "\n   + <CALL> +  b"b")\n'),
}


@pytest.mark.parametrize(("before", "after"), BYTES.values(), ids=BYTES.keys())
def test_rewrites_bytes(before: str, after: str) -> None:
    run = Run(filled(before), value=SECRET.encode())
    assert run.edited == filled(after).replace("get_secret_value", "get_secret_bytes")
    check_same(run)


def test_rewrites_bytes_that_are_stored_as_text() -> None:
    run = Run(filled('x = b"SECRET"\n'), value=SECRET)
    assert run.result.refused == {}
    assert run.result.proofs[0][0].digest == digest(KEY, SECRET.encode())


def test_writes_no_key_for_a_plain_value() -> None:
    run = Run(f'x = "{SECRET}"\n', placement={"name": "/prod/shop/api-key", "key": None, "env": "API_KEY"})
    assert run.edited == 'x = get_secret_value("/prod/shop/api-key", env="API_KEY")\n'


def test_keeps_a_latin_1_file_and_its_cookie() -> None:
    raw = f'# -*- coding: latin-1 -*-\nname = "é"\nx = "{SECRET}"  # ü\n'.encode("latin-1")
    run = Run(raw)
    done = encode(run.document, run.after)
    assert 'name = "é"\n'.encode("latin-1") in done
    assert done.startswith(b"# -*- coding: latin-1 -*-\n")
    compile(done, "made", "exec")


def test_rewrites_all_places_of_one_secret_at_once() -> None:
    text = f'x = "{SECRET}"\ny = ["{SECRET}"]\nz = f"a {SECRET} b {SECRET}"\n'
    run = Run(text, count=4)
    assert run.edited == f'x = {CALL}\ny = [{CALL}]\nz = f"a {{{CALL_IN}}} b {{{CALL_IN}}}"\n'
    assert run.result.edits[2] == run.result.edits[3]
    check_same(run)


SEVERAL = {
    "side by side": ('x = "SECRETSECRET"\n', 'x = f"{<call>}{<call>}"\n'),
    "braces around them": ('x = "{SECRET} {{ SECRET}"\n', 'x = f"{{{<call>}}} {{{{ {<call>}}}"\n'),
    "a raw string": ('x = r"\\d{2} SECRET SECRET\\N{"\n', 'x = rf"\\d{{2}} {<call>} {<call>}\\N{{"\n'),
    "escapes": ('x = u"\\N{DIGIT ONE}SECRET\\n{SECRET"\n', 'x = f"\\N{DIGIT ONE}{<call>}\\n{{{<call>}"\n'),
    "lines": ('x = """\na=SECRET\nb=SECRET\n"""\n', 'x = f"""\na={<call>}\nb={<call>}\n"""\n'),
    "a return without a space": (
        'def f():\n    return"SECRET,SECRET"\nx = f()\n',
        'def f():\n    return f"{<call>},{<call>}"\nx = f()\n',
    ),
    "two parts": ("x = 'a SECRET SECRET' 'b SECRET'\n", "x = f'a {<CALL>} {<CALL>}' f'b {<CALL>}'\n"),
    "a sum": ("x = 'SECRET SECRET' + 'SECRET'\n", "x = f'{<CALL>} {<CALL>}' + <CALL>\n"),
    "a default": (
        "def f(a='SECRET SECRET'): return a\nx = f()\n",
        "def f(a=f'{<CALL>} {<CALL>}'): return a\nx = f()\n",
    ),
    "an f-string around it": (
        "x = f\"{str('SECRET:SECRET')}\"\n",
        'x = f"""{str(f\'{<CALL>}:{<CALL>}\')}"""\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), SEVERAL.values(), ids=SEVERAL.keys())
def test_rewrites_several_secrets_in_one_literal(before: str, after: str) -> None:
    run = Run(filled(before), count=before.count("SECRET"))
    assert run.edited == filled(after)
    check_same(run)


def test_rewrites_two_secrets_of_one_url() -> None:
    text = f'x = "https://a:{SECRET}@b/?c={SECRET}"\n'
    run = Run(text, count=2, kind=URL)
    assert SECRET not in run.after
    check_same(run)


def test_a_second_run_uses_the_import_of_the_first() -> None:
    first = Run(f'import os\nx = "{SECRET}"\n')
    again = Run(first.after + f'y = "{SECRET}"\n')
    assert again.result.imports == ()
    assert again.after == first.after + f"y = {CALL}\n"


@pytest.mark.parametrize(
    "line",
    [
        "get_secret_value = 1",
        "def f(get_secret_value): pass",
        "def get_secret_value(): pass",
        "class C:\n    def get_secret_value(self): pass",
        "import get_secret_value",
        "import a as get_secret_value",
        "for get_secret_value in []: pass",
        "try: pass\nexcept OSError as get_secret_value: pass",
        "match 1:\n    case get_secret_value: pass",
        "from a import *",
    ],
)
def test_calls_by_a_name_that_nothing_else_in_the_file_has(line: str) -> None:
    run = Run(f'x = "{SECRET}"\n{line}\n')
    assert run.edited == f"x = _{CALL}\n{line}\n"
    assert "from app_secrets import get_secret_value as _get_secret_value\n" in run.after


def test_a_file_of_many_secrets_is_not_walked_as_a_whole_for_each(calls_made: Callable[..., int]) -> None:
    few, many = (calls_made(lambda: Run(f'x = "{SECRET}"\n' * count, count=count)) for count in (30, 120))  # noqa: B023
    assert many < 6 * few


def test_says_that_a_default_of_a_model_gets_into_migrations() -> None:
    field = f'class M(models.Model):\n    password = models.CharField(max_length=9, default="{SECRET}")\n'
    assert "makemigrations" in Run(f"from django.db import models\n\n{field}").result.notes[0]
    assert Run(f"from tortoise import models\n\n{field}").result.notes == ()


def test_says_where_the_value_or_the_module_is_elsewhere() -> None:
    body = f'{{}}\na = "{SECRET}"\nb = "{SECRET}"\n'
    assert "template" in Run(body.format("from aws_cdk import aws_rds"), count=2).result.notes[0]
    (note,) = Run(body.format("import awsglue.context"), count=2).result.notes
    assert "--extra-py-files" in note
    assert "add_local_python_source" in Run(body.format("import modal"), count=2).result.notes[0]
    assert Run(body.format("import awsglue_"), count=2).result.notes == ()


SENT = {
    "a task in a virtual environment": "from airflow.decorators import task\n\n@task.virtualenv(requirements=[])\n{}",
    "a task in an image": "from airflow.sdk import dag, task\n\n@dag()\ndef d():\n    @task.docker(image='i')\n    {}",
    "given to an operator": (
        "from airflow.operators.python import PythonVirtualenvOperator as V\n\n{}\nV(task_id='a', python_callable=f)\n"
    ),
    "a component": "from kfp import dsl\n\n@dsl.component\n{}",
    "a component made by a call": "import kfp.components as c\n\n{}\nc.func_to_container_op(f)\n",
}
KEPT_TOGETHER = {
    "an ordinary task": "from airflow.decorators import task\n\n@task\n{}",
    "given to an ordinary operator": (
        "from airflow.operators.python import PythonOperator as P\n\n{}\nP(task_id='a', python_callable=f)\n"
    ),
    "another function is given": "import kfp.components as c\n\n{}\nc.func_to_container_op(g)\n",
    "a component of another library": "import kfp\nfrom shop import component\n\n@component\n{}",
}


@pytest.mark.parametrize("text", SENT.values(), ids=SENT)
def test_refuses_in_a_function_whose_text_alone_runs_elsewhere(text: str) -> None:
    inside = "    " if "    {}" in text else ""
    run = Run(text.format(f'def f():\n{inside}    return "{SECRET}"\n'))
    assert run.refusal() is RefusalReason.POSITION_NOT_SUPPORTED
    assert "another environment" in run.result.refused[0][1]


@pytest.mark.parametrize("text", SENT.values(), ids=SENT)
def test_refuses_a_default_of_such_a_function_which_is_sent_with_it(text: str) -> None:
    inside = "    " if "    {}" in text else ""
    run = Run(text.format(f'def f(a="{SECRET}"):\n{inside}    return a\n'))
    assert run.refusal() is RefusalReason.POSITION_NOT_SUPPORTED


@pytest.mark.parametrize("text", KEPT_TOGETHER.values(), ids=KEPT_TOGETHER)
def test_rewrites_in_a_function_that_runs_with_its_file(text: str) -> None:
    assert Run(text.format(f'def f():\n    return "{SECRET}"\n')).refusal() is None


def test_what_is_given_to_a_sent_function_may_be_read_from_the_store() -> None:
    text = "from airflow.operators.python import PythonVirtualenvOperator\n\ndef f(a): pass\n"
    assert Run(f'{text}PythonVirtualenvOperator(python_callable=f, op_args=["{SECRET}"])\n').refusal() is None
    text = "from airflow.decorators import task\n\n@task.docker(image='i', environment={'A': {}})\ndef f(): pass\n"
    assert Run(text.replace("{}", f'"{SECRET}"')).refusal() is None


def test_says_what_happens_at_import_and_in_async_functions() -> None:
    assert "default argument" in Run(f'def f(a="{SECRET}"): pass\n').result.notes[0]
    assert "async" in Run(f'async def f():\n    return b"{SECRET}"\n', value=SECRET.encode()).result.notes[0]
    assert Run(f'async def f():\n    return "{SECRET}"\n').result.notes == ()
    assert "compare_digest" in Run(f'def f(a):\n    return a == "{SECRET}"\n').result.notes[0]
    assert Run(f'async def f(): pass\nx = "{SECRET}"\n').result.notes == ()


def test_says_that_comments_between_the_parts_go() -> None:
    run = Run(f'x = ("{SECRET[:5]}"  # a\n     "{SECRET[5:]}")\n', spelling=f'{SECRET[:5]}"  # a\n     "{SECRET[5:]}',
              value=SECRET)  # fmt: skip
    assert run.edited == f"x = {CALL}\n"
    assert "comments" in run.result.notes[0]


def test_edits_are_digests_of_what_stands_there() -> None:
    run = Run(f'x = "Bearer {SECRET}"\n')
    (edit,) = run.result.edits[0]
    assert edit.expects == digest(KEY, f'"Bearer {SECRET}"')
    assert SECRET not in repr(run.result)


def proven(run: Run) -> None:
    """The expressions to prove give the values whose digests they carry, by canonical names alone."""
    from urllib.parse import quote

    given = run.value.encode() if isinstance(run.value, str) else run.value

    async def awaited(*_: str, env: str) -> str:
        return given.decode()

    names = {
        "get_secret_value": lambda *_, env: given.decode(),
        "aget_secret_value": awaited,
        "get_secret_bytes": lambda *_, env: given,
        "quote": quote,
    }
    for proofs in run.result.proofs:
        for proof in proofs:
            code = compile(proof.expression, "<proof>", "eval", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            value = eval(code, {"__builtins__": {}, **names})
            assert digest(KEY, asyncio.run(value) if inspect.iscoroutine(value) else value) == proof.digest
            assert proof.variables[0][0] == "DB_PASSWORD"


@pytest.mark.parametrize("before", [before for before, _ in REWRITTEN.values()], ids=REWRITTEN.keys())
def test_gives_an_expression_that_proves_the_value(before: str) -> None:
    run = Run(filled(before), spelling=spelling_of(before), value=SECRET)
    assert run.result.proofs[0]
    proven(run)


def test_proves_the_whole_url() -> None:
    run = Run(f'get_secret_value = 1\nx = "http://u:{SECRET}@h"\n', kind=URL)
    proven(run)
    assert run.result.proofs[0][0].digest == digest(KEY, f"http://u:{SECRET}@h")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)
PLACES = st.sampled_from(
    ["x = {}\n", "x = [1, {}]\n", "x = f({}, a=1)\n", "if x == {}: pass\n", "class C:\n\ty = {}\n", "x = ({}\n)\n",
     "def f(a={}):\n    return a\n", "d['k'], y = 1, {}\n", "x = lambda: {}\n", "x = g(*[{}])[0].b\n"]
)  # fmt: skip


def spelled(value: str, style: int) -> str:
    """A literal of the value in one of several spellings."""
    if style == 0:
        return ascii(value)
    if style == 1:
        return '"' + value.translate({34: '\\"', 92: "\\\\", 10: "\\n"}) + '"'
    return '"""' + value.translate({34: '\\"', 92: "\\\\"}) + '"""'


@settings(max_examples=120, deadline=None)
@given(
    before=TEXTS, after=TEXTS, style=st.integers(0, 2), places=st.lists(PLACES, min_size=1, max_size=4),
    at=st.integers(0, 3), comment=TEXTS.filter(lambda text: text.isprintable()),
)  # fmt: skip
def test_random_modules_keep_everything_but_the_secret(
    before: str, after: str, style: int, places: list[str], at: int, comment: str
) -> None:
    at = at % len(places)
    literal = spelled(before + SECRET + after, style)
    text = "".join(
        f"# {comment}\n" + place.replace("{}", literal if number == at else '"a" "b"')
        for number, place in enumerate(places)
    )
    run = Run(text)
    assert run.result.refused == {}
    (edit,) = run.result.edits[0]
    assert run.edited == text[: edit.span.start] + edit.new + text[edit.span.end :]
    assert text[edit.span.start : edit.span.end] in (literal, f"({literal}\n)")
    compile(run.after, "made", "exec")
    proven(run)
    (proof,) = run.result.proofs[0]
    assert proof.digest == digest(KEY, before + SECRET + after)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40), st.integers(0, 40))
def test_never_raises_on_any_text(text: str, at: int) -> None:
    at = min(at, len(text))
    run = Run(text[:at] + SECRET + text[at:])
    assert (run.refusal() is None) == (SECRET not in run.edited)


def test_a_file_that_this_python_crashes_on_compiling_is_rewritten_all_the_same() -> None:
    text = "class A:\n    names = [(lambda: __class__) for _ in ()]\n\n\npassword = 'x'\n"
    document = decode(Source(path="app.py", raw=text.encode()), Kind.PYTHON)
    span = Span(text.index("'x'"), text.index("'x'") + 3)
    edit = Edit(path="app.py", span=span, expects="", new="f()")
    assert same_outside(read_syntax(document), [edit])


def test_a_statement_of_many_strings_is_looked_through_once(calls_made: Callable[..., int]) -> None:
    def found(many: int) -> None:
        text = "U = {" + "".join(f"'k{number}': 'v{number}', " for number in range(many)) + "}\n"
        syntax = read_syntax(decode(Source(path="made.py", raw=text.encode()), Kind.PYTHON))
        for number in range(many):
            at = text.index(f"'v{number}'") + 1
            place = find_place(syntax, Span(at, at + len(f"v{number}")))
            assert syntax.source(place.target) == f"'v{number}'"

    few, many = (calls_made(functools.partial(found, many)) for many in (50, 200))
    assert many < 6 * few


def test_a_module_that_lacks_what_is_imported_is_not_imported_from() -> None:
    """It says that it is ours, and may be of an older release."""
    for defined, refused in (("get_secret_value", False), ("load", True)):
        module = f"# Generated by unhardcode.\ndef {defined}(): 1\n"
        raws = {"a.py": b'x = "SECRET"\n', "app_secrets.py": module.encode()}
        workspace = Workspace(root=Path("/nonexistent"), files=tuple(raws), read=raws.__getitem__)
        document = decode(Source(path="a.py", raw=raws["a.py"]), Kind.PYTHON)
        literal = Literal(span=Span(4, 12), value=SecretValue("SECRET"), role=Role.ASSIGNMENT)
        found = Finding(rule="made", title="made", kind=CredentialKind.PASSWORD, severity="high", path="a.py",
                        span=Span(5, 11), start=(1, 1), end=(1, 1), literal=literal, value=literal.value)  # fmt: skip
        placement = Placement(finding=found, name="s", key=None, env="S")
        result = rewrite(document, [placement], RewriteContext(workspace=workspace, key=bytes(32)))
        assert [why[0] for why in result.refused.values()] == [RefusalReason.NAME_TAKEN] * refused


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "an option that is given empty counts as not given"),
        (', nargs="?"', "read when the parser is made, also where the option is given"),
    ],
)
def test_the_default_of_an_option_is_told(more: str, told: str) -> None:
    text = f'import argparse\nargparse.ArgumentParser().add_argument("--pw", default="SECRET"{more})\n'
    assert f"app.py:2: {told}" in Run(filled(text), spelling=SECRET, value=SECRET).result.notes


def test_a_name_is_no_template_because_an_attribute_of_that_name_is() -> None:
    run = Run(filled('x = "SECRET"\ny = lambda o: o.x % 1\n'), spelling=SECRET, value=SECRET)
    assert run.edited == filled("x = <CALL>\ny = lambda o: o.x % 1\n")


def test_the_names_of_a_file_are_found_once_for_all_its_literals(
    tried: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def all_names(tree: object) -> dict[str, str]:
        asked.append(tree)
        return {}

    monkeypatch.setattr(python_defaults, "all_names", all_names)
    code = "".join(f"f('a', '{number}x')\n" for number in range(3))
    tried("a.py", code, "0x", "1x", "2x")
    assert len(asked) == 1
