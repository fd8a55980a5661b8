"""What can go wrong around a migration: one clear line, the right status, a state that the same command finishes."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

MIGRATE = ("migrate", "--yes")
EXPIRED = ("ExpiredTokenException", "The security token included in the request is expired")
DENIED = ("AccessDeniedException", "User: x is not authorized to perform: secretsmanager:CreateSecret on resource: y")
THROTTLED = ("ThrottlingException", "Rate exceeded")
BROKEN = ("InternalServiceError", "An error occurred on the server side.", 500)


# --- nothing can be asked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "given", "words"),
    [
        (("AWS_REGION", "AWS_DEFAULT_REGION"), {}, ("no AWS region", "--region")),
        (("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), {}, ("no AWS credentials", "--profile")),
        ((), {"AWS_PROFILE": "absent"}, ("no such AWS profile", "AWS_PROFILE")),
        ((), {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, ("http://127.0.0.1:9 cannot be reached", "AWS_ENDPOINT_URL")),
        ((), {"AWS_ENDPOINT_URL": "nowhere"}, ("cannot open", "check")),
    ],
    ids=["no region", "no credentials", "no such profile", "an endpoint that is not there", "an endpoint that is none"],
)
def test_without_what_boto3_needs_nothing_begins(
    behind: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    taken: tuple[str, ...],
    given: dict[str, str],
    words: tuple[str, ...],
) -> None:
    with monkeypatch.context() as patched:
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patched.setenv(name, os.devnull)
        for name in taken:
            patched.delenv(name)
        for name, value in given.items():
            patched.setenv(name, value)
        behind.refused(3, *words)
    assert behind.shop.journals() == []


# --- AWS says no, or nothing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (EXPIRED, ("expired", "sign in again")),
        (("UnrecognizedClientException", "no"), ("does not know these credentials",)),
        (DENIED, ("access denied", "allow secretsmanager:CreateSecret")),
        (THROTTLED, ("too many requests", "wait a minute")),
        (BROKEN, ("may have taken effect", "reads back before it writes")),
        ("lost in the middle of the request", ("may have taken effect", "repeat the same command")),
    ],
    ids=["expired", "unknown", "denied", "throttled", "broken", "lost in the middle of an upload"],
)
def test_a_write_that_fails_is_told_and_the_same_command_goes_on(
    behind: Any, fault: Any, words: tuple[str, ...]
) -> None:
    behind.relay.always["CreateSecret"] = fault
    behind.refused(3, "prod/shop/db", *words)
    behind.finishes()
    assert len(behind.shop.journals()) == 1


@pytest.mark.parametrize("action", ["CreateSecret", "PutParameter"])
@pytest.mark.parametrize("how", ["no answer after it took effect", "hangs up after it took effect"])
def test_a_write_without_an_answer_that_took_effect_is_seen_by_reading_back(behind: Any, action: str, how: str) -> None:
    behind.relay.faults[action] = [how]
    status, out, err = behind.migrate()
    assert (status, behind.relay.faults[action]) == (0, []), out + err
    behind.finished()


def test_permission_that_is_revoked_in_the_middle_is_told_wherever_that_is(behind: Any) -> None:
    behind.relay.faults["PutParameter"] = [None, DENIED]
    behind.refused(3, "/prod/shop/", "access denied")
    assert 0 < len(behind.aws.stored()) < 3
    behind.finishes()


def test_a_store_that_fails_while_it_proves_is_status_3_and_nothing_is_rewritten(behind: Any) -> None:
    seen = behind.relay.order
    fetched = behind.relay.fault

    def fails_later(action: str) -> Any:
        # All is stored and read back: what reads now is the proof's own process.
        found = fetched(action)
        proving = seen.count("PutParameter") == 2 and seen[-1] != "PutParameter" and seen.count("CreateSecret") == 1
        return EXPIRED if proving and seen.count("GetSecretValue") > 1 else found

    behind.relay.fault = fails_later
    try:
        behind.refused(3, "prod/shop/db", "expired", "no file was changed")
    finally:
        del behind.relay.fault
    behind.finishes()
    assert len(behind.shop.journals()) == 1


def test_a_name_that_holds_something_else_or_is_being_deleted_stops_it_until_that_is_settled(behind: Any) -> None:
    secrets = behind.aws.secrets
    secrets.create_secret(Name="prod/shop/db", SecretString="another")
    status, _, err = behind.migrate()
    assert (status, "another value" in err, "update" in err) == (3, True, True)
    secrets.delete_secret(SecretId="prod/shop/db", RecoveryWindowInDays=7)
    status, _, err = behind.migrate()
    assert (status, "scheduled for deletion" in err, "restore" in err) == (3, True, True)
    secrets.restore_secret(SecretId="prod/shop/db")
    secrets.delete_secret(SecretId="prod/shop/db", ForceDeleteWithoutRecovery=True)
    behind.finishes()


# --- plans, journals and disks -----------------------------------------------------------------------------------


def test_a_journal_of_another_release_stops_it_until_it_is_moved_away(behind: Any) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("fixers.journal.VERSION", 99)
        behind.relay.always["CreateSecret"] = DENIED
        behind.refused(3)
    (journal,) = (behind.shop.folder / ".git/unhardcode").glob("*.jsonl")
    behind.refused(2, journal.name, "another release", "99")
    journal.rename(behind.shop.folder.parent / "old.jsonl")
    behind.finishes()


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Let no file grow over so many bytes: as a full disk, it refuses in the middle of a write."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_a_disk_without_room_for_the_journal_stops_it_before_anything_is_stored(
    behind: Any, small_files: Callable[[int], None]
) -> None:
    small_files(4_000)
    behind.refused(1, "journal cannot be written", "make room")
    assert behind.aws.stored() == {}
    small_files(resource.RLIM_INFINITY)
    behind.finishes()


def test_a_disk_without_room_for_the_files_leaves_all_of_them_and_the_same_command_goes_on(
    behind: Any, small_files: Callable[[int], None]
) -> None:
    place = behind.shop.folder / "shop/pay.py"
    place.write_bytes(place.read_bytes() + b"# long\r\n" * 8_000)
    small_files(50_000)
    behind.refused(1, "shop/pay.py", "cannot be written", "run the same command again")
    small_files(resource.RLIM_INFINITY)
    behind.finishes()


# Root may write everything, unless it gives that up.
POWERLESS = [] if os.geteuid() else ["setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override", "--"]


@pytest.mark.skipif(bool(POWERLESS) and not shutil.which("setpriv"), reason="root may write everything")
def test_a_read_only_file_is_refused_in_the_plan_and_the_rest_goes_on(behind: Any) -> None:
    place = behind.shop.folder / "shop/db.py"
    place.chmod(0o400)
    words = [*POWERLESS, sys.executable, "-I", "-m", "unhardcode", *MIGRATE]
    done = subprocess.run(words, cwd=behind.shop.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "read-only (1)" in done.stdout
    assert sorted(behind.aws.stored()) == ["/prod/shop/api-key", "/prod/shop/mail-token"]
    place.chmod(0o600)
    behind.finishes()


@pytest.mark.skipif(bool(POWERLESS) and not shutil.which("setpriv"), reason="root may write everything")
def test_a_file_that_only_reads_a_value_and_cannot_be_written_keeps_that_value_and_no_other(
    behind: Any, made: Callable[..., str]
) -> None:
    folder = behind.shop.folder
    (folder / ".env").write_text(f"GEO_API_KEY={made(24)}\n")
    reader, project = folder / "shop/geo.py", folder / "pyproject.toml"
    reader.write_text('import os\n\nKEY = os.environ["GEO_API_KEY"]\n')
    project.write_text('[project]\nname = "shop"\ndependencies = []\n')
    before = {path: path.read_bytes() for path in (folder / ".env", reader, project)}
    for path in (reader, project):
        path.chmod(0o400)
    words = [*POWERLESS, sys.executable, "-I", "-m", "unhardcode", *MIGRATE]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "shop/geo.py has to change with it, and cannot be written next: make it writable" in said
    assert "pyproject.toml: add boto3" in said
    kept = {path: path.read_bytes() for path in before} == before
    assert kept
    assert not any("geo" in name for name in behind.aws.stored())
    for path in (reader, project):
        path.chmod(0o600)
    status, _, err = behind.migrate()
    assert status == 0, err
    assert any("geo" in name for name in behind.aws.stored())
