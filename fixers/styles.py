"""The styles of rewritten code: what a literal becomes, which names that needs, which library.

- module: `get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")`, of a generated module that calls boto3
- extension: the same call; the generated module asks the Lambda extension's endpoint on localhost
- inline: boto3 as AWS's own examples call it, without a module and without a variable of the environment
  https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets-python-sdk.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from fixers.model import RefusalReason
from fixers.rewriting import STYLES, CannotRewriteError, Placement, Style
from fixers.stores.kinds import kind_of
from fixers.variables import SET_BY_THE_SYSTEM, VARIABLE
from scanner.errors import UsageError
from scanner.model import SecretValue

TEXT, BYTES, ASYNC, QUOTE, FIELD = "get_secret_value", "get_secret_bytes", "aget_secret_value", "quote", "Field"
ANNOTATED, BEFORE = "Annotated", "BeforeValidator"
# The functions and modules that rewritten code uses, and where they come from.
BORROWED = {QUOTE: "urllib.parse", ANNOTATED: "typing", FIELD: "pydantic", BEFORE: "pydantic"}
MODULES = ("boto3", "json", "os")
# The name that each function or module has in one file.
Names: TypeAlias = Mapping[str, str]
CANONICAL: Names = {name: name for name in (TEXT, BYTES, ASYNC, QUOTE, *MODULES)}

_PLAIN_NAME = re.compile(r"[A-Za-z0-9/_+=.@:, -]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The expression that gives one credential, without braces, backslashes or quotes other than `mark`.

    `needs` are the functions and modules of CANONICAL that it uses.
    """

    text: str
    needs: frozenset[str]


def check_style(name: str, prefix_from: str | None) -> Style:
    """The requested style. Raises UsageError for an unknown one."""
    if name not in STYLES:
        raise UsageError(f"--style {name}: it is {', '.join(STYLES[:-1])} or {STYLES[-1]}")
    if prefix_from is not None and not VARIABLE.fullmatch(prefix_from):
        raise UsageError("--prefix-from names a variable of the environment: letters, digits and underscores")
    if prefix_from in SET_BY_THE_SYSTEM:
        raise UsageError(
            f"--prefix-from {prefix_from}: the system sets it, and no name would keep its first part",
            hint="choose a variable that only your deployments set, such as SECRETS_ENV",
        )
    return Style(name=name, prefix_from=prefix_from)


def render(
    placement: Placement, style: Style, names: Names, mark: str, *, is_bytes: bool = False, waits: bool = False
) -> Call:
    """The expression that gives a placement's value in a file with these names. `waits`: in an async function."""
    if style.name == "inline":
        return _inline(placement, style, names, mark, is_bytes=is_bytes)
    function = BYTES if is_bytes else ASYNC if waits else TEXT
    call = render_call(placement, names[function], mark)
    return Call(text=f"(await {call})" if function == ASYNC else call, needs=frozenset({function}))


def needed(placements: Iterable[Placement], style: Style) -> frozenset[str]:
    """The functions and modules needed to read these placements."""
    return frozenset().union(*(render(placement, style, CANONICAL, '"').needs for placement in placements))


def render_call(placement: Placement, function: str, mark: str) -> str:
    """`get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")`, without the key for a plain value."""
    check_words(placement)
    words = [placement.name, *([] if placement.key is None else [placement.key]), placement.env]
    *positional, variable = (f"{mark}{word}{mark}" for word in words)
    return f"{function}({', '.join(positional)}, env={variable})"


def check_words(placement: Placement) -> None:
    """Raise CannotRewriteError for a name, key or variable that a string literal would have to escape."""
    if not all(_PLAIN_NAME.fullmatch(word) for word in (placement.name, placement.key or "", placement.env)):
        raise CannotRewriteError(
            RefusalReason.DYNAMIC,
            "the secret's name, key or variable holds characters that need escaping",
            "choose another name",
        )


def _inline(placement: Placement, style: Style, names: Names, mark: str, *, is_bytes: bool) -> Call:
    check_words(placement)

    def text(word: str) -> str:
        return f"{mark}{word}{mark}"

    references, needs = kind_of(placement.name).references, {"boto3"}
    bare = placement.name.removeprefix(references.prefix)
    if style.prefix_from is None or "/" not in bare:
        name = text(placement.name)
    else:
        first, _, rest = bare.partition("/")
        needs.add("os")
        variable = f"({names['os']}.getenv({text(style.prefix_from)}) or {text(first)}) + {text(f'/{rest}')}"
        name = f"{text(references.prefix)} + {variable}" if references.prefix else variable
    binary = is_bytes and placement.stored is not None and _is_binary(placement.stored)
    call = references.inline(f"{names['boto3']}.client", name, text, binary)
    if binary:
        return Call(text=call, needs=frozenset(needs))
    if placement.key is not None:
        call = f"{names['json']}.loads({call})[{text(placement.key)}]"
        needs.add("json")
    return Call(text=f"{call}.encode()" if is_bytes else call, needs=frozenset(needs))


def _is_binary(value: SecretValue) -> bool:
    """Whether the value is stored as SecretBinary: bytes that are not valid UTF-8."""
    try:
        value.reveal("bytes").decode()
    except UnicodeDecodeError:
        return value.is_bytes
    return False
