"""What anybody would guess is quiet in tests and documentation; what nobody would guess is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.model import Confidence, Finding

Find = Callable[..., list[Finding]]
TEST, SOURCE = "tests/test_login.py", "shop/login.py"


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1
    return findings[0]


@pytest.mark.parametrize("value", ["password", "admin", "test123", "secret", "changeme1", "12345678", "my_password"])
@pytest.mark.parametrize("call", ["login(password={})", "user['password'] = {}", "PASSWORD = {}"])
def test_a_value_that_anybody_would_guess_is_below_medium_in_a_test(find: Find, call: str, value: str) -> None:
    found = find(TEST, call.format(repr(value)) + "\n")
    assert all(each.confidence is Confidence.LOW for each in found)


def test_the_name_of_the_user_is_no_password_worth_a_word_in_a_test(find: Find) -> None:
    assert only(find(TEST, 'create_user(username="marlene", password="marlene")\n')).confidence is Confidence.LOW


def test_a_plain_word_in_a_url_of_a_test_is_low(find: Find) -> None:
    assert only(find(TEST, 'URL = "redis://:bosco@vandelay.com:123/1"\n')).confidence is Confidence.LOW


def test_a_guessable_value_at_a_sink_is_low_in_a_test(find: Find) -> None:
    text = 'import psycopg2\npsycopg2.connect(user="shop", password="postgres")\n'
    assert only(find(TEST, text)).confidence is Confidence.LOW
    assert only(find(SOURCE, text)).confidence is Confidence.HIGH


def test_documentation_with_a_guessable_value_is_low(find: Find) -> None:
    assert all(each.confidence is Confidence.LOW for each in find("README.md", '    password: "password"\n'))


def test_the_same_value_in_code_that_runs_is_medium(find: Find) -> None:
    assert only(find(SOURCE, 'login(password="admin")\n')).confidence is Confidence.MEDIUM


@pytest.mark.parametrize("path", ["application.yml", "app.ini", "deploy/settings.toml"])
def test_a_number_that_everybody_uses_is_a_password_where_it_is_configured(find: Find, path: str) -> None:
    text = "password: 123456\n" if path.endswith(".yml") else '[db]\npassword = "123456"\n'
    assert only(find(path, text)).confidence is Confidence.MEDIUM
    assert all(each.confidence is Confidence.LOW for each in find(f"tests/{path}", text))


def test_behind_a_type_stands_a_default_and_between_it_and_a_value_a_section(find: Find) -> None:
    assert only(find("settings.py", 'env = Env(DB_PASSWORD=(str, "defectdojo"))\n')).confidence is not Confidence.LOW
    assert find("settings.py", 'SETTINGS = {"DB_PASSWORD": (str, "General", "")}\n') == []


def test_a_key_that_somebody_made_up_counts_as_a_variable_of_the_environment(find: Find) -> None:
    text = "environment:\n  {}: shop_jwt_value\n"
    assert only(find("compose.yml", text.format("JWT_SECRET_KEY"))).confidence is Confidence.MEDIUM
    assert all(each.confidence is Confidence.LOW for each in find("compose.yml", text.format("secretKey")))


def test_a_strong_looking_value_in_a_test_is_medium_or_more(find: Find, made: Callable[..., str]) -> None:
    assert only(find(TEST, f'login(password="{made(16)}")\n')).confidence is not Confidence.LOW
    assert only(find(TEST, 'login(password="Kr0kodil!")\n')).confidence is not Confidence.LOW


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('label(password="enter your password")\n', id="a label"),
        pytest.param('TEXTS = {"password": "mot de passe"}\n', id="a translation"),
        pytest.param('TEXTS = {"password": "open sesame"}\n', id="words in a table"),
        pytest.param('URL = "postgres://nut***:9a9**@db.internal:5432/shop"\n', id="a part blotted out"),
        pytest.param('password = "a == b or c"\n', id="an expression"),
    ],
)
def test_words_about_passwords_are_no_passphrase(find: Find, text: str) -> None:
    assert all(each.confidence is Confidence.LOW for each in find(SOURCE, text))


def test_a_passphrase_passed_to_a_parameter_is_found(find: Find) -> None:
    assert only(find(SOURCE, 'fetch("/x", auth_password="open sesame")\n')).confidence is Confidence.MEDIUM


@pytest.mark.parametrize("value", ["Kro==kodil7", "Kro!=kodil7", "Kro&&kodil7"])
def test_an_operator_inside_a_password_makes_no_code_of_it(find: Find, value: str) -> None:
    assert only(find(SOURCE, f'password = "{value}"\n')).confidence is not Confidence.LOW


def test_a_product_that_is_its_own_password_is_found(find: Find) -> None:
    assert only(find(SOURCE, 'GITLAB_PASSWORD = "gitlab"\n')).confidence is Confidence.MEDIUM
    assert all(each.confidence is Confidence.LOW for each in find(SOURCE, 'PASSWORD = "password"\n'))


def test_a_made_up_secret_counts_in_configuration_and_less_in_code(find: Find) -> None:
    assert only(find("config.yml", "jwt_secret: waterfallgarden\n")).confidence is Confidence.MEDIUM
    assert all(each.confidence is Confidence.LOW for each in find(SOURCE, 'secret = "waterfallgarden"\n'))


def test_a_lock_file_is_read_and_its_checksums_are_none(find: Find, made: Callable[..., str]) -> None:
    text = f"packages:\n  token@1.0:\n    resolution: {{integrity: sha512-{made(60)}==}}\n"
    assert find("pnpm-lock.yaml", text) == []
    url = f"packages:\n  x:\n    tarball: https://bob:{made(16)}@npm.internal/x.tgz\n"
    assert find("pnpm-lock.yaml", url)
