"""What a credential connects to: engine, host, port, user and database, from the settings beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from scanner.detectors.name import split_words
from scanner.model import CredentialKind, Finding, Role, Sibling

# Engines that AWS's rotation templates support.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
TEMPLATE_ENGINES = frozenset({"postgres", "mysql", "mariadb", "oracle", "sqlserver", "mongo", "redshift", "db2"})

_ENGINE_WORDS = {
    "postgres": "postgres", "postgresql": "postgres", "pg": "postgres", "psycopg": "postgres", "psycopg2": "postgres",
    "postgis": "postgres", "asyncpg": "postgres", "cockroachdb": "postgres", "pgsql": "postgres",
    "mysql": "mysql", "pymysql": "mysql", "mysqldb": "mysql", "aiomysql": "mysql", "mariadb": "mariadb",
    "oracle": "oracle", "oracledb": "oracle", "mssql": "sqlserver", "sqlserver": "sqlserver", "pymssql": "sqlserver",
    "mongo": "mongo", "mongodb": "mongo", "redshift": "redshift", "db2": "db2", "ibm_db": "db2",
}  # fmt: skip
_PORTS = {
    "5432": "postgres", "3306": "mysql", "1433": "sqlserver", "1521": "oracle", "27017": "mongo", "5439": "redshift",
    "50000": "db2",
}  # fmt: skip
DEFAULT_PORTS = {engine: port for port, engine in _PORTS.items()} | {"mariadb": "3306"}
_DATABASE_WORDS = frozenset({"db", "database", "rds", "sql"})
_PASSWORD_HEADS = frozenset({"password", "passwd", "pwd", "pass", "passphrase", "pw"})
_FIELDS = {
    "host": "host", "hostname": "host", "hostaddr": "host", "server": "host", "addr": "host", "address": "host",
    "datasource": "host", "endpoint": "host",
    "port": "port",
    "user": "username", "username": "username", "uid": "username", "userid": "username", "login": "username",
    "dbname": "dbname", "database": "dbname", "db": "dbname", "name": "dbname", "databasename": "dbname",
    "initialcatalog": "dbname", "schema": "dbname", "sid": "dbname", "servicename": "dbname",
    "engine": "engine", "drivername": "engine", "dialect": "engine", "driver": "engine", "adapter": "engine",
    "backend": "engine", "connection": "engine", "scheme": "engine",
}  # fmt: skip
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^\s/?#]*)@([^\s/?#@]*)(?:/([^\s?#]*))?")
_PAIR = re.compile(r"([A-Za-z][A-Za-z _]*?)\s*=\s*('(?:[^'\\]|\\.)*'|[^;\s]+)")
_SERVICE = re.compile(r"services\.([\w-]+)\.environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The known parts of one connection, None for unknown ones. `database` says that it is one to a database."""

    engine: str | None = None
    host: str | None = None
    username: str | None = None
    dbname: str | None = None
    port: str | None = None
    database: bool = False

    @property
    def constants(self) -> tuple[tuple[str, str], ...]:
        """The known parts, in the order of AWS's rotation templates."""
        parts = (
            ("engine", self.engine), ("host", self.host), ("username", self.username),
            ("dbname", self.dbname), ("port", self.port),
        )  # fmt: skip
        return tuple((key, value) for key, value in parts if value)


def engine_of(word: str) -> str | None:
    """AWS's name for the engine in a scheme or driver (`mysql+pymysql`, `django.db.backends.postgresql`)."""
    for part in reversed(re.split(r"[^a-z0-9_]+", word.lower())):
        if part in _ENGINE_WORDS:
            return _ENGINE_WORDS[part]
    return None


def connection(finding: Finding) -> Connection:
    """What the finding's credential connects to, from its URL or connection string, else from its siblings."""
    if finding.kind is CredentialKind.URL:
        found = _from_url(finding)
    elif finding.kind is CredentialKind.DSN:
        found = _from_pairs(finding)
    else:
        found = _from_siblings(finding)
    engine = _sink_engine(finding) or found.engine or _PORTS.get(found.port or "")
    return replace(found, engine=engine, database=found.database or engine in TEMPLATE_ENGINES)


def is_login(finding: Finding) -> bool:
    """Whether the finding is the password of a database login."""
    if finding.kind not in (CredentialKind.PASSWORD, CredentialKind.URL, CredentialKind.DSN):
        return False
    if finding.engine is not None and engine_of(finding.engine) is None:
        return False  # a sink of another kind: redis, smtp, amqp
    return connection(finding).database


def prefix_words(finding: Finding) -> tuple[str, ...]:
    """The words in the finding's name before the word that means password (`DB_PASSWORD`: db)."""
    words = split_words(finding.literal.name or "")
    while words and words[-1].isdigit():
        words = words[:-1]
    return words[:-1] if words and words[-1] in _PASSWORD_HEADS else words


def is_database_word(word: str) -> bool:
    """Whether the word means a database in general or names an engine."""
    return word in _DATABASE_WORDS or word in _ENGINE_WORDS


def _sink_engine(finding: Finding) -> str | None:
    return engine_of(finding.engine) if finding.engine else None


def _from_url(finding: Finding) -> Connection:
    for match in _URL.finditer(finding.literal.value.reveal("text")):
        scheme, user_information, place, path = match.groups()
        username, colon, password = user_information.partition(":")
        if colon and finding.value is not None and finding.value.reveal("text") not in (unquote(password), password):
            continue
        host, port = _host_and_port(place)
        engine = engine_of(scheme)
        return Connection(
            engine=engine,
            host=host,
            username=unquote(username) or None,
            dbname=unquote(path or "") or None if engine else None,
            port=port,
            database=engine is not None,
        )
    return Connection()


def _host_and_port(place: str) -> tuple[str | None, str | None]:
    if "," in place:
        return place, None  # a MongoDB seed list is one host text
    host, colon, port = place.rpartition(":")
    return (host.strip("[]") or None, port) if colon and port.isdigit() else (place.strip("[]") or None, None)


def _from_pairs(finding: Finding) -> Connection:
    fields: dict[str, str] = {}
    for name, value in _PAIR.findall(finding.literal.value.reveal("text")):
        field = _FIELDS.get("".join(split_words(name)))
        if field:
            fields.setdefault(field, value.strip("'"))
    return _filled(fields, database=engine_of(fields.get("engine", "")) is not None or "dbname" in fields)


def _from_siblings(finding: Finding) -> Connection:
    prefix = prefix_words(finding)
    fields: dict[str, str] = {}
    for field, sibling in _fields_of(finding, prefix):
        if sibling.value.reveal("text") and not sibling.value.is_bytes:
            fields.setdefault(field, sibling.value.reveal("text"))
    named = next((engine for word in prefix if (engine := _ENGINE_WORDS.get(word))), None)
    if named is not None:
        fields |= _of_image(finding, prefix, fields)
    meant = named is not None or any(word in _DATABASE_WORDS for word in prefix)
    known = engine_of(fields.get("engine", "")) is not None
    placed = "host" in fields and "dbname" in fields and finding.literal.role is not Role.VARIABLE
    found = _filled(fields, database=meant or known or placed)
    return replace(found, engine=found.engine or named)


def _of_image(finding: Finding, prefix: tuple[str, ...], fields: dict[str, str]) -> dict[str, str]:
    """What a database image's variable in Compose shows: its service's name is the host, `_ROOT_` the account.

    https://hub.docker.com/_/mariadb, https://docs.docker.com/compose/how-tos/networking/
    """
    found = {"username": "root"} if prefix[-1] == "root" else {}
    service = _SERVICE.fullmatch(finding.literal.symbol)
    if service and "host" not in fields and any(is_database_word(word) for word in split_words(service[1])):
        found["host"] = service[1]
    return found


def _fields_of(finding: Finding, prefix: tuple[str, ...]) -> Iterable[tuple[str, Sibling]]:
    for sibling in finding.literal.siblings:
        words = split_words(sibling.name)
        if words[: len(prefix)] != prefix or sibling.span == finding.literal.span:
            continue
        field = _FIELDS.get("".join(words[len(prefix) :]))
        if field:
            yield field, sibling


def _filled(fields: dict[str, str], *, database: bool) -> Connection:
    return Connection(
        engine=engine_of(fields.get("engine", "")),
        host=fields.get("host"),
        username=fields.get("username"),
        dbname=fields.get("dbname"),
        port=fields.get("port") if fields.get("port", "").isdigit() else None,
        database=database,
    )
