"""The proof of level `expression`: what does not give the value is never called proven, and no value gets out."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from fixers import _prove_child
from fixers.emulator import embedded_aws
from fixers.model import PlannedSecret, Proof
from fixers.proof import AskedAws, ProofResult, emulated_aws, prove, users_aws
from fixers.runtime.source import module_source
from fixers.stores.model import Endpoint
from fixers.stores.registry import connect
from scanner.identity import digest
from scanner.model import SecretValue

KEY = bytes(range(32))
CHILD = Path(__file__).parents[2] / "fixers/_prove_child.py"
PASSWORD = "p@ss:/w0rd é€{x}" + "generated"
BLOB = bytes(range(256))
PEM = "-----BEGIN X-----\n" + "generated" * 9 + "\n-----END X-----\n"

DATABASE = "get_secret_value('prod/shop/db', 'password', env='DB_PASSWORD')"
VARIABLE = ("DB_PASSWORD", SecretValue(PASSWORD))


@pytest.fixture(scope="module")
def aws() -> Iterator[Endpoint]:
    stored: dict[str, str | bytes] = {
        "prod/shop/db": json.dumps({"password": PASSWORD, "port": 5432}),
        "prod/shop/blob": BLOB,
        "prod/shop/pem": PEM,
        "/prod/shop/api-key": "generated-api-key",
    }
    with embedded_aws() as endpoint:
        for name, value in stored.items():
            store = connect(
                "parameterstore" if name.startswith("/") else "secretsmanager",
                region=endpoint.region,
                endpoint=endpoint.url,
                credentials=(endpoint.access_key, endpoint.secret_key),
            )
            store.create(planned(name), SecretValue(value), tags={}, token=str(uuid.uuid4()))
        yield endpoint


def planned(name: str) -> PlannedSecret:
    return PlannedSecret(
        name=name, store="", type="", tier=None, kms_key=None, members=(), constants=(), action="create", reason="",
        rotation="manual", monthly_cost=0.0,
    )  # fmt: skip


def proof(expression: str, value: str | bytes, *variables: tuple[str, SecretValue]) -> Proof:
    return Proof(path="shop/db.py", line=7, expression=expression, digest=digest(KEY, value), variables=variables)


def proved(aws: Endpoint | AskedAws, *proofs: Proof, **options: Any) -> tuple[ProofResult, ...]:
    asked = aws if isinstance(aws, AskedAws) else emulated_aws(aws)
    return prove(proofs, asked, module_source=module_source(), key=KEY, **options)


def of_users(**said: Any) -> AskedAws:
    return users_aws(functools.partial(connect, region=said.get("region"), profile=said.get("profile")), **said)


REFUSED = [
    pytest.param(DATABASE, "another", (VARIABLE,), (False, False), "another value", id="another value"),
    pytest.param(DATABASE, PASSWORD.encode(), (VARIABLE,), (False, False), "another value", id="bytes instead of text"),
    pytest.param(
        DATABASE, PASSWORD, (("DB_PASSWORD", SecretValue("another")),), (True, False), "variables set",
        id="another value in the variable",
    ),
    pytest.param(
        DATABASE.replace(", env='DB_PASSWORD'", ""), PASSWORD, (VARIABLE,), (True, False), "DB_PASSWORD has no effect",
        id="a variable that is not read",
    ),
    pytest.param(
        DATABASE.replace("shop/db", "shop/none"), PASSWORD, (VARIABLE,), (False, False), "shop/none cannot be read",
        id="a secret that does not exist",
    ),
    pytest.param(
        DATABASE.replace("'password'", "'pass'"), PASSWORD, (VARIABLE,), (False, False), "the key 'pass'",
        id="a key that does not exist",
    ),
    pytest.param("get_secret_value('prod/shop/blob')", BLOB, (), (False, False), "_bytes", id="bytes as text"),
    pytest.param("DATABASES", PASSWORD, (), (False, False), "NameError", id="a name of the file"),
    pytest.param("open('/etc/passwd').read()", PASSWORD, (), (False, False), "NameError", id="a builtin"),
    pytest.param("quote", PASSWORD, (), (False, False), "TypeError", id="no text and no bytes"),
    pytest.param("get_secret_value(", PASSWORD, (), (False, False), "SyntaxError", id="no expression"),
    pytest.param("''.join(" + DATABASE, PASSWORD, (), (False, False), "SyntaxError", id="half an expression"),
]  # fmt: skip


def test_what_is_not_equal_is_not_proven(aws: Endpoint) -> None:
    """All refusals share one process; each is checked with its own reason."""
    cases = [case.values for case in REFUSED]
    results = proved(aws, *(proof(expression, value, *variables) for expression, value, variables, _, _ in cases))
    for case, result in zip(REFUSED, results, strict=True):
        _, _, _, expected, words = case.values
        assert ((result.unset, result.set), words in (result.error or "")) == (expected, True), (case.id, result.error)
        assert PASSWORD not in (result.error or "")


PARAMETER_CALL = "boto3.client('ssm').get_parameter(Name={}, WithDecryption=True)['Parameter']['Value']"


def stored(name: str, part: str) -> str:
    return f"boto3.client('secretsmanager').get_secret_value(SecretId='{name}')['{part}']"


def test_inline_code_is_proven_with_boto3_itself(aws: Endpoint) -> None:
    cases = [
        (f"json.loads({stored('prod/shop/db', 'SecretString')})['password']", PASSWORD, None),
        (stored("prod/shop/blob", "SecretBinary"), BLOB, None),
        (PARAMETER_CALL.format("'/prod/shop/api-key'"), "generated-api-key", None),
        (PARAMETER_CALL.format("'/' + (os.getenv('X') or 'prod') + '/shop/api-key'"), "generated-api-key", None),
        (PARAMETER_CALL.format("'/prod/shop/api-key'"), "another", "another value"),
        (stored("prod/shop/none", "SecretString"), PASSWORD, "(ResourceNotFoundException)"),
    ]
    results = proved(aws, *(inline(expression, value) for expression, value, _ in cases))
    for (expression, _, words), result in zip(cases, results, strict=True):
        assert (result.unset, result.set) == (words is None, words is None), (expression, result.error)
        assert (words or "") in (result.error or "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ReadTimeoutError(endpoint_url="https://ssm.eu-west-1.amazonaws.com"), "ReadTimeoutError"),
        (NoCredentialsError(), "NoCredentialsError"),
        (ClientError({"Error": {"Code": "ThrottlingException"}}, "GetParameter"), "ClientError (ThrottlingException)"),
    ],
)
def test_inline_code_without_an_answer_is_not_wrong_but_unavailable(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def client(service: str) -> None:
        raise error

    monkeypatch.setattr(boto3, "client", client)
    module = ModuleType("app_secrets")
    exec(module_source(), module.__dict__)
    asked = {"expression": PARAMETER_CALL.format("'/prod/shop/api-key'"), "digest": digest(KEY, "x"), "variables": {}}
    found = _prove_child.evaluated(module, KEY, asked)
    assert (found["unset"], found["unavailable"]) == (False, True)
    assert found["error"] == f"the new expression fails with {words}"


def inline(expression: str, value: str | bytes) -> Proof:
    return replace(proof(expression, value), style="inline")


def test_code_for_the_extension_is_proven_by_a_stand_in_and_reaches_no_aws(aws: Endpoint) -> None:
    cases = [
        (proof(DATABASE, PASSWORD, VARIABLE), None),
        (proof("get_secret_bytes('prod/shop/blob', env='BLOB')", BLOB, ("BLOB", SecretValue(BLOB))), None),
        (proof("get_secret_value('prod/shop/pem')", PEM), None),
        (proof("get_secret_value('/prod/shop/api-key')", "generated-api-key"), None),
        (proof("(await aget_secret_value('/prod/shop/api-key'))", "generated-api-key"), None),
        (proof(DATABASE.replace("shop/db", "shop/none"), PASSWORD, VARIABLE), "secretsmanager:GetSecretValue"),
        (proof("get_secret_value('/prod/shop/none')", PASSWORD), "ssm:GetParameter"),
        (inline(PARAMETER_CALL.format("'/prod/shop/api-key'"), "generated-api-key"), "fails with"),
    ]
    given = [replace(one, style="extension") for one, _ in cases]
    results = prove(given, emulated_aws(aws), module_source=module_source("extension"), key=KEY)
    for (one, words), result in zip(cases, results, strict=True):
        assert (result.unset, result.set) == (words is None, words is None), (one.expression, result.error)
        assert (words or "") in (result.error or "")
        assert PASSWORD not in (result.error or "")


def test_an_awaited_call_is_proven_as_it_stands(aws: Endpoint) -> None:
    expression = f"'x' + (await a{DATABASE})"
    (equal, other) = proved(aws, proof(expression, f"x{PASSWORD}", VARIABLE), proof(expression, PASSWORD, VARIABLE))
    assert (equal.unset, equal.set, other.unset, other.set) == (True, True, False, False)


def test_equal_values_are_proven_both_ways(aws: Endpoint) -> None:
    url = f"postgresql://shop:{quote(PASSWORD, safe='')}@db:5432/shop"
    reference = SecretValue("{{resolve:secretsmanager:prod/shop/db:SecretString:password}}")
    results = proved(
        aws,
        proof(DATABASE, PASSWORD, VARIABLE),
        proof(DATABASE, PASSWORD, ("DB_PASSWORD", reference)),
        proof(f'f"postgresql://shop:{{quote({DATABASE}, safe=\'\')}}@db:5432/shop"', url, VARIABLE),
        proof(f"  {DATABASE}\n", PASSWORD, VARIABLE),
        proof(f"{DATABASE}.encode('utf-8')", PASSWORD.encode(), VARIABLE),
        proof("get_secret_value('prod/shop/db', 'port')", "5432"),
        proof("get_secret_bytes('prod/shop/blob', env='BLOB')", BLOB, ("BLOB", SecretValue(BLOB))),
        proof("get_secret_value('prod/shop/pem', env='PEM')", PEM, ("PEM", SecretValue(PEM))),
        proof("get_secret_bytes('prod/shop/pem', env='PEM')", PEM.encode(), ("PEM", SecretValue(PEM.encode()))),
        proof("get_secret_value('/prod/shop/api-key', env='API_KEY')", "generated-api-key",
              ("API_KEY", SecretValue("generated-api-key"))),
    )  # fmt: skip
    assert [(result.unset, result.set, result.error) for result in results] == [(True, True, None)] * 10


def test_results_are_in_the_order_of_the_proofs_and_carry_them(aws: Endpoint) -> None:
    proofs = [replace(proof(DATABASE, PASSWORD if line % 2 else "no", VARIABLE), line=line) for line in range(4)]
    results = proved(aws, *proofs)
    assert all(result.proof is given for result, given in zip(results, proofs, strict=True))
    assert [result.unset for result in results] == [False, True, False, True]
    assert proved(aws) == ()


def test_process_that_fails_proves_nothing(aws: Endpoint, tmp_path: Path) -> None:
    given = (proof(DATABASE, PASSWORD, VARIABLE), proof("quote('x')", "x"))
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o755)
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    for python, words in ((tmp_path / "none", "does not start"), (silent, "gave no answer"), (slow, "longer than 0.2")):
        results = proved(aws, *given, python=str(python), timeout=0.2)
        assert [(result.unset, result.set) for result in results] == [(False, False)] * 2
        assert all(words in (result.error or "") for result in results)
    broken = prove(given, emulated_aws(aws), module_source="def broken(:", key=KEY)
    assert all("ended with status 1" in (result.error or "") for result in broken)


def test_users_environment_does_not_get_in(aws: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit(9)\n")
    hostile = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "sitecustomize.py"),
        "DB_PASSWORD": "of the user",
        "SECRETS_ENV": "staging",
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "LC_ALL": "C",
    }
    (result,) = proved(emulated_aws(aws, hostile), proof(DATABASE, PASSWORD, VARIABLE))
    assert (result.unset, result.set, result.error) == (True, True, None)


def test_without_an_endpoint_the_users_aws_is_asked_with_region_and_profile(aws: Endpoint, tmp_path: Path) -> None:
    """As for a real account: a profile in a file, an endpoint in the environment."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile shop]\naws_access_key_id = {aws.access_key}\naws_secret_access_key = {aws.secret_key}\n"
        f"endpoint_url = {aws.url}\n"
    )
    environ = {"PATH": os.environ["PATH"], "AWS_CONFIG_FILE": str(config), "DB_PASSWORD": "of the user"}
    given = proof(DATABASE, PASSWORD, VARIABLE)
    (result,) = proved(of_users(environ=environ, region=aws.region, profile="shop"), given)
    assert (result.unset, result.set, result.error) == (True, True, None)
    (result,) = proved(of_users(environ=environ, profile="shop"), given)
    assert "set AWS_REGION" in (result.error or "")


def test_the_users_certificates_count_for_the_real_aws(tmp_path: Path) -> None:
    """Behind a proxy that opens connections botocore needs them: it would store, and the proof could not read."""
    answer = json.dumps([{"unset": True, "set": True, "error": None, "unavailable": False}])
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n[ \"$REQUESTS_CA_BUNDLE\" = /company.pem ] && echo '{answer}'\n")
    python.chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "REQUESTS_CA_BUNDLE": "/company.pem"}
    (result,) = proved(of_users(environ=environ), proof(DATABASE, PASSWORD, VARIABLE), python=str(python))
    assert (result.unset, result.error) == (True, None)


def test_child_lets_no_value_out(aws: Endpoint, made: Callable[..., str]) -> None:
    """Not in its output, not on standard error, and not in argv; also where the expression or the request is broken."""
    value = made()
    expressions = [
        (DATABASE, PASSWORD), (DATABASE, value), ("get_secret_value(quote, env='X')", value), ("1/0", value),
        ("get_secret_value('prod/shop/db', 'password').nothing", value), (f"'{value}", value), ("'\\d'", value),
    ]  # fmt: skip
    proofs = [
        {"expression": expression, "digest": digest(KEY, known), "variables": {"X": value, "DB_PASSWORD": PASSWORD}}
        for expression, known in expressions
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_DEFAULT_REGION": aws.region,
        "AWS_ACCESS_KEY_ID": aws.access_key,
        "AWS_SECRET_ACCESS_KEY": aws.secret_key,
    }
    whole = json.dumps({"module": module_source(), "key": KEY.hex(), "proofs": proofs}).encode()
    bad_variable = json.dumps(
        {"module": module_source(), "key": KEY.hex(), "proofs": [{**proofs[0], "variables": {"X": value + "\0"}}]}
    ).encode()
    for request in (whole, bad_variable, whole[:-20], b"", f'["{value}"]'.encode()):
        done = subprocess.run(
            [sys.executable, "-I", "-B", CHILD], input=request, capture_output=True, env=environment, timeout=60
        )
        said = done.stdout + done.stderr
        assert not any(text in said for text in (value.encode(), PASSWORD.encode(), quote(PASSWORD).encode()))
        assert done.stderr.count(b"Traceback") == 0
    answers = json.loads(
        subprocess.run([sys.executable, "-I", "-B", CHILD], input=whole, capture_output=True, env=environment).stdout
    )
    assert [answer["unset"] for answer in answers] == [True, False, False, False, False, False, False]
