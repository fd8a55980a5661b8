"""What the tests of real migrations share: a shop in a repository, an AWS on loopback, commands run in this process."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

import unhardcode
from fixers.emulator import embedded_aws
from fixers.stores.model import Endpoint, Patience
from fixers.stores.registry import users_aws

Run = Callable[..., tuple[int, str, str]]


class Hidden(bytes):
    """Bytes that a failing test does not print: they hold the values of fixtures."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aws:
    """Clients of the AWS that commands find through the environment."""

    endpoint: Endpoint
    secrets: Any
    parameters: Any
    forget: Callable[[], None]

    def environment(self) -> dict[str, str]:
        """What points boto3 to it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint.url,
            "AWS_REGION": self.endpoint.region,
            "AWS_DEFAULT_REGION": self.endpoint.region,
            "AWS_ACCESS_KEY_ID": self.endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": self.endpoint.secret_key,
        }

    def empty(self) -> None:
        """Forget everything."""
        self.forget()

    def stored(self) -> dict[str, str]:
        """All values by name."""
        names = [one["Name"] for one in self.secrets.list_secrets()["SecretList"]]
        found = {name: self.secrets.get_secret_value(SecretId=name)["SecretString"] for name in names}
        for one in self.parameters.describe_parameters()["Parameters"]:
            answer = self.parameters.get_parameter(Name=one["Name"], WithDecryption=True)
            found[one["Name"]] = answer["Parameter"]["Value"]
        return found

    def versions(self) -> dict[str, int]:
        """How many versions each name has."""
        found = {}
        for one in self.secrets.list_secrets()["SecretList"]:
            listed = self.secrets.list_secret_version_ids(SecretId=one["Name"], IncludeDeprecated=True)
            found[one["Name"]] = len(listed["Versions"])
        for one in self.parameters.describe_parameters()["Parameters"]:
            found[one["Name"]] = len(self.parameters.get_parameter_history(Name=one["Name"])["Parameters"])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A small service in a folder, and the values in it."""

    folder: Path
    values: tuple[str, ...]

    def files(self) -> dict[str, bytes]:
        """Every file by its path."""
        return {
            place.relative_to(self.folder).as_posix(): Hidden(place.read_bytes())
            for place in sorted(self.folder.rglob("*"))
            if place.is_file() and ".git" not in place.relative_to(self.folder).parts
        }

    def journals(self) -> list[list[dict[str, Any]]]:
        """The whole lines of each journal."""
        texts = [path.read_text() for path in sorted((self.folder / ".git" / "unhardcode").glob("*.jsonl"))]
        return [[json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()] for text in texts]


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, emulators: SimpleNamespace
) -> Iterator[Aws]:
    """An AWS on loopback: moto, or what `served` is parametrized with."""
    if getattr(request, "param", "moto") == "ministack":
        with emulators.ministack(tmp_path_factory.mktemp("ministack")) as other:
            access_key, secret_key = other.keys
            endpoint = Endpoint(url=other.url, region="us-east-1", access_key=access_key, secret_key=secret_key)
            yield _aws(endpoint, other.forget)
        return
    with embedded_aws() as endpoint:
        from moto.moto_api._internal.models import moto_api_backend

        yield _aws(endpoint, moto_api_backend.reset)


def _aws(endpoint: Endpoint, forget: Callable[[], None]) -> Aws:
    session = boto3.Session(endpoint.access_key, endpoint.secret_key, region_name=endpoint.region)
    made = {name: session.client(name, endpoint_url=endpoint.url) for name in ("secretsmanager", "ssm")}
    return Aws(endpoint=endpoint, secrets=made["secretsmanager"], parameters=made["ssm"], forget=forget)


@pytest.fixture
def aws(served: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """An empty AWS that the environment points to."""
    served.empty()
    for name, value in served.environment().items():
        monkeypatch.setenv(name, value)
    return served


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder: exit status, standard output, standard error."""

    def call(shop: Shop, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(shop.folder)
        capfd.readouterr()
        status = unhardcode.run(list(arguments))
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return call


def written(folder: Path, made: Callable[..., str]) -> Shop:
    """The files of the shop: a login, a token, and a variable in `.env` with its reader."""
    database, token, mail = made(20), made(32), made(24)
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n',
        "shop/__init__.py": "",
        "shop/db.py": "import psycopg2\n\n\ndef connect():\n"
        f'    return psycopg2.connect(host="db.internal", user="shop", password="{database}", dbname="orders")\n',
        "shop/pay.py": f'"""Paying."""\r\n\r\nAPI_KEY = "{token}"  # caf\u00e9\r\n',
        "shop/mail.py": 'import os\n\nTOKEN = os.environ["MAIL_TOKEN"]\n',
        ".env": f"# mail\nMAIL_TOKEN='{mail}'\n",
        ".gitignore": ".env\n",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    os.chmod(folder / ".env", 0o640)
    return Shop(folder=folder, values=(database, token, mail))


@pytest.fixture
def bare_shop(tmp_path: Path, made: Callable[..., str]) -> Shop:
    """The shop without git."""
    (tmp_path / "bare").mkdir()
    return written(tmp_path / "bare", made)


@pytest.fixture
def shop(repository: Path, git: Callable[..., str], made: Callable[..., str]) -> Shop:
    """The shop, all committed but its ignored `.env`."""
    found = written(repository, made)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "The shop")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A shop whose AWS stands behind a relay, and the command."""

    shop: Any
    aws: Any
    relay: Any
    run: Run

    def migrate(self, *more: str) -> tuple[int, str, str]:
        return self.run(self.shop, "migrate", "--yes", *more)

    def refused(self, status: int, *words: str) -> None:
        """The command must end with this status, in one line and a hint that hold these words, files untouched."""
        before = self.shop.files()
        ended, _, err = self.migrate()
        assert ended == status, err
        assert err.startswith("unhardcode: ")
        assert err.count("\n") == 2, err
        assert not [word for word in words if word not in err], err
        leaked = [value for value in self.shop.values if value in err]
        assert not leaked
        assert self.shop.files() == before

    def finishes(self) -> None:
        """The same command must end well: every value stored once, no literal left."""
        with self.nothing_fails():
            status, out, err = self.migrate()
        assert status == 0, out + err
        self.finished()

    @contextmanager
    def nothing_fails(self) -> Iterator[None]:
        """Pass everything on, and wait for it however slow this machine is."""
        self.relay.forget()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("fixers.asking.users_aws", users_aws)
            yield

    def finished(self) -> None:
        """Every value must be stored once, and no literal left."""
        assert len(self.aws.stored()) == 3
        assert set(self.aws.versions().values()) == {1}
        left = [path for path, raw in self.shop.files().items() for value in self.shop.values if value.encode() in raw]
        assert not left


@pytest.fixture(scope="module")
def relay(served: Any, relaying: SimpleNamespace) -> Iterator[Any]:
    with relaying.to(served.endpoint.url) as made:
        yield made


@pytest.fixture
def behind(shop: Any, aws: Any, relay: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> Behind:
    monkeypatch.setenv("AWS_ENDPOINT_URL", relay.url)
    impatient = Patience(connect=5, read=4, attempts=1)
    monkeypatch.setattr("fixers.asking.users_aws", functools.partial(users_aws, patience=impatient))
    relay.forget()
    aws.stored()  # the emulator's first answer takes long: it imports what it needs
    return Behind(shop=shop, aws=aws, relay=relay, run=run)
