"""Dataclasses whose methods are compiled when they are called: they must be like any other."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import pytest

from scanner.lazy_dataclasses import lazy_dataclasses


def make() -> tuple[type[Any], type[Any]]:
    """A record and one that inherits from it, made now."""

    @dataclasses.dataclass(frozen=True, slots=True, order=True)
    class Pair:
        """Two numbers."""

        left: int
        right: int = 2
        more: list[int] = dataclasses.field(default_factory=list, repr=False, compare=False)

    @dataclasses.dataclass(frozen=True, order=True)
    class Triple(Pair):
        """Three numbers."""

        last: int = 3

    return Pair, Triple


def test_what_is_made_afterwards_is_made_as_ever() -> None:
    before = getattr(dataclasses, "_create_fn", None)
    with pytest.raises(ValueError, match="stop"), lazy_dataclasses():
        raise ValueError("stop")
    assert getattr(dataclasses, "_create_fn", None) is before


@pytest.mark.parametrize("number", [0, 1])
def test_a_late_record_refuses_and_does_what_any_other_does(number: int) -> None:
    with lazy_dataclasses():
        late = make()[number]
    plain = make()[number]
    for kind in (late, plain):
        with pytest.raises(TypeError, match="argument"):
            kind(1, 2, [], 4, 5)
        one, same, other = kind(1), kind(left=1), kind(1, right=5)
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.left = 7
        assert one == same
        assert one != other
        assert one < other
        assert hash(one) == hash(same)
        assert one.more == []
        assert one.more is not same.more
        assert dataclasses.replace(one, right=5) == other
        assert repr(one).endswith(
            f"{'Pair' if number == 0 else 'Triple'}(left=1, right=2{', last=3' if number else ''})"
        )
        assert not number or kind(1).last == 3


@pytest.mark.skipif(not hasattr(dataclasses, "_create_fn"), reason="this Python compiles a class at once")
def test_a_method_steps_aside_once_it_was_called() -> None:
    with lazy_dataclasses():
        pair, triple = make()
    before = pair.__init__
    triple(1)
    pair(1)
    assert pair.__init__ is not before
    assert pair.__init__.__code__.co_argcount == 4


def test_libcst_gives_a_text_back_as_it_was_when_it_was_imported_so() -> None:
    text = "class A(B, c=1):\n    @d\n    async def f(self, *, x: int = 1) -> None:\n        return f'{x!r}' + 'y'\n"
    code = (
        "from scanner.lazy_dataclasses import lazy_dataclasses\n"
        "with lazy_dataclasses():\n    import libcst\n"
        f"module = libcst.parse_module({text!r})\n"
        f"assert module.code == {text!r}\n"
        "assert module.deep_equals(module.deep_clone())\n"
        "assert module.with_changes(body=()).body == ()\n"
        "assert repr(module).startswith('Module(')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
