"""Settings files: references in place of values, comments and layout as they were, every reader resolving them."""

from __future__ import annotations

import json
import string
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.model import RefusalReason
from fixers.plan import PlanOptions
from fixers.planning import Planned, planned
from fixers.settings_files import variable_of
from scanner.model import CredentialKind

SECRET = "opensesame"
REFERENCE = "{{resolve:secretsmanager:prod/shop/db:SecretString:password}}"
READER = {"app.py": "import yaml\nC = yaml.safe_load(open('config.yaml'))\n"}
LOADS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "config.yaml": ("yaml.safe_load(open('config.yaml'))", yaml.safe_load),
    "config.json": ("json.load(open('config.json'))", json.loads),
    "config.toml": ("tomllib.load(open('config.toml', 'rb'))", tomllib.loads),
}

REFUSED = {
    "nobody reads it": (f"a: {SECRET}\n", {}, RefusalReason.READER_UNKNOWN),
    "a library reads it": (
        f"a: {SECRET}\n", {"app.py": "import lib\nlib.load('config.yaml')\n"}, RefusalReason.READER_NOT_REWRITABLE
    ),
    "a script reads it": (
        f"a: {SECRET}\n", READER | {"a.sh": "cat config.yaml\n"}, RefusalReason.READER_OUTSIDE_PYTHON
    ),
    "a container mounts it": (
        f"a: {SECRET}\n", READER | {"compose.yml": "services:\n  a:\n    volumes: [./config.yaml:/etc/c.yaml]\n"},
        RefusalReason.READER_OUTSIDE_PYTHON,
    ),
    "a tag": (f"a: !env {SECRET}\n", READER, RefusalReason.DYNAMIC),
    "a comment": (f"a: b  # {SECRET}\n", READER, RefusalReason.COMMENT),
    "two of one key": (f"a: {SECRET}\na: b\n", READER, RefusalReason.POSITION_NOT_SUPPORTED),
    "a variable of AWS's own": (f"aws: {{session: {{token: {SECRET}}}}}\n", READER, RefusalReason.NAME_TAKEN),
    "a variable that a .env sets to another value": (
        f"db:\n  password: {SECRET}\n", READER | {".env": "DB_PASSWORD=other\n"}, RefusalReason.NAME_TAKEN
    ),
    "no YAML": (f"a: {SECRET}\n\tb\n", READER, RefusalReason.NOT_PARSABLE),
}  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {".env": f"DB_PASSWORD={SECRET}\n"},
        {".env": "DB_PASSWORD=\n"},
        {".env.example": "DB_PASSWORD=other\n"},
        {".env": "PASSWORD=other\n"},
    ],
)
def test_a_variable_that_a_env_sets_to_this_value_or_not_at_all_is_used(
    files: dict[str, str], tried: Callable[..., Any]
) -> None:
    run = tried("config.yaml", f"db:\n  password: {SECRET}\n", SECRET, files=READER | files)
    assert run.refusals == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"a: &a\n  p: {SECRET}\nb:\n  <<: *a\n", "where `<<` puts it"),
        (f"a:\n  p: &p {SECRET}\nb:\n  q: *p\n", "where `*p` puts it"),
        (f"a:\n  p: &p {SECRET}\nb:\n  - *p  # why\n", "where `*p` puts it"),
        (f"a:\n  p: {SECRET}\n  q: a *p\n", None),
        (f"a:\n  p: {SECRET}\n# q: *p\n", None),
    ],
)
def test_a_value_that_is_repeated_elsewhere_is_told(text: str, told: str | None, tried: Callable[..., Any]) -> None:
    (note,) = tried("config.yaml", text, SECRET, files=READER).result.notes
    assert (told in note) if told else ("puts it" not in note)


@pytest.mark.parametrize(("text", "files", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(text: str, files: dict[str, str], reason: RefusalReason, tried: Callable[..., Any]) -> None:
    run = tried("config.yaml", text, SECRET, files=files)
    assert run.refusals == [reason]
    assert run.after == {"config.yaml": text, **files}


@pytest.mark.parametrize(
    ("path", "text", "reads"),
    [
        ("worker.js", "const cfg = require('./config');\n", True),
        ("web/src/worker.ts", 'import cfg from "../../config"\n', True),
        ("main.go", 'viper.SetConfigName("config")\n', True),
        ("src/main.rs", '.add_source(config::File::with_name("settings/config"))\n', True),
        ("web/worker.js", "const cfg = require('./config');\n", False),
        ("web/worker.js", "const cfg = state['config'];\n", False),
        ("config.js", "require('./config')\n", False),
    ],
)
def test_other_languages_name_it_without_its_suffix(
    path: str, text: str, reads: bool, tried: Callable[..., Any]
) -> None:
    run = tried("config.yaml", f"a: {SECRET}\n", SECRET, files=READER | {path: text})
    assert run.refusals == ([RefusalReason.READER_OUTSIDE_PYTHON] if reads else [])


@pytest.mark.parametrize("secret", ["1234567890", "2026-01-01", "0x1234abcd", "1.5e+10", "yes"])
def test_what_the_program_does_not_read_as_text_is_refused(secret: str, tried: Callable[..., Any]) -> None:
    assert tried("config.yaml", f"a: {secret}\n", secret, files=READER).refusals == [RefusalReason.DYNAMIC]
    assert tried("config.yaml", f"a: '{secret}'\n", secret, files=READER).refusals == []


def test_an_array_of_tables_counts_its_elements(tried: Callable[..., Any]) -> None:
    files = {"app.py": "import tomllib\nC = tomllib.load(open('config.toml', 'rb'))\n"}
    text = f'[[a]]\nb = "other"\n[a.c]\nd = 1\n[[a]]\nb = "{SECRET}"\n'
    run = tried("config.toml", text, SECRET, files=files)
    assert run.refusals == []
    kept, _, changed = run.after["config.toml"].rpartition("[[a]]")
    assert kept == text.rpartition("[[a]]")[0]
    assert changed.startswith('\nb = "{{resolve:')


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("config.yaml", "# x\na: {v}  # y\nb: [1, {v}]\n", '# x\na: "{r}"  # y\nb: [1, "{r}"]\n'),
        ("config.yaml", "a: '{v}'\r\nb: no\r\n", "a: '{r}'\r\nb: no\r\n"),
        ("config.yaml", "a: |\n  {v}\nb: c\n", 'a: "{r}"\nb: c\n'),
        ("config.json", '{"a":  "{v}" , "b": [null, 1.50]}', '{"a":  "{r}" , "b": [null, 1.50]}'),
        ("config.toml", "a = '{v}' # x\n[b]\nc.d = \"{v}\"\n", "a = '{r}' # x\n[b]\nc.d = \"{r}\"\n"),
        ("config.toml", 'a = """{v}"""\n', 'a = """{r}"""\n'),
    ],
)
def test_only_the_value_is_replaced(path: str, text: str, expected: str, tried: Callable[..., Any]) -> None:
    text = text.replace("{v}", SECRET)
    call, _ = LOADS[path]
    files = {"app.py": f"import {call.partition('.')[0]}\nC = {call}['a']\n"}
    run = tried(path, text, SECRET, files=files)
    assert run.after[path] == expected.replace("{r}", REFERENCE)
    assert f"C = resolve_references({call})['a']\n" in run.after["app.py"]


def test_a_part_of_a_value_becomes_all_of_it(tried: Callable[..., Any]) -> None:
    text = f"db:\n  url: postgres://u:{SECRET}@h/d\n"
    run = tried(
        "config.yaml", text, SECRET, files=READER, kind=CredentialKind.URL, whole=f"postgres://u:{SECRET}@h/d", key=None
    )
    assert run.after["config.yaml"] == 'db:\n  url: "{{resolve:secretsmanager:prod/shop/db}}"\n'
    assert run.result.proofs[0][0].variables[0][0] == "DB_URL"


def test_a_call_that_resolves_already_stays(tried: Callable[..., Any]) -> None:
    call = "resolve_references(yaml.safe_load(open('config.yaml')))"
    wrapped = f"from app_secrets import resolve_references\nimport yaml\nC = {call}\n"
    run = tried("config.yaml", f"a: {SECRET}\n", SECRET, files={"app.py": wrapped})
    assert run.refusals == []
    assert run.after["app.py"] == wrapped


def test_the_variable_is_called_like_the_keys() -> None:
    assert variable_of(("database", "pass-word")) == "DATABASE_PASS_WORD"
    assert variable_of(("list", 0, "token")) == "LIST_0_TOKEN"


_KEYS = st.text(string.ascii_lowercase, min_size=1, max_size=5)
_TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8).map(lambda text: text.replace(SECRET, ""))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(_KEYS, _TREES, max_size=3), key=_KEYS, flow=st.booleans(), as_json=st.booleans())
def test_everything_else_is_read_as_before(
    tree: dict[str, Any], key: str, flow: bool, as_json: bool, tried: Callable[..., Any]
) -> None:
    path = "config.json" if as_json else "config.yaml"
    document = {**tree, key: {"password": SECRET, "list": [SECRET]}}
    text = json.dumps(document) if as_json else yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True)
    call, load = LOADS[path]
    run = tried(path, text, SECRET, files={"app.py": f"import {call.partition('.')[0]}\nC = {call}\n"})
    if run.refusals:
        assert run.after[path] == text
        return
    assert load(run.after[path]) == load(text) | {key: {"password": REFERENCE, "list": [REFERENCE]}}


def test_a_file_of_many_values_is_not_read_again_for_each(tmp_path: Path, calls_made: Callable[..., int]) -> None:
    token = "aZ4" + "q8Rt1Lw0Yb6Kd3"
    spent = []
    for many in (2, 20, 80):  # the first fills what is kept
        folder = tmp_path / str(many)
        folder.mkdir()
        (folder / "a.py").write_text("import yaml\nC = yaml.safe_load(open('config.yaml'))\n")
        (folder / "config.yaml").write_text("".join(f"- password: {token}{number:03}\n" for number in range(many)))
        made: list[Planned] = []
        spent.append(calls_made(lambda: made.append(planned(folder, PlanOptions(app="shop")))))  # noqa: B023
        assert len(made[0].plan.fixes) == many
    assert spent[2] < 5 * spent[1]


@pytest.mark.parametrize(("merged", "said"), [("  <<: *db\n", True), ("  db: *db\n", False)])
def test_a_merge_has_a_variable_of_its_own(merged: str, said: bool, tried: Callable[..., Any]) -> None:
    text = f"base: &db\n  password: {SECRET}\nworker:\n{merged}"
    run = tried("conf.yaml", text, SECRET, files={"app.py": "import yaml\nx = yaml.safe_load(open('conf.yaml'))\n"})
    (note,) = [each for each in run.result.notes if "BASE_PASSWORD" in each]
    assert ("puts it into another place" in note) is said
