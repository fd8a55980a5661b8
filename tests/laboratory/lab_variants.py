"""Other forms of a case: line ends, encodings, indentation, surroundings. Each must migrate as the plain form does.

A variant that is no valid program, or whose probe fails before any change, does not apply.
"""

from __future__ import annotations

import ast
import codecs
import io
import itertools
import re
import tokenize
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from lab_cases import Case

_BETWEEN = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
_HEAD = re.compile(r"(?:#[^\n]*\n|\s*\n)*")


def variants(case: Case) -> Iterator[Case]:
    """Every variant that applies to a case with Python in it."""
    for form in VARIANTS:
        made = variant(case, form)
        if not isinstance(made, str):
            yield made


def variant(case: Case, form: str) -> Case | str:
    """A case in another form, or why there is none."""
    if form in case.not_as:
        return case.not_as[form]
    files = dict(case.files)
    python = [path for path in case.files if path.endswith(".py") and _is_python(case.files[path])]
    if not python:
        return "no file of Python"
    for path in python:
        if case.files[path].startswith(codecs.BOM_UTF8):
            return "it begins with a byte order mark"
        new = VARIANTS[form](case.files[path].decode(), case)
        if new is None or not _is_python(new):
            return "it is no program in this form"
        files[path] = new
    if files == case.files:
        return "it has this form, or no value stands in its Python"
    return replace(case, name=f"{case.name}@{form}", files=files, code=())


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
    """Indented with tabs; below an `if` where nothing is indented."""
    text = text if re.search("^ {4}", text, re.MULTILINE) else _in_if(text, case).decode()
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
    if not "".join(lines[cut:]).strip():  # an empty `__init__.py`
        return text.encode()
    body = "".join(f"    {line}" if line.strip() else line for line in lines[cut:])
    return f"{''.join(lines[:cut])}{before}{body.rstrip(chr(10))}\n{after}".encode()


def _stays_outside(node: ast.stmt, number: int) -> bool:
    if isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*"):
        return True
    return number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _parenthesised(text: str, case: Case) -> bytes:
    """Every string with a value in it in parentheses; in a file without one what is assigned and returned."""
    places = _strings(text, case) or [
        _place(text, node.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return)) and node.value is not None
    ]
    return _spliced(text, [(start, end, f"({text[start:end]})") for start, end in places])


def _commented(text: str, case: Case) -> bytes:
    """A comment above every logical line with a value in it, and one behind; in a file without one at every line."""
    marks = [value for value in case.values.values() if value in text] or [""]
    lines = re.findall("[^\n]*\n|[^\n]+", text)  # a form feed ends no line
    ends = [0, *itertools.accumulate(map(len, lines))]
    edits = []
    first: tuple[int, int] | None = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE and first is not None:
            begin, end = ends[first[0] - 1], ends[token.start[0] - 1] + token.start[1]
            if any(mark in text[begin:end] for mark in marks):
                indent = text[begin : begin + first[1]]
                edits += [(begin, begin, f"{indent}# above (ü): do not touch\n"), (end, end, "  # behind: see above")]
            first = None
        elif first is None and token.type not in _BETWEEN:
            first = token.start
    return _spliced(text, edits)


def _strings(text: str, case: Case) -> list[tuple[int, int]]:
    """The outermost string expressions that hold a value; none inside of f-strings."""
    found: list[tuple[int, int]] = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.JoinedStr, ast.Constant)):
            place = _place(text, node)
            if any(value in text[slice(*place)] for value in case.values.values()):
                found.append(place)
        else:
            waiting += ast.iter_child_nodes(node)
    return found


def _place(text: str, node: ast.expr) -> tuple[int, int]:
    """Where an expression starts and ends, in code points."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    start, end = (
        starts[line - 1] + len(text[starts[line - 1] :].encode()[:column].decode())
        for line, column in ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
    )
    return start, end


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
