"""Encoded values: what holds a credential is found as a whole, and judged by what it says in plain."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest

from scanner.model import Confidence, CredentialKind, Finding

Find = Callable[..., list[Finding]]
RULE = "encoded-credentials"


def drawn(seed: str, length: int = 20) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secret(*rows: str, kind: str = "Secret") -> str:
    data = "".join(f"  {row}\n" for row in rows)
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: shop\ndata:\n{data}"


HARMLESS = {
    "a text": b64("nothing but a friendly greeting to everybody"),
    "a URL without a password": b64("https://shop.internal/some/where?page=2"),
    "a URL with a placeholder": b64("postgres://user:password@localhost/shop"),
    "a template": b64("postgres://shop:${DB_PASSWORD}@db.shop.internal/shop"),
    "a message about passwords": b64("the password: must have eight characters"),
    "a picture": base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode(),
    "an empty password": b64('{"user": "shop", "password": ""}'),
    "a public key": b64("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----"),
}


@pytest.mark.parametrize("value", HARMLESS.values(), ids=HARMLESS)
@pytest.mark.parametrize(("path", "form"), [("shop/app.py", 'LOGO = "{}"\n'), ("k8s/secret.yaml", secret("logo: {}"))])
def test_what_holds_no_credential_is_none(find: Find, path: str, form: str, value: str) -> None:
    found = find(path, form.format(value))
    assert [each for each in found if each.confidence is not Confidence.LOW] == []


@pytest.mark.parametrize("plain", ["changeme", "<password>", "${DB_PASSWORD}", "{{ password }}", ""])
def test_a_placeholder_in_a_kubernetes_secret_is_one_in_base_64_too(find: Find, plain: str) -> None:
    found = find("k8s/secret.yaml", secret(f"password: {b64(plain)}"))
    assert [each for each in found if each.confidence is not Confidence.LOW] == []


URL = f"postgres://shop:{drawn('url')}@db.shop.internal:5432/shop"
HOLDING = {
    "a URL": URL,
    "docker's configuration": json.dumps({"auths": {"registry.shop.internal": {"auth": b64(f"ci:{drawn('docker')}")}}}),
    "AWS keys in JSON": json.dumps({"aws_secret_access_key": drawn("aws", 40), "region": "eu-west-1"}),
    "INI text": f"[db]\nhost = db.shop.internal\npassword = {drawn('ini')}\n",
    "lines of an environment file": f"DEBUG=0\nDB_PASSWORD={drawn('env')}\n",
}


@pytest.mark.parametrize("plain", HOLDING.values(), ids=HOLDING)
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("shop/app.py", 'import base64\nX = base64.b64decode("{}")\n'),
        ("k8s/secret.yaml", secret("x: {}")),
        (".env", "X_B64={}\n"),
        ("ci/run.sh", "echo {} | base64 -d > x\n"),
    ],
)
def test_a_credential_in_base_64_is_found_as_the_whole_value(
    find: Find, spans: Callable[[str, list[Finding]], list[str]], path: str, form: str, plain: str
) -> None:
    text = form.format(b64(plain))
    (found,) = find(path, text, rule=RULE)
    assert found.confidence is not Confidence.LOW
    assert found.kind is CredentialKind.CREDENTIALS
    assert spans(text, [found]) == [b64(plain)]
    # What a fix moves is what the program sees: the encoded text.
    assert found.value is not None
    assert found.value.reveal("text") == b64(plain)
    assert "encoded" in {piece.name for piece in found.evidence}
    assert found.score == pytest.approx(sum(piece.weight for piece in found.evidence), abs=0.01)


@pytest.mark.parametrize(
    "value",
    [b64(b64(URL)), quote(URL.replace("postgres", "https"), safe=""), f"password={drawn('hex')}".encode().hex()],
    ids=["base 64 twice", "percent", "hexadecimal"],
)
def test_other_encodings_are_read_too(find: Find, value: str) -> None:
    (found,) = find("shop/app.py", f'X = "{value}"\n', rule=RULE)
    assert found.confidence is not Confidence.LOW


def test_three_layers_are_not_taken_off(find: Find) -> None:
    assert find("shop/app.py", f'X = "{b64(b64(b64(URL)))}"\n', rule=RULE) == []


def test_only_a_secret_has_data_in_base_64(find: Find) -> None:
    row = f"password: {b64('changeme')}"
    assert find("k8s/map.yaml", secret(row, kind="ConfigMap")) != []


def test_what_a_secret_names_is_judged_by_what_it_says_in_plain(find: Find) -> None:
    (found,) = find("k8s/secret.yaml", secret(f"db-password: {b64(drawn('named'))}"))
    assert found.rule == "named-password"
    assert found.confidence is Confidence.HIGH


def test_values_beyond_the_bound_are_not_decoded(find: Find) -> None:
    rows = [f'x{number} = "{b64(URL + str(number))}"' for number in range(250)]
    assert len(find("shop/app.py", "\n".join(rows) + "\n", rule=RULE)) == 200
