"""Key files that are no text: certificates and look-alikes are none, keys and stores say what protects them."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from rules.load import load_rules
from scanner import keyfiles
from scanner.source import Settings, Source

DER, PKCS8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
LEGACY = serialization.PrivateFormat.TraditionalOpenSSL
OPEN, LOCKED = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"a password")
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ENDS_IN_A_LINE_END = b"\x30\x19\x02\x01\x01\x04\x14" + b"k" * 18 + b"\r\n"  # SEC 1: version 1, a key of 20 bytes


def certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, EC_KEY.public_key(), 1, day, day + datetime.timedelta(days=1))
    return builder.sign(EC_KEY, hashes.SHA256())


CERTIFICATE = certificate()


def java(*entries: bytes, magic: bytes = b"\xfe\xed\xfe\xed") -> bytes:
    return magic + (2).to_bytes(4, "big") + len(entries).to_bytes(4, "big") + b"".join(entries) + b"\0" * 20


def trusted() -> bytes:
    body = CERTIFICATE.public_bytes(DER)
    return b"\0\0\0\2\0\1c" + b"\0" * 8 + b"\0\5X.509" + len(body).to_bytes(4, "big") + body


def store(encryption: serialization.KeySerializationEncryption) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"shop", EC_KEY, CERTIFICATE, None, encryption)


NONE = {
    "nothing": b"",
    "a certificate in DER": CERTIFICATE.public_bytes(DER),
    "a public key in DER": RSA_KEY.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    "an RSA public key in PKCS #1": RSA_KEY.public_key().public_bytes(DER, serialization.PublicFormat.PKCS1),
    "a Java store of certificates alone": java(trusted(), trusted()),
    "an empty Java store": java(),
    "a text that starts with the digit 0": b"0.1.2\n0.1.3\n",
    "a key that was cut": RSA_KEY.private_bytes(DER, PKCS8, OPEN)[:-40],
    "a key with more behind it": RSA_KEY.private_bytes(DER, PKCS8, OPEN) + b"more",
}


@pytest.mark.parametrize("raw", NONE.values(), ids=NONE)
def test_it_is_no_key_file(raw: bytes) -> None:
    assert keyfiles.identify(raw) is None


KEYS = {
    "a PKCS #8 key": (RSA_KEY.private_bytes(DER, PKCS8, OPEN), "key-file-der"),
    "a PKCS #1 key": (RSA_KEY.private_bytes(DER, LEGACY, OPEN), "key-file-der"),
    "an elliptic key of SEC 1": (EC_KEY.private_bytes(DER, LEGACY, OPEN), "key-file-der"),
    "a key with a line end behind it": (EC_KEY.private_bytes(DER, PKCS8, OPEN) + b"\n", "key-file-der"),
    "a key whose last byte is a line end, with one behind it": (ENDS_IN_A_LINE_END + b"\r\n", "key-file-der"),
    "an encrypted PKCS #8 key": (RSA_KEY.private_bytes(DER, PKCS8, LOCKED), "key-file-der-encrypted"),
    "an encrypted PKCS #12 store": (store(LOCKED), "key-file-pkcs12-encrypted"),
    "an open PKCS #12 store": (store(OPEN), "key-file-pkcs12"),
    "a Java store with a key behind a certificate": (java(trusted(), b"\0\0\0\1" + b"k" * 90), "key-file-java"),
    "a Java store of the other kind": (java(b"\0\0\0\3" + b"k" * 90, magic=b"\xce" * 4), "key-file-java"),
    "a Java store that was cut": (java(trusted(), trusted())[:500], "key-file-java"),
    "a KeePass database": (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + b"x" * 90, "key-file-keepass"),
}


@pytest.mark.parametrize(("raw", "rule"), KEYS.values(), ids=KEYS)
def test_it_is_known_as_what_it_is(raw: bytes, rule: str) -> None:
    found = keyfiles.identify(raw)
    assert found is not None
    assert found.rule == rule


@given(
    st.binary(max_size=60), st.sampled_from([b"", b"\x30", b"\x30\x82", b"\x30\x80", b"\xfe\xed\xfe\xed", b"\xce" * 4])
)
def test_no_bytes_make_it_raise(data: bytes, head: bytes) -> None:
    keyfiles.identify(head + data)


@pytest.mark.parametrize(
    ("path", "evidence"),
    [("a.p12", []), ("tests/a.p12", ["test-path"]), ("docs/a.p12", ["docs-path"]), ("vendor/a.p12", ["generated"])],
)
def test_its_path_speaks_against_it_as_against_any_finding(path: str, evidence: list[str]) -> None:
    (found,) = keyfiles.find(Source(path=path, raw=store(LOCKED)), load_rules().weights, Settings(key=bytes(32)))
    assert [piece.name for piece in found.evidence] == ["key-file", *evidence]


def scan(folder: Path, *arguments: str) -> dict[str, str]:
    command = [sys.executable, "-I", "-m", "unhardcode", "scan", "--format", "json", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return {row["path"]: f"{row['rule']} {row['confidence']}" for row in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--staged",), id="what is staged"),
        pytest.param((), id="the working tree"),
        pytest.param(("--history",), id="history"),
    ],
)
def test_a_scan_reports_key_files_and_skips_other_binaries(
    repository: Path, git: Callable[..., str], arguments: tuple[str, ...]
) -> None:
    (repository / "tests").mkdir()
    (repository / "server.key").write_bytes(RSA_KEY.private_bytes(DER, PKCS8, OPEN))
    (repository / "tests" / "store.p12").write_bytes(store(LOCKED))
    (repository / "cert.der").write_bytes(CERTIFICATE.public_bytes(DER))
    git(repository, "add", "-A")
    if arguments == ("--history",):
        git(repository, "commit", "-qm", "keys")
        git(repository, "rm", "-q", "server.key", "tests/store.p12")
        git(repository, "commit", "-qm", "no keys")
    expected = {"server.key": "key-file-der high", "tests/store.p12": "key-file-pkcs12-encrypted high"}
    assert scan(repository, *arguments) == expected
