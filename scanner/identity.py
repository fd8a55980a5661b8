"""Identities of values and findings: keyed digests, fingerprints, places."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from scanner.model import SecretValue

KEY_BYTES = 32


def digest(key: bytes, value: SecretValue | str | bytes) -> str:
    """HMAC-SHA256 of a value, 64 hex digits. Text and bytes of the same octets differ."""
    plain = value.reveal() if isinstance(value, SecretValue) else value
    tagged = b"b:" + plain if isinstance(plain, bytes) else b"s:" + plain.encode("utf-8", "surrogatepass")
    return hmac.new(key, tagged, hashlib.sha256).hexdigest()


def fingerprint(key: bytes, *, kind: str, value: SecretValue, path: str, symbol: str) -> str:
    """Keyed hash of kind, value, path and symbol: 32 hex digits. It does not depend on rule or line."""
    parts = [
        kind.encode(),
        digest(key, value).encode(),
        path.encode("utf-8", "surrogatepass"),
        symbol.encode("utf-8", "surrogatepass"),
    ]
    return hmac.new(key, b"\0".join(parts), hashlib.sha256).hexdigest()[:32]


def place(*, kind: str, path: str, symbol: str, ordinal: int) -> str:
    """SHA-256 of kind, path, symbol and ordinal: 32 hex digits. Independent of the value, equal on every machine."""
    text = "\0".join((kind, path, symbol, str(ordinal)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def repository_key(folder: Path) -> bytes:
    """The key stored in `folder` (git's common directory or the user's state folder), created if missing.

    The file has mode 0600 and must be ours; one that another user owns or can write is not trusted. If the folder
    cannot be written the key lasts for this run only: fingerprints then differ from run to run, findings do not.
    """
    path = folder / "unhardcode" / "key"
    try:
        return _read_key(path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        return secrets.token_bytes(KEY_BYTES)
    fresh = secrets.token_bytes(KEY_BYTES)
    partial = path.with_name(f".key-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, fresh)
        finally:
            os.close(descriptor)
        try:
            # A link, not a rename: two concurrent first runs must end with one key.
            os.link(partial, path)
        except FileExistsError:
            return _read_key(path)
        except OSError:  # a file system without hard links: of two concurrent first runs the later one's key stays
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, ValueError):
        return fresh
    return fresh


def _read_key(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        status = os.fstat(descriptor)
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
            raise ValueError("the key file is accessible to other users")
        key = os.read(descriptor, KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(key) != KEY_BYTES:
        raise ValueError("the key file is damaged")
    return key
