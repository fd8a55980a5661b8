"""The folder that `migrate --emit` writes: plan, upload script, policies, templates, runbook, all without values."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from fixers.emit.awscli import upload_script
from fixers.emit.cloudformation import HERE, policies_template, rotation_template
from fixers.emit.crossaccount import CrossAccount, cross_account
from fixers.emit.iam import (
    Policy,
    accesses,
    deletion_policies,
    migration_policies,
)
from fixers.emit.rotation import Rotation
from fixers.emit.runbook import Written, runbook
from fixers.emit.terraform import rotation_file, secrets_file
from fixers.model import Plan, PlannedSecret
from fixers.payload import payload
from fixers.stores.arns import REGION_PLACEHOLDER, Account
from fixers.stores.kinds import KINDS
from fixers.workspace import PLAN_MARK
from scanner.errors import FixError, UsageError
from scanner.saving import replace_with

_PLAN, _SCRIPT, _RUNBOOK = "plan.toml", "upload.sh", "MIGRATION.md"
_TEMPLATES = ("cloudformation.yaml", "secrets.tf")
# Written by `unhardcode rotation` once nothing holds the values; those of an earlier plan are removed.
_ROTATION = ("rotation.yaml", "rotation.tf")
_READER, _MIGRATION, _DELETION, _INJECTION, _PATHS = (
    "iam-policy",
    "iam-policy-migration",
    "iam-policy-deletion",
    "iam-policy-injection",
    "iam-policy-by-path",
)
_ACROSS = ("cross-account-identity-policy", "cross-account-secret-policy.json", "cross-account-key-statement.json")
_POLICY = re.compile(
    r"iam-policy(?:-migration|-deletion|(?:-injection|-by-path)?(?:-for-[\w.-]+?(?<!\.filled))?)(?:-\d+)?\.json|"
    r"cross-account-identity-policy(?:-\d+)?\.json|"
    r"cross-account-(?:secret-policy|key-statement)\.json"
)
_WRITTEN = "# Written by unhardcode:"


def emit(
    plan: Plan,
    folder: Path,
    *,
    plan_file: str,
    repository: str,
    region: str | None = None,
    reader: str | None = None,
) -> tuple[Path, ...]:
    """Write everything needed to carry out a plan by hand; returns the files.

    `plan_file` is the plan as TOML: the result of `render_plan_file`, or the file that the user edited. `repository` is
    the value of the tag that says for whom a secret was created, `region` None if it is not known, `reader` the ARN of
    a role in another account that is to read the secrets. Raises FixError if a store would not accept a value,
    UsageError if the folder cannot be written.
    """
    place = Account(region=region or REGION_PLACEHOLDER)
    moved = plan.moving
    for secret in moved:
        _assert_storable(secret, region or "us-east-1")
    folder = Path(os.path.abspath(folder))
    given = accesses(moved, place)
    across = None if reader is None else cross_account(moved, place, reader)
    readers = [_named(_READER, each.readers, each.environment) for each in given]
    injectors = [_named(_INJECTION, each.injectors, each.environment) for each in given]
    paths = [_named(_PATHS, each.paths, each.environment) for each in given]
    migration = _named(_MIGRATION, migration_policies(moved, place))
    deletion = _named(_DELETION, deletion_policies(moved, place))
    policies = [*readers, *injectors, migration, deletion, *paths, _across(across)]
    written = Written(
        readers=tuple(map(tuple, readers)),
        injectors=tuple(map(tuple, injectors)),
        migration=tuple(migration),
        deletion=tuple(deletion),
        paths=tuple(name for group in paths for name in group),
        across=across,
        across_files=tuple(policies[-1]),
        folder=_seen_from(Path(plan.root), folder),
    )
    texts = {
        _PLAN: plan_file,
        _SCRIPT: upload_script(moved, root=Path(plan.root), folder=folder, repository=repository, region=region),
        **{name: text for group in policies for name, text in group.items()},
        _TEMPLATES[0]: policies_template(accesses(moved, HERE)),
        _TEMPLATES[1]: secrets_file(moved, place, given),
        _RUNBOOK: runbook(plan, place, written),
    }
    return _written(folder, texts)


def emit_rotation(
    folder: Path, rotations: Sequence[Rotation], names: Sequence[str], *, partition: str
) -> tuple[Path, ...]:
    """Write rotation.yaml and rotation.tf, the latter beside the secrets.tf of the secrets `names`; returns both.

    Raises UsageError if they cannot be written, or if files by others have these names.
    """
    texts = (rotation_template(rotations), rotation_file(rotations, names, partition=partition))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ROTATION:
            if os.path.lexists(folder / name) and not _begins(folder / name, _WRITTEN):
                raise UsageError(f"{folder / name}: exists, and is not of an earlier run", hint="name another folder")
        return tuple(_write(folder / name, text) for name, text in zip(_ROTATION, texts, strict=True))
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be written ({error.strerror})") from None


def _seen_from(root: Path, folder: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _assert_storable(secret: PlannedSecret, region: str) -> None:
    kind = KINDS[secret.store]
    problems = kind.problems(secret.name, payload(secret).reveal(), tier=secret.tier, region=region)
    if problems:
        raise FixError(f"{secret.name}: {problems[0]}", hint="edit the plan, or set its action to skip")


def _named(stem: str, policies: Sequence[Policy], environment: str = "") -> dict[str, str]:
    """The policies' texts by file name; names for an environment other than the plan's include it."""
    stem += f"-for-{environment}" if environment else ""
    return {
        f"{stem}{'' if number == 1 else f'-{number}'}.json": json.dumps(policy, indent=2) + "\n"
        for number, policy in enumerate(policies, 1)
    }


def _across(across: CrossAccount | None) -> dict[str, str]:
    """The files for a reader in another account."""
    if across is None:
        return {}
    alone = {_ACROSS[1]: across.resource, _ACROSS[2]: across.key}
    kept = {name: json.dumps(policy, indent=2) + "\n" for name, policy in alone.items() if policy is not None}
    return _named(_ACROSS[0], across.identity) | kept


def _written(folder: Path, texts: dict[str, str]) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = [name for name in sorted(os.listdir(folder)) if _may_be_ours(name)]
        if old and not _begins(folder / _PLAN, PLAN_MARK):
            raise UsageError(f"{folder / old[0]}: exists, and is not of an earlier --emit", hint="name another folder")
        written = tuple(_write(folder / name, text) for name, text in texts.items())
        for name in set(old) - set(texts):
            (folder / name).unlink()
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: cannot be written ({error.strerror})") from None
    return written


def _may_be_ours(name: str) -> bool:
    return name in (_PLAN, _SCRIPT, _RUNBOOK, *_TEMPLATES, *_ROTATION) or _POLICY.fullmatch(name) is not None


def _begins(path: Path, words: str) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(len(words)) == words.encode()


def _write(path: Path, text: str) -> Path:
    """Replace a file atomically, without following a link."""
    replace_with(path, [text], mode=0o755 if path.name == _SCRIPT else 0o644)
    return path
