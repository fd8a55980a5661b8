"""Findings without their values: nothing is said of a value, and whoever has the bytes has the same findings again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner import analysis, serialization, session
from scanner.analysis import Knowledge, findings_of
from scanner.source import Settings, Source

SETTINGS = Settings(key=bytes(range(32)))
DOCUMENTS = {
    "settings.py": 'DB_USER = "shop"\nDB_PASSWORD = "{0}"\n\n\ndef f():\n    return dict(api_token=b"{1}")\n',
    "client.py": 'import psycopg2\nHOST = "db"\nc = psycopg2.connect(host=HOST, user="u", password="{0}" "{1}")\n',
    "urls.py": 'URL = "postgres://shop:{0}@db.invalid/shop"\nTEXT = """\npassword: \'{1}\'\n"""\n',
    "déjà.py": '# é\nPASSWORD = "é{0}"\nSECRET_TOKEN = "{1}"\n',
    "values.yml": 'db:\n  password: "{0}"\n  user: shop\n# api_token: {1}\n',
    "a.json": '{{"password": "{0}", "nested": {{"api_key": "{1}"}}}}\n',
    ".env": "DB_PASSWORD={0}\nexport API_TOKEN='{1}'\n",
    "notes.txt": "the password: '{0}'\n",
    "empty.py": 'USER = ""\nPASSWORD = "{0}"\nHOST = ""\nSECRET_TOKEN = "{1}"\n',
    "a.ini": "[db]\npassword = {0}\n",
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return analysis.learn(session.load_rules(), session.load_prefilter())


def _source(path: str, made: Callable[..., str]) -> tuple[Source, list[str]]:
    values = [made(24), made(32)]
    return Source(path=path, raw=DOCUMENTS[path].format(*values).encode(), blob="0" * 40), values


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_handed_on_holds_no_value_and_gives_the_same_findings(
    path: str, knowledge: Knowledge, made: Callable[..., str]
) -> None:
    source, values = _source(path, made)
    found = findings_of(source, knowledge, SETTINGS)
    rows = serialization.dump(found, source)
    assert found
    assert rows is not None
    assert not [value for value in values if value.encode() in rows]
    # Not with assert: pytest would print both sides.
    if serialization.load(rows, source, SETTINGS.key) != found:
        pytest.fail("the findings are not the same")


def test_a_value_that_does_not_stand_as_it_is_is_not_handed_on(knowledge: Knowledge, made: Callable[..., str]) -> None:
    for text in (f'PASSWORD = "{made(12)}\\x41{made(12)}"\n', f'U = "redis://u:{made(9)}%2F{made(9)}@h.invalid/0"\n'):
        source = Source(path="a.py", raw=text.encode())
        found = findings_of(source, knowledge, SETTINGS)
        assert found
        assert serialization.dump(found, source) is None


def test_rows_of_another_text_or_key_are_not_believed(knowledge: Knowledge, made: Callable[..., str]) -> None:
    source, values = _source("settings.py", made)
    rows = serialization.dump(findings_of(source, knowledge, SETTINGS), source)
    assert rows is not None
    other = source._replace(raw=source.raw.replace(values[0].encode(), made(24).encode()))
    for changed, key in ((other, SETTINGS.key), (source, bytes(32)), (source._replace(raw=b"\0"), SETTINGS.key)):
        assert serialization.load(rows, changed, key) is None


def test_thousands_of_findings_hand_on_each_sibling_once(knowledge: Knowledge, made: Callable[..., str]) -> None:
    sizes = []
    for count in (50, 200):
        text = "".join(f'password_{number} = "{made(20)}"\n' for number in range(count))
        source = Source(path="many.py", raw=text.encode(), blob="0" * 40)
        found = findings_of(source, knowledge, SETTINGS)
        rows = serialization.dump(found, source)
        assert rows is not None
        assert len(found) == count
        assert serialization.load(rows, source, SETTINGS.key) == found
        sizes.append(len(rows))
    assert sizes[1] < 4.5 * sizes[0]
