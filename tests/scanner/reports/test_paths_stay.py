"""A word that somebody took as a password is no reason to hide it in a path; a random value is."""

from __future__ import annotations

import random
import string

import pytest

from scanner.reports.masking import MASK, hide, make_net


@pytest.mark.parametrize("word", ["WebLogic", "OracleDatabase", "welcome1", "roles/nginx/defaults/main.yml"])
def test_a_path_keeps_its_words(make, word: str) -> None:
    assert hide(f"data/{word}/x.py", make_net([make.found(f'"{word}"', word)])) == f"data/{word}/x.py"


def test_a_random_value_in_a_path_is_hidden(make) -> None:
    value = "".join(random.Random("path").choices(string.ascii_letters + string.digits, k=20))
    assert (hide(f"data/{value}/x.py", make_net([make.found(f'"{value}"', value)])) == f"data/{MASK}/x.py") is True
