from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.named_files import read_named, text_named


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("absent", "absent: cannot be read (No such file or directory)", id="nothing"),
        pytest.param("", "cannot be read (Is a directory)", id="a folder"),
        pytest.param("long", "long: larger than 4 bytes", id="a file over the limit"),
        pytest.param("/dev/zero", "/dev/zero: larger than 4 bytes", id="a device without an end"),
        pytest.param("latin", "latin: not in UTF-8", id="another encoding"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "long").write_bytes(b"12345")
    (tmp_path / "latin").write_bytes(b"\xe9")
    with pytest.raises(UsageError) as raised:
        text_named(tmp_path / name, 4)
    assert said in raised.value.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_without_a_writer_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="a pipe that nobody writes to"):
        read_named(tmp_path / "pipe", 4)


def test_what_comes_through_a_pipe_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"1234")
    os.close(writing)
    assert read_named(Path(f"/dev/fd/{reading}"), 4) == b"1234"
    os.close(reading)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa")
    assert (read_named(tmp_path / "a", 4), text_named(tmp_path / "a", 4)) == (b"\xef\xbb\xbfa", "a")
