"""The folder that `migrate --emit` writes: plan, upload script, policies and runbook, all of them free of values."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from fixers.emit.awscli import upload_script
from fixers.emit.iam import (
    ACCOUNT_PLACEHOLDER,
    REGION_PLACEHOLDER,
    Account,
    Policy,
    migration_policies,
    reader_policies,
)
from fixers.emit.runbook import runbook
from fixers.payload import payload
from fixers.stores.limits import parameter_problems, secret_problems
from scanner.errors import FixError, UsageError
from scanner.model import Plan, PlannedSecret

_PLAN, _SCRIPT, _RUNBOOK = "plan.toml", "upload.sh", "MIGRATION.md"
_READER, _MIGRATION = "iam-policy", "iam-policy-migration"
_POLICY = re.compile(r"iam-policy(?:-migration)?(?:-\d+)?\.json")
_OURS = "# Plan of unhardcode:"


def emit(
    plan: Plan,
    folder: Path,
    *,
    plan_file: str,
    repository: str,
    region: str | None = None,
    account: str | None = None,
) -> tuple[Path, ...]:
    """Write what a person needs to carry out a plan by hand; returns the files.

    `plan_file` is the plan as TOML: what `render_plan_file` gave, or the file that a person edited. `repository` is the
    value of the tag that says for whom a secret was created, `region` and `account` (12 digits) None where they are
    not known. Raises FixError where a store would not take a value, UsageError where the folder cannot be written.
    """
    place = Account(id=account or ACCOUNT_PLACEHOLDER, region=region or REGION_PLACEHOLDER)
    moved = [secret for secret in plan.secrets if secret.action != "skip"]
    for secret in moved:
        _assert_storable(secret, region or "us-east-1")
    folder = Path(os.path.abspath(folder))
    policies = _named(_READER, reader_policies(moved, place)) | _named(_MIGRATION, migration_policies(moved, place))
    readers = [name for name in policies if not name.startswith(_MIGRATION)]
    migration = [name for name in policies if name.startswith(_MIGRATION)]
    texts = {
        _PLAN: plan_file,
        _SCRIPT: upload_script(moved, root=Path(plan.root), folder=folder, repository=repository, region=region),
        **policies,
        _RUNBOOK: runbook(plan, place, readers, migration, folder=_seen_from(Path(plan.root), folder)),
    }
    return _written(folder, texts)


def _seen_from(root: Path, folder: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _assert_storable(secret: PlannedSecret, region: str) -> None:
    value = payload(secret).reveal()
    if secret.store == "parameterstore":
        problems = parameter_problems(secret.name, value, tier=secret.tier, region=region)
    else:
        problems = secret_problems(secret.name, value)
    if problems:
        raise FixError(f"{secret.name}: {problems[0]}", hint="edit the plan, or set its action to skip")


def _named(stem: str, policies: Sequence[Policy]) -> dict[str, str]:
    return {
        f"{stem}{'' if number == 1 else f'-{number}'}.json": json.dumps(policy, indent=2) + "\n"
        for number, policy in enumerate(policies, 1)
    }


def _written(folder: Path, texts: dict[str, str]) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = [name for name in sorted(os.listdir(folder)) if _may_be_ours(name)]
        if old and not _is_ours(folder / _PLAN):
            raise UsageError(f"{folder / old[0]}: exists, and is not of an earlier --emit", hint="name another folder")
        written = tuple(_write(folder / name, text) for name, text in texts.items())
        for name in set(old) - set(texts):
            (folder / name).unlink()
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be written ({error.strerror})") from None
    return written


def _may_be_ours(name: str) -> bool:
    return name in (_PLAN, _SCRIPT, _RUNBOOK) or _POLICY.fullmatch(name) is not None


def _is_ours(path: Path) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(len(_OURS)) == _OURS.encode()


def _write(path: Path, text: str) -> Path:
    """Replace a file: a link is not followed, and whoever edited the old one keeps it until the new one is whole."""
    partial = path.with_name(f".unhardcode-{secrets.token_hex(8)}")
    mode = 0o755 if path.name == _SCRIPT else 0o644
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    return path
