"""Propose the removal of arguments that hold the account's own AWS keys: offered for review, never applied.

Without them boto3 uses the role or profile that the program runs with:
https://boto3.amazonaws.com/v1/documentation/api/latest/guide/credentials.html
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from fixers.model import Edit, Plan, RefusalReason
from fixers.python_syntax import node_span, parse_quietly
from fixers.rewriting import splice
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.identity import digest
from scanner.model import Span
from scanner.text import line_starts

ARGUMENTS = frozenset({"aws_access_key_id", "aws_secret_access_key", "aws_session_token"})


def removals(plan: Plan, workspace: Workspace, key: bytes) -> tuple[Edit, ...]:
    """Edits that remove the keyword arguments with the account's own keys, where nothing else would change."""
    places: dict[str, list[Span]] = defaultdict(list)
    for refusal in plan.refusals:
        finding = refusal.finding
        own = refusal.reason is RefusalReason.OWN_AWS_KEYS and finding.commit is None
        if own and workspace.is_python(finding.path):
            places[finding.path].append(finding.span)
    edits: list[Edit] = []
    for path, spans in places.items():
        try:
            text = workspace.document(path).text
            tree = parse_quietly(text)
        except (NotSeenError, SyntaxError, ValueError, RecursionError):
            continue
        edits += [
            Edit(path=path, span=span, expects=digest(key, text[span.start : span.end]), new="")
            for span in _spans(text, tree, spans)
        ]
    return tuple(edits)


def _spans(text: str, tree: ast.Module, secrets: Sequence[Span]) -> Iterator[Span]:
    starts = line_starts(text)
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        given.sort(key=lambda each: (each.lineno, each.col_offset))
        spans = [node_span(starts, text, each) for each in given]
        if any(_is_own(each, span, secrets) for each, span in zip(given, spans, strict=True)):
            # Half of a pair without the other is no credential: boto3 would refuse it.
            gone = [isinstance(each, ast.keyword) and each.arg in ARGUMENTS for each in given]
            found = list(_runs(text, spans, gone))
            if _only_arguments_go(text, tree, call, given, gone, found):
                yield from found


def _is_own(argument: ast.expr | ast.keyword, span: Span, secrets: Sequence[Span]) -> bool:
    named = isinstance(argument, ast.keyword) and argument.arg in ARGUMENTS
    literal = isinstance(argument, ast.keyword) and isinstance(argument.value, ast.Constant)
    return named and literal and any(span.contains(secret) for secret in secrets)


def _runs(text: str, spans: Sequence[Span], gone: Sequence[bool]) -> Iterator[Span]:
    """The spans to remove: adjacent arguments, with the comma and the whitespace that belong to them."""
    for leaving, group in groupby(range(len(spans)), key=lambda index: gone[index]):
        run = list(group)
        if not leaving:
            continue
        first, last = run[0], run[-1]
        if last + 1 < len(spans):
            yield Span(spans[first].start, spans[last + 1].start)
        elif first > 0:
            yield Span(spans[first - 1].end, spans[last].end)
        else:
            rest = text[spans[last].end :]
            comma = len(rest) - len(rest.lstrip()) + 1 if rest.lstrip().startswith(",") else 0
            yield Span(spans[first].start, spans[last].end + comma)


def _only_arguments_go(
    text: str,
    tree: ast.Module,
    call: ast.Call,
    given: Sequence[ast.expr | ast.keyword],
    gone: Sequence[bool],
    spans: Sequence[Span],
) -> bool:
    """Whether the text without these spans is the same program without these arguments; comments must stay."""
    if any("#" in text[span.start : span.end] for span in spans):
        return False
    after = splice(text, [Edit(path="", span=span, expects="", new="") for span in spans])
    kept = [each for each, leaves in zip(given, gone, strict=True) if not leaves]
    before, call.keywords = call.keywords, [each for each in kept if isinstance(each, ast.keyword)]
    try:
        return ast.dump(parse_quietly(after)) == ast.dump(tree)
    except (SyntaxError, ValueError):
        return False
    finally:
        call.keywords = before
