"""A fault at every call of a migration, of an undo and of a deletion: one line, and the same command ends as it would.

Throttled, refused, expired, broken, lost in the middle, and lost or silent after it took effect.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

# Those that last from a call on, and those that befall one call.
LASTING = {
    "expired": ("ExpiredTokenException", "The security token included in the request is expired"),
    "revoked": ("AccessDeniedException", "User: x is not authorized to perform: secretsmanager:CreateSecret on: y"),
    "throttled": ("ThrottlingException", "Rate exceeded"),
    "broken": ("InternalServiceError", "An error occurred on the server side.", 500),
}
ONCE = {
    "hangs up": "hangs up after it took effect",
    "silent": "no answer after it took effect",
    "lost": "lost in the middle of the request",
    "denied once": ("AccessDeniedException", "User: x is not authorized to perform: kms:Decrypt on: y"),
    "its key is disabled": ("KMSInvalidStateException", "arn:aws:kms:x is pending deletion."),
    "being deleted": ("InvalidRequestException", "You can't do this because the secret was marked for deletion."),
    "taken": ("ResourceExistsException", "The operation failed because the secret already exists."),
    "skewed": ("InvalidSignatureException", "Signature expired: 20261127T000000Z is now earlier than 20261128T000000Z"),
}
UNDO = ("migrate", "--undo", "--yes")
PROVER = Path(__file__).with_name("prover.py")
faults = pytest.mark.parametrize("fault", [*LASTING, *ONCE])

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prover")]


@pytest.fixture(scope="module")
def prover() -> Iterator[None]:
    """Proofs are evaluated in forks of one process: a fresh interpreter for each would take half of the time."""
    with (
        subprocess.Popen(
            [sys.executable, "-I", "-B", str(PROVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
        pytest.MonkeyPatch.context() as patched,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        to, back = process.stdin, process.stdout

        def ask(request: bytes, python: str, environment: dict[str, str], timeout: float) -> Any:
            to.write(json.dumps({"request": request.decode(), "environment": environment}).encode() + b"\n")
            to.flush()
            return json.loads(back.readline()) or "the prover failed"

        patched.setattr("fixers.proof._ask", ask)
        yield
        to.close()


class Typing(io.TextIOWrapper):
    """Standard input of somebody who confirms the deletion of so many parameters."""

    def __init__(self, count: int) -> None:
        text = f"delete {count} parameter{'s' if count > 1 else ''}\n"
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8")

    def isatty(self) -> bool:
        return True


@faults
def test_a_migration(behind: Any, tmp_path: Path, fault: str) -> None:
    _keep(behind, tmp_path)
    behind.finishes()
    calls, after = len(behind.relay.order), behind.shop.files()
    assert calls >= 9
    for number, one in _each(behind, tmp_path, calls):
        befall(one, number, fault)
        if fault in LASTING:
            one.refused(3)
        elif ended(one, "migrate", "--yes") == 0:
            assert one.shop.files() == after, number
        if one.shop.files() != after:
            one.finishes()
        assert one.shop.files() == after, number
        assert len(one.aws.stored()) == 3
        assert set(one.aws.versions().values()) == {1}


@faults
def test_a_migration_that_replaces_values(behind: Any, tmp_path: Path, fault: str) -> None:
    """One version more for each value, also where boto3 would have repeated the write by itself."""
    plan = behind.shop.folder / "plan.toml"
    assert behind.run(behind.shop, "plan", "-o", "plan.toml")[0] == 0
    plan.write_text(plan.read_text().replace('action = "create"', 'action = "update"'))
    _keep(behind, tmp_path)
    words = ("migrate", "--yes", "--plan", "plan.toml")
    _others(behind)
    assert behind.run(behind.shop, *words)[0] == 0
    calls, after = len(behind.relay.order), behind.shop.files()
    for number, one in _each(behind, tmp_path, calls):
        _others(one)
        befall(one, number, fault)
        if ended(one, *words) != 0:
            with one.nothing_fails():
                assert ended(one, *words) == 0
        assert one.shop.files() == after, number
        assert set(one.aws.versions().values()) == {2}, (number, one.aws.versions())


@faults
def test_an_undo(behind: Any, tmp_path: Path, fault: str) -> None:
    before = behind.shop.files()
    behind.finishes()
    _keep(behind, tmp_path)
    behind.relay.forget()
    assert ended(behind, *UNDO) == 0
    calls = len(behind.relay.order)
    assert calls >= 3
    for number, one in _each(behind, tmp_path, calls, empty=False):
        befall(one, number, fault)
        if ended(one, *UNDO) != 0:
            with one.nothing_fails():
                assert ended(one, *UNDO) == 0
        assert one.shop.files() == before, number


@faults
def test_a_deletion_of_what_was_stored(
    behind: Any, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, words = behind.shop.files(), (*UNDO, "--delete-stored")

    def undone(one: Any) -> int:
        left = len(one.aws.parameters.describe_parameters()["Parameters"])
        monkeypatch.setattr(sys, "stdin", Typing(left))
        return ended(one, *words)

    behind.finishes()
    _keep(behind, tmp_path)
    parameters = _parameters(behind.aws)
    behind.relay.forget()
    assert undone(behind) == 0
    calls = len(behind.relay.order)
    for number, one in _each(behind, tmp_path, calls, empty=False):
        _put_back(one.aws, parameters)
        befall(one, number, fault)
        if undone(one) != 0:
            with one.nothing_fails():
                assert undone(one) == 0
        assert one.shop.files() == before, number
        assert one.aws.secrets.describe_secret(SecretId="prod/shop/db")["DeletedDate"]
        assert one.aws.parameters.describe_parameters()["Parameters"] == []


def befall(behind: Any, number: int, fault: str) -> None:
    """Let it happen at this call, and at all after it where it lasts."""
    behind.relay.forget()
    if fault in LASTING:
        behind.relay.ever_after = (number, LASTING[fault])
    else:
        behind.relay.at[number] = ONCE[fault]


def ended(behind: Any, *words: str) -> int:
    """The status of a command, which must be 0, or 3 with one line of words and a hint, and must say no value."""
    status, out, err = behind.run(behind.shop, *words)
    leaked = [value for value in behind.shop.values if value in out + err]
    assert not leaked
    told = [line for line in err.splitlines() if "unhardcode: " in line]  # maybe after a question
    assert (status, len(told)) in ((0, 0), (3, 1)), (status, out, err)
    return int(status)


def _others(behind: Any) -> None:
    """The names hold other values."""
    behind.relay.forget()
    behind.aws.secrets.create_secret(Name="prod/shop/db", SecretString="another")
    for name in ("/prod/shop/api-key", "/prod/shop/mail-token"):
        behind.aws.parameters.put_parameter(Name=name, Value="another", Type="SecureString")


def _parameters(aws: Any) -> list[dict[str, Any]]:
    """What makes each parameter again as it is, its version too: a migration for every call would take long."""
    found = []
    for one in aws.parameters.describe_parameters()["Parameters"]:
        name, kind = one["Name"], one["Type"]
        value = aws.parameters.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        tags = aws.parameters.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        found.append({"Name": name, "Type": kind, "Value": value, "Tags": tags})
    return found


def _put_back(aws: Any, parameters: list[dict[str, Any]]) -> None:
    """What was deleted is there again, in the versions that the journal names."""
    aws.secrets.restore_secret(SecretId="prod/shop/db")
    for one in parameters:
        aws.parameters.put_parameter(**one)
    assert set(aws.versions().values()) == {1}


def _keep(behind: Any, folder: Path) -> None:
    """Remember the repository as it is."""
    shutil.copytree(behind.shop.folder, folder / "kept", symlinks=True)


def _each(behind: Any, folder: Path, calls: int, *, empty: bool = True) -> Iterator[tuple[int, Any]]:
    """The number of each call, with the remembered repository in the place of the first, and an empty AWS."""
    # Journals hold the path of the tree: every copy stands where the first stood.
    place = behind.shop.folder
    for number in range(1, calls + 1):
        if empty:
            behind.aws.empty()
        shutil.rmtree(place)
        shutil.copytree(folder / "kept", place, symlinks=True)
        yield number, replace(behind)
