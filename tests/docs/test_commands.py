"""Every command of README and docs/*.md is run as it stands there, in a repository that was prepared for it.

docs/tutorial.md has its own test (tests/fixers/emit/test_tutorial.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

import unhardcode
from fixers.emulator import embedded_aws
from fixers.stores.model import Endpoint

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if page.name not in ("tutorial.md", "reference.md") and "```sh\n" in page.read_text("utf-8")
]
# What begins like this is not run here, and why.
NOT_RUN = {
    "git clone https": "holds OWNER, which is known once there is a place for it",
    "python3 -m venv": "installs from PyPI: .ci/run takes it from README and runs it",
    "~/.unhardcode/bin/pip": "installs from PyPI, as above",
    'eval "$(_UNHARDCODE_COMPLETE': "is for bash: tests/docs/test_completion.py runs it",
    "pipx install": "holds OWNER, which is known once there is a place for it",
    "pre-commit": "tests/test_pre_commit.py runs it, with this repository as its source",
    "aws cloudformation deploy": "needs CloudFormation: tests/fixers/emit has cfn-lint check the template",
}
# Commands that end with another status than 0: the repository has findings, a login that still stands in the code, and
# a value in its pushed history that is still the current one.
STATUS = {
    "unhardcode scan": 1,
    "unhardcode scan --staged": 1,
    "unhardcode scan --range origin/main..HEAD": 1,
    "unhardcode scan --range origin/main...HEAD --report junit=unhardcode.xml": 1,
    "unhardcode scan --history": 1,
    "unhardcode scan --recurse-submodules": 1,
    "unhardcode scan --report sarif=unhardcode.sarif --report junit=unhardcode.xml": 1,
    "unhardcode fix": 1,
    "unhardcode status --plan plan.toml --fail-on-unrotated": 1,
}
# Where the state of the page makes it another one.
STATUS_ON = {
    ("README.md", "unhardcode rotation --plan plan.toml -o deploy"): 1,  # after --undo the code holds the login again
}
LONGEST = 120  # seconds for a page
# What a person types, in this order. A line stays in the terminal until somebody asks.
TYPED = {"README.md": "y\ny\n", "baseline.md": "y\nthe sandbox of the vendor\nq\n", "rotation.md": "a-new-one\n"}
# Steps that pages take for granted.
BEFORE = {
    "rotation.md": "unhardcode plan -o plan.toml && unhardcode migrate --plan plan.toml --yes && git add -A && "
    "git commit -qm moved --no-verify"
}


def commands(page: Path) -> Iterator[str]:
    """The commands of a page's `sh` blocks; one that goes over several lines is one."""
    for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S):
        for command in re.sub(r"(\\|\|)\n", r"\1\0", block).split("\n"):
            if command.strip() and not command.startswith("#"):
                yield command.replace("\0", "\n")


def bare(command: str) -> str:
    """A command without the comment behind it."""
    return re.sub(r"\s+#.*$", "", command).strip()


def not_run(command: str) -> str | None:
    """The row of NOT_RUN that a command falls under."""
    return next((start for start in NOT_RUN if command.startswith(start)), None)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as running:
        yield running


@pytest.fixture
def shop(
    tmp_path: Path, endpoint: Endpoint, git: Callable[..., str], made: Callable[..., str]
) -> tuple[Path, list[str]]:
    """A repository with a remote, a commit that was not pushed and a staged file; and the values in it."""
    values = [made(24) for _ in range(4)]
    folder = tmp_path / "repository"
    (folder / "shop").mkdir(parents=True)
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "../origin.git")
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (folder / "shop" / "__init__.py").write_text("")
    (folder / "shop" / "settings.py").write_text(
        "import psycopg2\n\nconnection = lambda: psycopg2.connect(\n"
        f'    host="db.shop.internal", user="shop_app", dbname="shop",\n    password="{values[0]}",\n)\n'
    )
    reference = "SEARCH_TOKEN='{{resolve:ssm-secure:/prod/shop/search-token}}'\n"
    for name in (".env", "docker-compose.secrets.env"):
        (folder / name).write_text(reference)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "push", "-q", "origin", "main")
    (folder / "shop" / "mail.py").write_text(f'MAIL_PASSWORD = "{values[1]}"\n')
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "second")
    (folder / "shop" / "search.py").write_text(f'ADMIN_PASSWORD = "{values[2]}"\n')
    git(folder, "add", "-A")
    boto3.client(
        "ssm", endpoint_url=endpoint.url, region_name=endpoint.region,
        aws_access_key_id=endpoint.access_key, aws_secret_access_key=endpoint.secret_key,
    ).put_parameter(Name="/prod/shop/search-token", Value=values[3], Type="SecureString", Overwrite=True)  # fmt: skip
    return folder, values


def foreign(folder: Path, value: str) -> None:
    """What other tools have accepted, in the forms in which baseline.md takes it over."""
    row = {"hashed_secret": hashlib.sha1(value.encode()).hexdigest(), "line_number": 5, "type": "Secret Keyword"}
    baseline = {"version": "1.5.0", "plugins_used": [], "results": {"shop/settings.py": [row]}}
    (folder / ".secrets.baseline").write_text(json.dumps(baseline))
    (folder / ".gitleaksignore").write_text("shop/mail.py:generic-api-key:1\n")
    place = {"Data": {"Filesystem": {"file": "shop/settings.py", "line": 5}}}
    (folder / "trufflehog.jsonl").write_text(
        json.dumps({"SourceMetadata": place, "DetectorName": "Postgres", "Raw": value}) + "\n"
    )


@pytest.fixture
def environment(tmp_path: Path, shop: tuple[Path, list[str]], endpoint: Endpoint) -> dict[str, str]:
    """Programs that the pages name: `unhardcode`, and three that see whether the value came to them."""
    folder, _ = shop
    programs = tmp_path / "bin"
    programs.mkdir()
    main = shlex.quote(str(Path(unhardcode.__file__)))
    texts = {programs / "unhardcode": f'exec {shlex.quote(sys.executable)} -I {main} "$@"'}
    for program in (programs / "CMD", programs / "docker", folder / "program"):
        texts[program] = 'case "$SEARCH_TOKEN" in ""|*resolve*) exit 9;; esac'
    for path, text in texts.items():
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
    kept = ("HOME", "UNHARDCODE_CACHE", "XDG_STATE_HOME", "GIT_CONFIG_GLOBAL", "LANG")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TERM": "dumb",
        **{f"GIT_{who}_{what}": "test@test.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
        "AWS_REGION": endpoint.region,
        "AWS_DEFAULT_REGION": endpoint.region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def on_a_terminal(script: str, folder: Path, environment: dict[str, str], typed: str) -> str:
    """Run a script on a terminal of its own, type what is to be typed, give what stands there in the end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["sh", "-c", script],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    watch = threading.Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
    watch.start()
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        said += piece
    process.wait()
    watch.cancel()
    os.close(ours)
    return said.decode(errors="replace")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_ends_as_it_should(
    page: Path, shop: tuple[Path, list[str]], environment: dict[str, str], tmp_path: Path
) -> None:
    folder, values = shop
    if page.name == "baseline.md":
        foreign(folder, values[0])
    run = [command for command in commands(page) if not_run(command) is None]
    if shutil.which("jq") is None:
        run = [command for command in run if "jq " not in command]
    lines = [BEFORE.get(page.name, "")]
    lines += [f"{{ {command}\n}}; echo $? >> {tmp_path}/statuses" for command in run]
    said = on_a_terminal("\n".join(lines), folder, environment, TYPED.get(page.name, ""))

    leaked = any(value in said for value in values)
    assert not leaked, "a value was printed"
    ended: list[int | None] = [int(status) for status in (tmp_path / "statuses").read_text().split()] if run else []
    ended += [None] * (len(run) - len(ended))  # the page was stopped after LONGEST
    wanted = [STATUS_ON.get((page.name, bare(command)), STATUS.get(bare(command), 0)) for command in run]
    wrong = [
        f"{command}: {got} instead of {want}"
        for command, got, want in zip(run, ended, wanted, strict=True)
        if got != want
    ]
    assert not wrong, "\n".join([*wrong, said])


def test_what_is_not_run_still_stands_somewhere() -> None:
    met = {not_run(command) for page in PAGES for command in commands(page)}

    assert set(NOT_RUN) - met == set()
