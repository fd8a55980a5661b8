"""Migrate clones of repositories against an emulator, undo, and once more from `--emit` with the real AWS CLI.

    python benchmarks/migrations.py GIT_DIRECTORY...

Everything happens in clones in a temporary folder. Prints counts and seconds, never a value. For each repository and
with tests and low confidence too: fixes, what the store holds, whether the files came back byte for byte, whether
upload.sh (twice) stored the same.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import boto3  # noqa: E402

from fixers.emulator import embedded_aws  # noqa: E402
from fixers.stores.model import Endpoint  # noqa: E402

PROGRAM = (sys.executable, "-I", "-m", "unhardcode")
MODES: dict[str, tuple[str, ...]] = {
    "as it is": (),
    "with tests, low confidence": ("--include-tests", "--min-confidence", "low"),
}


def files(folder: Path) -> dict[str, str]:
    """A digest of every file but git's own."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if ".git" not in path.relative_to(folder).parts
    }


def stored(endpoint: Endpoint) -> dict[str, str]:
    """A digest of every value in the emulator, by name."""
    session = boto3.Session(endpoint.access_key, endpoint.secret_key, region_name=endpoint.region)
    secrets, parameters = (session.client(name, endpoint_url=endpoint.url) for name in ("secretsmanager", "ssm"))
    found: dict[str, Any] = {}
    for page in secrets.get_paginator("list_secrets").paginate():
        for one in page["SecretList"]:
            answer = secrets.get_secret_value(SecretId=one["Name"])
            found[one["Name"]] = answer.get("SecretBinary") or answer["SecretString"].encode()
    for page in parameters.get_paginator("describe_parameters").paginate():
        for one in page["Parameters"]:
            answer = parameters.get_parameter(Name=one["Name"], WithDecryption=True)
            found[one["Name"]] = answer["Parameter"]["Value"].encode()
    return {name: hashlib.sha256(value).hexdigest() for name, value in found.items()}


def run(words: tuple[str, ...], folder: Path, endpoint: Endpoint) -> tuple[subprocess.CompletedProcess[str], float]:
    """A process in a clone that finds this emulator, and its seconds."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_DEFAULT_REGION": endpoint.region,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
    }
    began = time.monotonic()
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done, time.monotonic() - began


def told(done: subprocess.CompletedProcess[str], lines: int = 3) -> str:
    """The end of what it said, for a failure: the program shows no value."""
    return " / ".join((done.stdout + done.stderr).strip().splitlines()[-lines:])


def migrated(source: Path, scratch: Path, more: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """One migration and its undo, in words, and what it stored."""
    folder = scratch / "clone"
    subprocess.run(["git", "clone", "--quiet", str(source), str(folder)], check=True)
    before = files(folder)
    with embedded_aws() as endpoint:
        done, seconds = run((*PROGRAM, "migrate", "--yes", *more), folder, endpoint)
        after, held = files(folder), stored(endpoint)
        if done.returncode != 0:
            return f"migrate: status {done.returncode}: {told(done)}", held
        proven = sum(line.lstrip().startswith("proven ") for line in done.stdout.splitlines())
        changed = sum(before.get(path) != value for path, value in after.items())
        words = f"migrate {seconds:.0f} s: {len(held)} stored, {proven} proven, {changed} files changed"
        if after == before:
            return f"{words}; nothing to undo", held
        done, seconds = run((*PROGRAM, "migrate", "--undo", "--yes"), folder, endpoint)
        same = files(folder) == before
        return f"{words}; undo {seconds:.0f} s: status {done.returncode}, byte for byte {same}", held


def emitted(source: Path, scratch: Path, more: tuple[str, ...], expected: dict[str, str]) -> str:
    """The same from --emit: upload.sh by the real AWS CLI, twice, then `fix --write` of what is stored."""
    folder = scratch / "emitted"
    subprocess.run(["git", "clone", "--quiet", str(source), str(folder)], check=True)
    with embedded_aws() as endpoint:
        out = scratch / "out"
        done, _ = run((*PROGRAM, "migrate", "--emit", str(out), *more), folder, endpoint)
        if done.returncode != 0 or not (out / "upload.sh").exists():
            return f"emit: status {done.returncode}: {told(done, 1)}"
        first, seconds = run(("sh", str(out / "upload.sh")), folder, endpoint)
        if first.returncode != 0:
            return f"upload.sh: status {first.returncode}: {told(first)}"
        held = stored(endpoint)
        second, _ = run(("sh", str(out / "upload.sh")), folder, endpoint)
        kept = sum(line.startswith("kept ") for line in second.stdout.splitlines())
        fixed, _ = run((*PROGRAM, "fix", "--write", "--plan", str(out / "plan.toml")), folder, endpoint)
        return (
            f"upload.sh {seconds:.0f} s: {len(held)} stored, equal to migrate's {held == expected}; again: "
            f"status {second.returncode}, {kept} kept, unchanged {stored(endpoint) == held}; "
            f"fix --write: status {fixed.returncode}"
        )


def main() -> None:
    for name in sys.argv[1:]:
        source = Path(name).resolve()
        print(source.parent.name if source.name == "repo" else source.name)
        for mode, more in MODES.items():
            with tempfile.TemporaryDirectory() as scratch:
                words, held = migrated(source, Path(scratch), more)
                print(f"  {mode}: {words}", flush=True)
                if held:
                    print(f"  {mode}: {emitted(source, Path(scratch), more, held)}", flush=True)


if __name__ == "__main__":
    main()
