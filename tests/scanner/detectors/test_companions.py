"""A key id beside its secret is one finding; an id that nobody can match with a secret stays one of its own."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.drafting import considered
from rules.examples import expand
from scanner import analysis
from scanner.model import Confidence, CredentialKind, Finding, Source, SuppressedBy, Suppression
from scanner.source import Settings

Find = Callable[..., list[Finding]]
ID, SECRET = "{check:aws-access-key-id:AKIA}", "{b64:40}"


def filled(text: str) -> str:
    return expand(text, "companions")


def kinds(findings: list[Finding]) -> list[CredentialKind]:
    return [each.kind for each in findings]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", f'def a():\n    key_id = "{ID}"\n', id="alone"),
        pytest.param(
            "a.py",
            f'def a():\n    aws_access_key_id = "{ID}"\n\ndef b():\n    aws_secret_access_key = "{SECRET}"\n',
            id="another function's",
        ),
        pytest.param(
            ".env", f"OLD_AWS_ACCESS_KEY_ID={ID}\nNEW_AWS_SECRET_ACCESS_KEY={SECRET}\n", id="another one's by its name"
        ),
        pytest.param(
            ".env",
            f"AWS_ACCESS_KEY_ID={ID}\nAWS_ACCESS_KEY_ID_2={ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n",
            id="two ids for one secret",
        ),
        pytest.param(
            "a.py",
            f'aws_access_key_id = "{ID}"\naws_secret_access_key = "{SECRET}"  # unhardcode: ignore -- known\n',
            id="its secret is accepted",
        ),
    ],
)
def test_an_id_without_a_secret_of_its_own_is_reported(find: Find, path: str, text: str) -> None:
    assert CredentialKind.ACCESS_KEY_ID in kinds(find(path, filled(text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", f'AWS_ACCESS_KEY_ID = "{ID}"\nAWS_SECRET_ACCESS_KEY = "{SECRET}"\n'),
        ("a.py", f'import boto3\nboto3.client("s3", aws_access_key_id="{ID}", aws_secret_access_key="{SECRET}")\n'),
        (".env", f"PROD_AWS_ACCESS_KEY_ID={ID}\nPROD_AWS_SECRET_ACCESS_KEY={SECRET}\n"),
        ("credentials", f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"),
        ("a.json", f'{{{{"AccessKeyId": "{ID}", "SecretAccessKey": "{SECRET}"}}}}\n'),
        ("a.py", 'TWILIO_API_KEY = "SK{hex:32}"\nTWILIO_API_SECRET = "{alnum:32}"\n'),
    ],
)
def test_a_pair_is_one_finding_the_secrets(find: Find, path: str, text: str) -> None:
    (found,) = find(path, filled(text))
    assert found.kind in (CredentialKind.ACCESS_KEY, CredentialKind.SECRET)
    assert found.confidence is Confidence.HIGH
    assert any(piece.name == "companion" for piece in found.evidence)


def all_of(knowledge: analysis.Knowledge, text: str) -> Any:
    source = Source(path="a.py", raw=text.encode())
    hits = knowledge.prefilter.find(source.raw)
    return SimpleNamespace(findings=analysis.analyse(source, hits, knowledge, Settings(key=b"k" * 32))[0])


def test_a_fix_moves_both_halves(knowledge: analysis.Knowledge) -> None:
    result = all_of(knowledge, filled(f'AWS_ACCESS_KEY_ID = "{ID}"\nAWS_SECRET_ACCESS_KEY = "{SECRET}"\n'))
    assert Suppression(SuppressedBy.COMPANION) in [each.suppressed for each in result.findings]
    planned = considered(result, Confidence.MEDIUM)
    assert kinds(list(planned)) == [CredentialKind.ACCESS_KEY_ID, CredentialKind.ACCESS_KEY]


def test_a_fix_leaves_the_id_of_a_secret_that_was_accepted_since(knowledge: analysis.Knowledge) -> None:
    result = all_of(knowledge, filled(f'AWS_ACCESS_KEY_ID = "{ID}"\nAWS_SECRET_ACCESS_KEY = "{SECRET}"\n'))
    result.findings = [each for each in result.findings if each.kind is not CredentialKind.ACCESS_KEY]
    assert considered(result, Confidence.MEDIUM) == ()
