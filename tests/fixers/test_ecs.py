"""Task definitions: entries move from `environment` to `secrets`, in whatever layout they stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.arn_placeholders import arns_of, placeholder, waiting, with_arns
from fixers.model import Edit, Fix, Plan, PlannedSecret, RefusalReason, Safety
from scanner.errors import StoreError
from scanner.model import CredentialKind, Span

ARN = placeholder("prod/shop/db")


def task(environment: str, more: str = "") -> str:
    return f'{{"containerDefinitions": [{{"name": "web", "environment": {environment}{more}}}]}}'


ENTRY = '{"name": "DB_PASSWORD", "value": "opensesame"}'
TAKEN = ', "secrets": [{"name": "DB_PASSWORD"}]'
REFUSED = {
    "a name among the secrets": (task(f"[{ENTRY}]", TAKEN), RefusalReason.NAME_TAKEN),
    "secrets that are no list": (task(f"[{ENTRY}]", ', "secrets": {}'), RefusalReason.POSITION_NOT_SUPPORTED),
    "an entry with more keys": (
        task('[{"name": "A", "value": "opensesame", "x": 1}]'), RefusalReason.POSITION_NOT_SUPPORTED
    ),
    "a command": (task("[]", ', "command": ["opensesame"]'), RefusalReason.POSITION_NOT_SUPPORTED),
    "another container's image": (
        task("[]") + '\n{"containerDefinitions": [{"image": "opensesame", "environment": []}]}',
        RefusalReason.POSITION_NOT_SUPPORTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(text: str, reason: RefusalReason, tried: Callable[..., Any]) -> None:
    run = tried("taskdef.json", text, "opensesame")
    assert run.refusals == [reason]
    assert run.after == {"taskdef.json": text}


def test_a_part_of_a_value_becomes_all_of_it(tried: Callable[..., Any]) -> None:
    text = task('[{"name": "DATABASE_URL", "value": "postgres://u:opensesame@h/d"}]')
    run = tried(
        "taskdef.json", text, "opensesame", kind=CredentialKind.URL, key=None, whole="postgres://u:opensesame@h/d"
    )
    (container,) = json.loads(run.after["taskdef.json"])["containerDefinitions"]
    assert container == {"name": "web", "environment": [], "secrets": [{"name": "DATABASE_URL", "valueFrom": ARN}]}
    assert run.result.proofs[0][0].variables[0][0] == "DATABASE_URL"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (task(f"[{ENTRY}]"), task("[]", f', "secrets": [{{"name": "DB_PASSWORD", "valueFrom": "{ARN}:password::"}}]')),
        (
            '{"containerDefinitions": [\n  {\n    "environment": [\n      {"name": "A", "value": "1"},\n'
            f'      {ENTRY}\n    ],\n    "name": "web"\n  }}\n]}}\n',
            '{"containerDefinitions": [\n  {\n    "environment": [\n      {"name": "A", "value": "1"}\n    ],\n'
            f'    "secrets": [\n      {{"name": "DB_PASSWORD", "valueFrom": "{ARN}:password::"}}\n    ],\n'
            '    "name": "web"\n  }\n]}\n',
        ),
        (
            task(f'[{ENTRY},{{"name": "A", "value": "1"}}]', ', "secrets": [{"name": "B", "valueFrom": "/b"}]'),
            task(
                '[{"name": "A", "value": "1"}]',
                ', "secrets": [{"name": "B", "valueFrom": "/b"}, '
                f'{{"name": "DB_PASSWORD", "valueFrom": "{ARN}:password::"}}]',
            ),
        ),
    ],
)
def test_the_layout_stays(text: str, expected: str, tried: Callable[..., Any]) -> None:
    assert tried("taskdef.json", text, "opensesame").after["taskdef.json"] == expected


def test_a_parameter_is_named_as_it_is(tried: Callable[..., Any]) -> None:
    run = tried("taskdef.json", task(f"[{ENTRY}]"), "opensesame", name="/prod/shop/db", key=None)
    assert '"valueFrom": "/prod/shop/db"' in run.after["taskdef.json"]
    assert not any("ARN" in note for note in run.result.notes)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=6, unique=True),
    hidden=st.sets(st.sampled_from("ABCDEFGH"), min_size=1),
    there=st.sampled_from([None, [], [{"name": "Z", "valueFrom": "/z"}]]),
    indent=st.sampled_from([None, 0, 2, "\t"]),
    first=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_any_entries_of_any_layout_move(
    names: list[str],
    hidden: set[str],
    there: list[dict[str, str]] | None,
    indent: int | str | None,
    first: bool,
    newline: str,
    tried: Callable[..., Any],
) -> None:
    values = {name: f"sesame{name}" if name in hidden else "plain" for name in names}
    environment = [{"name": name, "value": value} for name, value in values.items()]
    container: dict[str, Any] = {"image": "x"} if first else {}
    container |= {} if there is None or not first else {"secrets": there}
    container |= {"environment": environment} | ({} if there is None or first else {"secrets": there}) | {"name": "web"}
    text = json.dumps({"containerDefinitions": [container]}, indent=indent).replace("\n", newline)
    secrets = [values[name] for name in names if name in hidden]
    run = tried("taskdef.json", text, *secrets)
    assert run.refusals == []
    after = json.loads(run.after["taskdef.json"])["containerDefinitions"][0]
    expected = [f"{ARN}:password::", *(f"/prod/shop/p{number}" for number in range(1, 9))]
    moved = [name for name in names if name in hidden]
    assert after["environment"] == [entry for entry in environment if entry["name"] not in hidden]
    if moved:
        assert after["secrets"] == [
            *(there or []),
            *({"name": name, "valueFrom": source} for name, source in zip(moved, expected, strict=False)),
        ]
    kept = {key: value for key, value in container.items() if key not in ("environment", "secrets")}
    assert {key: value for key, value in after.items() if key not in ("environment", "secrets")} == kept


# --- ARNs ---------------------------------------------------------------------------------------------------


def plan_with(new: str) -> Plan:
    edit = Edit(path="taskdef.json", span=Span(0, 0), expects="", new=new)
    secret = PlannedSecret(
        name="prod/shop/db", store="secretsmanager", type="SecretString", tier=None, kms_key=None, members=(),
        constants=(), action="create", reason="", rotation="", monthly_cost=0.0,
    )  # fmt: skip
    fix = Fix(secret="prod/shop/db", title="", safety=Safety.SAFE, findings=(), edits=(edit,), proofs=())
    return Plan(
        env="prod", app="shop", root="/", tree="", secrets=(secret,), fixes=(fix,), refusals=(), new_files=()
    )  # fmt: skip


class Described:
    def __init__(self, arn: str | None) -> None:
        self.arn = arn

    def describe(self, name: str) -> Any:
        return self


@pytest.mark.parametrize("store", [Described(None), type("Empty", (), {"describe": lambda self, name: None})()])
def test_a_store_without_the_arn_fails_before_any_file_changes(store: Any) -> None:
    with pytest.raises(StoreError, match="prod/shop/db"):
        arns_of(plan_with(f"x{ARN}y"), lambda word: store)


def test_arns_take_the_place_of_what_waits_for_them() -> None:
    plan = plan_with(f'"{ARN}:password::"')
    assert waiting(plan) == {"prod/shop/db"}
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db-a1B2c3"
    known = with_arns(plan, arns_of(plan, lambda word: Described(arn)))  # type: ignore[arg-type, return-value]
    assert known.fixes[0].edits[0].new == f'"{arn}:password::"'
    assert not waiting(known)
    assert not waiting(plan_with("x"))
