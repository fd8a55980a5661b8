"""Names: what clears them, what makes them suspicious, and the shapes that the prefilter looks for."""

from __future__ import annotations

from typing import Any

import hyperscan
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.load import load_rules
from scanner.detectors.name import judge_name, split_words
from scanner.detectors.nameshapes import prefilter_expressions

NAMES = load_rules().names


# --- cleared ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("token_type", id="a type of token is no token (bandit#842)"),
        pytest.param("token_fail_reason", id="the reason why a token failed is no token (bandit#843)"),
        pytest.param("input_token", id="a paging token in a table of field names is no token (cloud-custodian#10529)"),
        pytest.param("NextToken", id="AWS's next token is no token"),
        pytest.param("pad_token", id="a tokenizer's padding is no token (bandit#498)"),
        pytest.param("eos_token_id", id="the number of a tokenizer's token is no token"),
        pytest.param("max_tokens", id="a limit of tokens is no token"),
        pytest.param("tokenizer", id="a tokenizer is no token"),
        pytest.param("public_key", id="a public key is public (gitleaks#1578)"),
        pytest.param("publicKey2", id="a numbered public key is public"),
        pytest.param("key_id", id="an id of a key is no key (gitleaks#1578)"),
        pytest.param("key_version", id="a version of a key is no key (gitleaks#1578)"),
        pytest.param("primary_key", id="a primary key is no secret"),
        pytest.param("sort-key", id="a sort key is no secret"),
        pytest.param("cacheKey", id="a key into a cache is no secret"),
        pytest.param("test_spreadsheet_key", id="the key of a spreadsheet is in its address"),
        pytest.param("keyboard", id="a keyboard is no key (gitleaks#1578)"),
        pytest.param("monkey", id="a monkey is no key (gitleaks#1578)"),
        pytest.param("keyword", id="a keyword is no key"),
        pytest.param("client_name", id="a client's name is no secret (gitleaks#1578)"),
        pytest.param("password_field", id="a form's field is no password"),
        pytest.param("passwordHash", id="a hash of a password is no password"),
        pytest.param("PASSWORD_RESET_URL", id="a page that resets passwords is no password"),
        pytest.param("password_hint", id="a hint is no password"),
        pytest.param("password_min_length", id="a length is no password"),
        pytest.param("token_ttl", id="the life of a token is no token"),
        pytest.param("secret_name", id="the name of a secret is no secret"),
        pytest.param("SECRET_ARN", id="the ARN of a secret is no secret"),
        pytest.param("csrf_token_name", id="the name of a token's field is no token"),
        pytest.param("bypass", id="a bypass is no pass"),
        pytest.param("compass", id="a compass is no pass"),
        pytest.param("password_expiry_days", id="days are no password"),
        pytest.param("value", id="a bare value is nothing"),
        pytest.param("", id="no name is nothing"),
        pytest.param("___", id="marks alone are nothing"),
    ],
)
def test_cleared(name: str) -> None:
    assert judge_name(name, NAMES).strength == "none"


@pytest.mark.parametrize(("name", "evidence"), [("token_type", ("name-cleared",)), ("user_type", ())])
def test_a_cleared_name_is_evidence_only_where_it_is_about_a_credential(name: str, evidence: tuple[str, ...]) -> None:
    assert judge_name(name, NAMES).evidence == evidence


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        pytest.param("name", "secret", id="the name of a secret in a nested key"),
        pytest.param("key", "primary", id="a primary key in a nested key"),
        pytest.param("value", "Client.test_password", id="a test's function is not what its variable is called after"),
        pytest.param("value", "set_password", id="neither is any function that does something"),
        pytest.param("github", "secretsmanager", id="a service is not a container of secrets"),
    ],
)
def test_a_parent_does_not_make_it_suspicious(name: str, symbol: str) -> None:
    assert judge_name(name, NAMES, symbol=symbol).strength == "none"


# --- suspicious ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "strength"),
    [
        ("password", "password", "strong"),
        ("DB_PASSWORD_PROD", "password", "strong"),
        ("dbPassword2", "password", "strong"),
        ("mysql-root-passwd", "password", "strong"),
        ("spring.datasource.password", "password", "strong"),
        ("password_default", "password", "strong"),
        ("passwordConfirmation", "password", "strong"),
        ("smtp_pass", "password", "strong"),
        ("dbpassword", "password", "strong"),
        ("password_mysql", "password", "weak"),
        ("contraseña", "password", "strong"),
        ("usuarioContraseña", "password", "strong"),
        ("senha", "password", "strong"),
        ("senha_banco", "password", "strong"),
        ("mot_de_passe_base", "password", "strong"),
        ("db_passwort", "password", "strong"),
        ("mot_de_passe", "password", "strong"),
        ("hasło", "password", "strong"),
        ("数据库密码", "password", "strong"),
        ("APIKey", "api-key", "strong"),
        ("apikey", "api-key", "strong"),
        ("X-Api-Key", "api-key", "strong"),
        ("github_token", "api-key", "strong"),
        ("OAuth2Token", "api-key", "strong"),
        ("Authorization", "api-key", "strong"),
        ("client-secret", "secret", "strong"),
        ("SECRET_KEY", "signing-key", "strong"),
        ("SECRET_KEY_BASE", "signing-key", "strong"),
        ("jwtSecret", "signing-key", "strong"),
        ("ssh_private_key", "private-key", "strong"),
        ("AWS_SECRET_ACCESS_KEY", "access-key", "strong"),
        ("aws_access_key_id", "access-key-id", "strong"),
        ("DATABASE_URL", "dsn", "weak"),
        ("connectionString", "dsn", "weak"),
        ("key", "api-key", "weak"),
    ],
)
def test_a_name_that_ends_as_a_credentials_does_is_suspicious(name: str, kind: str, strength: str) -> None:
    verdict = judge_name(name, NAMES)
    assert verdict.strength == strength
    assert verdict.evidence == (f"name-{strength}",)
    assert verdict.kind == kind


@pytest.mark.parametrize(
    ("name", "symbol", "kind", "strength"),
    [
        pytest.param("value", "db.password", "password", "strong", id="password: {value: ...}"),
        pytest.param("default", "parameters.apiKey", "api-key", "strong", id="apiKey: {default: ...}"),
        pytest.param("key", "api", "api-key", "strong", id="api: {key: ...} is an api key"),
        pytest.param("token", "github", "api-key", "strong", id="github: {token: ...} needs no parent"),
        pytest.param("github", "secrets", "secret", "weak", id="secrets: {github: ...} may be a secret"),
        pytest.param("0", "passwords", "password", "strong", id="passwords: [...]"),
    ],
)
def test_a_parent_supplies_the_head(name: str, symbol: str, kind: str, strength: str) -> None:
    verdict = judge_name(name, NAMES, symbol=symbol)
    assert (verdict.kind, verdict.strength) == (kind, strength)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("db_password", ("db", "password")),
        ("dbPassword2", ("db", "password", "2")),
        ("APIKey", ("api", "key")),
        ("X-Auth-Token", ("x", "auth", "token")),
        ("a.b.SecretKey", ("a", "b", "secret", "key")),
        ("HTTPServerPassword", ("http", "server", "password")),
        ("ÜberSchlüssel", ("über", "schlüssel")),
        ("", ()),
    ],
)
def test_names_are_split_at_case_digits_and_marks(name: str, words: tuple[str, ...]) -> None:
    assert split_words(name) == words


@given(st.text(max_size=300), st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_any_text_is_judged_as_a_name(name: str, symbol: str) -> None:
    verdict = judge_name(name, NAMES, symbol=symbol)
    assert verdict.strength in ("strong", "weak", "none")
    assert (verdict.kind is None) == (verdict.strength == "none")


@given(st.sampled_from(["password", "client_secret", "api_key"]), st.sampled_from(["prod", "2", "default", "staging"]))
def test_an_environment_or_a_number_at_the_end_changes_nothing(head: str, tail: str) -> None:
    assert judge_name(f"{head}_{tail}", NAMES) == judge_name(head, NAMES)


# --- the prefilter's shapes -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def databases() -> dict[str, Any]:
    return {group: _compiled(expressions) for group, expressions in prefilter_expressions(NAMES).items()}


def _compiled(expressions: list[bytes]) -> Any:
    database = hyperscan.Database()
    count = len(expressions)
    database.compile(
        expressions=expressions, ids=list(range(count)), elements=count, flags=[hyperscan.HS_FLAG_CASELESS] * count
    )
    return database


def _ends(database: Any, text: str) -> set[int]:
    ends: set[int] = set()
    database.scan(text.encode(), match_event_handler=lambda number, start, end, flags, context: ends.add(end) or None)
    return ends


@pytest.mark.parametrize(
    "text",
    [
        'password = ""',
        "password = None",
        "password = os.environ[name]",
        "def login(user): pass",
        "mapping = 'abcdefghijkl'",
        "pattern = 'abcdefghijkl'",
        "keyboard = 'abcdefghijkl'",
        "author = 'somebody else'",
        "key = 'short'",
        'def f(key):\n    """Documentation of it."""',
    ],
)
def test_no_quoted_shape(databases: dict[str, Any], text: str) -> None:
    assert not _ends(databases["quoted"], text)


@pytest.mark.parametrize(
    "text",
    [
        'password = "x',
        "PASSWORD: Final[str] = 'x",
        '"password": "x',
        'd["password"] = "x',
        'password=\n    "x',
        "password = (\n    'x",
        'password = """\\\nx',
        'os.getenv("DB_PASSWORD", "x',
        'password = os.environ.get(P) or "x',
        'getenv("DB_PASSWORD") or "x',
        'token = f"a',
        'key = b"abcdefgh',
        'API_KEY = "abcdefgh',
        "signingKey: 'abcdefgh",
        'if password == "x',
        'self.dbPass = "x',
        '<add name="Password" value="x',
        "--password 'x",
        "run --password x",
        "run --db-password x",
        "run --signing-key x",
        'contraseña = "x',
        'CONTRASEÑA = "x',
        '"name": "DB_PASSWORD",\n  "value": "x',
    ],
)
def test_a_quoted_value_is_hit_at_its_start_and_once(databases: dict[str, Any], text: str) -> None:
    rest = "yz" * 8 + "'\")}\n"
    found = {end for group in databases.values() for end in _ends(group, text + rest)}
    assert len(text.encode()) in found
    assert not [end for end in found if end > len(text.encode())]


@pytest.mark.parametrize(
    "text",
    [
        "password: x",
        "password=x",
        "DB_PASS=x",
        "export GITHUB_TOKEN=x",
        "spring.datasource.password = x",
        "<password>x",
        "- name: DB_PASSWORD\n  value: x",
        "password: !unsafe x",
        "requirepass abcd",
        "api_key: abcdefgh",
        "密码: x",
    ],
)
def test_a_bare_value_is_hit_at_its_start_and_once(databases: dict[str, Any], text: str) -> None:
    found = _ends(databases["bare"], text + "yzyzyz\n")
    assert len(text.encode()) in found
    assert not [end for end in found if end > len(text.encode())]


@pytest.mark.parametrize(
    "text", ["password:", "password = ''", "mapping: abcdefghijkl", "# passwords are long", "key: a"]
)
def test_no_bare_shape(databases: dict[str, Any], text: str) -> None:
    assert not _ends(databases["bare"], text)
