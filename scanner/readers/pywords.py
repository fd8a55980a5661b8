"""Words that say what a value is called, for whoever walks a syntax tree."""

from __future__ import annotations

from collections.abc import Iterable

# What wraps a value without changing what it is: the name outside is the name inside.
WRAPPERS = frozenset(
    (
        "SecretStr SecretBytes Secret Field field str bytes bytearray quote quote_plus b64decode b64encode"
        " urlsafe_b64decode urlsafe_b64encode fromhex unhexlify dedent Option Argument Query Header Form Body Param"
        " CharField StringField default_factory cast lazy StringIO BytesIO strip mark_safe ib attrib Column"
        " Variable"
    ).split()
)
# Calls that take a name first and its value second.
_NAMED_SECOND = frozenset(
    (
        "get getenv setdefault setenv putenv set add add_header putheader pop config env str setattr set_cookie"
        " set_header add_argument option set_option set_password header string url get_env environ"
    ).split()
)
_NAMING_VERBS = frozenset("set put add store save update patch".split())
NAMED_DEFAULTS = frozenset(("default", "value", "envvar_default", "fallback"))
METHOD_WRAPPERS = frozenset(("encode", "decode", "strip", "lower", "upper", "format", "rstrip", "lstrip", "replace"))


def takes_name_first(leaf: str) -> bool:
    """Whether a call is `set_option("name", value)` by its own name; a getter's second argument can be anything."""
    return leaf in _NAMED_SECOND or leaf.partition("_")[0] in _NAMING_VERBS


def longest_option(texts: Iterable[str | None]) -> str | None:
    """The longest option string of an `add_argument` or `option` call, without dashes, among its first arguments."""
    named = [text.lstrip("-") for text in texts if text and text.startswith("-")]
    return max(named, key=len) if named else None
