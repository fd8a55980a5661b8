"""Decide from raw bytes whether a file is scanned, its encoding's width, and what the prefilter gets."""

from __future__ import annotations

import codecs
import re

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS = b"version https://git-lfs.github.com/spec/"
_REST = rb"v\d+\r?\n(?:ext-\d-[\w-]+ sha256:[0-9a-f]{64}\r?\n)*oid sha256:[0-9a-f]{64}\r?\nsize \d+(?:\r?\n)?"
_LONGEST_POINTER = 1024
_POINTER, _BINARY = "Git LFS pointer", "binary"
# Archive formats by their first bytes; a wheel, a jar and an office document are zip files.
# https://www.iana.org/assignments/media-types/application/zip, https://www.rfc-editor.org/rfc/rfc1952 and so on.
_PACKED = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
)
# The first two bytes of each byte order mark of UTF-16.
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE[:2])
# Control characters that a text may contain: those that move, and a stray NUL (binary for git; programs read it).
_NO_TEXT = bytes(code for code in (*range(1, 32), 127) if code not in b"\t\n\v\f\r\b\x1b")
_ARCHIVES = (*dict.fromkeys(name for _, name in _PACKED), "tar")
# All reasons of `policy`.
REASONS = (_POINTER, _BINARY, *(f"archive ({name})" for name in _ARCHIVES))


def skip_reason(raw: bytes) -> str | None:
    """Why a file with these bytes is not scanned, or None."""
    if raw.startswith(_LFS) and _is_pointer(raw):
        return _POINTER
    if not looks_binary(raw):
        return None
    name = archive_of(raw)
    return _BINARY if name is None else f"archive ({name})"


def _is_pointer(raw: bytes) -> bool:
    """Whether bytes that begin like an LFS pointer hold nothing else: any file can begin so."""
    return len(raw) < _LONGEST_POINTER and re.compile(_REST).fullmatch(raw, len(_LFS)) is not None


def looks_binary(raw: bytes) -> bool:
    """Whether the first 8,000 bytes hold a NUL (git's test) and are no text: UTF-16, UTF-32, UTF-8 but for NULs.

    Of 139,000 files with a NUL on a machine with compilers and cloud tools 16 are UTF-8 apart from the NULs: these
    separate variables (`/proc/PID/environ`) or file names, and one would hide a whole `.env`.
    """
    if raw.find(b"\0", 0, 8000) < 0:
        return False
    head = raw[:8000]
    return wide_encoding(head) is None and (archive_of(raw) is not None or not _is_text(head))


def _is_text(head: bytes) -> bool:
    bare = head.translate(None, b"\0")
    if len(head) - len(bare) > len(head) // 8 or bare.translate(None, _NO_TEXT) != bare:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(bare)  # the last character may be cut off
    except UnicodeDecodeError:
        return False
    return True


def archive_of(raw: bytes) -> str | None:
    """The archive format of binary bytes, by their beginning; None if it is not a known one."""
    # https://www.gnu.org/software/tar/manual/html_node/Standard.html
    if raw[257:262] == b"ustar":
        return "tar"
    return next((name for magic, name in _PACKED if raw.startswith(magic)), None)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by byte order mark, or without one by the positions of its NULs; else None.

    A mark alone is no proof: in both encodings every blank, digit and line end has a NUL, and programs that read the
    file in another encoding ignore two odd bytes at its start.
    """
    if len(head) < 4 or b"\0" not in head:
        return None
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(head) % 4 == 0 and _is_utf32(head):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE):
        return "utf-16"
    # Without a mark: in UTF-32 one byte in four is not a NUL, and which one tells the byte order.
    for encoding, place in (("utf-32-le", 0), ("utf-32-be", 3)):
        if len(head) % 4 == 0 and head.count(0) >= len(head) // 4 * 3 - len(head) // 20 and 0 not in head[place::4]:
            return encoding
    even, odd = head[0::2], head[1::2]
    # Latin text in UTF-16 has a NUL in every second byte and hardly any in the others.
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _is_utf32(head: bytes) -> bool:
    try:
        head.decode("utf-32")
    except UnicodeDecodeError:
        return False
    return True


def scan_bytes(raw: bytes) -> bytes:
    """The prefilter's input: UTF-8 without BOM if the text is UTF-16 or UTF-32, else the bytes without BOM."""
    # Text without a mark or a NUL, which most is, is recognised by its first bytes.
    plain = raw[:2] not in _WIDE and raw.find(b"\0", 0, 8000) < 0
    encoding = None if plain else wide_encoding(raw[:8000])
    if encoding is None:
        return raw[3:] if raw.startswith(codecs.BOM_UTF8) else raw
    return raw.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "surrogatepass")


def may_be_marked(raw: bytes) -> bool:
    """Whether a document may contain an ignore comment of ours; UTF-16 is not checked."""
    return b"nhardcode:" in raw or b"NHARDCODE:" in raw or b"\0" in raw
