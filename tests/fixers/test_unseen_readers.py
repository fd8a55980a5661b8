"""Texts that read a variable, and those that are written to a file, where it is seen what they read."""

from __future__ import annotations

import ast

import pytest

from fixers.unseen_readers import UnseenReads
from fixers.variable_mentions import mentions

READ = 'import os\nprint(os.environ["DB_PASSWORD"])\n'


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        (READ, True),
        ("echo $DB_PASSWORD", True),
        (f'"""Settings."""\n{READ}', False),
        (f"#!/usr/bin/python\n{READ}", False),
    ],
)
def test_a_text_that_reads_a_variable(text: str, reads: bool) -> None:
    tree = ast.parse(f"x = {text!r}")
    assert bool(list(mentions(tree, lambda name: name == "DB_PASSWORD", (), UnseenReads()))) is reads
