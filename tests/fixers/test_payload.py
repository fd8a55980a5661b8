"""What is stored for a planned secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.model import Member, PlannedSecret
from fixers.payload import TEMPLATE_KEYS, environment_text, field_of, payload
from scanner.errors import FixError
from scanner.model import SecretValue

NOT_TEXT = b"\xff\xfe\x00key"


def member(key: str | None, value: str | bytes) -> Member:
    return Member(key=key, env="DB_PASSWORD", value=SecretValue(value), digest="", findings=())


def planned(*members: Member, **fields: Any) -> PlannedSecret:
    return PlannedSecret(
        **{
            "name": "prod/shop/db",
            "store": "secretsmanager",
            "type": "SecretString",
            "tier": None,
            "kms_key": None,
            "members": members,
            "constants": (),
            "action": "create",
            "reason": "",
            "rotation": "manual",
            "monthly_cost": 0.4,
            **fields,
        }
    )


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(planned(member(None, NOT_TEXT)), id="bytes that are no text as SecretString"),
        pytest.param(planned(member("password", NOT_TEXT), member("key", "x")), id="bytes that are no text in JSON"),
        pytest.param(planned(member("password", "a"), member("password", "b")), id="two members at one key"),
        pytest.param(planned(member(None, "a"), member("password", "b")), id="a member without a key among others"),
        pytest.param(planned(member("host", "a"), constants=(("host", "b"),)), id="a member at the key of a constant"),
    ],
)
def test_what_would_lose_a_value_is_refused_without_quoting_it(secret: PlannedSecret) -> None:
    with pytest.raises(FixError, match="prod/shop/db") as caught:
        payload(secret)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("value", ["plain", "with\nnewline\n", "é€😀", '{"a": 1}', " spaces "])
def test_one_value_without_a_key_is_stored_as_it_is(value: str) -> None:
    assert payload(planned(member(None, value))).reveal() == value


def test_bytes_that_are_text_are_stored_as_text() -> None:
    assert payload(planned(member(None, "é".encode()))).reveal() == "é"


def test_binary_secret_keeps_its_bytes() -> None:
    assert payload(planned(member(None, NOT_TEXT), type="SecretBinary")).reveal() == NOT_TEXT


def test_database_login_has_the_shape_of_the_rotation_templates() -> None:
    constants = (("port", "5432"), ("dbname", "shop"), ("host", "db.internal"), ("engine", "postgres"), ("extra", "1"))
    secret = planned(member("password", "p@ss"), member("username", "shop"), constants=constants)
    stored = payload(secret).reveal()
    assert stored == (
        '{"engine":"postgres","host":"db.internal","username":"shop","password":"p@ss","dbname":"shop","port":5432,"extra":"1"}'
    )
    assert list(json.loads(stored))[:6] == list(TEMPLATE_KEYS)


@pytest.mark.parametrize("port", ["", "05432", "${PORT}", "5432 ", "٥٤"])
def test_port_that_is_no_plain_number_stays_text(port: str) -> None:
    stored = payload(planned(member("password", "p"), constants=(("port", port),))).reveal()
    assert json.loads(stored)["port"] == port


@given(values=st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_every_member_reads_back_equal_from_the_json(values: dict[str, str]) -> None:
    stored = payload(planned(*(member(key, value) for key, value in values.items()))).reveal()
    assert json.loads(stored) == values


@given(value=st.text())
def test_text_stands_in_a_variable_as_it_is(value: str) -> None:
    assert environment_text(SecretValue(value)) == value


@pytest.mark.parametrize("value", [NOT_TEXT, b"", b"a\0b", b"base64:eA==", b"{{resolve:ssm:x}}"])
def test_bytes_that_a_variable_cannot_hold_as_text_are_encoded(value: bytes) -> None:
    assert environment_text(SecretValue(value)).startswith("base64:")


@pytest.mark.parametrize(
    ("stored", "key", "read"),
    [
        ("word", None, "word"),
        ('{"port": 5432, "on": true, "none": null}', "port", "5432"),
        ('{"on": true}', "on", "true"),
        ('{"a": {"b": 1}}', "a", '{"b": 1}'),
        ('{"a": "b"}', "a", "b"),
        ('{"a": "b"}', "c", None),
        ('["a"]', "a", None),
        ("word", "a", None),
    ],
)
def test_a_field_is_what_the_generated_module_reads(stored: str, key: str | None, read: str | None) -> None:
    assert field_of(SecretValue(stored), key) == (None if read is None else SecretValue(read))
