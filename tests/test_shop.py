"""After its migration the example shop reads equal values: plainly, with load_dotenv, with variables by hand."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixers.emulator import embedded_aws
from fixers.stores.model import Endpoint

SHOP = Path(__file__).parents[1] / "examples" / "shop"
# Prints keyed digests of what the shop reads, never a value. The key comes on standard input.
READ = """
import hashlib, hmac, json, sys
key = sys.stdin.buffer.read()
if sys.argv[1:] == ["load_dotenv"]:
    from dotenv import load_dotenv
    load_dotenv()
from shop import reports, settings
from shop.app import create_app
import psycopg2
app = create_app()
assert app.test_client().get("/").status_code == 200
psycopg2.connect = lambda dsn: dsn
read = {name: value for name, value in vars(settings).items() if name.isupper()}
read["reports"] = reports.connect()
read["flask"] = app.config["SECRET_KEY"]
digests = {name: hmac.new(key, repr(value).encode(), hashlib.sha256).hexdigest() for name, value in read.items()}
print(json.dumps(digests))
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as running:
        yield running


def _environment(endpoint: Endpoint) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "UNHARDCODE_CACHE") if name in os.environ}
    return kept | {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
    }


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory, endpoint: Endpoint) -> tuple[Path, Path]:
    """The shop as it was, and migrated by the command against an AWS on loopback."""
    folders = []
    for name in ("before", "after"):
        folder = tmp_path_factory.mktemp("shops") / name
        shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__", "generate.py", "history.py"))
        # psycopg2 is not needed to see what it would be given.
        (folder / "psycopg2.py").write_text("connect = None\n", encoding="utf-8")
        for words in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=t", "-c", "user.email=t@t.invalid", "commit", "-qm", "shop"],
        ):
            subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
        folders.append(folder)
    done = subprocess.run(
        [sys.executable, "-I", "-m", "unhardcode", "migrate", "--yes"],
        cwd=folders[1], env=_environment(endpoint), capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folders[0], folders[1]


def _read(folder: Path, environment: dict[str, str], key: bytes, *arguments: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", READ, *arguments], cwd=folder, env=environment, input=key, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()[-600:]
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


@pytest.fixture(scope="module")
def key() -> bytes:
    return secrets.token_bytes(32)


@pytest.fixture(scope="module")
def original(shops: tuple[Path, Path], key: bytes) -> dict[str, str]:
    """What the shop read before."""
    return _read(shops[0], {"PATH": os.environ["PATH"]}, key, "load_dotenv")


def test_the_migrated_shop_holds_no_value_any_more(shops: tuple[Path, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "unhardcode", "scan", "--format", "json"],
        cwd=shops[1],
        capture_output=True,
        text=True,
    )
    left = {finding["path"] for finding in json.loads(done.stdout)["findings"]}
    assert left == {"shop/storage.py", "tests/test_shop.py"}  # refused, with a reason


def test_the_agent_gives_the_container_what_it_had(shops: tuple[Path, Path], endpoint: Endpoint, key: bytes) -> None:
    code = (
        "import hashlib, hmac, json, sys\n"
        "from standin_ecs import started\n"
        "print(hmac.new(sys.stdin.buffer.read(), repr(started('taskdef.json')).encode(), hashlib.sha256).hexdigest())\n"
    )
    environment = _environment(endpoint) | {"PYTHONPATH": str(SHOP.parents[1] / "tests" / "cases" / "stubs")}
    before, after = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, input=key, capture_output=True, check=True
        ).stdout
        for folder in shops
    )
    assert after == before
    assert '"secrets"' in (shops[1] / "taskdef.json").read_text()


def test_plain_python_reads_the_store(
    shops: tuple[Path, Path], endpoint: Endpoint, original: dict[str, str], key: bytes
) -> None:
    assert _read(shops[1], _environment(endpoint), key) == original


def test_load_dotenv_sets_references_that_are_resolved(
    shops: tuple[Path, Path], endpoint: Endpoint, original: dict[str, str], key: bytes
) -> None:
    assert _read(shops[1], _environment(endpoint), key, "load_dotenv") == original


def test_variables_set_by_hand_need_no_aws(shops: tuple[Path, Path], original: dict[str, str], key: bytes) -> None:
    before = shops[0]
    code = (
        "import json, dotenv\nfrom shop import reports, settings\nimport psycopg2\npsycopg2.connect = lambda dsn: dsn\n"
        "print(json.dumps({'SECRET_KEY': settings.SECRET_KEY, 'settings': settings.DATABASE['password'],\n"
        " 'BROKER': settings.BROKER_URL.split(':')[2].split('@')[0], 'PAYMENT_API_KEY': settings.PAYMENT_API_KEY,\n"
        " 'SEARCH_TOKEN': settings.SEARCH_TOKEN, 'reports': reports.connect().rpartition('=')[2],\n"
        " **dotenv.dotenv_values('.env')}))"
    )
    known = subprocess.run(
        [sys.executable, "-c", f"from dotenv import load_dotenv\nload_dotenv()\n{code}"],
        cwd=before, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True,
    )  # fmt: skip
    values: dict[str, str] = json.loads(known.stdout)
    # The recorded variables, each told by what its name says; the two database passwords by the file that reads them.
    by_hand = {"PATH": os.environ["PATH"]}
    for name, path in _recorded(shops[1]).items():
        by_hand[name] = (
            values.get(name)
            or values[
                "SECRET_KEY" if "SECRET_KEY" in name else "BROKER" if "BROKER" in name else path.removesuffix(".py")
            ]
        )
    assert _read(shops[1], by_hand, key) == original


def _recorded(folder: Path) -> dict[str, str]:
    """The variables that the rewritten code names, and the file that does."""
    files = [path for path in (folder / "shop").glob("*.py") if path.name != "app_secrets.py"]
    return {
        name: path.name
        for path in files
        for name in re.findall(r"""env=["'](\w+)["']""", path.read_text(encoding="utf-8"))
    }


def test_the_digests_would_differ(original: dict[str, str], key: bytes) -> None:
    other = hmac.new(key, repr("x").encode(), hashlib.sha256).hexdigest()
    assert other not in original.values()
    assert len(original) >= 12
