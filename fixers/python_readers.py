"""Find where Python reads environment variables by constant names, whether or not a call can replace the expression."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from fixers.dotenv_calls import resolving_calls
from fixers.python_environment import (
    READERS,
    all_names,
    constants_of,
    dotted,
    environ_objects,
    environment_copies,
    is_copy,
    made_readers,
    only_reads,
    reader_objects,
    resolve,
)
from fixers.python_names import bindings
from fixers.python_syntax import node_span, parse_quietly
from fixers.unseen_readers import URLS, UnseenReads
from fixers.variable_mentions import mentions, silent_texts
from scanner.model import Span
from scanner.text import line_starts

# Kinds of expression that give the variable as an unchanged string.
_PLAIN_CALLS = frozenset({"os.getenv", "os.environ.get", "decouple.config"})
_PLAIN_METHODS = frozenset({"", "str"})
_CONVERTING = frozenset({"cast", "parse_default", "subcast", "multiline"})
_KEY_AND_DEFAULT = 2
_ALL = 255  # arguments
# The names of the first parameter of os.getenv, environs, django-environ and decouple.
_KEYS = frozenset({"key", "name", "var", "option"})
# Keywords by which a library is told which variable to read (click, typer, pydantic).
_NAMING = frozenset({"envvar", "env", "alias", "validation_alias", "env_var", "auto_envvar"})
_SETTING = frozenset({"setenv", "delenv", "putenv", "unsetenv"})  # pytest's monkeypatch, os
_OURS = ("get_secret_value", "get_secret_bytes")
_NAMED = re.compile(r"[\"'](\w+)[\"']")
_READING = re.compile(r"env|config|settings|secret", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A Python expression that reads the variable `key`. `how` describes it; `span` is None if it cannot be replaced.

    `around` is the text put before and after the call: `env.db_url_config(` and `)`. `optional` says that the
    expression gives a default, or None, if the variable is not set. `read` is the expression that gives the variable's
    text, or the program's own alternative to it: a default, or what an `or` or `if` does without it. "" if there is
    none. `done` says that a generated call resolves what is read there.
    """

    key: str
    line: int
    how: str
    span: Span | None
    quote: str = '"'
    around: tuple[str, str] = ("", "")
    optional: bool = False
    read: str = field(default="", repr=False)
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: str
    text: str
    starts: list[int]
    names: Mapping[str, str]
    readers: Mapping[str, int]
    schemes: Mapping[str, frozenset[str]]
    copies: frozenset[str]
    constants: Mapping[str, str]
    unseen: UnseenReads
    tested: frozenset[int]
    resolved: frozenset[int]


def python_sites(path: str, text: str, wanted: Callable[[str], bool], unseen: UnseenReads) -> Iterator[Site]:
    """Every place in a file that reads a wanted variable; if the file does not parse, every string that names one.

    If `unseen` reads variables by computed names, a text that names a variable counts as a reader too.
    """
    try:
        tree = parse_quietly(text)
    except (SyntaxError, ValueError, RecursionError):
        for named in _NAMED.finditer(text):
            if wanted(named[1]):
                line = text.count("\n", 0, named.start()) + 1
                yield Site(key=named[1], line=line, how="in a file that does not parse", span=None)
        return
    names = all_names(tree)
    schemes = dict(environ_objects(tree, names))
    file = _File(
        path=path,
        text=text,
        starts=line_starts(text),
        names=names,
        readers=dict.fromkeys(schemes, 1) | dict(_reader_names(tree, names)) | dict(unseen.imported(tree, names, path)),
        schemes=schemes,
        copies=environment_copies(tree, names) | reader_objects(tree, names),
        constants=constants_of(tree),
        unseen=unseen,
        tested=frozenset(map(id, _tested(tree))),
        resolved=frozenset(id(call.args[0]) for call in resolving_calls(tree) if call.args),
    )
    explained = set(silent_texts(tree, unseen))
    for node in ast.walk(tree):
        found: list[Site] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            found = list(_subscript(file, node, wanted))
            explained.update([id(node.slice)] if found else [])
        elif isinstance(node, ast.Call):
            found = list(_call(file, node, wanted))
            explained.update(map(id, [*node.args, *(each.value for each in node.keywords)]) if found else [])
        yield from found
    for place, name, how in mentions(tree, wanted, explained, unseen):
        yield _opaque(place, name, how)


def _subscript(file: _File, node: ast.Subscript, wanted: Callable[[str], bool]) -> Iterator[Site]:
    key = _constant(node.slice, file)
    if key is None or not wanted(key):
        return
    owner = resolve(dotted(node.value), file.names)
    if _is_mapped(owner, file):
        return
    if owner == "os.environ":
        yield _site(file, node, key, f'os.environ["{key}"]')
    elif _is_copied(node.value, file) or (_READING.search(owner) and not _is_target_mapping(owner)):
        yield _opaque(node, key, f'{owner}["{key}"]')


def _call(file: _File, node: ast.Call, wanted: Callable[[str], bool]) -> Iterator[Site]:
    written = dotted(node.func)
    called = resolve(written, file.names)
    last = called.rpartition(".")[2]
    if last.lstrip("_").startswith(_OURS):
        named = next((_constant(each.value, file) for each in node.keywords if each.arg == "env"), None)
        if named is not None and wanted(named):
            yield _opaque(node, named, f"{written}(env=...)")
        return
    if last in _SETTING:
        return
    for keyword in node.keywords:
        named = _constant(keyword.value, file)
        if keyword.arg in _NAMING and named is not None and wanted(named):
            yield _opaque(node, named, f"{called}({keyword.arg}=...)")
    first = node.args[0] if node.args else next((each.value for each in node.keywords if each.arg in _KEYS), None)
    key = _constant(first, file)
    owner, _, method = written.rpartition(".")
    if owner and _is_mapped(called.rpartition(".")[0], file):
        return
    plainly = len(node.args) < 3 and {each.arg for each in node.keywords} <= {"default", "var"}
    if owner in file.schemes and method in URLS and plainly:
        variable, function = URLS[method]
        if wanted(key if first is not None and key is not None else variable) and (key is None) == (first is None):
            site = _site(file, node, key or variable, f"{written}()")
            defaults = [f"default={_source(file, each)}" for each in [*node.args[1:], *_defaults(node)]]
            asked = _source(file, first) if first is not None else f"{site.quote}{variable}{site.quote}"
            read = f"{owner}({asked}, {defaults[0]})" if defaults and site.span is not None else ""
            yield replace(site, around=(f"{owner}.{function}(", ")"), read=read)
        return
    if key is None or not wanted(key):
        return
    converts = any(
        each.arg is None or (each.arg in _CONVERTING and (each.arg != "cast" or _may_convert(each.value)))
        for each in node.keywords
    )
    converts = converts or (method not in _PLAIN_METHODS - {""} and key in file.schemes.get(written, ()))
    helper = file.unseen.is_helper(called, file.path)
    known = _ALL if helper else file.readers.get(written, _KEY_AND_DEFAULT)
    converts = converts or any(map(_may_convert, node.args[known:]))
    plain = helper or called in _PLAIN_CALLS or written in file.readers
    plain = plain or (owner in file.readers and method in _PLAIN_METHODS)
    maybe = owner in file.readers or written in file.copies or last in file.unseen.names
    maybe = maybe or (isinstance(node.func, ast.Attribute) and _is_copied(node.func.value, file))
    if plain and not converts:
        given = bool(_defaults(node)) or any(map(_may_convert, node.args[1:known]))
        lazy = given or (called in READERS and id(node) in file.tested)
        site = _site(file, node, key, f'{called}("{key}")')
        read = _source(file, node) if lazy and site.span is not None else ""
        yield replace(site, optional=given or called in READERS, read=read)
    elif plain or maybe or _READING.search(called):
        yield _opaque(node, key, f'{called}("{key}")')


def _site(file: _File, node: ast.expr, key: str, how: str) -> Site:
    """A site. Before Python 3.12 spans in f-strings were wrong: one counts only if the text there is this very node."""
    try:
        span = node_span(file.starts, file.text, node)
        source = file.text[span.start : span.end]
        same = ast.dump(parse_quietly(f"({source})").body[0].value) == ast.dump(node)  # type: ignore[attr-defined]
    except (SyntaxError, ValueError, IndexError):
        same = False
    if not same:
        return _opaque(node, key, how)
    quote = "'" if "'" in source else '"'
    return Site(key=key, line=node.lineno, how=how, span=span, quote=quote, done=id(node) in file.resolved)


def _source(file: _File, node: ast.expr) -> str:
    span = node_span(file.starts, file.text, node)
    return file.text[span.start : span.end]


def _tested(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions of which the program asks whether they give something, with an alternative if they do not."""
    for node in ast.walk(tree):
        match node:
            case ast.BoolOp(op=ast.Or(), values=[*tested, _]) | ast.BoolOp(op=ast.And(), values=tested):
                yield from map(_value_of, tested)
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.UnaryOp(ast.Not(), test):
                yield _value_of(test)
            case ast.Compare(left=test, ops=[_], comparators=[ast.Constant(value=None)]):
                yield _value_of(test)


def _value_of(node: ast.expr) -> ast.expr:
    """What `(name := value)` gives."""
    return node.value if isinstance(node, ast.NamedExpr) else node


def _opaque(node: ast.expr | ast.stmt, key: str, how: str) -> Site:
    return Site(key=key, line=node.lineno, how=how, span=None)


def _defaults(call: ast.Call) -> list[ast.expr]:
    """What a read of a variable is told to give if it is not set."""
    return [each.value for each in call.keywords if each.arg == "default"]


def _may_convert(given: ast.expr) -> bool:
    """Whether an argument other than key and default may convert the text; `str` does not."""
    return not (isinstance(given, ast.Name) and given.id == "str")


def _reader_names(tree: ast.Module, names: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Names bound once, to readers: `env = environ.Env()`, and the file's own functions that return what they read.

    Each comes with the number of positional arguments that convert nothing.
    """
    bound = bindings(tree)
    yield from made_readers(tree, names)
    for node in ast.walk(tree):
        if only_reads(node, names) and bound[node.name] == 1:
            yield node.name, _ALL
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if only_reads(method, names, method=True) and bound[method.name] == 1:
                    yield from ((f"{owner}.{method.name}", _ALL) for owner in ("self", "cls", node.name))


def _is_copied(owner: ast.expr, file: _File) -> bool:
    """Whether it is a copy of all variables, by its name or made in place: `dict(os.environ)["DB_PASSWORD"]`."""
    return dotted(owner) in file.copies or is_copy(owner, file.names)


def _is_mapped(resolved: str, file: _File) -> bool:
    """Whether a name is the result of `dotenv_values`, whose references are resolved where it is made."""
    return file.unseen.is_mapped(resolved, file.path)


def _is_target_mapping(owner: str) -> bool:
    """Whether a mapping is the program's own configuration (`app.config["K"]`), not the environment."""
    return owner.endswith((".config", ".settings")) or owner in ("config", "settings")


def _constant(node: ast.expr | None, file: _File) -> str | None:
    """The text of a string, or of a name of the file that is bound once, to a string."""
    if isinstance(node, ast.Name):
        return file.constants.get(node.id)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
