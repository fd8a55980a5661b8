"""Sinks and settings: which argument of which call, which target, which key path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.model import Names, Parameter, RuleSet, Setting, Sink
from scanner.detectors import sink
from scanner.detectors.candidate import Candidate
from scanner.model import Argument, Literal, Role, SecretValue, Span


def parameter(**fields: object) -> Parameter:
    return Parameter(kind="password", indexes=(), name=(), element=None, key=())._replace(**fields)


def a_sink(*calls: str, parameters: tuple[Parameter, ...], engine: str | None = None) -> Sink:
    return Sink(
        id="db-connect", library="db", calls=calls, modules=("db",), parameters=parameters, engine=engine,
        docs="https://db.invalid", match=(), reject=(),
    )  # fmt: skip


def a_setting(**fields: object) -> Setting:
    plain = Setting(
        id="db-setting", library="db", kind="api-key", targets=(), paths=(), files=(), modules=("db",), engine=None,
        docs="https://db.invalid", match=(), reject=(),
    )  # fmt: skip
    return plain._replace(**fields)


def index_of(*rules: Sink | Setting) -> sink.SinkIndex:
    return sink.make_index(
        RuleSet(
            providers=(),
            sinks=tuple(rule for rule in rules if isinstance(rule, Sink)),
            settings=tuple(rule for rule in rules if isinstance(rule, Setting)),
            names=Names(heads=(), negative_heads=frozenset(), negative_phrases=frozenset()),
            weights={},
            digest="",
        )
    )


INDEX = index_of(
    a_sink(
        "db.connect", "db.client.Client.login",
        parameters=(
            parameter(indexes=(1,), name=("password", "pw")),
            parameter(name=("auth",), element=1),
            parameter(name=("headers",), key=("Authorization",), kind="api-key"),
            parameter(name=("dsn",), kind="dsn"),
            parameter(name=("key_id",), kind="access-key-id"),
        ),
    ),
    a_setting(targets=("db.api_key", "db.App.config[KEY]")),
    a_setting(paths=("DATABASES.*.PASSWORD",), files=("settings*.py",), modules=(), kind="password"),
)  # fmt: skip


def argument(*callees: str, **fields: object) -> Argument:
    plain = Argument(callees=callees, index=None, keyword=None, call=Span(0, 9), typed=not callees[0].startswith("."))
    return replace(plain, **fields)  # type: ignore[arg-type]


def detected(
    *arguments: Argument,
    path: str = "app.py",
    imported: frozenset[str] = frozenset({"db"}),
    index: sink.SinkIndex = INDEX,
    text: str = "x1y2",
    **fields: object,
) -> list[Candidate]:
    literal = Literal(span=Span(0, 6), value=SecretValue(text), role=Role.KEYWORD, body=1, arguments=arguments)
    return list(sink.detect(replace(literal, **fields), index, path=path, imported=imported))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(argument("db.connect", keyword="host"), id="another keyword"),
        pytest.param(argument("db.connect", index=0), id="another position"),
        pytest.param(argument("other.connect", index=1), id="another library's function of that name"),
        pytest.param(argument("db.reconnect", index=1), id="another function of the library"),
        pytest.param(argument("db.connect", keyword="auth", element=0), id="the user of a pair"),
        pytest.param(argument("db.connect", keyword="auth"), id="the pair in one text"),
        pytest.param(argument("db.connect", keyword="headers", key="Accept"), id="another header"),
        pytest.param(argument("db.connect", keyword="password", element=1), id="a list where a text belongs"),
        pytest.param(argument("db.connect", keyword="key_id"), id="the public half of a pair"),
        pytest.param(argument("db.connect", keyword="**", key="host"), id="another key of an unpacked dict"),
        pytest.param(argument("db.timeout", keyword="="), id="another attribute's assignment"),
    ],
)
def test_no_sink_is_reached_by(given: Argument) -> None:
    assert detected(given) == []


def test_a_method_of_an_unknown_object_counts_only_where_the_library_is_imported() -> None:
    given = argument(".login", index=1)
    assert detected(given, imported=frozenset({"smtplib"})) == []
    (candidate,) = detected(given)
    assert candidate.evidence == ("sink-untyped",)


def test_a_setting_counts_only_where_its_library_is_imported() -> None:
    assert detected(argument("db.api_key", keyword="="), imported=frozenset()) == []


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(argument("db.connect", index=1), id="its position"),
        pytest.param(argument("db.connect", keyword="password"), id="its keyword"),
        pytest.param(argument("db.connect", keyword="pw"), id="its other keyword"),
        pytest.param(argument("db.connect", keyword="auth", element=1), id="the second of a pair"),
        pytest.param(argument("db.connect", keyword="headers", key="authorization"), id="a header in any case"),
        pytest.param(argument("db.connect", keyword="**", key="password"), id="a key of an unpacked dict"),
        pytest.param(argument("db.client.Client.login", index=1), id="a method"),
        pytest.param(argument("db.sync.Client.login", index=1), id="a method, by another path of the library"),
        pytest.param(argument("elsewhere.f", "db.connect", index=1), id="one of several possible callees"),
    ],
)
def test_a_sink_is_reached_by(given: Argument) -> None:
    (candidate,) = detected(given)
    assert (candidate.rule, candidate.evidence, candidate.span) == ("db-connect", ("sink",), Span(1, 5))


@pytest.mark.parametrize("target", ["db.api_key", "db.App.config[KEY]"])
def test_a_setting_is_reached_by_its_target(target: str) -> None:
    (candidate,) = detected(argument(target, keyword="="), role=Role.ASSIGNMENT)
    assert (candidate.rule, candidate.evidence) == ("db-setting", ("setting",))


@pytest.mark.parametrize(
    ("path", "symbol", "found"),
    [
        ("shop/settings.py", "DATABASES.default", True),
        ("settings_prod.py", "DATABASES.replica", True),
        ("shop/views.py", "DATABASES.default", False),
        ("shop/settings.py", "DATABASES", False),
        ("shop/settings.py", "DATABASES.default.TEST", False),
    ],
)
def test_a_key_path_is_a_setting_in_the_files_of_settings_only(path: str, symbol: str, found: bool) -> None:
    assert bool(detected(path=path, symbol=symbol, name="PASSWORD", role=Role.ENTRY)) is found


def test_a_connection_string_says_nothing_by_reaching_its_sink() -> None:
    (candidate,) = detected(argument("db.connect", keyword="dsn"))
    assert candidate.evidence == ()


def test_oracles_user_slash_password_is_taken_apart_at_its_sink() -> None:
    oracle = index_of(a_sink("db.connect", parameters=(parameter(name=("dsn",), kind="dsn"),), engine="oracle"))
    found = detected(argument("db.connect", keyword="dsn"), index=oracle, text="shop/x1y2@db.internal")
    assert [(each.rule, each.value.reveal("text")) for each in found][1:] == [("dsn-password", "x1y2")]
