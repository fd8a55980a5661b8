"""Decisive forms of values: the short way for letters and digits gives what the long one gives."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.detectors import valueforms
from scanner.detectors.valueforms import form_of
from scanner.detectors.words import EXAMPLE_WORDS, PROSE_WORDS, STAND_INS

ALNUM = string.ascii_letters + string.digits


def by_all_forms(text: str) -> str | None:
    return next((evidence for evidence, applies in valueforms._FORMS if applies(text)), None)


@given(st.text(ALNUM, min_size=1, max_size=60))
def test_letters_and_digits_have_the_form_that_all_forms_give(text: str) -> None:
    assert form_of(text, "x") == by_all_forms(text)


@pytest.mark.parametrize(
    "start",
    ["gAAAA", "AgA", "AQICAH", "e1NTSEF", "MFkwEwYHKoZIzj0C", "0x", "eyJhbGci", "eyJ", "MIIBANBgkqhkiG9w0BAQEFAAOB"],
)
def test_starts_that_tell_a_form_without_punctuation(start: str) -> None:
    source = random.Random(start)
    for length in (8, 20, 40, 95, 200):
        text = start + "".join(source.choice("0123456789abcdef" if start == "0x" else ALNUM) for _ in range(length))
        assert form_of(text, "x") == by_all_forms(text)


def test_words_have_the_form_that_all_forms_give() -> None:
    words = {
        *EXAMPLE_WORDS,
        *PROSE_WORDS,
        *STAND_INS,
        "localhost",
        "CharField",
        "v1beta1",
        "EXAMPLE",
        "HTTPBasicValidator",
        "0",
    }
    for text in (word for word in words if word.isascii() and word.isalnum()):
        assert form_of(text, "x") == by_all_forms(text)
