"""A thousand secrets in one run: all of them stored once, bounded memory, plain lines where nobody looks."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Measured on two busy cores, 2026-11-25: see docs/emulators.md.
MEGABYTES_MORE = 150
# What wait4 says of a child's memory is never less than what its parent had: the child itself has to look.
MEASURED = """
import sys, unhardcode
status = unhardcode.run(sys.argv[1:])
sys.stderr.write(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(status)
"""


def large(folder: Path, made: Callable[..., str], count: int) -> list[str]:
    """A package with this many credentials, ten a module; their values."""
    (folder / "shop").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (folder / "shop/__init__.py").write_text("")
    values = [made(24) for _ in range(count)]
    for start in range(0, count, 10):
        lines = [f'TENANT_{start + at}_PASSWORD = "{value}"\n' for at, value in enumerate(values[start : start + 10])]
        (folder / f"shop/tenant{start}.py").write_text("".join(lines))
    return values


def migrated(folder: Path, *more: str) -> tuple[int, str, float, int]:
    """Status, standard error, seconds and the highest memory in MB of a migration in a process of its own."""
    with (folder.parent / f"{folder.name}.err").open("w+") as err:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", MEASURED, "migrate", "--yes", *more],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=err,
        )
        status = process.wait()
        err.seek(0)
        said, _, kilobytes = err.read().rpartition("VmHWM:")
        return status, said, time.monotonic() - began, int(kilobytes.split()[0]) // 1024


@pytest.mark.slow
@pytest.mark.parametrize("store", ["secretsmanager", "parameterstore"])
def test_a_thousand_secrets_migrate_in_one_run_with_bounded_memory(
    aws: Any, tmp_path: Path, made: Callable[..., str], store: str, record_property: Callable[[str, object], None]
) -> None:
    large(tmp_path / "few", made, 20)
    status, err, _, few = migrated(tmp_path / "few", "--store", store)
    assert status == 0, err
    aws.empty()
    values = large(tmp_path / "many", made, 1000)
    status, err, seconds, many = migrated(tmp_path / "many", "--store", store)
    assert status == 0, err[-2000:]
    assert "Storing: 0 of 1,000" in err
    assert "Storing: 1,000 of 1,000" in err
    record_property("figures", f"{store}: {seconds:.0f} s, {many} MB (20 secrets: {few} MB)")
    client = aws.secrets if store == "secretsmanager" else aws.parameters
    names, versions = set(), {1}
    if store == "secretsmanager":
        for page in client.get_paginator("list_secrets").paginate():
            names |= {one["Name"] for one in page["SecretList"]}
    else:
        for page in client.get_paginator("describe_parameters").paginate():
            names |= {one["Name"] for one in page["Parameters"]}
            versions |= {one["Version"] for one in page["Parameters"]}  # the last page may be empty
    assert (len(names), versions) == (1000, {1})
    left = [path.name for path in (tmp_path / "many").rglob("*.py") for value in values if value in path.read_text()]
    assert not left
    assert many - few < MEGABYTES_MORE
