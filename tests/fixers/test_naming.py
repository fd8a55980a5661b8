from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.app_name import app_name, remote_name, segment
from fixers.grouping import Draft, by_parameter, group
from fixers.naming import (
    environment_of,
    full_name,
    name_parts,
    name_problem,
    shown_frameworks,
    slug,
)
from fixers.stores.kinds import KINDS
from fixers.variables import is_reserved, variables
from fixers.workspace import open_workspace
from scanner.errors import UsageError
from scanner.model import CredentialKind, Finding, Kind, Role, SecretValue, Span

K = CredentialKind


def drafts_of(*findings: Finding, env: str = "prod") -> tuple[Draft, ...]:
    return group(
        findings,
        environment=lambda one: environment_of(one.path, env),
        kind=lambda one: kind_of(one.path),
        text=lambda _: "",
    )


def kind_of(path: str) -> Kind:
    return Kind.DOTENV if path.rpartition("/")[2].startswith(".env") else Kind.PYTHON


def parts_of(*findings: Finding, values: Any = ()) -> tuple[str, ...]:
    return name_parts(drafts_of(*findings), kinds={one.path: kind_of(one.path) for one in findings}, values=values)


# --- applications


def test_without_project_and_remote_the_folders_name_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="application") as raised:
        app_name(open_workspace(tmp_path, ()), app=None, scope="")
    assert "--app" in raised.value.hint


@pytest.mark.parametrize("text", ["", "a b", "a/b", "-a", "é", "a\n", "{{x}}"])
def test_a_name_that_a_store_refuses_is_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        segment(text, "--app")


def test_an_environment_that_parameter_store_keeps_for_itself_is_an_error() -> None:
    with pytest.raises(UsageError):
        segment("aws-prod", "--env")
    assert segment("aws-tools", "--app") == "aws-tools"


def test_a_project_file_without_a_name_or_with_damage_is_passed_over(tmp_path: Path, making: SimpleNamespace) -> None:
    files = {
        "pyproject.toml": "[project\n",
        "setup.cfg": "[metadata]\nname = mended\n",
        "sub/pyproject.toml": "[tool.x]\n",
    }
    assert app_name(making.tree(tmp_path, files), app=None, scope="sub") == "mended"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[project]\nname = "My Orders"\n'),
        ("pyproject.toml", '[tool.poetry]\nname = "my-orders"\n'),
        ("setup.cfg", "[metadata]\nversion = 1\nname = my-orders\n"),
        ("setup.py", 'from setuptools import setup\nsetup(version="1", name="my-orders")\n'),
        ("package.json", '{"name": "@acme/my-orders"}'),
    ],
)
def test_project_files_that_give_a_name(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    assert app_name(open_workspace(tmp_path, [file]), app=None, scope="") == "my-orders"


def test_the_nearest_project_upward_from_the_named_path_counts(tmp_path: Path, making: SimpleNamespace) -> None:
    workspace = making.tree(
        tmp_path, {"examples/shop/pyproject.toml": '[project]\nname = "boutique"\n', "examples/shop/a/b.py": ""}
    )
    assert app_name(workspace, app=None, scope="examples/shop/a") == "boutique"
    assert app_name(workspace, app=None, scope="examples/shop/a/b.py") == "boutique"
    assert app_name(workspace, app=None, scope="examples") == "shop"
    assert app_name(workspace, app="given", scope="") == "given"


@pytest.mark.parametrize(
    "url",
    [
        "https://user:token@github.com/acme/orders.git",
        "git@github.com:acme/orders",
        "../orders/",
        "C:\\src\\orders.git",
    ],
)
def test_the_remotes_last_part(tmp_path: Path, url: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(
        f'[core]\n\tbare = false\n[remote "up"]\n\turl = x/y\n[remote "origin"]\n\turl = {url}\n'
    )
    assert remote_name(tmp_path) == "orders"
    assert app_name(open_workspace(tmp_path, ()), app=None, scope="") == "orders"


# --- environments


@pytest.mark.parametrize(
    "path", ["stream/live.py", "app/dev.py", ".env", "settings.py", "src/prod_orders.py", "test/a.py"]
)
def test_files_of_no_environment(path: str) -> None:
    assert environment_of(path, "given") == "given"


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        (".env.staging", "staging"),
        (".env.production", "prod"),
        ("prod.env", "prod"),
        ("shop/settings/prod.py", "prod"),
        ("shop/settings_dev.py", "dev"),
        ("config/production.yml", "prod"),
        ("config.stg.yaml", "staging"),
        ("environments/staging/app.py", "staging"),
        ("config/qa/db.py", "qa"),
    ],
)
def test_files_that_name_their_environment(path: str, environment: str) -> None:
    assert environment_of(path, "given") == environment


# --- names


@pytest.mark.parametrize(
    ("name", "store"),
    [
        ("/prod/shop/db", "secretsmanager"),
        ("prod/shop/db", "parameterstore"),
        ("prod/shop/stripe-secret", "secretsmanager"),
        ("prod//db", "secretsmanager"),
        ("prod/shop/a b", "secretsmanager"),
        ("prod/shop/ü", "secretsmanager"),
        ("/aws/shop/db", "parameterstore"),
        ("/SSM-x/shop/db", "parameterstore"),
        ("/" + "/".join("a" * 16), "parameterstore"),
        ("prod/shop/" + "a" * 600, "secretsmanager"),
    ],
)
def test_names_that_a_store_refuses(name: str, store: str) -> None:
    assert name_problem(name, store)


@pytest.mark.parametrize(
    ("name", "store"), [("prod/shop/a-b.c_de", "secretsmanager"), ("/prod/" + "a" * 950, "parameterstore")]
)
def test_names_are_judged_as_the_stores_judge_them(name: str, store: str) -> None:
    """Where the region is not known a parameter's name leaves room for a long one's ARN."""
    assert name_problem(name, store) is None
    assert tuple(KINDS[store].name_problems(name, None)) == ()
    assert name_problem("/prod/" + "a" * 951, "parameterstore") is not None


def test_a_name_never_holds_a_value_that_could_not_be_guessed(making: SimpleNamespace) -> None:
    value = making.strong("value", 32).lower()
    found = making.finding(f"{value}.py", value, name=f"key_{value}", literal={"symbol": value})
    other = making.finding(f"{value}.py", "x", name=f"key_{value}", at=9)
    for part in parts_of(found, other, values=[found.value]):
        assert slug(value) not in part
        assert part.startswith("credential")


def test_a_name_never_holds_a_value_with_its_digits_left_out_or_its_end(making: SimpleNamespace) -> None:
    value = "".join(f"{letter}{letter.upper()}{number % 10}" for number, letter in enumerate(making.strong("v", 40)))
    url = f"postgres://u:{value}@localhost/db"
    found = making.finding("a.py", value, name=url, whole=url, kind=K.URL)
    for part in parts_of(found, making.finding("b.py", "x", name=url), values=[found.value]):
        assert part.startswith("credential")


def test_a_value_of_words_that_names_have_spoils_no_name(making: SimpleNamespace) -> None:
    found = making.finding("a.py", "django-secret-key-to-be-changed-29", name="DJANGO_SECRET_KEY", kind=K.SIGNING_KEY)
    assert parts_of(found, values=[found.value]) == ("django-secret-key",)


def test_a_value_that_says_what_it_is_spoils_no_name(making: SimpleNamespace) -> None:
    value = "my-telegram-bot-token-of-november-7361"
    found = making.finding("a.py", value, name="TELEGRAM_BOT_TOKEN", kind=K.API_KEY, title="Telegram bot token")
    assert parts_of(found, values=[found.value]) == ("telegram-bot-token",)
    found = making.finding("a.py", value, name="TELEGRAM_BOT_TOKEN", kind=K.API_KEY)
    assert parts_of(found, values=[found.value]) == ("credential-1",)


@pytest.mark.parametrize("value", ["e\u20ac\u00a7#%&(!$?=+*~", "credential \u20ac\u00a7#%&(!$?=+*~"])
def test_what_is_left_of_a_value_without_letters_spoils_not_every_name(making: SimpleNamespace, value: str) -> None:
    found = making.finding("a.py", value, name="api_token", kind=K.API_KEY)
    assert parts_of(found, values=[SecretValue(value)]) == ("api-token",)
    assert parts_of(making.finding("a.py", value, name="x"), values=[SecretValue(value)]) != ()


def test_a_value_of_everyday_words_spoils_no_name(making: SimpleNamespace) -> None:
    found = making.finding("a.py", making.strong("v"), name="SECRET_KEY", kind=CredentialKind.SIGNING_KEY)
    assert parts_of(found, values=[SecretValue("SECRET_KEY")]) == ("secret-key",)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"name": "DB_PASSWORD"}, "db"),
        ({"name": "POSTGRES_PASSWORD"}, "db"),
        ({"name": "ANALYTICS_DB_PASSWORD"}, "analytics-db"),
        ({"name": "password", "engine": "postgres"}, "db"),
        (
            {"name": "PASSWORD", "role": Role.ENTRY, "engine": "postgres", "literal": {"symbol": "DATABASES.default"}},
            "db",
        ),
        (
            {"name": "PASSWORD", "role": Role.ENTRY, "engine": "mysql", "literal": {"symbol": "DATABASES.reports"}},
            "reports-db",
        ),
        ({"name": None, "engine": "smtp"}, "smtp-password"),
        ({"name": "password", "engine": "redis"}, "redis-password"),
        ({"name": "STRIPE_SECRET_KEY", "kind": K.API_KEY}, "stripe-secret-key"),
        ({"name": "api_key", "kind": K.API_KEY, "provider": "Stripe"}, "stripe-api-key"),
        ({"name": "stripeApiKey", "kind": K.API_KEY, "provider": "Stripe"}, "stripe-api-key"),
        ({"name": "SECRET_KEY", "kind": K.SIGNING_KEY, "rule": "django-secret-key"}, "django-secret-key"),
        ({"name": "Authorization", "kind": K.API_KEY, "provider": "GitHub"}, "github-api-key"),
        ({"name": "K", "kind": K.API_KEY, "rule": "own-acme", "provider": "this repository"}, "acme-api-key"),
        ({"name": "API_TOKEN_PROD", "kind": K.API_KEY}, "api-token"),
        ({"name": None, "kind": K.PRIVATE_KEY}, "private-key"),
        ({"name": "MAIL_PASSWORD"}, "mail-password"),
        (
            {"name": "url", "kind": K.URL, "provider": "DingTalk", "env": "DINGTALK_WEBHOOK_URL"},
            "dingtalk-webhook-url",
        ),
        ({"name": "BUILDS_URL", "kind": K.URL, "provider": "Slack", "env": "SLACK_WEBHOOK_URL"}, "builds-url"),
        ({"name": "authorization", "kind": K.API_KEY, "provider": "JSON Web Token"}, "jwt-api-key"),
        (
            {
                "name": "bot",
                "role": Role.POSITIONAL,
                "kind": K.API_KEY,
                "provider": "Telegram",
                "env": "TELEGRAM_BOT_TOKEN",
            },
            "telegram-bot-token",
        ),
        ({"name": None, "kind": K.SIGNING_KEY, "rule": "pyjwt-key"}, "jwt-signing-key"),
        ({"name": "key", "kind": K.SIGNING_KEY}, "signing-key"),
        ({"name": "genius", "role": Role.POSITIONAL, "kind": K.API_KEY}, "genius-api-key"),
        ({"name": "shop_token", "role": Role.POSITIONAL, "kind": K.API_KEY}, "shop-token"),
        ({"name": "appid", "kind": K.API_KEY, "provider": "OpenWeather"}, "openweather-appid"),
    ],
)
def test_what_a_secret_is_called(making: SimpleNamespace, fields: dict[str, Any], part: str) -> None:
    assert parts_of(making.finding("a.py", "hunter2", **fields)) == (part,)


def test_two_logins_are_told_apart_by_where_they_stand(making: SimpleNamespace) -> None:
    found = [making.finding(f"shop/{stem}.py", stem, name="DB_PASSWORD") for stem in ("orders", "stock")]
    assert parts_of(*found) == ("orders-db", "stock-db")


def test_of_two_that_could_bear_one_name_neither_does(making: SimpleNamespace) -> None:
    found = [
        making.finding(f"{folder}/app.py", making.strong(folder), name="API_TOKEN", kind=K.API_KEY)
        for folder in ("billing", "orders")
    ]
    assert parts_of(*found) == ("billing-api-token", "orders-api-token")


def test_rivals_that_nothing_tells_apart_are_numbered(making: SimpleNamespace) -> None:
    found = [
        making.finding("app.py", making.strong(seed), name="API_TOKEN", kind=K.API_KEY, at=at, literal={"symbol": "f"})
        for at, seed in enumerate("abc")
    ]
    assert parts_of(*found) == ("api-token", "api-token-2", "api-token-3")


def test_rivals_are_numbered_under_what_the_fewest_share(making: SimpleNamespace) -> None:
    found = [
        making.finding("shop/users.py", seed, name="password", at=at, literal={"symbol": symbol})
        for at, (seed, symbol) in enumerate([("a", "seed"), ("b", "reset"), ("c", "reset"), ("d", "check")])
    ]
    assert parts_of(*found) == ("seed-password", "reset-password", "reset-password-2", "check-password")


def test_a_name_keeps_the_number_at_its_end(making: SimpleNamespace) -> None:
    found = [making.finding("app.py", name, name=name, kind=K.API_KEY) for name in ("HMAC_KEY", "HMAC_KEY_2")]
    assert parts_of(*found) == ("hmac-key", "hmac-key-2")


def test_a_long_name_is_cut_between_words(making: SimpleNamespace) -> None:
    (part,) = parts_of(making.finding("a.py", "hunter2", name="_".join(["partner"] * 7 + ["password"])))
    assert part == "-".join(["partner"] * 7)


def test_the_name_of_a_variable_as_a_value_spoils_no_name(making: SimpleNamespace) -> None:
    found = making.finding("a.py", making.strong("v"), name="DJANGO_SECRET_KEY", kind=CredentialKind.SIGNING_KEY)
    assert parts_of(found, values=[SecretValue("DJANGO_SECRET_KEY")]) == ("django-secret-key",)


@pytest.mark.parametrize(
    ("imported", "texts", "part"),
    [
        ((), ["SECRET_KEY = 1"], "secret-key"),
        (("flask", "flask.Flask"), ["SECRET_KEY = 1"], "secret-key"),
        (("django.core.management",), ["SECRET_KEY = 1"], "django-secret-key"),
        ((), ['INSTALLED_APPS = ["django.contrib.auth"]'], "django-secret-key"),
    ],
)
def test_a_name_claims_only_a_framework_that_the_project_shows(
    making: SimpleNamespace, imported: tuple[str, ...], texts: list[str], part: str
) -> None:
    found = making.finding(
        "settings.py", making.strong("k"), name="SECRET_KEY", kind=K.SIGNING_KEY, rule="django-secret-key"
    )
    shown = shown_frameworks(imported, texts)
    kinds = {"settings.py": Kind.PYTHON}
    assert name_parts(drafts_of(found), kinds=kinds, values=(), frameworks=shown) == (part,)


def test_the_same_name_in_two_environments_is_free(making: SimpleNamespace) -> None:
    found = [making.finding(path, path, name="DB_PASSWORD", role=Role.VARIABLE) for path in (".env.dev", ".env.prod")]
    drafts = drafts_of(*found)
    parts = name_parts(drafts, kinds=dict.fromkeys((".env.dev", ".env.prod"), Kind.DOTENV), values=())
    names = [
        full_name(draft, app="shop", part=part, store="secretsmanager")
        for draft, part in zip(drafts, parts, strict=True)
    ]
    assert names == ["dev/shop/db", "prod/shop/db"]


def test_an_end_that_looks_like_an_arns_gets_a_word(making: SimpleNamespace) -> None:
    (draft,) = drafts_of(making.finding("a.py", "x", name="stripe_secret"))
    assert full_name(draft, app="shop", part="stripe-secret", store="secretsmanager") == "prod/shop/stripe-secret-value"


def test_names_of_a_pair_and_of_its_parameters(making: SimpleNamespace) -> None:
    where: dict[str, Any] = {"container": Span(0, 90)}
    (draft,) = drafts_of(
        making.finding("a.py", "i", name="PARTNER_ACCESS_KEY_ID", kind=K.ACCESS_KEY_ID, literal=where),
        making.finding("a.py", "k", name="PARTNER_SECRET_ACCESS_KEY", kind=K.ACCESS_KEY, at=9, literal=where),
    )
    kinds = {"a.py": Kind.PYTHON}
    assert name_parts([draft], kinds=kinds, values=()) == ("partner-access-key",)
    assert variables([draft], ["partner-access-key"], app="shop", read=()) == (
        ("PARTNER_ACCESS_KEY_ID", "PARTNER_SECRET_ACCESS_KEY"),
    )
    assert name_parts(by_parameter(draft), kinds=kinds, values=()) == (
        "partner-access-key-id",
        "partner-secret-access-key",
    )


ROWS = st.lists(
    st.tuples(st.text(max_size=20), st.sampled_from(list(K)), st.sampled_from([Role.ASSIGNMENT, Role.ENV_DEFAULT])),
    max_size=8,
)


@given(ROWS)
def test_names_and_variables_are_unique_and_good_in_both_stores(making: SimpleNamespace, rows: list[Any]) -> None:
    found = [
        making.finding(
            "a.py", f"{index}", name=name, kind=kind, role=Role.ASSIGNMENT, at=index * 10, literal={"symbol": name}
        )
        for index, (name, kind, _) in enumerate(rows)
    ]
    drafts = drafts_of(*found)
    parts = name_parts(drafts, kinds={"a.py": Kind.PYTHON}, values=())
    assert len(set(parts)) == len(drafts)
    for store in ("secretsmanager", "parameterstore"):
        for draft, part in zip(drafts, parts, strict=True):
            assert name_problem(full_name(draft, app="shop", part=part, store=store), store) is None
    recorded = [name for names in variables(drafts, parts, app="shop", read=()) for name in names]
    assert len(set(recorded)) == len(recorded)
    assert not any(is_reserved(name) for name in recorded)
