"""What all tests share: no user's git, AWS or cache gets in, and values are made, never written down."""

from __future__ import annotations

import os
import random
import string
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

# A deadline is a timed test: it fails where other programs run beside it. The fast tier draws the same examples each
# time, so that it fails by a change alone; the slow one looks further.
settings.register_profile("fast", deadline=None, derandomize=True)
settings.register_profile("slow", deadline=None)

# One author, whatever the machine's configuration says.
_WHO = ("-c", "user.name=Test", "-c", "user.email=test@test.invalid", "-c", "init.defaultBranch=main",
        "-c", "commit.gpgsign=false")  # fmt: skip

# The cache of compiled rules is shared by all tests of a run and their children; nothing else of the user's is seen.
for _name in [name for name in os.environ if name.startswith(("AWS_", "GIT_", "UNHARDCODE_", "SECRETS_"))]:
    del os.environ[_name]


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("fast" if config.option.markexpr == "not slow" else "slow")


@pytest.fixture(autouse=True, scope="session")
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    cache = Path(tmp_path_factory.getbasetemp().parent) / "unhardcode-cache"
    os.environ["UNHARDCODE_CACHE"] = str(cache)
    os.environ["HOME"] = str(home)
    os.environ["XDG_STATE_HOME"] = str(home / "state")
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


@pytest.fixture
def made() -> Callable[..., str]:
    """A maker of values: `made(20)` is a password-like value, the same in each run of one test."""
    source = random.Random(20261123)

    def make(length: int = 20, alphabet: str = string.ascii_letters + string.digits) -> str:
        return "".join(source.choice(alphabet) for _ in range(length))

    return make


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _seconds(work: Callable[[], object]) -> float:
    """The processor time of the quickest of three runs: what other programs do beside it lengthens single runs."""
    return min(_once(work) for _ in range(3))


@pytest.fixture(scope="session")
def seconds() -> Callable[[Callable[[], object]], float]:
    """The processor time that some work takes here and now, to be compared with that of other work, never bounded."""
    return _seconds


def _ratio(work: Callable[[], object], other: Callable[[], object]) -> float:
    return min(_once(work) / _once(other) for _ in range(3))


@pytest.fixture(scope="session")
def ratio() -> Callable[[Callable[[], object], Callable[[], object]], float]:
    """How many times as long some work takes as some other.

    The least of three pairs, each measured together: a machine can be half as fast a second later.
    """
    return _ratio


@pytest.fixture(scope="session")
def growth() -> Callable[[Callable[[int], object], int], float]:
    """How many times as long `work(4 * count)` takes as `work(count)`: 4 is in proportion, 16 is with the square."""
    return lambda work, count: _ratio(lambda: work(4 * count), lambda: work(count))


class Done(NamedTuple):
    """How a program ended, and all that it printed."""

    status: int
    printed: str


@pytest.fixture
def start() -> Callable[..., Done]:
    """Run a program in a folder, whatever its status: `start(folder, "npm", "install", HOME=...)`."""

    def run(folder: Path, *words: str, **environment: str) -> Done:
        done = subprocess.run(
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **environment},
        )
        return Done(done.returncode, done.stdout)

    return run


@pytest.fixture
def attempt(start: Callable[..., Done]) -> Callable[..., Done]:
    """Run real git in a folder, whatever its status: what a hook stops, and what it lets through."""

    def run(folder: Path, *arguments: str, **environment: str) -> Done:
        return start(folder, "git", *_WHO, *arguments, **environment)

    return run


@pytest.fixture
def git() -> Callable[..., str]:
    """Run real git in a folder: `git(folder, "add", "-A")` gives its output."""

    def run(folder: Path, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["git", *_WHO, *arguments],
            cwd=folder,
            capture_output=True,
            check=True,
            env={**os.environ, **environment},
            text=True,
        )
        return done.stdout

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    """An empty repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command in a folder: exit status, standard output, standard error."""
    import unhardcode

    def call(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        status = unhardcode.run(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def value(made: Callable[..., str]) -> str:
    """A value that nobody would guess."""
    return made(24)
