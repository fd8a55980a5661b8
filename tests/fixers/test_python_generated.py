"""Generated modules: whatever stands where, the rewritten one parses, computes the same and differs nowhere else."""

from __future__ import annotations

import ast
import builtins
import random
import re
import string
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst
import pytest
from hypothesis import HealthCheck, assume, event, given, reject, seed, settings
from hypothesis import strategies as st

from fixers.model import RefusalReason
from fixers.python import rewrite
from fixers.python_check import same_outside
from fixers.python_syntax import read_syntax
from fixers.rewriting import Placement, RewriteContext, splice
from fixers.workspace import Workspace
from scanner.model import CredentialKind, Finding, Kind, Literal, Role, SecretValue, Source, Span
from scanner.text import decode, encode

KEY = bytes(range(32))
DRAWN = random.Random("generated")
SECRETS = ["Zq" + "".join(DRAWN.choices(string.ascii_letters + string.digits, k=14)) for _ in range(5)]
OTHER = SECRETS[-1]  # stands only behind another one
SLOT, BYTES_SLOT = "§", "¤"

# What an expression can be around a literal; all of them can be evaluated.
TEXT = """
    § (§) §+'-' '-'+§ '-'+§+'-' [§][0] (§,)[0] {'k':§}['k'] {§:1} {§} dict(k=§)['k'] (lambda:§)() (lambda·v=§:v)()
    (§·if·1·else·'n') ('n'·if·0·else·§) (''or§) (1·and·§) str(§) §.strip() §.encode() len(§) [w·for·w·in·[§]] §[::-1]
    §*2 [w+§·for·w·in·'ab'] {w:§·for·w·in·'ab'} sorted(w·for·w·in·[§]) '%s'%§ '%s·%s'%(1,§) '{}'.format(§)
    (lambda·*a:a)(*[§]) dict(**{'k':§}) (w:=§) §·'tail' '·head'§ f'a{§}b' f"a{§}b" f'a{§!r:>3}'
    f'''a{§}{1}''' f"{f'{§}'}" f'{{}}{§:·>9}'
    not·§ §=='a' 'a'in§ §·in·(§,'x') §<'a'·<§ (§)·if·§·else·1 §.format(1) §%() ''.join([§,§]) print(§) (§\\n) (·#·c\\n§)
    {}.get('password',§) {'password':1}.get('password',§) w.get('password',§) w.pop('password',§)
    w.setdefault('password',§) v.get('password',§) v['in'].get('password',§) v.setdefault('token',§)
    getattr(w,'token',§)
    api.get('password',§) api.pop('token',§) api.setdefault('secret',§) api.config.get('password',§)
    api(1,'a',k=§) api['k'].get('password',§) getattr(api,'password',§)
    __import__('os').environ.get('NONE_SUCH',§) __import__('os').getenv('NONE_SUCH',§) max(§,§,key=len) *§,
""".split()
BYTES = """
    § (§) §+b'-' [§][0] {'k':§}['k'] (lambda·v=§:v)() §[1:] len(§) bytes(§) (§·if·1·else·b'n') b'%s'%§ (b''or§) §%()
""".split()
STATEMENTS = [
    "x = EXPR",
    "x: object = EXPR",
    "x = y = EXPR",
    "x, y = EXPR, 1",
    "[x, *y] = EXPR, 1",
    "x = ''; y = EXPR; z = 1",
    "if EXPR: x = 1",
    "if 1: x = EXPR",
    "if 0:\n    x = 1\nelif 1:\n    x = EXPR\nelse:\n    x = 2",
    "for x in [EXPR]:\n    y = x",
    "while 1:\n    x = EXPR\n    break",
    "try:\n    x = EXPR\nfinally:\n    pass",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    x = EXPR",
    "with open('/dev/null') as h: x = EXPR",
    "def f(a=EXPR):\n    return a\nx = f()",
    "def f(*, a: str = EXPR) -> object: return a\nx = f()",
    "def f():\n    '''d'''\n    return EXPR\nx = f()",
    "def f():\n    global x\n    x = EXPR\nf()",
    "def f():\n    yield EXPR\nx = [*f()]",
    "def f():\n    return(EXPR)\nx = f()",
    "def f():\n\tif 1:\n\t\treturn EXPR\nx = f()",
    "class C:\n    a = EXPR\n    def m(self, b=EXPR):\n        return self.a, b\nx = C().m()",
    "class C: a = EXPR\nx = C.a",
    "import asyncio\nasync def f():\n    return EXPR\nx = asyncio.run(f())",
    "import asyncio\nasync def f(a=EXPR):\n    return [a async for a in g(EXPR)]\nasync def g(a):\n    yield a, EXPR\n"
    "x = asyncio.run(f())",
    "def d(a):\n    return lambda f: a\n@d(EXPR)\ndef x(): pass",
    "x = {}\nx['k'] = EXPR",
    "x = {EXPR: 1}",
    "assert EXPR, EXPR",
    "match 1:\n    case 1:\n        x = EXPR",
    "match EXPR:\n    case y:\n        x = y",
    "x = [\n    1,  # one\n    EXPR,\n]",
    "x = (1 +\n     0) and EXPR",
    "lambda: EXPR\nx = 1",
    "from os import getenv\nx = getenv('NONE_SUCH', EXPR)",
    "import argparse\nz = argparse.ArgumentParser()\nz.add_argument('--pw', default=EXPR, help='h')\n"
    "x, y = z.parse_args([]).pw, z.parse_args(['--pw', 'a']).pw",
    "import argparse\nz = argparse.ArgumentParser()\nz.add_argument('-p', '--pw', type=str, help='h', default=EXPR)\n"
    "x, y = z.parse_args([]).pw, z.parse_args(['-p', 'a']).pw",
    "import click\n@click.command()\n@click.option('--pw', default=EXPR)\ndef f(pw): return pw\n"
    "x, y = f.main([], standalone_mode=False), f.main(['--pw', 'a'], standalone_mode=False)",
    "def f(v):\n    return v.get('password', EXPR)\nx = f(api)",
    "def f(**v):\n    return v.get('password', EXPR)\nx = f(), f(password=1)",
    "def f(v):\n    return v.get('password') or EXPR\nx = f({})",
    "del_ = EXPR\ndel del_",
]
HEADS = ["", "", "", "Bearer ", "a'b", 'a"b', "{x}", "100%", "\\n", "\\\\", "ä", "\\x41", "tab\\t "]
PROLOGUES = [
    "", "'''Doc.'''\n", "#!/usr/bin/env python\n", "from __future__ import annotations\n", "import os, sys\n",
    "'''Doc.'''\nfrom __future__ import annotations\n\nimport os\n", "\f\nimport json\n", "# licence\n\n",
    "try:\n    import boto3\nexcept ImportError:\n    boto3 = None\n", "get_secret_value = quote = json = None\n",
    "w = dict(password=1)\n", "import json\nv = json.loads('{\"in\": {\"password\": 1}}')\n",
    "from os import *\n", "if 0:\n    from x import boto3, get_secret_value\n",
]  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A secret in a module: where, which, as bytes or not, and what kind of credential it is."""

    span: Span
    secret: str
    is_bytes: bool
    kind: CredentialKind


@dataclass(frozen=True)
class Module:
    """A module's bytes, and the secrets in its text."""

    raw: bytes
    held: tuple[Held, ...]


@st.composite
def literals(draw: st.DrawFn, secret: str, *, is_bytes: bool) -> tuple[str, int, int, CredentialKind]:
    """One literal that holds a secret, in any spelling, and where the secret stands in it; maybe `OTHER` too."""
    prefix = draw(st.sampled_from(["b", "B", "rb", "bR"] if is_bytes else ["", "", "", "r", "R", "u"]))
    mark = draw(st.sampled_from(["'", '"', "'''", '"""']))
    url = draw(st.integers(0, 5)) == 0
    head, tail = ("pg://u:", "@h/d") if url else (draw(st.sampled_from(HEADS)), draw(st.sampled_from(HEADS)))
    kind = CredentialKind.URL if url else CredentialKind.PASSWORD
    tail += OTHER + draw(st.sampled_from(HEADS)) if not url and draw(st.integers(0, 4)) == 0 else ""
    if draw(st.integers(0, 5)):
        source = f"{prefix}{mark}{head}{secret}{tail}{mark}"
        return source, source.index(secret), source.index(secret) + len(secret), kind
    half, between = len(secret) // 2, draw(st.sampled_from([" ", "\n    ", "  # why\n"]))
    source = f"({prefix}{mark}{head}{secret[:half]}{mark}{between}{prefix}{mark}{secret[half:]}{tail}{mark})"
    return source, source.index(secret[:half]), source.index(secret[half:]) + len(secret) - half, kind


@st.composite
def templates(draw: st.DrawFn) -> str:
    """A module with slots for literals."""
    text = draw(st.sampled_from(PROLOGUES))
    for number in range(draw(st.integers(1, 3))):
        expressions = BYTES if draw(st.integers(0, 4)) == 0 else TEXT
        statement = re.sub(r"\b([xyzhf]|C|del_)\b", rf"\g<1>{number}", draw(st.sampled_from(STATEMENTS)))
        while "EXPR" in statement:
            inner = draw(st.sampled_from(expressions))
            if expressions is TEXT and draw(st.integers(0, 2)) == 0:
                inner = draw(st.sampled_from(TEXT)).replace(SLOT, inner, 1)
            if "click" in statement and "api" in inner:
                continue  # click calls a default that can be called, as what records its use can
            inner = inner.replace("·", " ").replace("\\n", "\n")
            inner = inner if expressions is TEXT else inner.replace(SLOT, BYTES_SLOT)
            statement = statement.replace("EXPR", inner, 1)
        if draw(st.integers(0, 4)) == 0:
            statement = "if 1:\n" + re.sub("^", "    ", statement, flags=re.MULTILINE)
        text += statement + "\n"
    return text


@st.composite
def modules(draw: st.DrawFn) -> Module:
    """A module in any form of file, with one to many secrets in it."""
    form = draw(st.sampled_from(["plain", "crlf", "bom", "tabs", "feed", "latin", "unfinished"]))
    template = draw(templates())
    if form == "tabs":
        template = re.sub("^(?: {4})+", lambda found: "\t" * (len(found[0]) // 4), template, flags=re.MULTILINE)
    template = "\f\n" * (form == "feed") + "# -*- coding: latin-1 -*-\n# ä\n" * (form == "latin") + template
    template = template.rstrip("\n") if form == "unfinished" else template
    newline = "\r\n" if form == "crlf" else "\n"
    text, held = "", list[Held]()
    pieces = re.split(f"([{SLOT}{BYTES_SLOT}])", template.replace("\n", newline))
    for piece in pieces:
        is_bytes = piece == BYTES_SLOT
        if piece not in (SLOT, BYTES_SLOT):
            text += piece
        elif held and draw(st.integers(0, 2)) == 0:
            text += "b'o'" if is_bytes else "'o'"
        else:
            secret = draw(st.sampled_from(SECRETS[:-1]))
            source, start, end, kind = draw(literals(secret, is_bytes=is_bytes))
            end += (len(newline) - 1) * source[:end].count("\n")
            held.append(Held(Span(len(text) + start, len(text) + end), secret, is_bytes, kind))
            source = source.replace("\n", newline)
            if OTHER in source:
                start = len(text) + source.index(OTHER)
                held.append(Held(Span(start, start + len(OTHER)), OTHER, is_bytes, kind))
            text += source
    assume(held)
    assume(form != "latin" or text.startswith("# -*-"))
    return Module(
        (b"\xef\xbb\xbf" if form == "bom" else b"") + text.encode("latin-1" if form == "latin" else "utf-8"),
        tuple(held),
    )


class Api:
    """Whatever a program asks of something that is no mapping: what it is called with is the answer."""

    def __init__(self, said: str = "api") -> None:
        self.said = said

    def __getattr__(self, name: str) -> Api:
        if name.startswith("__"):
            raise AttributeError(name)
        return Api(f"{self.said}.{name}")

    def __getitem__(self, key: object) -> Api:
        return Api(f"{self.said}[{key!r}]")

    def __call__(self, *given: object, **named: object) -> Api:
        return Api(f"{self.said}({given}, {named})")

    def __repr__(self) -> str:
        return self.said

    __iter__ = __contains__ = None


class NotRunError(Exception):
    """A generated module that is no program, or fails by itself."""


def executed(raw: bytes) -> dict[str, str]:
    """What a module binds, as text, with a store that gives each name its value. Raises NotRunError."""

    def value_of(name: str, key: str | None = None, *, env: str) -> str:
        assert (key, env) == (None, name.upper())
        return SECRETS[int(name[1:])]

    async def waited(name: str, *, env: str) -> str:
        return value_of(name, env=env)

    def bytes_of(name: str, *, env: str) -> bytes:
        return value_of(name, env=env).encode()

    def importer(name: str, *rest: Any) -> Any:
        if name == "app_secrets":
            return types.SimpleNamespace(get_secret_value=value_of, get_secret_bytes=bytes_of, aget_secret_value=waited)
        return builtins.__import__(name, *rest)

    kept = {**vars(builtins), "__import__": importer, "print": lambda *a: None}
    space: dict[str, Any] = {"__builtins__": kept, "__name__": "made", "api": Api(), "w": {}, "v": {"in": {"token": 1}}}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(raw, "made", "exec", dont_inherit=True), space)
    except Exception as error:  # noqa: BLE001 - whatever it is
        raise NotRunError(type(error).__name__) from None
    skipped = (types.FunctionType, types.ModuleType, types.BuiltinFunctionType, type)
    shown = {name: repr(bound) for name, bound in space.items() if not isinstance(bound, skipped)}
    return {name: text for name, text in shown.items() if re.fullmatch(r"[wvxyz]\d?", name) and " at 0x" not in text}


def only(raw: bytes) -> Callable[[str], bytes]:
    """Reads one file; no other is there."""

    def read(path: str) -> bytes:
        if path != "made.py":
            raise FileNotFoundError(path)
        return raw

    return read


def findings(module: Module) -> list[Finding]:
    found = []
    for held in module.held:
        value = SecretValue(held.secret.encode() if held.is_bytes else held.secret)
        literal = Literal(span=held.span, value=value, role=Role.ASSIGNMENT)
        found.append(Finding(rule="made", title="made", kind=held.kind, severity="high", path="made.py", span=held.span,
                             start=(1, 1), end=(1, 1), literal=literal, value=value))  # fmt: skip
    return found


def check(module: Module) -> None:
    """All that must hold for one module."""
    try:
        before = executed(module.raw)
        libcst.parse_module(module.raw)
    except (NotRunError, TypeError, libcst.CSTValidationError):  # LibCST's own: test_python.py has such programs
        reject()
    document = decode(Source(path="made.py", raw=module.raw), Kind.PYTHON)
    placements = [
        Placement(finding=found, name=f"s{number}", key=None, env=f"S{number}")
        for held, found in zip(module.held, findings(module), strict=True)
        for number in [SECRETS.index(held.secret)]
    ]
    workspace = Workspace(root=Path("/nonexistent"), files=("made.py",), read=only(module.raw))
    context = RewriteContext(workspace=workspace, key=KEY)
    result = rewrite(document, placements, context)
    event(f"{len(placements)} secrets, {len(result.refused)} refused")
    for reason, detail, _ in result.refused.values():
        event(detail)
        assert reason in (RefusalReason.DYNAMIC, RefusalReason.COMMENT, RefusalReason.POSITION_NOT_SUPPORTED), detail
    edits = [*(edit for each in result.edits for edit in each), *result.imports]
    after = encode(document, splice(document.text, edits))
    ast.parse(after)
    assert libcst.parse_module(after).bytes == after
    for index, held in enumerate(module.held):
        covered = any(edit.span.contains(held.span) for edit in result.edits[index])
        assert covered is (index not in result.refused)
    if not result.refused:
        assert not any(secret.encode() in after for secret in SECRETS)
    # An option of argparse's gets a further argument.
    assert b"add_argument" in module.raw or same_outside(read_syntax(document), edits)
    assert executed(after) == before
    assert rewrite(document, placements, context) == result


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(modules())
def test_generated_modules_compute_the_same(module: Module) -> None:
    check(module)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(6))  # each ends in some minutes, also on a busy machine
def test_many_generated_modules_compute_the_same(part: int) -> None:
    @seed(part)
    @settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(modules())
    def checked(module: Module) -> None:
        check(module)

    checked()
