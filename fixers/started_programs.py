"""Programs started by Python that read environment variables themselves: `subprocess.run(["pg_dump", ...])`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from fixers.environment_uses import STARTS
from fixers.python_environment import dotted, resolve
from fixers.settings_classes import Made

# Each from the program's own documentation: https://www.postgresql.org/docs/current/libpq-envars.html,
# https://dev.mysql.com/doc/refman/en/environment-variables.html, https://mariadb.com/kb/en/mariadb-environment-variables/,
# https://restic.readthedocs.io/en/stable/040_backup.html#environment-variables,
# https://borgbackup.readthedocs.io/en/stable/usage/general.html#environment-variables,
# https://redis.io/docs/latest/develop/tools/cli/, https://cli.github.com/manual/gh_help_environment,
# https://developer.hashicorp.com/terraform/cli/config/environment-variables,
# https://developer.hashicorp.com/vault/docs/commands#environment-variables,
# https://docs.ansible.com/ansible/latest/reference_appendices/config.html,
# https://twine.readthedocs.io/en/stable/#environment-variables, https://linux.die.net/man/1/sshpass,
# https://docs.sentry.io/cli/configuration/, https://rclone.org/docs/#environment-variables
_PROGRAMS: Mapping[str, str] = {
    "PGPASSWORD": "psql|pgbench|pg_[a-z]+|(?:create|drop|vacuum)db",
    "MYSQL_PWD": r"(?:mysql|mariadb)[\w-]*",
    "RESTIC_PASSWORD": "restic",
    "BORG_PASSPHRASE": "borg",
    "REDISCLI_AUTH": "redis-cli",
    "(?:GH|GITHUB)(?:_ENTERPRISE)?_TOKEN": "gh",
    "TF_VAR_.*": "terraform|tofu|terragrunt",
    "VAULT_TOKEN": "vault",
    "ANSIBLE_.*": r"ansible[\w-]*",
    "TWINE_PASSWORD": "twine",
    "SSHPASS": "sshpass",
    "SENTRY_AUTH_TOKEN": "sentry-cli",
    "RCLONE_.*": "rclone",
}  # fmt: skip
# Bytes that a file must contain for `programs_started` to find any.
STARTING = frozenset({"subprocess", "system", "popen", "create_subprocess_exec", "create_subprocess_shell", "pexpect"})
_MODULES = frozenset({"subprocess", "os", "asyncio", "pexpect", "sh", "plumbum"})


def programs_started(tree: ast.Module, names: Mapping[str, str]) -> Iterator[Made]:
    """The programs that a file starts and that read a variable themselves, unless the file sets it for them."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _starts(node, names)]
    if not calls:
        return
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    own = set(_variables_set(tree))
    for variable, program in _PROGRAMS.items():
        started = re.compile(rf"(?:^|[\s/;&|(])({program})(?:\s|$)", re.ASCII)
        found = next((match[1] for text in texts if (match := started.search(text)) is not None), None)
        if found is not None:
            pattern = re.compile("".join(f"(?!{re.escape(each)}$)" for each in sorted(own)) + f"(?:{variable})")
            yield calls[0], f"{found}, which is started here", pattern


def _starts(call: ast.Call, names: Mapping[str, str]) -> bool:
    top, _, rest = resolve(dotted(call.func), names).partition(".")
    return top in _MODULES and (rest in STARTS or rest.startswith(("exec", "spawn", "get")))


def _variables_set(tree: ast.Module) -> Iterator[str]:
    """The variables that a file sets: keys of dictionaries, and assignment targets."""
    for node in ast.walk(tree):
        keys: list[ast.expr | None] = []
        match node:
            case ast.Dict():
                keys = node.keys
            case ast.Subscript(slice=key, ctx=ast.Store()):
                keys = [key]
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                yield from (each.arg for each in keywords if each.arg is not None)
        yield from (each.value for each in keys if isinstance(each, ast.Constant) and isinstance(each.value, str))
