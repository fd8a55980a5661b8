"""Compose files: a value becomes a variable, all else reads as before, and what would change more is refused."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.compose import references_path
from fixers.model import RefusalReason
from fixers.plan import PlanOptions
from fixers.planning import planned
from scanner.model import CredentialKind

VARIABLE = "${DB_PASSWORD:?start compose by unhardcode run}"
POINTER = "{{resolve:secretsmanager:prod/shop/db:SecretString:password}}"


def service(value: str, more: str = "") -> str:
    return f"services:\n  db:\n    image: postgres:16\n    environment:\n      PASSWORD: {value}\n{more}"


REFUSED = {
    "a dollar, which compose writes twice": ("open$$sesame", '"{}"', RefusalReason.DYNAMIC),
    "a number of another notation": ("012345670123", "{}", RefusalReason.DYNAMIC),
    "a float": ("12345.670", "{}", RefusalReason.DYNAMIC),
    "a comment": ("opensesame", "x  # {}", RefusalReason.COMMENT),
    "a tag": ("opensesame", "!Secret {}", RefusalReason.POSITION_NOT_SUPPORTED),
}


@pytest.mark.parametrize(("secret", "form", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(secret: str, form: str, reason: RefusalReason, tried: Callable[..., Any]) -> None:
    run = tried("docker-compose.yml", service(form.format(secret)), secret)
    assert run.refusals == [reason]
    assert run.after == {"docker-compose.yml": service(form.format(secret))}


def test_refuses_a_password_that_its_url_encodes(tried: Callable[..., Any]) -> None:
    text = service("postgres://shop:open%40sesame@db/shop")
    run = tried("docker-compose.yml", text, "open%40sesame", kind=CredentialKind.URL, value="open@sesame", whole=text)
    assert run.refusals == [RefusalReason.DYNAMIC]


def test_refuses_a_file_that_is_no_yaml(tried: Callable[..., Any]) -> None:
    run = tried("docker-compose.yml", "services:\n\tdb: opensesame\n", "opensesame")
    assert run.refusals == [RefusalReason.NOT_PARSABLE]


def test_a_default_that_a_file_beside_sets_is_never_used(tried: Callable[..., Any]) -> None:
    run = tried(
        "docker-compose.yml", service("${PW:-opensesame}"), "opensesame", files={".env": "PW=x\n"}
    )  # fmt: skip
    assert run.refusals == [RefusalReason.DYNAMIC]
    assert ".env" in run.detail


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("opensesame", VARIABLE),
        ("'opensesame'  # ours", f"'{VARIABLE}'  # ours"),
        ('"opensesame"', f'"{VARIABLE}"'),
        ("redis://:opensesame@cache/0", f"redis://:{VARIABLE}@cache/0"),
        ("[--password, opensesame]", f'[--password, "{VARIABLE}"]'),
        ("{P: a opensesame b}", f'{{P: "a {VARIABLE} b"}}'),
        (">-\n        opensesame\n        more", f">-\n        {VARIABLE}\n        more"),
        ("${PW:-opensesame}", "${PW:?start compose by unhardcode run}"),
        ("${PW-opensesame}:x", "${PW:?start compose by unhardcode run}:x"),
        ("&anchor opensesame", f"&anchor {VARIABLE}"),
    ],
)
def test_only_the_value_is_replaced(value: str, expected: str, tried: Callable[..., Any]) -> None:
    run = tried("deploy/compose.yaml", service(value), "opensesame")
    assert run.refusals == []
    assert run.after["deploy/compose.yaml"] == service(expected)
    variable = "PW" if "PW" in value else "DB_PASSWORD"
    assert run.after["deploy/compose.secrets.env"].splitlines()[1:] == [f"{variable}={POINTER}"]


def test_one_secret_in_several_places_is_one_variable_and_two_are_two(tried: Callable[..., Any]) -> None:
    text = service("opensesame", "      TOKEN: abracadabra\n      URL: a://u:opensesame@h\n")
    run = tried("docker-compose.yml", text, "opensesame", "abracadabra")
    assert run.after["docker-compose.yml"].count(VARIABLE) == 2
    assert run.after["docker-compose.secrets.env"].splitlines()[1:] == [
        f"DB_PASSWORD={POINTER}",
        "P1={{resolve:ssm-secure:/prod/shop/p1}}",
    ]


@pytest.mark.parametrize(
    "files",
    [
        {".env": "DB_PASSWORD=x\n"},
        {"docker-compose.override.yml": "services:\n  a:\n    command: run $DB_PASSWORD\n"},
        {"docker-compose.prod.yml": "services:\n  a:\n    environment:\n      - DB_PASSWORD\n"},
    ],
)
def test_a_variable_that_means_something_else_is_not_taken(files: dict[str, str], tried: Callable[..., Any]) -> None:
    run = tried("docker-compose.yml", service("opensesame"), "opensesame", files=files)
    assert "${SHOP_DB_PASSWORD:?" in run.after["docker-compose.yml"]


def test_references_that_are_there_already_are_added_to(tried: Callable[..., Any]) -> None:
    there = "OTHER={{resolve:ssm-secure:/prod/shop/other}}"
    run = tried("docker-compose.yml", service("opensesame"), "opensesame", files={"docker-compose.secrets.env": there})
    assert run.after["docker-compose.secrets.env"] == f"{there}\nDB_PASSWORD={POINTER}\n"
    there = f"DB_PASSWORD={POINTER}\n"
    run = tried("docker-compose.yml", service("opensesame"), "opensesame", files={"docker-compose.secrets.env": there})
    assert run.after["docker-compose.secrets.env"] == there


def test_the_file_of_references_is_called_after_its_compose_file() -> None:
    assert references_path("a/docker-compose.prod.yml") == "a/docker-compose.prod.secrets.env"
    assert references_path("compose.YAML") == "compose.secrets.env"


_TEXT = st.text(string.ascii_letters + string.digits + " :#-&*!|>'\"%@`{}[],?=~/\\é\t", min_size=0, max_size=12)
_SECRET = st.text(string.ascii_letters + string.digits + "!-_.~*'()=+,;:@/#%&? ", min_size=6, max_size=24).filter(
    lambda text: text.strip() == text and not text.startswith(("${", "012"))
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_TEXT, after=_TEXT, secret=_SECRET, style=st.sampled_from(["", "'", '"']), flow=st.booleans())
def test_whatever_stands_around_it_reads_as_before(
    before: str, after: str, secret: str, style: str, flow: bool, tried: Callable[..., Any]
) -> None:
    """The document without the edit is the oracle: with the variable filled in it must read the same."""
    shown = yaml.dump(before + secret + after, default_style=style or None, allow_unicode=True, width=10_000)
    value = shown.removesuffix("\n").removesuffix("\n...")
    text = f"services: {{db: {{image: x, environment: {{P: {value}}}}}}}\n" if flow else service(value)
    if text.count(secret) != 1 or "\n" in value:
        return
    try:
        original = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    run = tried("docker-compose.yml", text, secret)
    if run.refusals:
        assert run.after["docker-compose.yml"] == text
        return
    changed = yaml.safe_load(run.after["docker-compose.yml"])
    assert secret not in run.after["docker-compose.yml"]
    assert _filled(changed, secret) == original


def _filled(node: Any, secret: str) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, secret) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(each, secret) for each in node]
    return node.replace(VARIABLE, secret) if isinstance(node, str) else node


def test_dotenv_reads_what_is_written(tried: Callable[..., Any]) -> None:
    import io

    run = tried("docker-compose.yml", service("opensesame"), "opensesame")
    assert dotenv_values(stream=io.StringIO(run.after["docker-compose.secrets.env"])) == {"DB_PASSWORD": POINTER}


def test_a_link_in_the_place_of_the_references_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(service("opensesame"))
    (tmp_path / "outside").write_text("")
    (tmp_path / "docker-compose.secrets.env").symlink_to(tmp_path / "outside")
    plan = planned(tmp_path, PlanOptions(app="shop")).plan
    assert [refusal.reason for refusal in plan.refusals] == [RefusalReason.LINKED]
    assert plan.fixes == ()


def test_the_command_that_starts_it_can_be_copied_whatever_the_folder_is_called(tried: Callable[..., Any]) -> None:
    run = tried("my deploy/compose.yml", service("opensesame"), "opensesame")
    (note,) = [note for note in run.result.notes if "start it with" in note]
    assert "--env-file 'my deploy/compose.secrets.env' -- docker compose -f 'my deploy/compose.yml' up" in note
