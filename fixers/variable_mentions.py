"""Strings that name a variable or contain a shell's or code's read of it, and attributes read from variables."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator

from fixers.python_environment import dotted
from fixers.unseen_readers import UnseenReads

_IN_TEXT = re.compile(
    r"\$\{?(?P<name>[A-Za-z_]\w*)|%(?P<other>[A-Za-z_]\w*)%|\b(?:environ|getenv)\W{1,12}(?P<code>[A-Za-z_]\w*)"
)
# A list of names in one string: `"DB_PASSWORD API_KEY".split()`.
_LIST = re.compile(r"[A-Z][A-Z0-9_]*(?:[\s,;|]+[A-Z][A-Z0-9_]*)+")
# The text of a whole module that the program writes to a file: its reads are found in that file.
_MODULE = re.compile(r"\s*(?:\"\"\"|'{3}|#!)")
_SETTERS = frozenset(
    {"setenv", "delenv", "setdefault", "putenv", "unsetenv", "getattr", "hasattr", "setattr", "delattr"}
)


def mentions(
    tree: ast.Module, wanted: Callable[[str], bool], explained: Collection[int], unseen: UnseenReads
) -> Iterator[tuple[ast.expr, str, str]]:
    """Strings that name a wanted variable or contain a read of it in shell or code: (string, variable, how).

    `explained` are the strings (by id) that belong to known readers, and those that read nothing.
    """
    by_name = unseen.by_name
    for node in ast.walk(tree):
        if unseen.attributes and isinstance(node, ast.Attribute):
            attributes = (name for name in dict.fromkeys((node.attr, node.attr.upper())) if wanted(name))
            yield from ((node, name, f"an attribute {node.attr}, which may read a variable") for name in attributes)
        if not isinstance(node, ast.Constant) or id(node) in explained:
            continue
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if not isinstance(text, str):
            continue
        several = re.findall(r"\w+", text) if by_name is not None and _LIST.fullmatch(text.strip()) else ()
        named = next((each for each in (text, text.upper(), *several) if wanted(each)), None)
        if by_name is not None and named is not None:
            yield node, named, f"it is named here, and {by_name}"
        for found in _IN_TEXT.finditer(text):
            name = found["name"] or found["other"] or found["code"]
            if wanted(name) and not (found["code"] and _MODULE.match(text)):
                yield node, name, "a text that reads it"


def silent_texts(tree: ast.Module, unseen: UnseenReads) -> Iterator[int]:
    """Strings (by id) that read no variable: docstrings, those compared, looked up or set, and attributes' names.

    If the environment is passed on, any mapping in which something is looked up may be it.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=value):
                yield id(value)
            case ast.Compare(left=left, comparators=others):
                yield from map(id, (left, *others))
            case ast.Subscript(slice=index, ctx=context) if not (unseen.is_passed_on and isinstance(context, ast.Load)):
                yield id(index)
            case ast.Call(func=called, args=arguments) if dotted(called).rpartition(".")[2] in _SETTERS:
                yield from map(id, arguments)
