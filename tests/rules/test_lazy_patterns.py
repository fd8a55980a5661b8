"""Expressions that are compiled on their first use."""

from __future__ import annotations

import copy
import re
import subprocess
import sys

import pytest

from rules.lazy_patterns import lazy_pattern

AT_START = """
import gc, re
compiled = []
honest = re._compiler.compile
re._compiler.compile = lambda *given: compiled.append(given[0]) or honest(*given)
import click, dataclasses, json, pickle, subprocess, shlex, tokenize, hyperscan, pathlib, uuid
del compiled[:]
from scanner import analysis, commands, hook, running, sharing
from scanner.readers import python, structured, text, textvalues
print(len(compiled), *compiled, sep="\\n")
"""


def test_it_finds_what_the_compiled_one_finds() -> None:
    text = "ab\nAB"
    for pattern, flags in ((r"(?P<a>a)b", 0), (r"^(a)(b)$", re.M | re.I)):
        lazy, compiled = lazy_pattern(pattern, flags), re.compile(pattern, flags)
        assert [match.span() for match in lazy.finditer(text)] == [match.span() for match in compiled.finditer(text)]
        assert lazy.sub("-", text) == compiled.sub("-", text)
        assert (lazy.pattern, lazy.flags, lazy.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert lazy_pattern(rb"\d").search(b"a1") is not None
    assert copy.copy(lazy_pattern("a")).search("ba") is not None


def test_an_invalid_expression_is_an_error_at_its_first_use() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error):
        broken.search("")


def test_importing_what_a_scan_needs_compiles_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", AT_START], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "0", done.stdout
