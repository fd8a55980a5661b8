"""Bytes to text and back, and the places of the prefilter's hits in the text."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unhardcode
from scanner.content import scan_bytes
from scanner.model import Kind, Source
from scanner.text import UndecodableError, character_offsets, decode, encode

Made = Callable[..., str]


def found_in(folder: Path, capsys: pytest.CaptureFixture[str], name: str, raw: bytes) -> bool:
    (folder / name).write_bytes(raw)
    status = unhardcode.run(["scan", str(folder / name)])
    printed = capsys.readouterr()
    assert not printed.err
    assert status in (0, 1)
    return status == 1 and name in printed.out


@pytest.mark.parametrize(
    "cookie", ["undefined", "punycode", "idna", "utf-16", "utf-7", "rot13", "zlib", "unicode_escape", "x"]
)
def test_python_in_an_encoding_that_would_hide_it_is_read_as_text(
    tmp_path: Path, made: Made, capsys: pytest.CaptureFixture[str], cookie: str
) -> None:
    raw = f'# coding: {cookie}\n{"x = 1" * 20}\nDB_PASSWORD = "{made(24)}"\n'.encode()
    assert found_in(tmp_path, capsys, "a.py", raw)


def test_that_it_was_read_as_text_is_said(tmp_path: Path, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text(f'# coding: utf-7\nDB_PASSWORD = "{made(24)}"\n')
    assert unhardcode.run(["scan", str(tmp_path)]) == 1
    assert "read as plain text: its coding cookie" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("encoding", "filling"),
    [
        ("latin-1", "é"), ("shift_jis", "日本語"), ("iso2022_jp", "日本語"),
        ("gb18030", "中\U0001f600"), ("utf-8-sig", "é"), ("utf-16", "é"),
    ],
)  # fmt: skip
def test_much_that_is_not_ascii_before_a_credential_hides_it_in_no_encoding(
    tmp_path: Path, made: Made, capsys: pytest.CaptureFixture[str], encoding: str, filling: str
) -> None:
    above = "# " + filling * 3000 + "\n" + "x = 1\n" * 50
    body = f'# coding: {"utf-8" if encoding.startswith("utf") else encoding}\n{above}DB_PASSWORD = "{made(24)}"\n'
    assert found_in(tmp_path, capsys, "a.py", body.encode(encoding))


def test_much_that_is_not_utf8_hides_no_credential_in_a_file_of_any_kind(
    tmp_path: Path, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    above = b"# " + b"\xe9" * 3000 + b"\n" * 50
    for name, line in (("a.py", 'DB_PASSWORD = "{}"\n'), ("a.yml", "password: {}\n"), ("a.txt", "password: {}\n")):
        for mark in (b"", codecs.BOM_UTF8):
            assert found_in(tmp_path, capsys, name, mark + above + line.format(made(24)).encode()), name


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_cookie_that_says_utf_8_with_a_mark_puts_none_in(mark: bytes) -> None:
    document = decode(Source(path="a.py", raw=mark + b"# coding: utf-8-sig\n"), Kind.PYTHON)
    assert encode(document, document.text) == document.source.raw


def test_a_binary_is_no_text() -> None:
    tar = b"name" + b"\0" * 20 + b"0" * 233 + b"ustar"
    few = b"n" * 80 + b"\0" * 40
    for raw in (b"x = 1\n\0\1\2", b"x = 1 # \0 \xff\xfe\xfd", tar + b" " * 200, few):
        with pytest.raises(UndecodableError, match="binary"):
            decode(Source(path="a.py", raw=raw), Kind.PYTHON)


def test_nuls_between_the_variables_of_a_process_part_them(
    tmp_path: Path, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "HOME=/srv/shop\0DB_PASSWORD={}\0PATH=/bin:/usr/bin\0"
    assert found_in(tmp_path, capsys, "environ", line.format(made(24)).encode())


@given(
    mark=st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE]),
    body=st.one_of(
        st.binary(), st.text().map(lambda text: text.encode("utf-16-le", "replace")), st.text().map(str.encode)
    ),
)
def test_what_was_read_is_written_as_it_was(mark: bytes, body: bytes) -> None:
    try:
        document = decode(Source(path="a.txt", raw=mark + body), Kind.TEXT)
    except UndecodableError:
        return
    assert encode(document, document.text) == mark + body


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"]),
    data=st.data(),
)
def test_an_offset_into_the_bytes_is_one_into_the_text(text: str, encoding: str, data: st.DataObject) -> None:
    cookie = "# coding: gb18030\n" if encoding == "gb18030" else "# ascii\n"
    raw = (cookie + text).encode(encoding)
    document = decode(Source(path="a.py", raw=raw), Kind.PYTHON)
    assert document.text == cookie + text
    assert encode(document, document.text) == raw
    at = sorted(data.draw(st.lists(st.integers(0, len(document.text)))))
    seen = scan_bytes(raw)
    inner = "gb18030" if encoding == "gb18030" else "utf-8"
    offsets = [len(document.text[:each].encode(inner)) for each in at]
    assert all(offset <= len(seen) for offset in offsets)
    assert character_offsets(document, offsets) == at
