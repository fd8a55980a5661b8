"""What stands around a value: badges, recordings, types, prose and tables of names are no credentials."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.model import Confidence, Finding

Find = Callable[..., list[Finding]]
Made = Callable[..., str]


def sure(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.confidence is not Confidence.LOW]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("README.md", "![ci](https://ci.example.org/a/b.svg?token={value}&branch=main)\n", id="a badge"),
        pytest.param("a.py", 'X = {{"csrf_token": "{value}"}}\n', id="a form's token"),
        pytest.param("a.py", 'AVATAR_KEY_IV = b"{value}"\n', id="an initialisation vector"),
        pytest.param("api.tl", "login user:string password:InputCheckPassword = User;\n", id="a schema"),
        pytest.param("README.md", "    password: SecretStr\n", id="a type"),
        pytest.param("README.md", "- password: Proxy password for the host\n", id="prose"),
        pytest.param(
            "a.py", '"""Log in.\n\n:param password: what the user chose\n"""\n', id="a parameter's description"
        ),
        pytest.param("a.rs", "let x = ok ? 'PASS' : 'FAIL';\n", id="a ternary"),
        pytest.param("a.py", 'X = {{"UID": "username", "PWD": "password"}}\n', id="a table of names"),
        pytest.param("a.py", 'X = {{"passwd": "authentication_key"}}\n', id="the name of a field"),
        pytest.param("a.yml", "password: authentication/encrypted-password\n", id="a path of fields"),
        pytest.param("a.py", 'PASSWORD = "urn:oasis:names:ac:Password"\n', id="a URN"),
        pytest.param("a.py", 'X = re.compile(r"mysql://(.+?)(?::(.+?))?@(.+?)")\n', id="an expression for URLs"),
        pytest.param("a.py", "X = \"1Password 'whoami' failed\"\n", id="a product's name"),
        pytest.param("a.py", 'API_KEY = "{value}..."\n', id="the rest is left out"),
        pytest.param("a.py", 'CHANGE_PASSWORD = "{value}"\n', id="an action"),
        pytest.param("a.py", 'run(["backup", "-p{value}password", "{value}"])\n', id="a password behind one dash"),
        pytest.param("a.py", 'run(["a", "--password", "--user", "{value}"])\n', id="an option behind an option"),
        pytest.param("a.py", 'run(["a", "--password-file", "/run/secrets/{value}"])\n', id="a file of a password"),
        pytest.param(".github/workflows/a.yml", "jobs:\n  a:\n    secrets: inherit\n", id="passed on by a workflow"),
        pytest.param("a.yml", "headers:\n  Authorization:\n  - Basic Og==\n", id="neither user nor password"),
        pytest.param("schema.graphql", "input A {{\n  password: String!\n}}\n", id="a type of GraphQL"),
        pytest.param("a.css", '.form-password:before{{content:"\\f07f5"}}\n', id="a class of a style sheet"),
        pytest.param("a.sh", 'echo "the admin password: $(kubectl \\\n  get x)"\n', id="a command's output"),
        pytest.param("a.tpl", "{{{{- $dbPassword := randAlphaNum 16 | quote }}}}\n", id="a function of a template"),
        pytest.param("a.json", '{{"secret": "rl-sha256:{hex}"}}\n', id="a digest with its maker's name"),
        pytest.param("a.json", '{{"https://a.example.org/x/?t=1&sid={value}": 200}}\n', id="a session in an address"),
    ],
)
def test_it_is_not_reported_by_default(find: Find, made: Made, path: str, text: str) -> None:
    assert sure(find(path, text.format(value=made(24), hex=made(64, "0123456789abcdef")))) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("README.md", "curl https://ci.example.org/a/b?token={value}\n", id="a token that opens something"),
        pytest.param("app.properties", "db.password=MarleneDocker\n", id="chosen, in configuration"),
        pytest.param("a.yml", "db_password: marlene-secret\n", id="chosen, with a credential's word"),
        pytest.param("a.py", 'hash_secret = "{hex}"\n', id="what goes into a hash"),
        pytest.param("a.py", 'X = "https://shop.example.org/v1?a=1&token={value}&v=0.1"\n', id="a field among others"),
        pytest.param("a.py", 'X = f"https://shop.example.org/{{y}}?app_key={value}"\n', id="a field with two words"),
        pytest.param(
            "a.py", 'run(["psql", "--password", "{value}", "-h", "db"])\n', id="behind an option of a command"
        ),
        pytest.param("a.py", 'run(("tool", "--api-token", f"{value}"))\n', id="behind an option, formatted"),
        pytest.param("a.py", 'run(["tool", "--api-token={value}"])\n', id="in an option of a command"),
        pytest.param("a.js", 'var secretkey = CryptoJS.MD5("{value}");\n', id="what a hash is made of"),
    ],
)
def test_it_is_reported_all_the_same(find: Find, made: Made, path: str, text: str) -> None:
    assert sure(find(path, text.format(value=made(24), hex=made(64, "0123456789abcdef"))))


def test_a_recorded_answer_is_low_where_a_test_written_by_hand_is_not(find: Find, made: Made) -> None:
    entry = f'{{"access_token": "{made(40)}"}}'
    assert [each.confidence for each in find("tests/data/a.json", entry)] == [Confidence.MEDIUM]
    long = f"[{', '.join([entry] * 40)}]"
    assert {each.confidence for each in find("tests/data/a.json", long)} == {Confidence.LOW}


def test_a_name_alone_is_high_in_code_and_medium_in_a_test(find: Find, made: Made) -> None:
    text = f'API_KEY = "{made(32)}"\n'
    assert [each.confidence for each in find("a.py", text)] == [Confidence.HIGH]
    assert [each.confidence for each in find("tests/test_a.py", text)] == [Confidence.MEDIUM]


def test_a_wrong_checksum_is_not_high_by_its_shape(find: Find, made: Made) -> None:
    (found,) = find("a.py", f'x = "ghp_{made(36)}"\n')
    assert found.confidence is not Confidence.HIGH


def test_statements_that_store_nothing_cost_each_digest_no_second_reading(
    find: Find, made: Made, ratio: Callable[[Callable[[], object], Callable[[], object]], float]
) -> None:
    digest = f"(password='{made(32, '0123456789abcdef')}', "
    alone, stored = digest * 800, f"into a (b) values {digest}" * 800
    assert len(find("a.txt", alone)) == len(find("a.txt", stored)) == 800
    # It takes 1.2 times as much; when each read all before it, it took 3 times as much.
    assert ratio(lambda: find("a.txt", stored), lambda: find("a.txt", alone)) < 2
