"""Ordinary files of many kinds: what is a credential in them is found, and nothing else is.

The files are in shapes.txt, each after its path: `@kind@` is a credential, `~kind~` a random text that is none. They
were written before the scanner was run on them; the values are made here.
"""

from __future__ import annotations

import base64
import random
import re
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rules.examples import expand
from rules.load import load_rules
from scanner import engine, session
from scanner.model import Confidence, Finding, Span, SuppressedBy, Suppression
from scanner.source import Settings, Source

SHAPES = dict(
    part.split("\n", 1)
    for part in re.split(r"(?m)^=== ", (Path(__file__).parent / "shapes.txt").read_text("utf-8"))[1:]
)
_MARK = re.compile(r"([@~])([a-z0-9]+)\1")
_ALNUM = string.ascii_letters + string.digits
_WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "larch")


def draw(characters: str, length: int) -> Callable[[random.Random], str]:
    return lambda source: "".join(source.choices(characters, k=length))


def by_a_person(source: random.Random) -> str:
    """A password as people choose them: words, a number, perhaps a mark."""
    one, two = source.choice(_WORDS), source.choice(_WORDS)
    forms = (
        f"{one.capitalize()}{source.randrange(100, 9999)}{source.choice('!#')}",
        f"{one}{two}{source.randrange(10, 99)}",
        f"{one}-{two}-{source.randrange(1000, 9999)}",
    )
    return source.choice(forms)


KINDS: dict[str, Callable[[random.Random], str]] = {
    "pw": draw(_ALNUM, 18),
    "key": draw(_ALNUM, 32),
    "g35": draw(_ALNUM, 35),
    "marks": draw(_ALNUM + "!#^*+<>?@|~%", 30),
    "equals": lambda source: f"{draw(_ALNUM, 9)(source)}=X{draw(_ALNUM, 20)(source)}",
    "hex": draw("0123456789abcdef", 32),
    "hex20": draw("0123456789abcdef", 20),
    "hex40": draw("0123456789abcdef", 40),
    "hex64": draw("0123456789abcdef", 64),
    "django": draw(_ALNUM + "!#^&*(-_=+)", 50),
    "aws": draw(_ALNUM + "/+", 40),
    "bc": draw(_ALNUM + "./", 53),
    "g33": draw(_ALNUM, 33),
    "k16": draw(_ALNUM, 16),
    "k24": draw(_ALNUM, 24),
    "up8": draw(string.ascii_uppercase + string.digits, 8),
    "wp": draw(_ALNUM + "!#^*(-_=+)|;:,.?", 64),
    "n6": lambda source: str(source.randrange(200_000, 990_000)),
    "human": by_a_person,
    "mixed": lambda source: (
        f"{source.choice(_WORDS)[:3]}{source.randrange(2, 9)}r!{source.choice(_WORDS)}{source.randrange(20, 90)}"
    ),
    "app": lambda source: " ".join("".join(source.choices(string.ascii_lowercase, k=4)) for _ in range(4)),
    "phrase": lambda source: " ".join(source.sample(_WORDS, 3)),
    "cyr": lambda source: source.choice(("Медведь", "Солнышко", "Берёзка")) + str(source.randrange(100, 9999)),
    "word": lambda source: source.choice(_WORDS).capitalize() + str(source.randrange(100, 9999)),
    "uuid": lambda source: str(uuid.UUID(int=source.getrandbits(128), version=4)),
    "b64": lambda source: base64.b64encode(source.randbytes(32)).decode(),
    "b64pw": lambda source: base64.b64encode(draw(_ALNUM, 20)(source).encode()).decode(),
    "basic": lambda source: base64.b64encode(f"deploy:{draw(_ALNUM, 14)(source)}".encode()).decode(),
    "awsid": lambda source: expand("{check:aws-access-key-id:AKIA}", str(source.random()))[4:],
    "long": lambda source: "AgEIcHlwaS5vcmc" + draw(_ALNUM, 140)(source),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One file: its text, where its credentials stand, and what was found."""

    path: str
    text: str
    wanted: tuple[Span, ...]
    findings: tuple[Finding, ...]

    def reported(self) -> list[Finding]:
        return [each for each in self.findings if each.suppressed is None and each.confidence is not Confidence.LOW]

    def line(self, offset: int) -> str:
        return f"{self.path}:{self.text.count(chr(10), 0, offset) + 1}"


def made(path: str, template: str, seed: int) -> tuple[str, list[Span]]:
    """The text of a template and the spans of its credentials."""
    source = random.Random(f"{seed} {path}")
    text, at, wanted = "", 0, []
    for mark in _MARK.finditer(template):
        text += template[at : mark.start()]
        value = KINDS[mark[2]](source)
        if mark[1] == "@":
            wanted.append(Span(len(text), len(text) + len(value)))
        text, at = text + value, mark.end()
    return text + template[at:], wanted


@pytest.fixture(scope="module", params=range(3))
def shapes(request: pytest.FixtureRequest) -> list[Shape]:
    texts = {path: made(path, template, request.param) for path, template in SHAPES.items()}
    sources = (Source(path=path, raw=text.encode()) for path, (text, _) in texts.items())
    result = engine.scan(sources, engine.Setup(session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32))))
    return [
        Shape(
            path=path,
            text=text,
            wanted=tuple(wanted),
            findings=tuple(each for each in result.findings if each.path == path),
        )
        for path, (text, wanted) in texts.items()
    ]


def meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def test_nothing_but_the_credentials_is_reported(shapes: list[Shape]) -> None:
    wrong = [
        f"{shape.line(found.span.start)} {found.rule}"
        for shape in shapes
        for found in shape.reported()
        if not any(meet(found.span, span) for span in shape.wanted)
    ]
    assert wrong == []


def test_every_credential_is_reported_with_its_id_or_alone(shapes: list[Shape]) -> None:
    missed = []
    for shape in shapes:
        paired = [each for each in shape.findings if each.suppressed == Suppression(SuppressedBy.COMPANION)]
        seen = [each.span for each in (*shape.reported(), *paired)]
        missed += [shape.line(span.start) for span in shape.wanted if not any(meet(span, each) for each in seen)]
    assert missed == []


def test_there_are_many_of_both(shapes: list[Shape]) -> None:
    assert len(shapes) > 80
    assert sum(len(shape.wanted) for shape in shapes) > 130
