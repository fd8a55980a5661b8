"""What stands inside the strings and comments of code: INI text, JSON, cookies, SQL, command lines."""

from __future__ import annotations

import random
import string

import pytest

SECRET = "".join(random.Random("inside").choices(string.ascii_letters + string.digits, k=14)) + "7"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("self.password = password\n", id="a variable"),
        pytest.param('call(password=password, name="x")\n', id="a keyword with a variable"),
        pytest.param('help = "--password PASSWORD"\n', id="a usage text"),
        pytest.param('query = "password=%s" % password\n', id="a field"),
        pytest.param('query = f"password={password}"\n', id="an f-string's field"),
        pytest.param("sql = \"ALTER USER x PASSWORD '%s'\"\n", id="a field of SQL"),
        pytest.param('text = """\ntoken: str\npassword: Optional[str]\n"""\n', id="annotations in a string"),
        pytest.param('cmd = "openssl -passin file:/run/key"\n', id="a password from a file"),
        pytest.param('cmd = "openssl -passin env:KEY_PASSWORD"\n', id="a password from the environment"),
    ],
)
def test_no_credential_inside(find, text: str) -> None:
    assert not [each for each in find("a.py", text) if each.confidence != "low"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('config = """\n[server]\njwt_secret: {}\n"""\n', id="INI text of many lines"),
        pytest.param('config = """\n[server]\npassword={}\n"""\n', id="INI text with an equals sign"),
        pytest.param("content = 'USER=jo\\nPASS={}\\n'\n", id="variables on escaped lines"),
        pytest.param('body = "{{\\"password\\":\\"{}\\"}}"\n', id="JSON with escaped quotes"),
        pytest.param('body = b\'{{"port":1, "password":"{}"}}\'\n', id="JSON in bytes"),
        pytest.param('get(headers={{"Cookie": "_oauth_token={}"}})\n', id="a cookie"),
        pytest.param("run(\"CREATE USER x IDENTIFIED BY '{}'\")\n", id="SQL of MySQL"),
        pytest.param("run(\"ALTER ROLE x WITH PASSWORD '{}'\")\n", id="SQL of PostgreSQL"),
        pytest.param('run("openssl genrsa -passout pass:{} 4096")\n', id="openssl's argument"),
        pytest.param('run("mysqldump --password {} shop")\n', id="an option and its value"),
        pytest.param('"""Docs.\n\n    client.edit(new_password=\'{}\')\n"""\n', id="code in documentation"),
        pytest.param('x = 1  # was {{"password": "{}"}}\n', id="a comment behind a statement"),
    ],
)
def test_a_credential_inside_is_found_at_its_place(find, spans, text: str) -> None:
    whole = text.format(SECRET)
    found = [each for each in find("a.py", whole) if each.confidence != "low"]
    assert (spans(whole, found) == [SECRET]) is True


def test_the_elements_of_a_list_inside_json_inside_yaml_are_found(find, spans) -> None:
    text = f'body: "{{\\"color\\":null,\\"tokens\\":[\\"{SECRET}\\"],\\"state\\":1}}"\n'
    assert (spans(text, find("cassette.yml", text)) == [SECRET]) is True


@pytest.mark.parametrize("line", ["RUN openssl req -passout pass:{} -new\n", 'mysqlrootpwd="{}"\n', 'adminpass="{}"\n'])
def test_a_shells_line_is_found(find, spans, line: str) -> None:
    text = line.format(SECRET)
    assert (spans(text, find("build.sh", text)) == [SECRET]) is True


def test_a_password_that_repeats_its_name_counts_where_it_is_set(find) -> None:
    assert [each.confidence for each in find("ci.yml", "POSTGRES_PASSWORD: password\n")] == ["medium"]
    assert [each.confidence for each in find("a.py", 'CONF_PASSWORD = "password"\n')] == ["low"]
    assert [each.confidence for each in find("a.py", 'connect(password="password")\n')] == ["medium"]


def test_a_test_ranks_lower_and_a_real_looking_value_in_it_is_still_medium(find) -> None:
    text = f'password = "{SECRET[:9]}x"\n'
    (there,), (here,) = find("shop/tests/test_x.py", text), find("shop/x.py", text)
    assert there.score < here.score
    assert there.confidence != "low"
