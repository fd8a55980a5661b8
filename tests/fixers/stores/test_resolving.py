"""References are read as they are meant: each secret once, parameters ten at a time, keys and versions picked."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fixers.references import bare_reference, reference
from fixers.runtime import module
from fixers.stores import parameterstore
from fixers.stores.forms import Reference
from fixers.stores.model import UnreadError
from fixers.stores.notation import parsed
from fixers.stores.resolving import read_references
from scanner.errors import StoreError
from scanner.model import SecretValue


class Client:
    """Answers as both services do, and records what it was asked."""

    meta = SimpleNamespace(region_name="eu-west-1")

    def __init__(self, stored: dict[str, Any]) -> None:
        self.stored = stored
        self.asked: list[dict[str, Any]] = []

    def get_secret_value(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if asked["SecretId"] not in self.stored:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "x"}}, "GetSecretValue")
        value = self.stored[asked["SecretId"]]
        return {"SecretBinary": value} if isinstance(value, bytes) else {"SecretString": value}

    def get_parameters(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        assert len(asked["Names"]) <= 10
        assert asked["WithDecryption"]
        names = [name.split(":") for name in asked["Names"]]
        found = [
            {"Name": name[0], "Value": self.stored[name[0]], **({"Selector": f":{name[1]}"} if name[1:] else {})}
            for name in names
            if name[0] in self.stored
        ]
        return {"Parameters": list(reversed(found))}

    def get_paginator(self, name: str) -> Any:
        assert name == "get_parameters_by_path"

        def paginate(**asked: Any) -> list[dict[str, Any]]:
            self.asked.append(asked)
            return [{"Parameters": [{"Name": name, "Value": value}]} for name, value in self.stored.items()]

        return SimpleNamespace(paginate=paginate)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "{{resolve:vault:x}}",
        "{{resolve:ssm-secure:/a",
        "resolve:ssm-secure:",
        "{{resolve:ssm:/a}} and more",
    ],
)
def test_other_texts_are_no_references(text: str) -> None:
    assert parsed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "{{resolve:secretsmanager:a}}",
        "resolve:secretsmanager:a:SecretString:k",
        "{{resolve:secretsmanager:a:SecretString:k:s:v}}",
        "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:a:SecretString:k}}",
        "resolve:secretsmanager:a:b:c",
        "{{resolve:secretsmanager:a:SecretString:k:s:v:more}}",
        "resolve:ssm:/a:3",
        "{{resolve:ssm-secure:/a}}",
        "resolve:ssm-secure:",
    ],
)
def test_the_generated_module_understands_the_same(text: str) -> None:
    inside = text[2:-2] if text.startswith("{{") else text
    theirs, ours = module._REFERENCE.fullmatch(inside), parsed(text)
    assert (theirs is None) is (ours is None)
    if theirs is not None and ours is not None:
        assert (theirs["parameter"] or theirs["secret"], theirs["key"] or "") == (ours.name, ours.key)


def test_what_cannot_be_read_is_told_of_the_reference_itself() -> None:
    client = Client({"prod/db": "x"})
    wanted = [Reference(store="secretsmanager", name=name) for name in ("prod/db", "prod/db2")]
    with pytest.raises(UnreadError, match="prod/db2") as raised:
        read_references(wanted, lambda store: client)
    assert raised.value.wanted == (wanted[1],)


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("/prod/shop/key", None, Reference(store="parameterstore", name="/prod/shop/key")),
        ("prod/shop/db", None, Reference(store="secretsmanager", name="prod/shop/db")),
        ("prod/shop/db", "password", Reference(store="secretsmanager", name="prod/shop/db", key="password")),
    ],
)
def test_what_is_written_is_understood(name: str, key: str | None, expected: Reference) -> None:
    assert parsed(reference(name, key)) == expected
    assert parsed(bare_reference(name, key)) == expected


def test_an_arn_a_stage_and_a_version_are_understood() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db-a1B2c3"
    assert parsed(f"{{{{resolve:secretsmanager:{arn}:SecretString:password:AWSPREVIOUS}}}}") == Reference(
        store="secretsmanager", name=arn, key="password", stage="AWSPREVIOUS"
    )
    assert parsed(f"{{{{resolve:secretsmanager:{arn}:SecretString:::id}}}}") == Reference(
        store="secretsmanager", name=arn, version="id"
    )


def test_what_is_not_there_is_named(made: Callable[..., str]) -> None:
    client = Client({"a": json.dumps({"k": made(12)})})
    for wanted, words in (
        (Reference(store="secretsmanager", name="b"), "b in eu-west-1"),
        (Reference(store="secretsmanager", name="a", key="other"), "'other'"),
        (Reference(store="parameterstore", name="/b"), "/b in eu-west-1"),
    ):
        with pytest.raises(StoreError, match=words):
            read_references([wanted], lambda store: client)


def test_a_secret_is_asked_for_once_and_parameters_by_ten(made: Callable[..., str]) -> None:
    values = {f"/prod/shop/p{number}": made(12) for number in range(23)}
    client = Client({**values, "db": json.dumps({"user": made(5), "password": made(9), "port": 5432})})
    wanted = [Reference(store="parameterstore", name=name) for name in values]
    wanted += [Reference(store="secretsmanager", name="db", key=key) for key in ("user", "password", "port")]
    wanted.append(Reference(store="parameterstore", name="/prod/shop/p0:3"))
    found = read_references([*wanted, *wanted], lambda store: client)
    assert {each.name: found[each] for each in wanted[:23]} == {
        name: SecretValue(value) for name, value in values.items()
    }
    assert found[wanted[25]] == SecretValue("5432")
    assert found[wanted[26]] == SecretValue(values["/prod/shop/p0"])
    assert [len(asked["Names"]) for asked in client.asked if "Names" in asked] == [10, 10, 4]
    assert [asked for asked in client.asked if "SecretId" in asked] == [
        {"SecretId": "db", "VersionStage": "AWSCURRENT"}
    ]


def test_all_pages_below_a_path_are_read(made: Callable[..., str]) -> None:
    client = Client({"/prod/shop/a": made(9), "/prod/shop/b/c": made(9)})
    read_below = parameterstore.KIND.read_below
    assert read_below is not None
    assert read_below("/prod/shop/", client) == {name: SecretValue(value) for name, value in client.stored.items()}
    assert client.asked == [{"Path": "/prod/shop/", "Recursive": True, "WithDecryption": True}]
