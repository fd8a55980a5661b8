"""TOML as events with exact offsets: tomllib gives none. https://toml.io/en/v1.0.0

What is found is compared with tomllib's own reading of the file; where they differ, the file is unreadable.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from scanner.readers._escapes import decode, fault
from scanner.readers._tree import Close, Event, Open, Scalar, walk

_SKIP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BLANK = re.compile(r"[ \t]*+")
_BARE_KEY = re.compile(r"[A-Za-z0-9_\-]+")
_WORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+|[^\s,\]}#\"']+")
_STRINGS: Final = (
    ('"""', re.compile(r'"""((?:[^"\\]|\\.|"(?!""))*+"{0,2}+(?<!""")|(?:[^"\\]|\\.|"(?!""))*+)"""("{0,2})', re.DOTALL)),
    ("'''", re.compile(r"'''((?:[^']|'(?!''))*+)'''('{0,2})", re.DOTALL)),
    ('"', re.compile(r'"((?:[^"\\\r\n]|\\[^\r\n])*+)"')),
    ("'", re.compile(r"'([^'\r\n]*+)'")),
)
_BASIC = re.compile(r"\\[ \t]*(?:\r?\n)[ \t\r\n]*|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|\r\n", re.DOTALL)
_LITERAL = re.compile(r"\r\n")
_ESCAPES: Final = dict(zip('btnfr"\\', '\b\t\n\f\r"\\', strict=True))
