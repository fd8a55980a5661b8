"""CSV and TSV: cells under a header that is a credential's."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

FIGURE = re.compile(r"\d{1,5}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("token_type,count\nbearer,1\n", id="about a token"),
        pytest.param("password_hash,name\nabcdef12,bob\n", id="about a password"),
        pytest.param("pass,fail\n1234567,2\n", id="passed tests"),
        pytest.param("name,value\npassword,hunter22\n", id="a word in a cell names no column"),
        pytest.param("name,password\nbob\nann,\n", id="records without the cell"),
        pytest.param("name,password\nbob,12\nann,0.95\neve,99%\n", id="figures"),
        pytest.param("name,password\n", id="a header alone"),
        pytest.param("", id="nothing"),
        pytest.param("password\nhunter22\n", id="one column is a list of words"),
    ],
)
def test_no_cell_is_a_credential(read_everywhere, text: str) -> None:
    assert [each for each in read_everywhere("a.csv", text) if each.siblings or each.name in ("password", "pass")] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.csv", "user,password\nbob,hunter22\n", id="commas"),
        pytest.param("a.csv", "\ufeffpassword;user\r\nhunter22;bob\r\n", id="semicolons, CRLF and a BOM"),
        pytest.param("a.tsv", "user\tpassword\nbob\thunter22", id="tabs, no end of line"),
        pytest.param("a.csv", '"user","password"\n"bob, or ""bo""","hunter22"\n', id="quotes"),
        pytest.param("a.csv", '"user","password"\n"two\nlines","hunter22"\n', id="a cell of two lines"),
        pytest.param("a.csv", "user,pass\nbob,hunter22\n", id="pass beside a user"),
    ],
)
def test_a_cell_is_called_by_its_column(read_everywhere, path: str, text: str) -> None:
    found = [each for each in read_everywhere(path, text) if each.siblings]
    assert [each.name for each in found] == ["pass" if ",pass\n" in text else "password"]
    assert (found[0].value.reveal("text") == "hunter22") is True
    assert [sibling.name for sibling in found[0].siblings] == ["user"]


@given(
    rows=st.lists(
        st.tuples(st.text("ab \",;'", max_size=6), st.text('aQ7",\n!', min_size=1, max_size=8)), min_size=1, max_size=5
    ),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_cells_are_what_a_csv_reader_gives(read_everywhere, rows: list[tuple[str, str]], end: str) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("user", "password"), *rows])
    found = [each for each in read_everywhere("a.csv", written.getvalue()) if each.name == "password"]
    expected = [password for _, password in rows if password.strip() and not FIGURE.fullmatch(password)]
    assert ([each.value.reveal("text") for each in found] == expected) is True
