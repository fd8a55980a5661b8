"""All values of a structured text with their paths and spans and, for YAML and JSON, the containers around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scanner.model import Document, Kind, Span
from scanner.readers._escapes import fault
from scanner.readers._tree import Close, Event, Open, Scalar, walk

# Keys, and indices from 0, from the top of the document.
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A scalar with its position.

    `span` covers it as written, quotes included; `quote` is its quotation mark, "|", ">" or "". `string` is False for
    null, booleans, aliases and JSON's numbers; `reference` is True for `!Ref X` and the like. `is_text` is also False
    for what YAML reads as a number or a date.
    """

    path: Path
    span: Span
    text: str = field(repr=False)
    quote: str
    string: bool
    reference: bool
    is_text: bool = True


@dataclass(slots=True, kw_only=True)
class Node:
    """A mapping (`keys` parallel to `items`), a list (`items`) or a scalar (`value`), with its span."""

    span: Span
    value: Value | None = None
    keys: list[Value] | None = None
    items: list[Node] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """The node at a key of a mapping; None if there is none."""
        for each, item in zip(self.keys or (), self.items, strict=False):
            if each.text == key:
                return item
        return None

    @property
    def text(self) -> str | None:
        """The text of a string, else None."""
        return self.value.text if self.value is not None and self.value.string else None


def values(document: Document) -> list[Value]:
    """Every scalar of a YAML, JSON, TOML or INI document, in order. Raises Unreadable if it does not parse."""
    if document.kind is Kind.INI:
        return list(_of_ini(document.text))
    yaml = document.kind is Kind.YAML
    text = document.text
    return [_value(text, path, scalar, yaml=yaml) for path, scalar in walk(text, _events(document))]


def trees(document: Document) -> list[Node]:
    """The documents of a YAML or JSON text, each as a tree. Raises Unreadable if it does not parse."""
    text = document.text
    found: list[Node] = []
    stack: list[tuple[Node, list[Value]]] = []  # open containers, each with the key that waits for its value
    for event in _events(document):
        if isinstance(event, Close):
            node, _ = stack.pop()
            node.span = Span(node.span.start, event.end)
            continue
        if isinstance(event, Open):
            node = Node(span=Span(event.start, event.start), keys=[] if event.mapping else None)
        else:
            value = _value(text, (), event, yaml=document.kind is Kind.YAML)
            if stack and stack[-1][0].keys is not None and not stack[-1][1]:
                stack[-1][1].append(value)
                continue
            node = Node(span=value.span, value=value)
        if not stack:
            found.append(node)
        else:
            _put(text, stack[-1], node)
        if isinstance(event, Open):
            stack.append((node, []))
    return found


def _put(text: str, parent: tuple[Node, list[Value]], node: Node) -> None:
    holder, waiting = parent
    if holder.keys is not None:
        if not waiting:
            raise fault(text, node.span.start, "a container as a key")
        holder.keys.append(waiting.pop())
    holder.items.append(node)


def _events(document: Document) -> Iterator[Event]:
    from scanner.readers import _json, _toml, _yaml

    text = document.text
    match document.kind:
        case Kind.YAML:
            everywhere: Sequence[int] = range(len(text) + 1)
            yield from _yaml.events(text, everywhere)
        case Kind.JSON:
            yield from _json.events(text)
        case Kind.TOML:
            yield from _toml.events(text)
        case _:
            raise fault(text, 0, "no structured text")


def _of_ini(text: str) -> Iterator[Value]:
    from scanner.readers import _ini

    for group in _ini.groups(text, range(len(text) + 1)):
        for each in group.fields:
            yield _value(text, (each.symbol, each.name or ""), each.scalar)


def _value(text: str, path: Path, scalar: Scalar, *, yaml: bool = False) -> Value:
    mark = text[scalar.start : scalar.start + 1]
    return Value(
        path=path,
        span=Span(scalar.start, scalar.end),
        text=scalar.text,
        quote=mark if mark in ('"', "'", "|", ">") else "",
        string=scalar.string,
        reference=scalar.reference,
        is_text=scalar.string and (not yaml or mark in tuple("'\"|>") or _is_text(scalar.text)),
    )


def _is_text(plain: str) -> bool:
    """Whether YAML reads a plain scalar as text. https://yaml.org/type/"""
    from yaml import SafeLoader

    resolvers = SafeLoader.yaml_implicit_resolvers
    possible = [*resolvers.get(plain[:1], ()), *resolvers.get(None, ())]
    return not any(pattern.match(plain) for _, pattern in possible)
