"""Rotate a PostgreSQL login in the four steps of AWS's rotation functions, where there is no Lambda to do it.

    python rotate.py lab/testapp/db-creds

It is what SecretsManagerRDSPostgreSQLRotationSingleUser does, for a laboratory: the user changes its own password. No
value is printed. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_how.html
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

import boto3
import psycopg
from psycopg import sql

EXCLUDED = "/@\"'\\:"


def create_secret(store: Any, name: str, token: str) -> None:
    """Make the next password and keep it beside the current one, as AWSPENDING."""
    fields = secret(store, name)
    fields["password"] = store.get_random_password(PasswordLength=32, ExcludeCharacters=EXCLUDED)["RandomPassword"]
    store.put_secret_value(
        SecretId=name, ClientRequestToken=token, SecretString=json.dumps(fields), VersionStages=["AWSPENDING"]
    )


def set_secret(store: Any, name: str, token: str) -> None:
    """Let the user change its own password to the pending one, unless it has it already."""
    pending = secret(store, name, VersionId=token, VersionStage="AWSPENDING")
    try:
        login(pending).close()
    except psycopg.OperationalError:
        with login(secret(store, name)) as connection:
            change = sql.SQL("ALTER USER {} WITH PASSWORD {}")
            connection.execute(change.format(sql.Identifier(pending["username"]), sql.Literal(pending["password"])))


def test_secret(store: Any, name: str, token: str) -> None:
    """Log in with the pending password; raises what PostgreSQL says if it is refused."""
    with login(secret(store, name, VersionId=token, VersionStage="AWSPENDING")) as connection:
        connection.execute("SELECT now()")


def finish_secret(store: Any, name: str, token: str) -> None:
    """Make the pending version the current one."""
    stages = store.describe_secret(SecretId=name)["VersionIdsToStages"]
    current = next(version for version, labels in stages.items() if "AWSCURRENT" in labels)
    store.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
    )


def secret(store: Any, name: str, **version: str) -> dict[str, Any]:
    """The fields of a version, AWSCURRENT unless another is named."""
    wanted = version or {"VersionStage": "AWSCURRENT"}
    fields: dict[str, Any] = json.loads(store.get_secret_value(SecretId=name, **wanted)["SecretString"])
    return fields


def login(fields: dict[str, Any]) -> psycopg.Connection:
    """A connection as the user of these fields."""
    return psycopg.connect(
        host=fields["host"],
        port=fields.get("port", 5432),
        dbname=fields.get("dbname", "postgres"),
        user=fields["username"],
        password=fields["password"],
        connect_timeout=5,
    )


def main() -> None:
    """Do the four steps with one token, as Secrets Manager calls its function four times."""
    store, name, token = boto3.client("secretsmanager"), sys.argv[1], str(uuid.uuid4())
    for step in (create_secret, set_secret, test_secret, finish_secret):
        step(store, name, token)
        print(step.__name__, "done")


if __name__ == "__main__":
    main()
