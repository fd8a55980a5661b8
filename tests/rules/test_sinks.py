"""The sink catalogue: every row's examples say what the row says, by a reading of our own with `ast`."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import rules
from rules.examples import expand
from rules.load import load_rules
from rules.model import Parameter, RuleSet, Setting, Sink

FOLDER = Path(rules.__file__).parent / "sinks"
CARRIERS = ("url", "dsn")
COMPANION = "access-key-id"
DSN_PASSWORD = re.compile(r"(?i)\b(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*[^\s;]|^\w+/[^@/]+@")


@functools.cache
def rule_set() -> RuleSet:
    return load_rules()


def snippet(template: str) -> ast.Module:
    return ast.parse(expand(template, "tests"))


# --- a reading of Python that shares nothing with the scanner's ---------------------------------------------


def imports_of(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                found[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            found |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    return found


def names_of(tree: ast.Module) -> dict[str, str]:
    """What each name stands for: an import, or the call whose result it holds."""
    names = imports_of(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not isinstance(value, ast.Constant):
                pass
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                pass
            case ast.arg(arg=name, annotation=ast.expr() as value):
                pass
            case _:
                continue
        said = qualified(value, names)
        if said:
            names[name] = said
    return names


def qualified(node: ast.expr, names: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return names.get(name, "")
        case ast.Attribute(value=owner, attr=attribute):
            said = qualified(owner, names)
            return f"{said}.{attribute}" if said else ""
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() as key)):
            said = qualified(owner, names)
            return f"{said}[{key}]" if said else ""
        case ast.Call(func=called) | ast.Await(value=ast.Call(func=called)):
            return qualified(called, names)
    return ""


def text_of(node: ast.expr | None) -> str:
    """The text of a literal, also encoded on the spot; "" for everything else."""
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.Constant(value=bytes() as value):
            return value.decode("latin-1")
        case ast.Call(func=ast.Attribute(value=inner, attr="encode")):
            return text_of(inner)
    return ""


def bound(call: ast.Call, row: Parameter) -> Iterator[str]:
    """The literals that a call binds to a parameter."""
    given = [keyword.value for keyword in call.keywords if keyword.arg in row.name]
    given += [argument for index, argument in enumerate(call.args) if index in row.indexes]
    for node in given:
        if row.key:
            keys = {key.lower() for key in row.key}
            pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
            yield from (text_of(value) for key, value in pairs if text_of(key).lower() in keys)
        elif row.element is not None:
            if isinstance(node, ast.Tuple) and row.element < len(node.elts):
                yield text_of(node.elts[row.element])
        else:
            yield text_of(node)


def at_sink(sink: Sink, tree: ast.Module) -> list[tuple[str, str]]:
    """Kind and text of each credential that a sink's row sees in a tree."""
    names = names_of(tree)
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and qualified(node.func, names) in sink.calls
    ]
    rows = [row for row in sink.parameters if row.kind != COMPANION]
    return [(row.kind, text) for call in calls for row in rows for text in bound(call, row) if holds(row.kind, text)]


def at_setting(setting: Setting, tree: ast.Module) -> list[tuple[str, str]]:
    """Kind and text of each credential that a setting's row sees in a tree."""
    names = names_of(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        if qualified(target, names) in setting.targets:
            whole = setting.element is None or not isinstance(node.value, ast.Tuple)
            found.append(text_of(node.value if whole else node.value.elts[setting.element]))
        if isinstance(target, ast.Name):
            paths = [path.split(".") for path in setting.paths]
            found += [
                text for where, text in leaves(node.value, (target.id,)) if any(fits(path, where) for path in paths)
            ]
    return [(setting.kind, text) for text in found if holds(setting.kind, text)]


def leaves(node: ast.expr, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield from leaves(value, (*where, text_of(key)))
    else:
        yield where, text_of(node)


def fits(path: list[str], where: tuple[str, ...]) -> bool:
    return len(path) == len(where) and all(want in ("*", word) for want, word in zip(path, where, strict=True))


def holds(kind: str, text: str) -> bool:
    """Whether a text can be a credential of a kind: a URL or connection string is one only with a password."""
    if kind not in CARRIERS:
        return bool(text)
    return bool("://" in text and urlsplit(text).password) or bool(DSN_PASSWORD.search(text))


# --- that reading itself ------------------------------------------------------------------------------------


def row(**given: object) -> Parameter:
    blank: dict[str, object] = {"kind": "password", "indexes": (), "name": (), "element": None, "key": ()}
    return Parameter(**{**blank, **given})  # type: ignore[arg-type]


def sink(*parameters: Parameter) -> Sink:
    return Sink(
        id="x", library="x", calls=("x.C.m",), modules=("x",), parameters=parameters, engine=None, docs="",
        match=(), reject=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "parameter"),
    [
        pytest.param("import y as x\nx.C().m('v')", row(indexes=(0,)), id="another module of that name is not it"),
        pytest.param("import x\nx.C().m('u', 'v')", row(indexes=(2,)), id="another position is not it"),
        pytest.param("import x\nx.C().m(p=v)", row(name=("p",)), id="a name is not a literal"),
        pytest.param("import x\nx.C().m(p='')", row(name=("p",)), id="an empty literal is no credential"),
        pytest.param("import x\nx.C().m(p='v')", row(name=("p",), element=1), id="a text is not a tuple"),
        pytest.param("import x\nx.C().m(p={'k': 'v'})", row(name=("p",), key=("j",)), id="another key is not it"),
        pytest.param("import x\nx.C().m('http://h/')", row(kind="url", indexes=(0,)), id="a URL without a password"),
    ],
)
def test_the_reading_of_examples_does_not_see(code: str, parameter: Parameter) -> None:
    assert at_sink(sink(parameter), ast.parse(code)) == []


@pytest.mark.parametrize(
    ("code", "parameter"),
    [
        pytest.param("from x import C as D\nc = D()\nc.m('v')", row(indexes=(0,)), id="a method of an aliased class"),
        pytest.param("import x\nwith x.C() as c:\n c.m(p='v')", row(name=("p",)), id="a context manager's result"),
        pytest.param("import x\nx.C().m(p=(u, 'v'))", row(name=("p",), element=1), id="an element of a tuple"),
        pytest.param("import x\nx.C().m(p={'K': 'v'})", row(name=("p",), key=("k",)), id="a key in any case"),
        pytest.param("import x\nx.C().m('v'.encode())", row(indexes=(0,)), id="a literal encoded on the spot"),
    ],
)
def test_the_reading_of_examples_sees(code: str, parameter: Parameter) -> None:
    assert at_sink(sink(parameter), ast.parse(code)) == [("password", "v")]


# --- the catalogue ------------------------------------------------------------------------------------------


def rows() -> list[Sink | Setting]:
    return [*rule_set().sinks, *rule_set().settings]


def seen(rule: Sink | Setting, template: str) -> list[tuple[str, str]]:
    tree = snippet(template)
    return at_sink(rule, tree) if isinstance(rule, Sink) else at_setting(rule, tree)


def test_no_reject_example_holds_a_credential_at_its_row() -> None:
    wrong = [rule.id for rule in rows() for template in rule.reject if seen(rule, template)]
    assert wrong == []


def test_every_match_example_holds_a_credential_at_its_row() -> None:
    wrong = [
        f"{rule.id}, example {at}" for rule in rows() for at, text in enumerate(rule.match) if not seen(rule, text)
    ]
    assert wrong == []


def test_every_credential_of_an_example_is_drawn_when_it_is_needed() -> None:
    fixed = []
    for rule in rows():
        for template in rule.match:
            first, second = (at_all(rule, expand(template, seed)) for seed in ("a", "b"))
            fixed += [rule.id] if first & second else []
    assert fixed == []


def at_all(rule: Sink | Setting, code: str) -> set[tuple[str, str]]:
    tree = ast.parse(code)
    return set(at_sink(rule, tree) if isinstance(rule, Sink) else at_setting(rule, tree))


def test_no_file_of_the_catalogue_spells_out_a_token() -> None:
    looks_live = re.compile(r"(?=(?:[A-Za-z+_-]*\d){3})[A-Za-z0-9+_-]{24,}")
    assert [path.name for path in FOLDER.glob("*.toml") if looks_live.search(path.read_text())] == []


def test_ids_are_unique_and_start_with_their_files_name() -> None:
    ids = [rule.id for rule in rows()]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    said = {
        row["id"]: path.stem
        for path in FOLDER.glob("*.toml")
        for kind in ("sink", "setting")
        for row in tomllib.loads(path.read_text()).get(kind, [])
    }
    assert [name for name, stem in said.items() if not name.startswith(f"{stem}-")] == []
    assert set(said) == set(ids)


def test_every_call_and_target_begins_with_one_of_its_modules() -> None:
    calls = [(sink.id, call, sink.modules) for sink in rule_set().sinks for call in sink.calls]
    calls += [(setting.id, name, setting.modules) for setting in rule_set().settings for name in setting.targets]
    assert [(name, call) for name, call, modules in calls if call.partition(".")[0] not in modules] == []


def test_no_argument_is_said_to_be_two_kinds_of_credential() -> None:
    kinds: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for sink in rule_set().sinks:
        for call in sink.calls:
            for row in sink.parameters:
                for where in (*row.indexes, *row.name):
                    for key in row.key or ("",):
                        kinds[call, where, row.element, key.lower()].add(row.kind)
    assert {where: found for where, found in kinds.items() if len(found) > 1} == {}


def test_settings_by_path_are_bound_to_files_and_those_by_target_to_modules() -> None:
    for setting in rule_set().settings:
        assert bool(setting.paths) == bool(setting.files), setting.id
        assert not setting.targets or setting.modules, setting.id
        assert not setting.files or "*" not in setting.files[0], setting.id


def test_documentation_is_cited_for_every_row() -> None:
    assert [rule.id for rule in rows() if not rule.docs.startswith("https://")] == []


@pytest.mark.parametrize(
    "library",
    [
        "boto3", "psycopg2", "psycopg", "asyncpg", "PyMySQL", "mysqlclient", "mysql-connector-python",
        "SQLAlchemy", "PyMongo", "redis-py", "elasticsearch", "Flask", "Django", "smtplib (standard library)",
        "Requests", "HTTPX", "aiohttp", "PyJWT", "ItsDangerous", "cryptography", "Paramiko", "Stripe",
        "OpenAI", "Anthropic", "slack_sdk", "Twilio", "SendGrid", "PyGithub", "Celery", "Kombu", "Pika",
        "paho-mqtt", "ldap3", "kafka-python",
    ],
)  # fmt: skip
def test_the_libraries_of_a_web_shop_are_covered(library: str) -> None:
    assert any(rule.library == library for rule in rows())
