"""Other forms of a case: line ends, encodings, indentation, surroundings. Each must migrate as the plain form does.

A variant that is no valid program, or whose probe fails before any change, does not apply.
"""

from __future__ import annotations

import ast
import codecs
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from lab_cases import Case

_HEAD = re.compile(r"(?:#[^\n]*\n|\s*\n)*")


def variants(case: Case) -> Iterator[Case]:
    """Every variant that applies to a case with Python in it."""
    for name, change in VARIANTS.items():
        files = _changed(case, change)
        if name not in case.not_as and files is not None and files != case.files:
            yield replace(case, name=f"{case.name}@{name}", files=files, code=())


def _changed(case: Case, change: Callable[[str, Case], bytes | None]) -> Mapping[str, bytes] | None:
    """The case's files with each Python file that holds a value changed; None where the form does not fit."""
    files = dict(case.files)
    for path, raw in case.files.items():
        if not path.endswith(".py") or not _is_python(raw):
            continue
        if raw.startswith(codecs.BOM_UTF8):
            return None
        new = change(raw.decode(), case)
        if new is None or not _is_python(new):
            return None
        files[path] = new
    return files


def _is_python(raw: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(raw, "<case>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def _crlf(text: str, case: Case) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _bom(text: str, case: Case) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


def _tabs(text: str, case: Case) -> bytes:
    return re.sub(r"^(?: {4})+", lambda found: "\t" * (len(found[0]) // 4), text, flags=re.MULTILINE).encode()


def _latin(text: str, case: Case) -> bytes | None:
    start = text.index("\n") + 1 if text.startswith("#!") else 0
    cookie = "# -*- coding: latin-1 -*-\n# für später\n"
    try:
        return f"{text[:start]}{cookie}{text[start:]}".encode("latin-1")
    except UnicodeEncodeError:
        return None


def _no_newline(text: str, case: Case) -> bytes:
    return text.rstrip("\n").encode()


def _in_if(text: str, case: Case) -> bytes:
    return _wrapped(text, "if __name__:\n", "")


def _in_function(text: str, case: Case) -> bytes:
    return _wrapped(text, "def wrapped():\n", "    return locals()\n\n\nglobals().update(wrapped())\n")


def _in_class(text: str, case: Case) -> bytes:
    return _wrapped(text, "class Wrapped:\n", "\n\nglobals().update(vars(Wrapped))\n")


def _wrapped(text: str, before: str, after: str) -> bytes:
    """The file's statements indented; shebang, docstring and `__future__` stay outside."""
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    outside = [node for number, node in enumerate(tree.body) if _stays_outside(node, number)]
    cut = max([0, *(node.end_lineno or 0 for node in outside)]) or len(_HEAD.match(text)[0].splitlines())  # type: ignore[index]
    body = "".join(f"    {line}" if line.strip() else line for line in lines[cut:])
    return f"{''.join(lines[:cut])}{before}{body.rstrip(chr(10))}\n{after}".encode()


def _stays_outside(node: ast.stmt, number: int) -> bool:
    if isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*"):
        return True
    return number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _parenthesised(text: str, case: Case) -> bytes:
    """Every string with a value in it in parentheses."""
    return _spliced(text, [(start, end, f"({text[start:end]})") for start, end in _strings(text, case)])


def _commented(text: str, case: Case) -> bytes:
    """A comment above every statement with a value in it, and one behind."""
    edits = []
    lines = text.splitlines(keepends=True)
    for first, last in sorted(set(_statements(text, case))):
        indent = re.match(r"\s*", lines[first - 1])[0]  # type: ignore[index]
        begin = sum(map(len, lines[: first - 1]))
        end = sum(map(len, lines[:last])) - len(lines[last - 1]) + len(lines[last - 1].rstrip("\n"))
        edits.append((begin, begin, f"{indent}# above (ü): do not touch\n"))
        edits.append((end, end, "  # behind: see above"))
    return _spliced(text, edits)


def _strings(text: str, case: Case) -> list[tuple[int, int]]:
    """The outermost string expressions that hold a value; none inside of f-strings."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    found: list[tuple[int, int]] = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.JoinedStr, ast.Constant)):
            place = tuple(
                starts[line - 1] + len(text[starts[line - 1] :].encode()[:column].decode())
                for line, column in ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
            )
            if any(value in text[slice(*place)] for value in case.values.values()):
                found.append(place)  # type: ignore[arg-type]
        else:
            waiting += ast.iter_child_nodes(node)
    return found


def _statements(text: str, case: Case) -> Iterator[tuple[int, int]]:
    """First and last line of the innermost simple statements that hold a value and have their lines to themselves."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.stmt) or hasattr(node, "body") or node.end_lineno is None:
            continue
        held = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        alone = held.strip() == (ast.get_source_segment(text, node) or "").strip()
        if alone and any(value in held for value in case.values.values()):
            yield node.lineno, node.end_lineno


def _spliced(text: str, edits: Sequence[tuple[int, int, str]]) -> bytes:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode()


VARIANTS: Mapping[str, Callable[[str, Case], bytes | None]] = {
    "crlf": _crlf,
    "bom": _bom,
    "tabs": _tabs,
    "latin-1": _latin,
    "no-final-newline": _no_newline,
    "in-if": _in_if,
    "in-function": _in_function,
    "in-class": _in_class,
    "parenthesised": _parenthesised,
    "commented": _commented,
}
