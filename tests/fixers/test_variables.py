from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixers.grouping import Draft, group
from fixers.variables import is_reserved, read_variables, set_variables, variables
from scanner.model import CredentialKind, Finding, Kind, Role

K = CredentialKind


def drafts_of(*findings: Finding) -> tuple[Draft, ...]:
    return group(findings, environment=lambda _: "prod", kind=lambda one: kind_of(one.path), text=lambda _: "")


def kind_of(path: str) -> Kind:
    return Kind.DOTENV if path.startswith(".env") else Kind.PYTHON


@pytest.mark.parametrize(
    "name", ["HOST", "PATH", "USER", "AWS_SECRET_ACCESS_KEY", "LD_PRELOAD", "PYTHONPATH", "PGPASSWORD"]
)
def test_reserved_variables(name: str) -> None:
    assert is_reserved(name)


def test_a_new_variable_is_never_one_that_holds_another_value(making: SimpleNamespace) -> None:
    found = making.finding("a.py", "hunter2", name="DB_PASSWORD")
    other = making.finding(".env", "other", name="DB_PASSWORD", role=Role.VARIABLE)
    drafts = drafts_of(found, other)
    assert variables(drafts, ["db", "other-db"], app="shop", read=()) == (("SHOP_DB_PASSWORD",), ("DB_PASSWORD",))
    assert variables(drafts[:1], ["db"], app="shop", read={"DB_PASSWORD", "SHOP_DB_PASSWORD"}) == (
        ("SHOP_DB_PASSWORD_2",),
    )


def test_the_variable_that_a_place_is_about_is_kept(making: SimpleNamespace) -> None:
    default = making.finding("a.py", "hunter2", name="LEGACY_PW", role=Role.ENV_DEFAULT)
    assert variables(drafts_of(default), ["db"], app="shop", read={"LEGACY_PW"}) == (("LEGACY_PW",),)


def test_the_rules_own_variable_comes_first(making: SimpleNamespace) -> None:
    found = making.finding("a.py", "x", name="key", kind=K.API_KEY, env="STRIPE_API_KEY")
    assert variables(drafts_of(found), ["stripe-key"], app="shop", read=()) == (("STRIPE_API_KEY",),)
    reserved = replace(found, env="AWS_TOKEN")
    assert variables(drafts_of(reserved), ["stripe-key"], app="shop", read=()) == (("STRIPE_KEY",),)


@pytest.mark.parametrize("part", ["token", "password", "key", "api-key"])
def test_a_variable_that_others_may_set_has_the_applications_name(making: SimpleNamespace, part: str) -> None:
    found = making.finding("a.py", "hunter2", name=part, kind=K.API_KEY)
    variable = f"SHOP_{part.replace('-', '_').upper()}"
    assert variables(drafts_of(found), [part], app="shop", read=()) == ((variable,),)
    default = replace(found, literal=replace(found.literal, name="TOKEN", role=Role.VARIABLE))
    assert variables(drafts_of(default), [part], app="shop", read=()) == (("TOKEN",),)


def test_the_variables_that_code_reads() -> None:
    code = b"""import os
os.environ["A"]; os.environ.get('B', 1); os.getenv("C"); env.str("D"); env("E"); config("F")
os.environ.setdefault("G", "")
app.config["NOT_ONE"]; other["NOT_TWO"]; getattr(x, "NOT_THREE")
"""
    assert read_variables([code]) == set("ABCDEFG")


def test_a_new_variable_is_none_that_a_file_sets_to_something_else(making: SimpleNamespace) -> None:
    code = drafts_of(making.finding("a.py", "hunter2", name="DB_PASSWORD"))
    compose = drafts_of(making.finding("compose.yml", "hunter2", name="DB_PASSWORD"))
    given = {"DB_PASSWORD": {"compose.yml"}}
    assert variables(code, ["db"], app="shop", read=(), given=given) == (("SHOP_DB_PASSWORD",),)
    assert variables(compose, ["db"], app="shop", read=(), given=given) == (("DB_PASSWORD",),)
    given = {"DB_PASSWORD": {"compose.yml", ".env"}}
    assert variables(compose, ["db"], app="shop", read=(), given=given) == (("SHOP_DB_PASSWORD",),)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env", "A_TOKEN=x\n"),
        ("conf/staging.env", 'export A_TOKEN="x"\n'),
        (".env.local", "A_TOKEN = x\n"),
        ("Makefile", "A_TOKEN ?= x\n"),
        ("Makefile", "run:\n\tA_TOKEN=x python app.py\n"),
        ("Dockerfile.web", "ENV A_TOKEN x\n"),
        ("docker-compose.yml", "services:\n  web:\n    environment:\n      A_TOKEN: x\n"),
        ("docker-compose.yml", "services:\n  web:\n    environment:\n      - A_TOKEN\n"),
        ("k8s/web.yaml", "env:\n  - name: A_TOKEN\n    value: x\n"),
        ("task.json", '{"environment": [{"name": "A_TOKEN", "value": "x"}]}'),
        ("tox.ini", "[testenv]\nsetenv =\n    A_TOKEN = x\n"),
        ("web.service", "[Service]\nEnvironment=A_TOKEN=x\n"),
    ],
)
def test_variables_that_the_projects_own_files_set(
    path: str, text: str, making: SimpleNamespace, tmp_path: Path
) -> None:
    assert "A_TOKEN" in set_variables(making.tree(tmp_path, {path: text}))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env.example", "A_TOKEN=x\n"),
        ("README.md", "export A_TOKEN=x\n"),
        ("app.py", "A_TOKEN = x\n"),
        ("plan.toml", 'env = "A_TOKEN"\n'),
        ("docker-compose.yml", "command: run ${A_TOKEN:-x}\n"),
    ],
)
def test_what_sets_no_variable(path: str, text: str, making: SimpleNamespace, tmp_path: Path) -> None:
    assert "A_TOKEN" not in set_variables(making.tree(tmp_path, {path: text}))
