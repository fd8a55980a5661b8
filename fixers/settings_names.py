"""How Python code names a settings file: by its name, a name with inserted values, or a listing of its folder."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from pathlib import PurePosixPath

from fixers.python_environment import dotted
from fixers.settings_modules import Module
from scanner.model import Kind

# Calls that list the files of a folder; those in the first group take a pattern.
_MATCHING = frozenset({"glob", "iglob", "rglob"})
_LISTING = frozenset({"iterdir", "listdir", "scandir", "walk"})
_HERE = frozenset({"Path", "pathlib", "os", "glob", "__file__"})
_OPENING = frozenset({"open", "read_text", "read_bytes"})
_WRITES = re.compile(r"[rwaxbt+]*[wax+][rwaxbt+]*")
_GAP = "\0"
_PLACE = re.compile(r"%s|%\(\w+\)s|\{\w*\}")
_LISTS = re.compile(rb"\b(?:iterdir|listdir|scandir|walk|r?glob|iglob)\(")


def lists_folder(call: ast.AST) -> bool:
    """Whether a call lists the files of a folder."""
    return isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in _MATCHING | _LISTING


def may_name(raw: bytes, path: str) -> bool:
    """Whether a file's text may contain a string that names the settings file at `path`."""
    pure = PurePosixPath(path)
    ending = re.escape(pure.suffix.encode())
    if pure.name.encode() in raw or re.search(rb"[}s*\"']%b[\"']" % ending, raw) is not None:
        return True
    return _LISTS.search(raw) is not None and (not pure.parent.name or pure.parent.name.encode() in raw)


def names_file(module: Module, node: ast.AST, file: PurePosixPath, kind: Kind) -> bool:
    """Whether a node is a string, not a docstring, that ends in the file's name or may do so with values inserted."""
    if isinstance(module.parents.get(node), ast.Expr):
        return False
    if lists_folder(node):
        return kind is not Kind.DOTENV and _may_list(module, node, file)
    text = with_gaps(node)
    if text is None:
        return False
    *above, last = text.replace("\\", "/").split("/")
    if not is_named(last, file.name):
        return False
    if _GAP not in last:
        return True
    if not above and not last.strip(_GAP):
        return False  # "%s" alone is any text
    # `f"{stage}.json"` could be any file's name, so its folder must be named beside it or be the module's own.
    folder = file.parent.name
    if above not in ([], ["."]):
        return above[-1] == folder
    return (bool(folder) and folder in module.folders) or _is_beside(module, node, file)


def _is_beside(module: Module, node: ast.AST, file: PurePosixPath) -> bool:
    """Whether a bare name can mean the file: it is opened for reading, in the module's folder."""
    if PurePosixPath(module.path).parent != file.parent:
        return False
    name, above = node, module.parents.get(node)
    if isinstance(above, ast.Attribute) and above.attr == "format":
        name, above = above, module.parents.get(above)
    while (isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mod)) or (
        isinstance(above, ast.Call) and above.func is name
    ):
        name, above = above, module.parents.get(above)
    while isinstance(above, (ast.BinOp, ast.Call)) and not _opens(above):
        before = [above.left] if isinstance(above, ast.BinOp) else [each for each in above.args if each is not name]
        joins = isinstance(above, ast.BinOp) or dotted(above.func).rpartition(".")[2] in ("join", "Path", "str")
        if not joins or not all(_is_here(module, each) for each in before):
            return False
        name, above = above, module.parents.get(above)
    opened = above if isinstance(above, ast.Call) else module.parents.get(above) if above is not None else None
    return opened is not None and _opens(opened)


def _opens(call: ast.AST) -> bool:
    """Whether a call opens a file for reading."""
    if not isinstance(call, ast.Call) or dotted(call.func).rpartition(".")[2] not in _OPENING:
        return False
    given = (*call.args, *(each.value for each in call.keywords if each.arg == "mode"))
    return not any(isinstance(each, ast.Constant) and _WRITES.fullmatch(str(each.value)) for each in given)


def _is_here(module: Module, node: ast.expr) -> bool:
    """Whether a path is built from `__file__` alone, or is a name bound to such a path."""
    if isinstance(node, ast.Name) and node.id not in _HERE:
        values = (each.value for each in module.nodes if isinstance(each, ast.Assign) and _binds(each, node.id))
        return any(_is_here(module, value) for value in values if not isinstance(value, ast.Name))
    found = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    plain = not any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(node))
    return "__file__" in found and set(found) <= _HERE and plain


def _binds(assignment: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in assignment.targets)


def _may_list(module: Module, call: ast.AST, file: PurePosixPath) -> bool:
    """Whether a listing may include the file: by its pattern, and by its folder if the call names one."""
    texts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    parts = [part for text in texts for part in text.replace("\\", "/").split("/") if part not in ("", ".", "**")]
    patterns = [part for part in parts if "*" in part and part.strip("*.")]
    folders = [part for part in parts if "*" not in part]
    if not all(fnmatch(file.name, pattern) for pattern in patterns):
        return False
    here, folder = PurePosixPath(module.path).parent, file.parent
    near = here.is_relative_to(folder.parent)  # else it is a folder of the same name in another project
    if folders:
        return near and folders[-1] in folder.parts
    if folder.name and folder != here:
        return near and folder.name in module.folders
    return bool(patterns) or {node.id for node in ast.walk(call) if isinstance(node, ast.Name)} <= _HERE


def is_named(text: str, name: str) -> bool:
    """Whether a text, with a gap for each inserted value, can be this name."""
    return re.fullmatch(".+".join(map(re.escape, text.split(_GAP))), name) is not None


def with_gaps(node: ast.AST) -> str | None:
    """A string's text, with a gap for each inserted value."""
    match node:
        case ast.Constant(value=str(text)):
            return _PLACE.sub(_GAP, text)
        case ast.JoinedStr(values=values):
            return "".join(str(each.value) if isinstance(each, ast.Constant) else _GAP for each in values)
        case ast.BinOp(op=ast.Add(), left=left, right=ast.Constant(value=str(text))) if text.startswith("."):
            return (with_gaps(left) or _GAP) + text
        case ast.Call(func=ast.Attribute(value=path, attr="with_suffix"), args=[ast.Constant(value=str(text))]):
            last = _last_of(path)
            return None if last is None else last + text
    return None


def _last_of(path: ast.expr) -> str | None:
    """The last part of a path expression, if it is a string: `Path("a") / "config"`, `path.with_name("config")`."""
    match path:
        case ast.BinOp(op=ast.Div(), right=right):
            return with_gaps(right)
        case ast.Call(args=[*_, last]):
            return with_gaps(last)
    return None
