"""Values: what they look like, and what that makes of a finding together with its name."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.load import load_rules
from scanner.detectors.name import judge_name
from scanner.detectors.randomness import entropy, entropy_floor, randomness
from scanner.detectors.value import judge_value

Growth = Callable[[Callable[[int], object], int], float]

RULES = load_rules()
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def drawn(alphabet: str, length: int, seed: int = 0) -> str:
    source = random.Random(f"{alphabet}{length}{seed}")
    return "".join(source.choice(alphabet) for _ in range(length))


def evidence(value: str, name: str | None = None) -> tuple[str, ...]:
    return judge_value(value, name=name, names=RULES.names)


def verdict(name: str, value: str, *extra: str) -> str:
    """The confidence that name, value and other evidence add up to."""
    found = dict.fromkeys((*judge_name(name, RULES.names).evidence, *evidence(value, name), *extra))
    score = sum(RULES.weights[piece].weight for piece in found)
    return "high" if score >= 4 else "medium" if score >= 2 else "low" if score >= 0 else "suppressed"


# --- no credentials -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("token", "NextToken", id="the name of a field of an API (cloud-custodian#10529)"),
        pytest.param("token", "Bearer", id="a scheme (bandit#842)"),
        pytest.param("token", "access", id="a type of token (flight-blender#107)"),
        pytest.param("token", "user_generated", id="a label (mcp-gateway-registry#525)"),
        pytest.param("token", "None", id="a word for nothing"),
        pytest.param("token", "Unexpected API response from the server", id="a message (bandit#843)"),
        pytest.param("password", "username/password combination.", id="prose about passwords (gitleaks#877)"),
        pytest.param("token", "glpat-" + "X" * 20, id="a provider's shape, filled with one letter (gitleaks#1579)"),
        pytest.param("api_key", "x" * 32, id="one letter over and over"),
        pytest.param("password", "********", id="a mask"),
        pytest.param("password", "864000", id="ten days in seconds"),
        pytest.param("password", "$value[0]:$value[1]", id="elements in a string of PHP"),
        pytest.param("writepwd", "shop.cmd.writepwd:main", id="an entry point"),
        pytest.param("auth_token", "host;x-amz-date", id="names of headers in a row"),
        pytest.param("password", "Basic|Digest|NTLM|Any", id="names in a row"),
        pytest.param("auth_token", "AWS4-HMAC-SHA256", id="an algorithm that signs requests"),
        pytest.param("password", r"C:\\AWS\\password.txt", id="a path of Windows in a string"),
        pytest.param(
            "error_password",
            "Erreur : la constante DB_PASSWORD est introuvable !",
            id="a sentence",
        ),
        pytest.param("token", "<eos>", id="a word of a tokenizer"),
        pytest.param("token", "[CLS]", id="a word of a model"),
        pytest.param("token", "<|endoftext|>", id="a mark of a model"),
        pytest.param("password", "${DB_PASSWORD}", id="a shell's variable"),
        pytest.param("password", "$DB_PASSWORD", id="a shell's variable without braces"),
        pytest.param("password", "{{ db_password }}", id="a template's variable"),
        pytest.param("password", "%(password)s", id="a format's field"),
        pytest.param("password", "{password}", id="a field of a format string"),
        pytest.param("password", "Bearer {token}", id="a header with a field"),
        pytest.param("password", "<your-password-here>", id="words in angle brackets"),
        pytest.param("password", "%DB_PASSWORD%", id="a variable of Windows"),
        pytest.param("password", "op://vault/item/password", id="a reference to 1Password"),
        pytest.param("password", "{{resolve:secretsmanager:prod/db:SecretString:password}}", id="AWS's reference"),
        pytest.param("password", "ssm:/prod/db/password", id="a parameter's name"),
        pytest.param("password", "vault:secret/data/db#password", id="a path in Vault"),
        pytest.param("password", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:db", id="an ARN"),
        pytest.param("password", "ENC[AES256_GCM,data:abc=,iv:abc=,type:str]", id="encrypted by SOPS"),
        pytest.param("password", "$ANSIBLE_VAULT;1.1;AES256", id="encrypted by Ansible"),
        pytest.param("password", "!vault |", id="a YAML tag"),
        pytest.param("password", "changeme", id="a word that asks to be changed"),
        pytest.param("api_key", "your-api-key-here", id="words that ask to be filled in"),
        pytest.param("password", "REPLACE_ME", id="capitals that ask to be replaced"),
        pytest.param("secret", "$2b$12$" + drawn(ALNUM, 53), id="a bcrypt hash"),
        pytest.param("password", "pbkdf2_sha256$260000$" + drawn(ALNUM, 20), id="a Django hash"),
        pytest.param("token", "2024-01-31T10:00:00Z", id="a time"),
        pytest.param("token", "application/json", id="a media type"),
        pytest.param("secret", "/run/secrets/db_password", id="a mounted secret's path"),
        pytest.param("private_key", "/etc/ssl/private/server.key", id="a key file's path"),
        pytest.param("private_key", "certs/server.pem", id="a relative path"),
        pytest.param("token", "https://example.com/oauth/token", id="a URL without credentials"),
        pytest.param("api_key", "someone@example.com", id="a mail address"),
        pytest.param("ssh_key", "ssh-rsa AAAA" + drawn(ALNUM, 40), id="a public key"),
        pytest.param("private_key", "-----BEGIN PUBLIC KEY-----\n" + drawn(ALNUM, 60), id="a public key in PEM"),
        pytest.param("secret_key", "wJalr" + drawn(ALNUM, 20) + "EXAMPLEKEY", id="a key of AWS's documentation"),
        pytest.param("token", "get_token(request)", id="a call"),
        pytest.param("token", "self.token", id="an attribute"),
        pytest.param("secret_key", "SECRET_KEY", id="its own name"),
        pytest.param("SETTING_TOKEN", "settings.API_TOKEN", id="a setting's name"),
        pytest.param("secret", "DB_PASSWORD", id="another variable's name"),
        pytest.param("password", "请输入密码", id="a label in Chinese"),
        pytest.param("password", "Введите пароль", id="a label in Russian"),
        pytest.param("passphrase", "Enter the passphrase of your key:", id="a prompt for a passphrase"),
        pytest.param("password", "", id="nothing"),
        pytest.param("password", "   ", id="blanks"),
        pytest.param("commit_sha_key", drawn(HEX, 40), id="a commit under a name that says so"),
        pytest.param("file_checksum_token_type", drawn(HEX, 64), id="a checksum under a cleared name"),
        pytest.param("key", "default", id="a word under a weak name"),
        pytest.param("PASSWORD", "GRAPH_PASSWORD", id="a variable of the environment that ends like its name"),
        pytest.param("PASS", "<description_of_compliant_state(s)>.", id="words in angle brackets, some in round ones"),
        pytest.param("pass", "bg-[rgba(32,66,55,0.2)] dark:border-[rgba(32,66,55,0.7)]", id="classes of Tailwind"),
        pytest.param("mysecret", "mysecret=/tmp/mysecret.txt", id="where a build finds a secret"),
        pytest.param("refresh_token", "1//0e" + "x" * 17, id="a token's shape, crossed out"),
        pytest.param(
            "dkim_key", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" + drawn(ALNUM, 300), id="a public key of RSA in DER"
        ),
        pytest.param("verify_key", "MCowBQYDK2VwAyEA" + drawn(ALNUM, 43) + "=", id="a public key of Ed25519 in DER"),
        pytest.param(
            "okta_private_key", "-----BEGIN PRIVATE KEY-----\ntest\n-----END PRIVATE KEY-----", id="a key without one"
        ),
        pytest.param(
            "private_key",
            "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----",
            id="a key cut short",
        ),
        pytest.param("key", "Authorization", id="a header's name under a weak name"),
        pytest.param("xPass", "//input[@id='passwd']", id="where a field of a page is"),
        pytest.param("login_password", '//*[@id="form"]/div[2]/input', id="a path of elements"),
        pytest.param("txtPass", "ctl00$Main$txtPass", id="the name of a control of ASP.NET"),
        pytest.param("secretstorage", "3.3.1=py38h578d9bd_1", id="a package pinned with its build"),
        pytest.param("password", "follows::", id="a word before a block of reStructuredText"),
        pytest.param("password", "?,token=?", id="parameters of a statement"),
        pytest.param(
            "Authorization", 'MAC id="' + drawn(HEX, 12) + '", mac="' + drawn(ALNUM, 27) + '="', id="a signed request"
        ),
        pytest.param(
            "Authorization",
            'Digest username="ana", realm="shop", response="' + drawn(HEX, 32) + '", qop=auth',
            id="an answer to a challenge",
        ),
    ],
)
def test_no_credential(name: str, value: str) -> None:
    assert verdict(name, value) == "suppressed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("key", drawn(ALNUM, 9), id="a short code under a weak name"),
        pytest.param("password", "password", id="a password that repeats its name"),
        pytest.param("password", "user_password_update_body", id="a thing that is about it"),
        pytest.param("client_secret", "hello", id="a word as a secret"),
        pytest.param("token", "12345678", id="a number as a token"),
        pytest.param("jwt_secret", "GENERATE_ME_32_CHARS", id="capitals that ask for a value"),
        pytest.param("role_secret", "AWS_ROLE_ARN_1", id="the name of a secret of CI"),
        pytest.param("bucket_secret", "S3_BUCKET_NAME_2", id="a variable's name with numbers"),
        pytest.param("password_secret", "shop-db-credentials-1", id="the name of an object with credentials"),
        pytest.param("NTPASSWORD", "NTPASSWORD\0", id="its own name as C writes it"),
    ],
)
def test_little_to_go_by(name: str, value: str) -> None:
    assert verdict(name, value) in ("low", "suppressed")


# --- credentials --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("password", "hunter2", "medium", id="a password of a person"),
        pytest.param("password", "S3cr3t" + "!", "medium", id="a password with a mark"),
        pytest.param("DB_PASS", "Winter" + "2019#", "medium", id="a season, a year and a mark"),
        pytest.param("password", "letmein", "medium", id="a common password"),
        pytest.param("password", "correct-horse-staple", "medium", id="words put together"),
        pytest.param("password", drawn(ALNUM, 20), "high", id="a random password"),
        pytest.param("api_key", drawn(ALNUM, 32), "high", id="a random key"),
        pytest.param("api_key", drawn(HEX, 32), "high", id="a random key in hexadecimal"),
        pytest.param("Authorization", "Bearer " + drawn(ALNUM, 40), "high", id="a token after its scheme"),
        pytest.param("client_secret", drawn(ALNUM + "-_~.", 40), "high", id="a client secret"),
        pytest.param("secret", "test" + drawn(ALNUM, 28), "high", id="a random value with test in it (hol-guard#1199)"),
        pytest.param("secret", drawn(ALNUM, 10) + "false" + drawn(ALNUM, 15), "high", id="with false in it"),
        pytest.param("key", drawn(ALNUM, 32), "medium", id="a random value under a weak name"),
        pytest.param("client_secret", str(uuid.UUID(int=7**45)), "medium", id="a UUID as a secret"),
        pytest.param("api_key", "k8s-shop-" + drawn(HEX, 32), "high", id="a random value after words with digits"),
        pytest.param("DB_PASS", "//Summer" + "2019#", "medium", id="a password that begins as a path of elements"),
        pytest.param("DB_PASS", "AMBER_CEDAR_4417", "medium", id="capitals and a number that nobody counts to"),
        pytest.param("mnemonic", "legal winner thank year wave sausage", "medium", id="words as a mnemonic"),
        pytest.param("cookie_secret", '{"sig":"' + drawn(HEX, 40) + '"}', "medium", id="a random part of JSON"),
    ],
)
def test_a_credential(name: str, value: str, expected: str) -> None:
    assert verdict(name, value) == expected


@pytest.mark.parametrize("value", ["hunter2", "letmein", "S3cr3t" + "!", "correct", drawn(ALNUM, 16), "pa%ss" + "word"])
def test_at_a_sink_a_literal_is_a_credential_whatever_it_looks_like(value: str) -> None:
    assert verdict("password", value, "sink") == "high"


@pytest.mark.parametrize("value", ["${DB_PASSWORD}", "{{ password }}", "<password>"])
def test_not_even_a_sink_makes_a_template_a_credential(value: str) -> None:
    assert verdict("password", value, "sink") == "suppressed"


@pytest.mark.parametrize(
    "value",
    [
        "-----BEGIN RSA PRIVATE KEY-----\n" + drawn(ALNUM, 64) + "\n-----END",
        "https://user:" + drawn(ALNUM, 9) + "@example.com/",
        "Server=db;User Id=sa;Password=" + drawn(ALNUM, 9),
    ],
)
def test_what_other_detectors_read_is_left_to_them(value: str) -> None:
    assert evidence(value, "connection_string") == ()


# --- single pieces --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "piece"),
    [
        ("abcdefghijkl", "sequence"),
        ("qwertyuiop", "sequence"),
        ("987654321", "sequence"),
        ("a0b1c2d3e4f5a6b7", "sequence"),
        ("abcabcabcabc", "repeated"),
        ("aaaaaaaa", "repeated"),
        ("42", "short"),
        ("31415926", "number-only"),
        ("123456", "common-password"),
        ("my_test_value", "example-word"),
        ("10.0.0.1:5432", "host"),
        ("localhost", "host"),
        ("1.2.3", "version"),
        (drawn(HEX, 8) + "-0000-0000-0000-" + drawn(HEX, 12), "uuid"),
        ("string", "format-word"),
        ("86400", "duration"),
    ],
)
def test_a_piece_of_evidence(value: str, piece: str) -> None:
    assert piece in evidence(value, "something")


@pytest.mark.parametrize("value", ["36000", "720000", "7201", "18000", "1209601"])
def test_a_number_that_few_durations_have_is_none(value: str) -> None:
    assert "duration" not in evidence(value, "password")


def test_your_in_a_line_of_base_64_is_chance_and_no_placeholder() -> None:
    letters = "etaoinsrhlETAOINSRHL"
    line = f"{drawn(letters, 22)}/your3{drawn(letters, 22, 10)}"
    assert "placeholder" not in evidence(f"{line}\\n", "private_key")
    assert "placeholder" in evidence("Put/your/own/base64/encoded/private/key/in+here", "private_key")


def test_a_word_inside_a_random_value_is_no_placeholder() -> None:
    found = evidence(drawn(ALNUM, 12) + "-example-" + drawn(ALNUM, 12), "password")
    assert not {"placeholder", "example-word"} & set(found)


def test_a_format_inside_a_random_value_is_no_template() -> None:
    assert "template" not in evidence(drawn(ALNUM, 14) + "%s" + drawn(ALNUM, 14), "password")


@pytest.mark.parametrize("word", ["password", "access_token", "getSomethingFromServer", "com.example.TokenProvider"])
def test_words_are_not_random(word: str) -> None:
    assert randomness(word) < 0.1


@pytest.mark.parametrize(("alphabet", "length"), [(HEX, 32), (HEX, 40), (ALNUM, 20), (ALNUM, 40), (ALNUM + "+/", 88)])
def test_nearly_all_random_values_are_seen_as_random(alphabet: str, length: int) -> None:
    scores = [randomness(drawn(alphabet, length, seed)) for seed in range(200)]
    assert sum(score > 0.9 for score in scores) >= 192


@pytest.mark.parametrize("length", [8, 16, 32, 64])
def test_nearly_all_random_values_reach_the_floor_of_entropy(length: int) -> None:
    texts = [drawn(HEX, length, seed) for seed in range(200)]
    assert sum(entropy(text) < entropy_floor(text) for text in texts) <= 30


# --- any text -------------------------------------------------------------------------------------------------


@given(st.text(max_size=200), st.none() | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_gets_evidence_that_has_a_weight(value: str, name: str | None) -> None:
    found = evidence(value, name)
    assert len(set(found)) == len(found)
    assert set(found) <= set(RULES.weights)
    assert 0 <= randomness(value) <= 1


@given(st.text(alphabet="${}<>[]%()`\"'\\./:@=-_ aA0#*&;", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_punctuation_gets_evidence_that_has_a_weight(value: str) -> None:
    assert set(evidence(value, "password")) <= set(RULES.weights)


@pytest.mark.parametrize(
    "block", ["a", "a_", "A.", "[[", "://:", "$(", "<a ", "{a", "a/", "a@a.", "1_", "a=", "-> ", "((", " \n", "é"]
)
def test_a_huge_value_costs_no_more_than_its_length(block: str, growth: Growth) -> None:
    assert growth(lambda length: evidence((block * length)[:length], "password"), 25_000) < 8


def test_no_sentence_of_a_weight_is_the_same_as_another() -> None:
    texts = [weight.text for weight in RULES.weights.values()]
    assert len(set(texts)) == len(texts)


def test_marks_alone_stand_for_nothing_only_where_they_repeat() -> None:
    assert "placeholder" in evidence("@:80/::::::", "password")
    assert not {"placeholder", "special-token"}.intersection(evidence("!@#$%^&*", "password"))
