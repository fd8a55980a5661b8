"""Rewrite ECS task definitions: move an entry of `environment` to `secrets`, whose values ECS sets at the start.

A parameter is referred to by its name; a secret by its ARN, whose last six characters exist only after the upload, so a
placeholder is written until then (`fixers.arn_placeholders`).
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from fixers.arn_placeholders import placeholder
from fixers.model import Edit, RefusalReason
from fixers.references import reference_proof
from fixers.rewriting import CannotRewriteError, Placement, RewriteContext, Rewritten, all_refused, splice, unique_edits
from fixers.splicing import NOT_PARSABLE, Gathered, respliced, stored_text
from fixers.stores.kinds import kind_of
from scanner.identity import digest
from scanner.model import Document, Kind, Span
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Node, Value, trees

# A mapping as its pairs in order, because a key may occur twice.
Plain: TypeAlias = Any
_STEP = "move it to the container's `secrets` with valueFrom, by hand"


@dataclass(slots=True, kw_only=True)
class Container:
    """One container definition: its `environment` (key and list) and its `secrets`, None if it has none."""

    node: Node
    key: Value
    environment: Node
    secrets: Node | None
    moved: dict[int, list[tuple[int, Placement]]] = field(default_factory=lambda: defaultdict(list))


def is_task_definition(document: Document, found: Sequence[Node]) -> bool:
    """Whether a JSON file holds container definitions that set variables."""
    return document.kind is Kind.JSON and any(True for _ in containers(found))


def containers(found: Sequence[Node]) -> Iterator[Container]:
    """The container definitions in a file that set variables."""
    waiting = [(each, False) for each in found]
    while waiting:
        node, inside = waiting.pop()
        if inside and node.keys is not None:
            for key, item in zip(node.keys, node.items, strict=True):
                if key.text == "environment" and item.keys is None and item.value is None:
                    yield Container(node=node, key=key, environment=item, secrets=node.get("secrets"))
        for index, item in enumerate(node.items):
            name = node.keys[index].text if node.keys is not None else ""
            waiting.append((item, name == "containerDefinitions" or (inside and node.keys is None)))


def variables(document: Document) -> Iterator[tuple[str, Value]]:
    """The name and the value of each environment entry, as a reader of the variable sees it."""
    for container in containers(trees(document)):
        for entry in container.environment.items:
            pair = _pair(entry)
            if pair is not None:
                yield pair


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that move each entry to `secrets`. Implements `fixers.rewriting.Rewriter`."""
    try:
        before = trees(document)
    except Unreadable:
        return all_refused(placements, NOT_PARSABLE)
    found = list(containers(before))
    work = Gathered()
    for index, placement in enumerate(placements):
        try:
            container, position = _placed(found, placement)
            container.moved[position].append((index, placement))
        except CannotRewriteError as error:
            work.refused[index] = error.refused
    for container in found:
        _gather(document, container, context, work)
    edits = unique_edits(edit for index in work.edits for edit in work.edits[index])
    if edits and not _as_meant(document, before, found, edits):
        reason = (RefusalReason.POSITION_NOT_SUPPORTED, "the file would not read as it should afterwards", _STEP)
        return all_refused(placements, reason)
    kept, proofs = work.of(len(placements))
    return Rewritten(edits=kept, proofs=proofs, refused=work.refused, notes=tuple(work.notes))


def _placed(found: Sequence[Container], placement: Placement) -> tuple[Container, int]:
    span = placement.finding.span
    for container in found:
        for position, entry in enumerate(container.environment.items):
            if not entry.span.contains(span):
                continue
            pair = _pair(entry)
            if pair is None or not pair[1].span.contains(span):
                raise CannotRewriteError(
                    RefusalReason.POSITION_NOT_SUPPORTED, "an entry that is not a name and a value", _STEP
                )
            if stored_text(placement) != pair[1].text:
                raise CannotRewriteError(
                    RefusalReason.DYNAMIC, "ECS sets whole values, and only a part of this one would be stored", _STEP
                )
            _check_free(container, pair[0])
            return container, position
    raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, "it is not in a container's environment", _STEP)


def _check_free(container: Container, name: str) -> None:
    if container.secrets is None:
        return
    if container.secrets.keys is not None or container.secrets.value is not None:
        raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, "its `secrets` is not a list", _STEP)
    named = [each.get("name") for each in container.secrets.items]
    if any(each is not None and each.text == name for each in named):
        raise CannotRewriteError(
            RefusalReason.NAME_TAKEN, f"{name} is among the container's secrets already", "delete the entry here"
        )


def _pair(entry: Node) -> tuple[str, Value] | None:
    if entry.keys is None or sorted(key.text for key in entry.keys) != ["name", "value"]:
        return None
    name, value = entry.get("name"), entry.get("value")
    if name is None or value is None or name.text is None or value.value is None or value.text is None:
        return None
    return name.text, value.value


def _gather(document: Document, container: Container, context: RewriteContext, work: Gathered) -> None:
    if not container.moved:
        return
    positions = sorted(container.moved)
    insertion = _insertion(document, container, positions, context)
    for run in _runs(positions):
        removal = _removal(document, container.environment, run, context)
        for position in run:
            for index, placement in container.moved[position]:
                pair = _pair(container.environment.items[position])
                assert pair is not None
                assert placement.stored is not None
                work.edits[index] = (removal, insertion)
                work.proofs[index] = (
                    reference_proof(
                        document.path, placement.finding.start[0], placement, pair[0], placement.stored, context.key
                    ),
                )
                work.notes.update(dict.fromkeys(_notes(document, placement)))


def _runs(positions: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for position in positions:
        if runs and runs[-1][-1] == position - 1:
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs


def _removal(document: Document, listed: Node, run: Sequence[int], context: RewriteContext) -> Edit:
    """The removal of adjacent entries together with the comma that belongs to them."""
    items = listed.items
    first, last = items[run[0]].span, items[run[-1]].span
    if run[-1] + 1 < len(items):
        span = Span(first.start, items[run[-1] + 1].span.start)
    elif run[0] > 0:
        span = Span(items[run[0] - 1].span.end, last.end)
    else:
        span = Span(listed.span.start + 1, listed.span.end - 1)
    return _edit(document, span, "", context)


def _insertion(document: Document, container: Container, positions: Sequence[int], context: RewriteContext) -> Edit:
    """The insertion of new entries into `secrets`, formatted like the list that they come from."""
    listed = container.environment
    entries = [_entry(document, listed.items[position], container.moved[position][0][1]) for position in positions]
    lead = _blank(document.text[listed.span.start + 1 : listed.items[0].span.start])
    trail = _blank(document.text[listed.items[-1].span.end : listed.span.end - 1])
    between = f",{lead or ' '}"
    block = between.join(entries)
    secrets = container.secrets
    if secrets is None:
        before = document.text[: container.key.span.start]
        gap = before[len(before.rstrip(" \t\r\n")) :]
        return _insert(document, listed.span.end, f',{gap}"secrets": [{lead}{block}{trail}]', context)
    if not secrets.items:
        return _insert(document, secrets.span.start + 1, f"{lead}{block}{trail}", context)
    own = _blank(document.text[secrets.span.start + 1 : secrets.items[0].span.start])
    between = f",{own or ' '}"
    return _insert(document, secrets.items[-1].span.end, between + between.join(entries), context)


def _blank(text: str) -> str:
    return text if not text.strip() else ""


def _entry(document: Document, entry: Node, placement: Placement) -> str:
    """The entry's own text with `valueFrom` in place of `value`."""
    edits = [
        Edit(path="", span=_moved(part, entry), expects="", new=json.dumps(new, ensure_ascii=False))
        for part, new in _replaced(entry, placement)
    ]
    return splice(document.text[entry.span.start : entry.span.end], edits)


def _replaced(entry: Node, placement: Placement) -> Iterator[tuple[Span, str]]:
    for key, item in zip(entry.keys or (), entry.items, strict=True):
        if key.text == "value":
            yield key.span, "valueFrom"
            yield item.span, _new_value(placement)


def _new_value(placement: Placement) -> str:
    arn = placeholder(placement.name)
    return kind_of(placement.name).references.value_from(placement.name, placement.key, arn)


def _moved(span: Span, entry: Node) -> Span:
    return Span(span.start - entry.span.start, span.end - entry.span.start)


def _edit(document: Document, span: Span, new: str, context: RewriteContext) -> Edit:
    there = document.text[span.start : span.end]
    return Edit(path=document.path, span=span, expects=digest(context.key, there), new=new)


def _insert(document: Document, at: int, new: str, context: RewriteContext) -> Edit:
    return _edit(document, Span(at, at), new, context)


def _as_meant(document: Document, before: Sequence[Node], found: Sequence[Container], edits: Sequence[Edit]) -> bool:
    """Whether the file's content is as before, except for the entries that moved."""
    try:
        after = trees(respliced(document, splice(document.text, edits)))
    except Unreadable:
        return False
    moved = {id(container.node): container for container in found if container.moved}
    return [_plain(tree, {}) for tree in after] == [_plain(tree, moved) for tree in before]


def _plain(node: Node, moved: dict[int, Container]) -> Plain:
    """A node as plain data; entries of `moved` containers where they should be after the edits."""
    if node.value is not None:
        return node.value.text, node.value.string
    if node.keys is None:
        return [_plain(item, moved) for item in node.items]
    container = moved.get(id(node))
    pairs = []
    for key, item in zip(node.keys, node.items, strict=True):
        if container is None or item not in (container.environment, container.secrets):
            pairs.append((key.text, _plain(item, moved)))
        elif item is container.environment:
            kept = [each for number, each in enumerate(item.items) if number not in container.moved]
            pairs.append((key.text, [_plain(each, moved) for each in kept]))
            if container.secrets is None:
                pairs.append(("secrets", _expected(container)))
        else:
            pairs.append((key.text, [*(_plain(each, moved) for each in item.items), *_expected(container)]))
    return pairs


def _expected(container: Container) -> list[Plain]:
    entries = []
    for position in sorted(container.moved):
        new = _new_value(container.moved[position][0][1])
        entry = container.environment.items[position]
        entries.append(
            [
                ("valueFrom", (new, True)) if key.text == "value" else (key.text, _plain(item, {}))
                for key, item in zip(entry.keys or (), entry.items, strict=True)
            ]
        )
    return entries


def _notes(document: Document, placement: Placement) -> Iterator[str]:
    permissions = kind_of(placement.name).permissions
    yield (
        f"{document.path}: the task *execution* role needs {permissions.inject} on what its `secrets` name; values are"
        " read when a task starts: after a rotation force a new deployment"
    )
    if permissions.arn_end:
        yield (
            f"{document.path}: the account, the region and the six characters at the end of an ARN are filled in after"
            " the upload, from what the store says"
        )
