"""What is not looked into is named for what it is."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from scanner.content import REASONS, skip_reason


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", "x = 1\n" * 10)
    return file.getvalue()


def _tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.py"))
    return file.getvalue()


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"BZh9", b"Rar!\x1a\x07", b"\x1f\x8b\x08"])
def test_text_that_begins_like_an_archive_is_looked_into(start: bytes) -> None:
    assert skip_reason(start + b"\nx = 1\n") is None


def test_what_has_no_known_beginning_is_binary() -> None:
    assert skip_reason(b"\0\1\2") == "binary"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (_zip(), "zip"),
        (_tar(), "tar"),
        (gzip.compress(b"x" * 50, mtime=0), "gzip"),
        (bz2.compress(b"x = 1\n" * 50), "bzip2"),
        (lzma.compress(b"x" * 50), "xz"),
    ],
    ids=["zip", "tar", "gzip", "bzip2", "xz"],
)
def test_an_archive_is_named_as_one_by_its_content(raw: bytes, name: str) -> None:
    reason = skip_reason(raw)
    assert reason == f"archive ({name})"
    assert reason in REASONS
