"""What the name of a file says of the one value in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.model import Document
from scanner.readers.wholefile import literal_of, name_of

NAMES = {
    "secrets/db_password.txt": "db_password",
    "secrets/DB_PASSWORD": "DB_PASSWORD",
    "config/master.key": "master_key",
    ".vault_pass": "vault_pass",
    ".vault_pass.txt": "vault_pass",
    "api.token": "api_token",
    "token": "token",
    "secret.txt": "secret",
}
NONE = ("README", "VERSION.txt", "db_password.py", "password.html", "secrets.yaml", "secrets/readme.txt", ".npmrc", "")


@pytest.mark.parametrize(("path", "name"), NAMES.items())
def test_a_name_that_tells(path: str, name: str) -> None:
    assert name_of(path) == name


@pytest.mark.parametrize("path", NONE)
def test_a_name_that_tells_nothing(path: str) -> None:
    assert name_of(path) is None


@pytest.mark.parametrize(("text", "whole"), [("NAME=value-1", False), ("dmFsdWU=", True), ("dmFsdWVz==", True)])
def test_an_assignment_is_no_value_of_the_file(
    text: str, whole: bool, document: Callable[[str, str], Document]
) -> None:
    for path in (".env.secret", "prod.secret", "secrets/token"):
        assert (literal_of(document(path, f"{text}\n")) is not None) is whole, path
