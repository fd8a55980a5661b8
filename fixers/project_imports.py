"""What a project's files import or otherwise load: by names in strings, from a folder, by path.

Most of this is matched in the text by the usual forms of such code. It decides where the generated module can be
imported and does not disturb anything.
"""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.notebook_code import SUFFIX, code_of
from fixers.workspace import Workspace
from scanner.roles import PathRole, role_of

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*|[^#\r\n]*)|import[ \t]+([^#\r\n]+))", re.MULTILINE
)
_WORD = re.compile(r"[\w.]+")
_DOTTED = re.compile(rb"[\"']([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\.(?=\{|%s|[\"'])|(?::\w+)?[\"'])")
# Files that start programs name them by module: `uvicorn app.main:app`, `python -m jobs.sync`, `handler: src/app.main`.
_STARTERS = re.compile(
    r"(?:.*[._-])?(?:dockerfile|containerfile|makefile|justfile|procfile)(?:[._-].*)?"
    r"|.*\.(?:ya?ml|toml|cfg|ini|json|sh|service|mk)",
    re.IGNORECASE,
)
_STARTED = re.compile(
    rb"(?<![\w./-])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)|\b[Hh]andler[\"']?\s*[:=]\s*[\"']?([\w./-]+)\.\w+"
)
_LONGEST = 200_000
_CODE_URI = re.compile(
    r"^[ \t]*[\"']?CodeUri[\"']?[ \t]*:[ \t]*[\"']?(?:\./)?([\w./-]+?)/?[\"',]*[ \t\r]*$", re.MULTILINE
)
_LISTS = re.compile(rb"\b(?:iter_modules|walk_packages|listdir|scandir|iterdir|r?glob|iglob)\(")
_LOADS = re.compile(
    rb"\b(?:import_module|__import__|load_extension|load_module|exec_module|iter_modules|walk_packages)\("
)
_BY_PATH = re.compile(
    rb"\b(?:spec_from_file_location|SourceFileLoader|load_source|run_path|from_pyfile|execfile|(?<![.\w])exec)\("
)
# `gunicorn -c deploy/gunicorn.py`: https://docs.gunicorn.org/en/stable/configure.html
_CONFIGURES = re.compile(rb"\bgunicorn\b[^\r\n]{0,200}?(?:-c|--config)[\"', =]+(?:file:)?(?:[\w.-]*/)*([\w.-]+\.py)\b")
_NEAR = 160
# The last part of a path: `join("shop", "plugins")`, `root / "shop" / "plugins"`.
_FOLDER = re.compile(rb"[\"'](?:\./)?(?:[\w-]+/)*([\w-]+)/?[\"'](?!\s*[,/]\s*f?[\"'])|\b(\w+)\.__path__")
_OWN_FOLDER = re.compile(
    rb"[\[(]\s*__path__|\bdirname\(__file__\)(?!\s*,\s*[\"']\w)|\bPath\(__file__\)\.parent\.r?glob"
)
_FILE = re.compile(rb"[\"'](?:[\w.-]*/)*([\w-]+\.py)[\"']")


@dataclass(frozen=True, slots=True)
class OwnImports:
    """The imports of one file: whether some are relative, and the absolute dotted names.

    `extends_path` says that it adds folders to sys.path itself, as scripts started by their path do.
    """

    relative: bool
    absolute: frozenset[str]
    extends_path: bool


def own_imports(tree: ast.Module) -> OwnImports:
    """The imports of a file."""
    relative, absolute, extends_path = False, set[str](), False
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            absolute.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            relative = True
        elif isinstance(node, ast.ImportFrom) and node.module:
            absolute.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
        elif isinstance(node, ast.Attribute) and node.attr == "path" and ast.unparse(node) == "sys.path":
            extends_path = True
    return OwnImports(relative, frozenset(absolute), extends_path)


def imported_modules(workspace: Workspace) -> Iterator[str]:
    """Dotted names that the workspace's Python files and notebooks import absolutely, including the imported members.

    Names of its folders in strings count too: `"shop.apps"`, and `shop.*` for `f"shop.{name}"`. So do those in files
    that start programs.
    """
    folders = frozenset(part for path in workspace.files for part in PurePosixPath(path).parts[:-1])
    for path in workspace.files:
        if workspace.is_python(path):
            raw = read_quietly(path, workspace)
            yield from imported(raw)
            yield from _names_in_strings(raw, folders)
        elif path.endswith(SUFFIX):
            yield from imported(code_of(path, workspace).encode("utf-8", "replace"))
        elif folders and _STARTERS.fullmatch(PurePosixPath(path).name):
            yield from _names_started(read_quietly(path, workspace)[:_LONGEST], folders)


def imported(raw: bytes) -> Iterator[str]:
    """Dotted names that one file imports absolutely, including the imported members."""
    for found in _IMPORT.finditer(raw):
        module, names, plain = (group.decode("utf-8", "replace") if group else "" for group in found.groups())
        if module.startswith("."):
            continue
        if module:
            yield module
            yield from (f"{module}.{name}" for name in _WORD.findall(names))
        yield from (_WORD.findall(part)[0] for part in plain.split(",") if _WORD.search(part))


def imported_relatively(raw: bytes) -> frozenset[str]:
    """The words in one file's relative imports: `mail` and `send` of `from .mail import send`."""
    lines = [b" ".join(found.groups(b"")) for found in _IMPORT.finditer(raw) if (found[1] or b"").startswith(b".")]
    return frozenset(word.decode("utf-8", "replace") for line in lines for word in re.findall(rb"\w+", line))


def loaders(workspace: Workspace) -> Mapping[str, str]:
    """Folders whose modules are all loaded, and files loaded by path: last part -> the file that loads them."""
    found: dict[str, str] = {}
    for path in workspace.files:
        if _STARTERS.fullmatch(PurePosixPath(path).name):
            raw = read_quietly(path, workspace)[:_LONGEST]
            found |= {name.decode(): path for name in _CONFIGURES.findall(raw)}
        if not workspace.is_python(path) or role_of(path) is not PathRole.SOURCE:
            continue
        raw = read_quietly(path, workspace)
        if _BY_PATH.search(raw):
            # That name is every package's: `exec(open("shop/__init__.py").read())` in a build says nothing of others.
            found |= {name.decode(): path for name in _FILE.findall(raw) if name != b"__init__.py"}
        if _LOADS.search(raw) or _BY_PATH.search(raw):
            found |= dict.fromkeys(_listed(path, raw), path)
    return found


def _listed(path: str, raw: bytes) -> Iterator[str]:
    for call in _LISTS.finditer(raw):
        near = raw[max(0, call.start() - _NEAR) : call.end() + _NEAR]
        yield from (name.decode() for names in _FOLDER.findall(near) for name in names if name)
        if _OWN_FOLDER.search(near):
            yield PurePosixPath(path).parent.name


def read_quietly(path: str, workspace: Workspace) -> bytes:
    """A file's bytes without a byte order mark; empty if it cannot be read."""
    return workspace.bytes_of(path).removeprefix(codecs.BOM_UTF8)


def stem_of(path: str) -> str:
    """The last part of the dotted name by which a file is imported."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem


def _names_in_strings(raw: bytes, folders: Collection[str]) -> Iterator[str]:
    """Dotted names in strings that begin with one of `folders`: `"shop.apps"`, and `shop.*` for `f"shop.{name}"`."""
    for found in _DOTTED.finditer(raw):
        name = f"{found[1].decode()}.*" if found[0].endswith(b".") else found[1].decode()
        top, dot, _ = name.partition(".")
        if dot and top in folders:
            yield name


def _names_started(raw: bytes, folders: Collection[str]) -> Iterator[str]:
    """Modules below `folders` in what starts them: `app.main` of `app.main:app`, `src.app` of `src/app.main`."""
    for found in _STARTED.finditer(raw):
        name = (found[1] or found[2]).decode().replace("/", ".").strip(".")
        if name.partition(".")[0] in folders:
            yield from (name, name.rpartition(".")[0])


def function_folders(workspace: Workspace) -> Iterator[str]:
    """Folders that a SAM template makes the root of a Lambda function."""
    for path in workspace.files:
        if path.endswith((".yaml", ".yml", ".json")):
            text = read_quietly(path, workspace)[:_LONGEST].decode("utf-8", "replace")
            for found in _CODE_URI.finditer(text) if "CodeUri" in text else ():
                yield str(PurePosixPath(path).parent / found[1])
