"""Detect passwords inside literals: in URLs with user information, and in key=value connection strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from rules.lazy_patterns import lazy_pattern
from scanner.detectors.candidate import URL, Candidate
from scanner.model import CredentialKind, Literal, Role, SecretValue

# https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1: userinfo ends at the last @ before the path. People do not
# escape reserved characters, and a user may be an address: everything up to the authority's last @ is taken.
_URL = lazy_pattern(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{1,30})://(?P<user>[^\s/\"'`<>:]{0,200}):"
    r"(?P<password>[^\s/\"'`<>@]{1,300}(?:@[^\s/\"'`<>@:]{1,100}(?=@))?)"
    # Several brokers of one service in one text: `amqp://a:...@one,amqp://a:...@two`.
    r"@(?=(?P<rest>[^\s\"'`<>]{0,300}))"
)
_ENGINES = {
    "postgres": "postgres", "postgresql": "postgres", "psql": "postgres", "pgsql": "postgres", "postgis": "postgres",
    "mysql": "mysql", "mysql2": "mysql", "mariadb": "mariadb", "mssql": "sqlserver", "sqlserver": "sqlserver",
    "oracle": "oracle", "mongodb": "mongo", "redshift": "redshift", "db2": "db2", "redis": "redis", "rediss": "redis",
    "amqp": "amqp", "amqps": "amqp", "pyamqp": "amqp", "smtp": "smtp", "smtps": "smtp", "ldap": "ldap", "ldaps": "ldap",
    "ftp": "ftp", "sftp": "sftp", "clickhouse": "clickhouse", "cockroachdb": "postgres", "snowflake": "snowflake",
}  # fmt: skip
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
# https://learn.microsoft.com/dotnet/framework/data/adonet/connection-string-syntax
_DSN_PASSWORD = lazy_pattern(
    r"(?i)(?<![A-Za-z_])(?:password|pwd)\s*=\s*(?:'(?P<q>[^']+)'|\{(?P<b>[^{}]+)\}|(?P<p>(?:(?!,\s?[a-z]{2,20}=)[^;\s'\"{])+))"
)
DSN_KEY = lazy_pattern(
    r"(?i)(?<![A-Za-z_])(?:host|server|data source|dbname|database|initial catalog|user|user id|uid|port|driver"
    # https://stackexchange.github.io/StackExchange.Redis/Configuration
    r"|address|ssl|abortconnect)\s*="
)
_DSN_USER = lazy_pattern(r"(?i)(?<![A-Za-z_])(?:user(?: id|name)?|uid)\s*=\s*([^;,\s]+)")
_NEAR = 200
# https://python-oracledb.readthedocs.io/en/latest/user_guide/connection_handling.html: user/password@host:port/service
_ORACLE = lazy_pattern(r"[\w$#]{1,128}(?:\[[\w$#]+\])?/(?P<p>\"[^\"]+\"|[^\s/@\"]+)@\S+")
# The same without a sink: after JDBC's scheme, or before a port of Oracle's listeners. A path has neither.
# https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html
ORACLE = lazy_pattern(
    r"(?:jdbc:oracle:(?:thin|oci8?):[\w$#]{1,64}/(?P<thin>[^\s/@\"'`<>{}$]{3,64})@"
    r"|(?<![\w.\-/])[A-Za-z][\w$#]{0,63}/(?P<easy>[^\s/@\"'`<>{}$]{3,64})@(?://)?[\w.\-]{1,100}:15\d\d[/:][\w.])"
)
# https://github.com/go-sql-driver/mysql#dsn-data-source-name: user:password@tcp(host:3306)/database
GO = lazy_pattern(r"(?<![^\s\"'`=])[^\s:@/\"'`]{1,64}:(?P<p>[^\s\"'`]{1,200})@(?:tcp6?|unix)\([^()\s]*\)/")
PROXY = lazy_pattern(
    r"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}:[A-Za-z][\w.\-]{0,40}:"
    r"(?P<p>(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[^\s:@/\"'`,;<>{}$%]{4,64})(?![^\s\"'`,;])"
)
"""How proxies are sold: `address:port:user:password`."""
_LOCAL = lazy_pattern(
    r"(?i)^(?:[^@]*@)?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal)(?:[:/?]|$)"
)
_EXAMPLE = lazy_pattern(
    r"(?i)^(?:[^@]*@)?(?:[\w\-]+\.)*(?:example\.(?:com|org|net)|example|invalid|test|host|hostname|server|domain\.com"
    r"|your[\w\-]*)(?:[:/?]|$)"
)
# `scheme://user:password@host`: a URL as manuals write it.
_ANY_USER = frozenset(("user", "username", "usr", "uname", "user_name", "myuser", "myusername", "login", "name"))
_ANY_PASSWORD = frozenset(
    ("password", "pass", "passwd", "pwd", "passw", "pw", "mypassword", "mypass", "my_password", "secret", "passphrase",
     "user_password", "userpassword")
)  # fmt: skip


def engine_of(scheme: str) -> str | None:
    """The engine for a URL scheme such as `postgresql+psycopg2`, named as in AWS's rotation templates."""
    word = _service_of(scheme)
    return None if word is None else _ENGINES[word]


def _service_of(scheme: str) -> str | None:
    """The service's part of a scheme: SQLAlchemy appends a driver, Celery prepends `db+`."""
    return next((word for word in scheme.lower().split("+") if word in _ENGINES), None)


def _stands_for_any(user: str, password: str) -> bool:
    """Whether user and password are placeholders of a manual, or the account in Oracle's examples."""
    # `redis://[[user]:[password]]@host` marks the parts that are optional.
    if user.startswith("[") and password.endswith("]"):
        return True
    user, password = user.lower().lstrip("["), password.lower()
    return (user in _ANY_USER and password in _ANY_PASSWORD) or (user, password) == ("scott", "tiger")


def detect(literal: Literal) -> Iterator[Candidate]:
    """Candidates for passwords in URLs and connection strings of one literal."""
    text = literal.value.reveal("text")
    if "://" in text:
        for found in _URL.finditer(text):
            yield _url(literal, found)
    if ")/" in text:
        for found in GO.finditer(text):
            yield _dsn(literal, found, "p")
    for found in ORACLE.finditer(text) if "/" in text and "@" in text else ():
        yield _dsn(literal, found, found.lastgroup or "thin")
    for found in PROXY.finditer(text) if text.count(":") >= 3 else ():
        yield _dsn(literal, found, "p")
    if "=" in text and literal.role is not Role.TEXT and DSN_KEY.search(text):
        for found in _DSN_PASSWORD.finditer(text):
            group = found.lastgroup or "p"
            # ODBC quotes with braces, and so do templates: `PWD={name}` is one.
            template = group == "b" and found["b"].isidentifier()
            # `password=${NAME}`: the value ends at the brace.
            template = template or (found[group][-1] in "$#" and text.startswith("{", found.end()))
            if len(found[group]) < len(text) and not template:
                yield _dsn(literal, found, group)


def detect_oracle(literal: Literal) -> Iterator[Candidate]:
    """The password of `user/password@host`; only for literals that reach an Oracle connection, as paths look alike."""
    found = _ORACLE.fullmatch(literal.value.reveal("text"))
    if found is not None:
        yield _dsn(literal, found, "p")


def _url(literal: Literal, found: re.Match[str]) -> Candidate:
    evidence = ["url-password"]
    if _LOCAL.match(found["rest"]):
        evidence.append("url-local")
    elif _EXAMPLE.match(found["rest"]):
        evidence.append("url-example-host")
    if found["password"] == found["user"]:
        evidence.append("url-user-is-password")
    elif _stands_for_any(found["user"], found["password"]):
        evidence.append("url-placeholder")
    service = _service_of(found["scheme"])
    return Candidate(
        rank=URL,
        rule="url-password",
        title=f"Password in {_article(service)} {service} URL" if service else "Password in a URL",
        kind=CredentialKind.URL,
        severity="high",
        literal=literal,
        span=literal.source_span(*found.span("password")),
        value=SecretValue(unquote(found["password"])),
        evidence=tuple(evidence),
        engine=engine_of(found["scheme"]),
    )


def _dsn(literal: Literal, found: re.Match[str], group: str) -> Candidate:
    # The user of another connection string in the same text is further away.
    start = max(0, found.start() - _NEAR)
    user = _DSN_USER.search(found.string, start, found.end() + _NEAR)
    placeholder = _stands_for_any(user[1] if user else "user", found[group])
    return Candidate(
        rank=URL,
        rule="dsn-password",
        title="Password in a connection string",
        kind=CredentialKind.DSN,
        severity="high",
        literal=literal,
        span=literal.source_span(*found.span(group)),
        value=SecretValue(found[group]),
        evidence=("dsn-password", "url-placeholder") if placeholder else ("dsn-password",),
    )


def _article(word: str) -> str:
    return "an" if word[:1] in "aeio" else "a"
