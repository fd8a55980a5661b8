"""Turn the parse events of YAML, JSON, TOML and INI into literals with key paths and siblings.

Everything is iterative, so that deep nesting cannot cause a RecursionError.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rules.lazy_patterns import lazy_pattern
from scanner.commandlines import LONGEST_LIST, password_in
from scanner.decoding import decoded
from scanner.model import MAX_SIBLINGS, Literal, Role, SecretValue, Sibling, Span
from scanner.readers._escapes import fault
from scanner.readers.pywords import flag_of

MAX_DEPTH = 500
"""Levels of nesting; every key path is kept while its container is open."""
# How many fields are considered for one hit if nothing says that they are credentials.
_MOST_BESIDE = 1_000

_NAME_KEYS = frozenset({"name", "key", "parametername", "parameterkey", "variable", "header"})
_VALUE_KEYS = frozenset({"value", "parametervalue"})
# Lists of credentials: their entries need no telling name of their own: `tokens: [{value: ..., owner: ci}]`.
_TOKENS = frozenset(("tokens", "apikeys"))
_CONTAINERS = _TOKENS | {"passwords", "secrets", "credentials"}
# https://kubernetes.io/docs/concepts/configuration/secret/: any entry name can hold a credential.
_OF_SECRETS = frozenset(("data", "stringData"))
_MADE = lazy_pattern(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w\-.+/=~]{16,500}")
_OF_ENTRIES = frozenset(("value", "key", "token", "secret", "password"))
_ASSIGNED = lazy_pattern(r"-{0,2}([A-Za-z_][\w.\-]*)=(?!=*\Z)")


# Not frozen: one is made for every token of a file, and freezing doubles the cost.
@dataclass(slots=True, kw_only=True)
class Open:
    """A mapping or a sequence begins. `path` is its key path if the text states it (a TOML table).

    `place` is that path with the indices of arrays of tables in it.
    """

    start: int
    mapping: bool
    path: tuple[str, ...] | None = None
    place: tuple[str | int, ...] | None = None


@dataclass(slots=True, kw_only=True)
class Close:
    """The innermost container ended before `end`."""

    end: int


@dataclass(slots=True, kw_only=True)
class Scalar:
    """A key or a value: `start` to `end` with its quotes; `body` is where its content starts.

    `style` is "" where `text` is verbatim from `body` on, else a word of the format's parser that says how to decode
    it. `string` is False for what cannot be a credential (null, booleans, JSON's numbers). `reference` is True for a
    template or a reference to something (`!Ref DbPassword`). `prefix` are the leading parts of a dotted key.
    """

    start: int
    end: int
    body: int
    text: str = field(repr=False)
    style: str = ""
    string: bool = True
    reference: bool = False
    prefix: tuple[str, ...] = ()


Event = Open | Close | Scalar
Place = Callable[[Scalar], tuple[int, tuple[int, ...] | None]]
"""`body` and `offsets` of a Literal for a value that does not stand verbatim."""


@dataclass(slots=True, kw_only=True)
class Field:
    """A value with its key; a hit within `extent` belongs to it. The first `cut` characters are its name (`KEY=`)."""

    name: str | None
    symbol: str
    scalar: Scalar
    extent: Span
    cut: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The fields of one container, each other's siblings. `whole`: all may be credentials, also without a hit."""

    container: Span
    fields: tuple[Field, ...]
    whole: bool = False


@dataclass(slots=True, kw_only=True)
class _Frame:
    """A container that is still open. `last` is the end of its last part."""

    start: int
    mapping: bool
    path: tuple[str, ...]
    last: int
    is_key: bool = False
    key: Scalar | None = None
    fields: list[Field] = field(default_factory=list)
    held: list[Group] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Walked:
    """A container on the path to a value. `step` is the key (its parts) or index that comes next."""

    mapping: bool
    path: tuple[str | int, ...]
    step: tuple[str | int, ...]


def has_hit(hits: Sequence[int], start: int, end: int) -> bool:
    """Whether a sorted list of offsets has one from `start` to `end`, both included."""
    index = bisect.bisect_left(hits, start)
    return index < len(hits) and hits[index] <= end


def groups(text: str, events: Iterable[Event], hits: Sequence[int]) -> Iterator[Group]:
    """Yield the containers that have a hit among their own fields or deeper. Raises Unreadable for deep nesting."""
    stack: list[_Frame] = []
    for event in events:
        if isinstance(event, Scalar):
            if stack:
                _put(stack[-1], event)
                continue
            extent = Span(event.start, event.end + 1)
            lone = Field(name=None, symbol="", scalar=event, extent=extent)
            yield Group(container=Span(event.start, event.end), fields=(lone,))
        elif isinstance(event, Open):
            _bound(text, event, len(stack))
            stack.append(_opened(stack, event))
        else:
            frame = stack.pop()
            parent = stack[-1] if stack else None
            _lift_pair(frame, parent, event.end)
            found = by_symbol(Span(frame.start, event.end), frame.fields)
            if len(stack) == 1 and frame.path[-1:] and frame.path[0] in _OF_SECRETS:
                stack[0].held += found
            elif has_hit(hits, frame.start, event.end + 1) or _is_entry(frame):
                yield from found
            if not stack:
                yield from _released(frame, hits)
            if parent is not None:
                # A container used as a key (YAML's `? [a, b]`) gives no name.
                here = Scalar(start=frame.start, end=event.end, body=frame.start, text="", string=False)
                parent.key = here if frame.is_key else None
                parent.last = event.end


def _released(root: _Frame, hits: Sequence[int]) -> Iterator[Group]:
    """The groups held back until the end of a document, when it is known to be a Kubernetes Secret or not."""
    is_secret = any(each.name == "kind" and each.scalar.text == "Secret" for each in root.fields)
    for group in root.held:
        if is_secret:
            for each in group.fields:
                # An image or a key store is not text.
                if each.symbol != "data" or decoded(each.scalar.text, surely=True) is not None:
                    each.symbol = f"{each.symbol}.secrets"
            yield replace(group, whole=True)
        elif has_hit(hits, group.container.start, group.container.end + 1):
            yield group


def _is_entry(frame: _Frame) -> bool:
    """Whether a mapping is an element of a list of credentials: one hit in the list makes each element count."""
    return frame.mapping and _is_container(frame.path, _CONTAINERS)


def _is_value(each: Field) -> bool:
    """Whether a field is the value of such an element and looks generated: colours and sizes are called tokens, too."""
    called = (each.name or "").lower() in _OF_ENTRIES and _is_container(each.symbol.split("."), _CONTAINERS)
    return called and _MADE.fullmatch(each.scalar.text) is not None


def _beside(group: Group, fields: Sequence[Field]) -> Iterator[int]:
    """Fields that may be credentials because a neighbour has a hit: `signing_keys: {v1: ..., v2: ...}`.

    The prefilter finds only the first of them, by the container's name. Their own names are judged later.
    """
    last = group.fields[0].symbol.rpartition(".")[2].lower().replace("_", "").replace("-", "")
    known = group.whole or last.endswith(tuple(_CONTAINERS))
    for number, each in enumerate(fields if known else fields[:_MOST_BESIDE]):
        secret = not group.whole or each.symbol.endswith(".secrets")
        if secret and each.scalar.string and (last.endswith("passwords") or _MADE.fullmatch(each.scalar.text)):
            yield number


def _is_container(path: Sequence[str], known: frozenset[str]) -> bool:
    return bool(path) and path[-1].lower().replace("_", "").replace("-", "") in known


def by_symbol(container: Span, fields: Iterable[Field]) -> Iterator[Group]:
    """Split the fields of a container into one group for each key path: dotted keys share a table."""
    found: dict[str, list[Field]] = {}
    for each in fields:
        found.setdefault(each.symbol, []).append(each)
    for of_symbol in found.values():
        yield Group(container=container, fields=tuple(of_symbol))


def walk(text: str, events: Iterable[Event]) -> Iterator[tuple[tuple[str | int, ...], Scalar]]:
    """Yield each value with its full path: keys, and indices from 0. Raises Unreadable for deep nesting."""
    stack: list[_Walked] = []
    for event in events:
        if isinstance(event, Close):
            stack.pop()
            _advance(stack)
        elif isinstance(event, Scalar) and stack and stack[-1].mapping and not stack[-1].step:
            stack[-1].step = (*event.prefix, event.text)
        else:
            path = (*stack[-1].path, *stack[-1].step) if stack else ()
            if isinstance(event, Open):
                _bound(text, event, len(stack))
                above = path if event.place is None else event.place
                stack.append(_Walked(mapping=event.mapping, path=above, step=() if event.mapping else (0,)))
            else:
                yield path, event
                _advance(stack)


def literals(
    found: Iterable[Group],
    hits: Sequence[int] | None,
    place: Place,
    role: Role = Role.ENTRY,
) -> Iterator[Literal]:
    """Yield the fields with a hit (all without `hits`) as literals; `place` locates characters of styled values."""
    for group in found:
        fields = [each for each in group.fields if each.scalar.text[each.cut :]]
        wanted = [
            number
            for number, each in enumerate(fields)
            if each.scalar.string
            and (hits is None or has_hit(hits, each.extent.start, each.extent.end) or _is_value(each))
        ]
        if not wanted and not group.whole:
            continue
        if hits is not None:
            wanted = sorted({*wanted, *_beside(group, fields)})
        siblings = [_sibling(each, place) for each in fields]
        for number in wanted:
            around = siblings[max(0, number - MAX_SIBLINGS) : number] + siblings[number + 1 : number + 1 + MAX_SIBLINGS]
            others = tuple(each for each in around if each is not None)
            yield _literal(fields[number], group.container, others, place, role)


def _bound(text: str, event: Open, depth: int) -> None:
    """Raise Unreadable for a container that is nested too deep."""
    if depth == MAX_DEPTH:
        raise fault(text, event.start, f"nested more than {MAX_DEPTH} levels deep")


def _opened(stack: list[_Frame], event: Open) -> _Frame:
    if not stack:
        return _Frame(start=event.start, mapping=event.mapping, path=event.path or (), last=event.start)
    parent = stack[-1]
    path = parent.path
    if parent.mapping and parent.key is not None:
        path = (*path, *parent.key.prefix, parent.key.text)
    return _Frame(
        start=event.start,
        mapping=event.mapping,
        path=path,
        last=event.start,
        is_key=parent.mapping and parent.key is None,
    )


def _put(frame: _Frame, scalar: Scalar) -> None:
    """Store a scalar as the key or as the value that it is."""
    if frame.mapping and frame.key is None:
        frame.key = scalar
        return
    if frame.key is not None:
        name: str | None = frame.key.text
        symbol = ".".join((*frame.path, *frame.key.prefix))
        start, cut = frame.key.start, 0
    else:
        name, cut = _element(frame, scalar)
        # A name inside an element would belong to the list; an element without a name has the list's name.
        symbol = ".".join(frame.path if name is not None else frame.path[:-1])
        name = name if name is not None else (frame.path[-1] if frame.path else None)
        start = frame.last
    extent = Span(start, scalar.end + 1)
    frame.fields.append(Field(name=name, symbol=symbol, scalar=scalar, extent=extent, cut=cut))
    frame.key, frame.last = None, scalar.end


def _element(frame: _Frame, scalar: Scalar) -> tuple[str | None, int]:
    """Name and `cut` of a list element: `KEY=value`, `--key=value`, the one after `--key`, or a command's password."""
    if scalar.string and 0 < len(frame.fields) < LONGEST_LIST:
        words = [each.scalar.text if each.scalar.string else None for each in frame.fields]
        cut = password_in([*words, scalar.text]).get(len(words))
        if cut is not None:
            return "password", cut
    assigned = _ASSIGNED.match(scalar.text) if scalar.string else None
    if assigned is not None:
        return assigned[1], assigned.end()
    before = frame.fields[-1].scalar if frame.fields else None
    flag = flag_of(before.text) if before is not None and before.string else None
    return (None if scalar.text.startswith("-") else flag, 0)


def _lift_pair(frame: _Frame, parent: _Frame | None, end: int) -> None:
    """Give the value of `{name: X, value: Y}` the name X; in a list it becomes a field of the list."""
    paired = _pair(frame, end) if frame.mapping else None
    # The token's name is more telling than its owner's.
    if paired is None or (_is_container(frame.path, _TOKENS) and _MADE.fullmatch(paired.scalar.text)):
        return
    others = [each for each in frame.fields if each.scalar is not paired.scalar]
    if parent is not None and not parent.mapping:
        parent.fields.append(paired)
        frame.fields = others
    else:
        frame.fields = [*others, paired]


def _pair(frame: _Frame, end: int) -> Field | None:
    """The value of `{"name": "DB_PASSWORD", "value": "..."}` (ECS, Kubernetes, Postman), named by the pair."""
    keys = {(each.name or "").lower(): each for each in frame.fields}
    named = next((keys[key] for key in keys if key in _NAME_KEYS), None)
    value = next((keys[key] for key in keys if key in _VALUE_KEYS), None)
    if named is None or value is None or not named.scalar.string or not named.scalar.text:
        return None
    symbol = ".".join(frame.path)
    return Field(name=named.scalar.text, symbol=symbol, scalar=value.scalar, extent=Span(frame.start, end + 1))


def _advance(stack: list[_Walked]) -> None:
    """Move on after a value: to the next key, or the next index."""
    if stack:
        index = stack[-1].step[0] if stack[-1].step else None
        stack[-1].step = (index + 1,) if isinstance(index, int) else ()


def _sibling(each: Field, place: Place) -> Sibling | None:
    if each.name is None or each.scalar.reference:
        return None
    value = SecretValue(each.scalar.text[each.cut :])
    span = Span(each.scalar.start, each.scalar.end)
    if each.cut:
        body, offsets = _placed(each.scalar, place)
        span = Span(body + each.cut if offsets is None else offsets[each.cut], _end(each.scalar, body, offsets))
    return Sibling(name=each.name, value=value, span=span)


def _literal(
    each: Field,
    container: Span,
    siblings: tuple[Sibling, ...],
    place: Place,
    role: Role,
) -> Literal:
    scalar = each.scalar
    body, offsets = _placed(scalar, place)
    span = Span(scalar.start, scalar.end)
    if each.cut:
        body = body + each.cut if offsets is None else offsets[each.cut]
        offsets = None if offsets is None else offsets[each.cut :]
        span = Span(body, _end(scalar, body - each.cut, offsets))
    return Literal(
        span=span,
        value=SecretValue(scalar.text[each.cut :]),
        role=Role.TEXT if scalar.reference else role,
        # `password: !Ref DbPassword` names a parameter; only a provider's format inside such a text counts.
        name=None if scalar.reference else each.name,
        symbol=each.symbol,
        body=body,
        offsets=offsets,
        dynamic=scalar.reference,
        container=container,
        siblings=siblings,
    )


def _placed(scalar: Scalar, place: Place) -> tuple[int, tuple[int, ...] | None]:
    return place(scalar) if scalar.style else (scalar.body, None)


def _end(scalar: Scalar, body: int, offsets: tuple[int, ...] | None) -> int:
    return body + len(scalar.text) if offsets is None else offsets[-1]
