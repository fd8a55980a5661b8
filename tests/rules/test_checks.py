"""The offline checks: what is made up fails, what is well made passes, and nothing raises."""

from __future__ import annotations

import base64
import json
import string
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.checks import CHECKS
from rules.checksums import BASE62, bech32_polymod, crc32_text
from rules.examples import expand
from rules.model import Verdict

SEEDS = [f"seed {number}" for number in range(40)]
MADE = {
    "age-bech32": ["AGE-SECRET-KEY-1"],
    "atlassian-crc32": ["ATATT3x", "ATCTT3x", "ATBB"],
    "github-crc32": ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
    "gitlab-routable": ["glpat-", "glrt-t1_", "gldt-"],
    "grafana-crc32": ["glsa_"],
    "npm-crc32": ["npm_"],
}
"""Checks over a checksum of the whole token, and the prefixes to make one with."""


def made(check: str, prefix: str) -> Iterator[str]:
    return (expand(f"{{check:{check}:{prefix}}}", seed) for seed in SEEDS)


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def flipped(token: str, place: int) -> str:
    """Replace one character by the next of its class."""
    kinds = (string.digits, string.ascii_uppercase, string.ascii_lowercase)
    kind = next(kind for kind in kinds if token[place] in kind)
    return token[:place] + kind[(kind.index(token[place]) + 1) % len(kind)] + token[place + 1 :]


def token(header: object, payload: object, signature: bytes) -> str:
    return ".".join(b64url(json.dumps(part).encode()) for part in (header, payload)) + "." + b64url(signature)


def pem(label: str, data: bytes, *, head: str = "") -> str:
    return f"-----BEGIN {label}-----\n{head}{base64.encodebytes(data).decode()}-----END {label}-----\n"


FAILS = {
    "an AWS id of AWS's own documentation": ("aws-access-key-id", "AKIA" + "Q" * 9 + "EXAMPLE"),
    "an AWS id with letters that base 32 has not": ("aws-access-key-id", "AKIA" + "Q" * 12 + "0189"),
    "an AWS id whose account would have 13 digits": ("aws-access-key-id", "AKIA" + "7" * 16),
    "a JWT without algorithm": ("jwt", token({"typ": "JWT"}, {"sub": "a"}, b"s" * 32)),
    "a JWT whose payload is a list": ("jwt", token({"alg": "HS256"}, ["a"], b"s" * 32)),
    "a JWT whose signature is too short for its algorithm": ("jwt", token({"alg": "HS512"}, {"sub": "a"}, b"s" * 32)),
    "an unsigned JWT": ("jwt", token({"alg": "none"}, {"sub": "a"}, b"")),
    "the example of jwt.io": ("jwt", token({"alg": "HS256"}, {"sub": "1234567890"}, b"s" * 32)),
    "Supabase's public key": ("jwt", token({"alg": "HS256"}, {"iss": "supabase", "role": "anon"}, b"s" * 32)),
    "a JWT of nothing": ("jwt", "a.b.c"),
    "a PEM block without end": ("pem", "-----BEGIN PRIVATE KEY-----\nMIIE"),
    "a PEM block of dots": ("pem", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
    "a PEM block of random bytes": ("pem", pem("RSA PRIVATE KEY", b"\x01" * 300)),
    "a PEM block that was cut": ("pem", pem("PRIVATE KEY", b"\x30\x82\x04\xa4\x02\x01\x00" + b"x" * 100)),
    "an OpenSSH block that holds something else": ("pem", pem("OPENSSH PRIVATE KEY", b"ssh-rsa" + b"x" * 100)),
    "an OpenPGP block without packet": ("pem", pem("PGP PRIVATE KEY BLOCK", b"\x01" * 100)),
    "a macaroon of another version": ("pypi-macaroon", "pypi-" + b64url(b"\x01" + b"x" * 60)),
    "a macaroon of another host": (
        "pypi-macaroon",
        "pypi-" + b64url(b"\x02\x01\x08pypi.com\x02\x01a\x00\x00\x06\x20" + b"s" * 32),
    ),
    "a macaroon that was cut": ("pypi-macaroon", "pypi-" + b64url(b"\x02\x01\x08pypi.org\x02\x7fa")),
    "a storage key of 63 bytes": ("azure-storage-key", base64.b64encode(b"k" * 63).decode()),
    "a storage key that no encoder writes": ("azure-storage-key", base64.b64encode(b"k" * 64).decode()[:-3] + "b=="),
    "a shared access signature of 31 bytes": ("azure-signature", base64.b64encode(b"k" * 31).decode()),
    "a shared access signature that is no base 64": ("azure-signature", "%zz" * 15),
    "a Discord token without user": ("discord-bot", b64url(b"not a number at all") + ".aaaaaa." + "b" * 38),
    "a Data Center token without number": ("atlassian-data-center", base64.b64encode(b"x" * 33).decode()),
    "a JFrog token of something else": ("jfrog-reference", base64.b64encode(b"reftkn:xx").decode()),
    "a Sentry token without organization": ("sentry-organization", "sntrys_" + b64url(b'{"iat":1}') + "_" + "a" * 43),
    "a 1Password token that is no JSON": ("onepassword-service-account", "ops_" + b64url(b"{no json")),
    "a Grafana key without name": ("grafana-key", b64url(b'{"k":"a","id":1}')),
    "a Grafana Cloud token without key": ("grafana-cloud", "glc_" + b64url(b'{"o":"1","n":"a"}')),
    "a Mapbox token without user": ("mapbox", "sk." + b64url(b'{"a":"b"}') + ".c"),
    "an age identity in another alphabet": ("age-bech32", "AGE-SECRET-KEY-1" + "B" * 58),
}


@pytest.mark.parametrize(("check", "secret"), FAILS.values(), ids=FAILS)
def test_the_check_fails(check: str, secret: str) -> None:
    assert CHECKS[check](secret) is Verdict.FAIL


@pytest.mark.parametrize("check", MADE)
def test_one_changed_character_breaks_a_checksum(check: str) -> None:
    for prefix in MADE[check]:
        for number, secret in enumerate(made(check, prefix)):
            places = [place for place in range(len(prefix), len(secret)) if secret[place].isalnum()]
            broken = flipped(secret, places[number * 7 % len(places)])
            assert CHECKS[check](broken) is not Verdict.PASS


UNKNOWN = {
    "a GitHub token of another length": ("github-crc32", "ghp_" + "a" * 40),
    "a GitHub fine-grained token": ("github-crc32", "github_pat_" + "a" * 22 + "_" + "b" * 59),
    "a GitLab token of old": ("gitlab-routable", "glpat-" + "a" * 20),
    "an Atlassian token without hexadecimal end": ("atlassian-crc32", "ATATT3x" + "z" * 40),
    "an AWS id of before 2019": ("aws-access-key-id", "AKIAI" + "Q" * 15),
    "a text that is no JWT": ("jwt", "a.b"),
    "an encrypted PKCS #8 key": ("pem", pem("ENCRYPTED PRIVATE KEY", b"\x30\x03\x02\x01\x00")),
    "an encrypted key of old": (
        "pem",
        pem("RSA PRIVATE KEY", b"x" * 80, head="Proc-Type: 4,ENCRYPTED\nDEK-Info: A,B\n\n"),
    ),
    "an encrypted OpenSSH key": (
        "pem",
        pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\x0aaes256-ctr" + b"x" * 80),
    ),
    "a shared access signature of 32 bytes": (
        "azure-signature",
        base64.b64encode(b"k" * 32).decode().replace("=", "%3D"),
    ),
    "a Cloudflare token of another scheme": ("cloudflare-crc32", "cfut_" + "a" * 40 + "00000000"),
    "a Groq key without marker": ("groq-marker", "gsk_" + "a" * 52),
    "an OpenAI key without marker": ("openai-marker", "sk-" + "a" * 48),
}


@pytest.mark.parametrize(("check", "secret"), UNKNOWN.values(), ids=UNKNOWN)
def test_the_check_says_nothing_about(check: str, secret: str) -> None:
    assert CHECKS[check](secret) is Verdict.UNKNOWN


@given(st.text(max_size=200))
def test_no_check_raises_on_any_text(text: str) -> None:
    assert all(isinstance(check(text), Verdict) for check in CHECKS.values())


@given(st.binary(max_size=120))
def test_no_check_raises_on_anything_in_base_64(data: bytes) -> None:
    encoded = b64url(data)
    texts = (encoded, f"pypi-{encoded}", f"{encoded}.{encoded}.{encoded}", f"ops_{encoded}", pem("PRIVATE KEY", data))
    assert all(isinstance(check(text), Verdict) for check in CHECKS.values() for text in texts)


def test_a_deeply_nested_json_object_fails_and_does_not_raise() -> None:
    deep = b64url(b'{"a":' * 5000 + b"1" + b"}" * 5000)
    assert CHECKS["jwt"](f"{deep}.{deep}.{'a' * 43}") is Verdict.FAIL


def test_a_verdicts_sentence_is_the_same_for_every_value() -> None:
    assert len({verdict.text for verdict in Verdict}) == 3


@pytest.mark.parametrize("check", MADE)
def test_a_token_with_a_right_checksum_passes(check: str) -> None:
    for prefix in MADE[check]:
        assert {CHECKS[check](secret) for secret in made(check, prefix)} == {Verdict.PASS}


PASSES = {
    "a signed JWT": ("jwt", "{check:jwt:}"),
    "a GitHub installation token that holds a JWT": ("github-crc32", "{check:jwt:ghs_1234567_}"),
    "a PyPI token": ("pypi-macaroon", "{check:pypi-macaroon:pypi-}"),
    "a TestPyPI token": ("pypi-macaroon", "{check:pypi-macaroon:pypi-test}"),
    "a Discord bot's token": ("discord-bot", "{check:discord-bot:}"),
    "a Jira Data Center token": ("atlassian-data-center", "{check:atlassian-data-center:}"),
    "a Bitbucket Data Center token": ("atlassian-data-center", "{check:atlassian-data-center:BBDC-}"),
    "a JFrog reference token": ("jfrog-reference", "{check:jfrog-reference:}"),
    "a PKCS #8 key": ("pem", "{pem:PRIVATE KEY}"),
    "an RSA key": ("pem", "{pem:RSA PRIVATE KEY}"),
    "an OpenSSH key": ("pem", "{pem:OPENSSH PRIVATE KEY}"),
    "an OpenPGP key": ("pem", "{pem:PGP PRIVATE KEY BLOCK}"),
    "a Groq key": ("groq-marker", "gsk_{alnum:20}WGdyb3FY{alnum:24}"),
    "a Cloudflare token": ("cloudflare-crc32", "{check:cloudflare-crc32:cfut_}"),
    "an OpenAI key": ("openai-marker", "sk-proj-{alnum:74}T3BlbkFJ{alnum:74}"),
    "a Sentry organization token": ("sentry-organization", "sntrys_{json64:iat,url,region_url,org}_{b64:43}"),
    "a 1Password token": ("onepassword-service-account", "ops_{json64:signInAddress,secretKey}"),
    "a Grafana key": ("grafana-key", "{json64:k,n,id}"),
    "a Grafana Cloud token": ("grafana-cloud", "glc_{json64:o,n,k,m}"),
    "a Mapbox token": ("mapbox", "sk.{json64:u,a}.{b64url:22}"),
}


@pytest.mark.parametrize(("check", "template"), PASSES.values(), ids=PASSES)
def test_the_check_passes(check: str, template: str) -> None:
    assert {CHECKS[check](expand(template, seed)) for seed in SEEDS} == {Verdict.PASS}


def test_a_pem_key_with_escaped_line_ends_passes_as_it_stands_in_json() -> None:
    assert CHECKS["pem"](expand("{pem:PRIVATE KEY}", "a").replace("\n", "\\n")) is Verdict.PASS
    assert CHECKS["pem"](expand("{pemline:PRIVATE KEY}", "a")) is Verdict.PASS


@pytest.mark.parametrize("between", ['\\n" +\n    "', "\\n'\n  . '", "\n# ", "\n// ", "\r\n    ", "\\n\\\n"])
def test_a_pem_key_passes_however_code_and_comments_break_its_lines(between: str) -> None:
    for seed in "abc":
        assert CHECKS["pem"](expand("{pem:RSA PRIVATE KEY}", seed).replace("\n", between)) is Verdict.PASS


def test_an_aws_id_of_an_account_is_not_failed() -> None:
    assert {CHECKS["aws-access-key-id"](secret) for secret in made("aws-access-key-id", "AKIA")} == {Verdict.UNKNOWN}


def test_the_crc_of_the_standards_check_value_is_right() -> None:
    """CRC-32 of `123456789` is cbf43926: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc."""
    assert int(crc32_text("123456789", "0123456789abcdef", 8), 16) == 0xCBF43926


@given(st.text(alphabet=BASE62, max_size=40))
def test_base_62_reads_back_as_the_number(text: str) -> None:
    number = 0
    for digit in crc32_text(text, BASE62, 6):
        number = number * 62 + BASE62.index(digit)
    assert number == zlib.crc32(text.encode())


@pytest.mark.parametrize("text", ["a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"])
def test_the_bech32_of_bip_173s_test_vectors_is_right(text: str) -> None:
    human, _, data = text.rpartition("1")
    assert bech32_polymod(human, ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(char) for char in data]) == 1
