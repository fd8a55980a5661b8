"""Where the generated module goes and how a file imports it."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fixers.hidden_modules import hiding, own_packages
from fixers.import_roots import Files, import_root, packages_in, regular_root
from fixers.loaded_by_tools import ToolLoaded, loaded_by_tool
from fixers.model import NewFile
from fixers.notebook_code import SUFFIX, code_of
from fixers.project_imports import OwnImports, imported, imported_relatively, own_imports, read_quietly
from fixers.rewriting import RewriteContext
from fixers.runtime import source
from scanner.roles import PathRole, role_of

if TYPE_CHECKING:
    from fixers.workspace import Workspace

MODULE = "app_secrets"

# What Django's own manage.py contains. https://docs.djangoproject.com/en/stable/topics/settings/
_SETTINGS_MODULE = re.compile(rb"DJANGO_SETTINGS_MODULE[\"'], *[\"'](\w+)\.")
_SCRIPTS = frozenset({"bin", "script", "scripts", "tools"})
# Files and folders found where a project or a program has its root.
_ROOT_FILES = ("setup.py", "setup.cfg", "pyproject.toml", "manage.py", "requirements.txt", "Pipfile", "Dockerfile")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlace:
    """The generated module for one file: `path` in the workspace, `module` as the file's import line names it.

    `alone` is the module's name if the file may be started by its path: then only its own folder, and nothing of its
    package, is on sys.path. `new_file` is None if the module exists already. `outdated` says that it exists with
    other content, `defines` which functions it then has. `hiding` is the path of a file that shadows a module which
    boto3 needs. `unsure` gives the reason if the file may be unable to import a generated module: `conf/shop.conf.py`
    is neither a module nor a program.
    """

    path: str
    module: str
    new_file: NewFile | None
    alone: str | None = None
    outdated: bool = False
    defines: frozenset[str] = frozenset()
    hiding: str | None = None
    unsure: str = ""


def place_module(path: str, tree: ast.Module, context: RewriteContext) -> ModulePlace:
    """Where to put the module that this file is to import."""
    files = Files(paths=frozenset(context.workspace.files), on_path=context.roots)
    file = PurePosixPath(path)
    imports = own_imports(tree)
    tool = loaded_by_tool(file, tree, files, context.workspace)
    if tool is not None:
        return _for_tool(file, tool, files, context)
    home, root = _home(file, imports, files, context)
    if home not in (file.parent, root) and _may_be_started(file, root, tree, imports, context):
        # Started by its path, it finds only what is beside it.
        home = file.parent
    if file.name == "app.py" and _uses(imports, "chalice"):
        # https://aws.github.io/chalice/topics/multifile.html: of its neighbours only that folder is deployed with it
        home, root = file.parent / "chalicelib", file.parent
    whole = _is_whole_package(file, root, files, context)
    if whole and file.parent == root:
        home = root
    relative = imports.relative or whole or _is_unsure(file, root, tree, files, context)
    inner = _inner_package(file, files, context)
    if inner is not None and not _uses(imports, inner.parent.name) and not _is_program(tree):
        home, relative = inner, True
    lister = context.loads.get(home.name)
    loader = lister or context.loads.get(file.name if home == file.parent else "")
    if lister is not None and home != root:
        # Every module listed there is loaded and expected to define something, which the generated module does not.
        home, relative = home.parent, False
    elif loader is not None and PurePosixPath(loader).parent != home and not _is_program(tree):
        # Loaded by its path: it cannot import its neighbours, but it can import what its loader can.
        home, root = _home(PurePosixPath(loader), _imports_of(loader, context), files, context)
        relative = False
    target = home / f"{_free_name(home, root, files, context)}.py"
    loose = home == file.parent == root and (whole or _may_be_in_namespace(file, tree, imports, files, context))
    alone = loose or (
        home == file.parent != root
        and (_may_be_started(file, root, tree, imports, context) or _is_neighbour(file, imports, files, context))
    )
    module = _import_name(file, target, root, relative=relative or loose)
    placed = _placed(str(target), module, target.stem if alone else None, context)
    if home == file.parent and loader is None and _is_loaded(file, tree, files, context):
        placed = replace(placed, unsure="its name is no module's, and nothing shows what loads it")
    return placed if loose else replace(placed, hiding=hiding(root, files.paths, context.imported))


def _for_tool(file: PurePosixPath, tool: ToolLoaded, files: Files, context: RewriteContext) -> ModulePlace:
    """The module for a file that a tool loads by its path: in the package that it imports, or beside it."""
    root = tool.root or PurePosixPath()
    home = next((root / top for top in sorted(tool.tops) if files.is_package(root / top)), root)
    target = home / f"{_free_name(home, root, files, context)}.py"
    module = _import_name(file, target, root, relative=tool.tests)
    placed = _placed(str(target), module, target.stem if tool.tests else None, context)
    unsure = "" if tool.root is not None else f"{tool.tool} loads it by its path, and nothing shows what it can import"
    return replace(placed, hiding=hiding(root, files.paths, context.imported), unsure=unsure)


def _inner_package(file: PurePosixPath, files: Files, context: RewriteContext) -> PurePosixPath | None:
    """The package around a file that some import by its own name and others by that of the parent package too."""
    for above in file.parents:
        if str(above) in context.both:
            inner = above / file.relative_to(above).parts[0]
            return inner if inner != file and files.is_package(inner) else None
    return None


def _is_whole_package(file: PurePosixPath, root: PurePosixPath, files: Files, context: RewriteContext) -> bool:
    """Whether what loads a file imports its package under another name: that of the repository's folder, or Odoo's.

    Such are plugins of QGIS, nodes of ComfyUI and modules of Odoo (https://www.odoo.com/documentation/master/developer/):
    only relative imports find what is beside them.
    """
    manifests = (str(above / name) for above in file.parents for name in ("__manifest__.py", "__openerp__.py"))
    if any(path in files.paths for path in manifests) and files.is_package(file.parent):
        return True
    top = PurePosixPath(file.relative_to(root).parts[0]).stem
    if root != PurePosixPath() or not files.is_package(root):
        return False
    beside = [f"{name}.py" for name in files.modules_in(root)]
    return any(top in imported_relatively(read_quietly(path, context.workspace)) for path in beside)


def _is_loaded(file: PurePosixPath, tree: ast.Module, files: Files, context: RewriteContext) -> bool:
    """Whether a file can only be loaded by its path (`shop.conf.py`), and not from the folder that a program is in."""
    if "." not in file.stem or _is_program(tree) or file.parent == PurePosixPath():
        return False
    if any(str(file.parent / name) in files.paths for name in _ROOT_FILES):
        return False
    return not read_quietly(str(file), context.workspace).startswith(b"#!")


def _may_be_in_namespace(
    file: PurePosixPath, tree: ast.Module, imports: OwnImports, files: Files, context: RewriteContext
) -> bool:
    """Whether a file in a folder without `__init__.py` may be imported with the folder's name as well as without.

    Nothing shows that the folder is on sys.path, and nothing shows that its parent is.
    """
    folder = file.parent
    if not folder.name.isidentifier() or folder.name in _SCRIPTS or str(folder) in context.functions:
        return False
    if any(str(folder / name) in files.paths for name in _ROOT_FILES) or imports.extends_path or _is_program(tree):
        return False
    if read_quietly(str(file), context.workspace).startswith(b"#!"):
        return False
    beside = files.modules_in(folder)
    bare = {name.partition(".")[0] for name in imports.absolute} & set(beside)
    return not bare and not any(name in context.imported for name in beside)


def _may_be_started(
    file: PurePosixPath, root: PurePosixPath, tree: ast.Module, imports: OwnImports, context: RewriteContext
) -> bool:
    """Whether a file in a package may be started by its path: it is a program that needs nothing of the project.

    If others import it too, it is used in both ways.
    """
    tops = {name.partition(".")[0] for name in imports.absolute}
    if imports.relative or any(name in file.parts or _is_in(root, name, context) for name in tops):
        return False
    # Airflow loads the files of its folder by path and has that folder on sys.path.
    program = _is_program(tree) or "airflow" in tops or _is_only_started(file, root, tree, context)
    return str(file.parent) in context.functions or program


def _is_in(root: PurePosixPath, name: str, context: RewriteContext) -> bool:
    return any(str(root / each) in context.workspace.files for each in (f"{name}.py", f"{name}/__init__.py"))


def _is_only_started(file: PurePosixPath, root: PurePosixPath, tree: ast.Module, context: RewriteContext) -> bool:
    """Whether a file is a program without a test of `__main__`: it does something at once, and nothing imports it."""
    works = (ast.For, ast.AsyncFor, ast.While, ast.With)
    calls = (node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    if next(calls, None) is None and not any(isinstance(node, works) for node in tree.body):
        return False
    dotted = ".".join(file.relative_to(root).with_suffix("").parts)
    if not context.imported.isdisjoint({file.stem, dotted, f"{dotted.rpartition('.')[0]}.*"}):
        return False
    return file.stem not in _imported_in(root / file.relative_to(root).parts[0], context.workspace)


def _imported_in(package: PurePosixPath, workspace: Workspace) -> frozenset[str]:
    """The words in all relative imports below a package, read once."""
    key = ("relative imports", str(package))
    if key not in workspace.kept:
        inside = (path for path in workspace.files if path.startswith(f"{package}/") and path.endswith(".py"))
        sources = (imported_relatively(read_quietly(path, workspace)) for path in inside)
        workspace.kept[key] = frozenset[str]().union(*sources)
    words: frozenset[str] = workspace.kept[key]
    return words


def _is_neighbour(file: PurePosixPath, imports: OwnImports, files: Files, context: RewriteContext) -> bool:
    """Whether a file in the same folder imports it by its bare name, so that their folder is on sys.path."""
    if imports.relative or file.stem not in context.imported or file.stem in sys.stdlib_module_names:
        return False
    beside = [str(file.parent / f"{name}.py") for name in files.modules_in(file.parent) if name != file.stem]
    notebooks = [path for path in files.paths if path.endswith(SUFFIX) and PurePosixPath(path).parent == file.parent]
    sources = [read_quietly(path, context.workspace) for path in beside]
    sources += [code_of(path, context.workspace).encode("utf-8", "replace") for path in notebooks]
    return any(file.stem in imported(source) for source in sources)


def _imports_of(path: str, context: RewriteContext) -> OwnImports:
    """The imports of another file; none if it is not Python."""
    from fixers.python_syntax import parse_quietly

    try:
        return own_imports(parse_quietly(read_quietly(path, context.workspace)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return own_imports(ast.Module(body=[], type_ignores=[]))


def _home(
    file: PurePosixPath, imports: OwnImports, files: Files, context: RewriteContext
) -> tuple[PurePosixPath, PurePosixPath]:
    """The folder for the module that a file imports, and the import root above that folder."""
    root, folder = import_root(file, files, context.imported, imports), regular_root(file, files)
    if file.parent.name == "pages" and any(name.partition(".")[0] == "streamlit" for name in imports.absolute):
        # A page runs as the main script does: https://docs.streamlit.io/develop/concepts/multipage-apps/overview
        return file.parent.parent, file.parent.parent
    if file.parent == root:
        return _beside(file, imports, files, context.workspace) or _project(root, files, context) or root, root
    if not _needs_root(file, root, imports, files) and _is_script_style(file, imports, files, context.workspace):
        return file.parent, file.parent
    if file.parent == folder:
        return file.parent, root
    return _project(root, files, context) or folder / file.relative_to(folder).parts[0], root


def _needs_root(file: PurePosixPath, root: PurePosixPath, imports: OwnImports, files: Files) -> bool:
    """Whether a file imports its own package by name, which needs the import root on sys.path."""
    top = file.relative_to(root).parts[0]
    if str(file.parent / f"{top}.py") in files.paths:
        return False
    modules = (name.replace(".", "/") for name in imports.absolute if name.startswith(f"{top}."))
    return any(str(root / f"{name}.py") in files.paths for name in modules)


def _is_script_style(file: PurePosixPath, imports: OwnImports, files: Files, workspace: Workspace) -> bool:
    """Whether a file in a package imports its neighbours by bare names, as a script started by its path can."""
    if imports.relative:
        return False
    for top in {name.partition(".")[0] for name in imports.absolute} - {file.stem, *sys.stdlib_module_names}:
        neighbour = str(file.parent / f"{top}.py")
        if neighbour in files.paths and not _is_namesake(top, file.parent, files, workspace):
            return True
    return False


def _is_namesake(name: str, folder: PurePosixPath, files: Files, workspace: Workspace) -> bool:
    """Whether a module only shares a library's name: it imports that library, or the package imports it relatively."""
    if any(found.partition(".")[0] == name for found in imported(read_quietly(str(folder / f"{name}.py"), workspace))):
        return True
    relative = re.compile(rb"^[ \t]*from[ \t]+\.(?:[ \t]+import\b[^#\r\n]*)?\b%b\b" % name.encode(), re.MULTILINE)
    beside = [str(folder / f"{each}.py") for each in files.modules_in(folder)]
    return any(relative.search(read_quietly(path, workspace)) for path in beside)


def _beside(file: PurePosixPath, imports: OwnImports, files: Files, workspace: Workspace) -> PurePosixPath | None:
    """The package that a file in an import root belongs to: the one that it imports, or the only one there.

    Not one whose `__init__.py` imports the file (`from config import Config`): importing anything of that package
    first would then fail. One that the file does not import has to be empty, because it would be started.
    """
    packages = [
        folder for folder in packages_in(file.parent, files) if role_of(str(folder / "x.py")) is PathRole.SOURCE
    ]
    packages = own_packages(packages, files.paths)
    starts = {folder: read_quietly(str(folder / "__init__.py"), workspace) for folder in packages}
    packages = [folder for folder in packages if file.stem not in imported(starts[folder])]
    used = [folder for folder in packages if _uses(imports, folder.name)]
    if used:
        return used[0]
    return packages[0] if len(starts) == len(packages) == 1 and not _does_something(starts[packages[0]]) else None


def _does_something(raw: bytes) -> bool:
    """Whether a file imports or calls anything when it is imported itself."""
    from fixers.python_syntax import parse_quietly

    try:
        body = parse_quietly(raw).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    nodes = (node for statement in body for node in ast.walk(statement))
    return any(isinstance(node, (ast.Import, ast.ImportFrom, ast.Call)) for node in nodes)


def _project(root: PurePosixPath, files: Files, context: RewriteContext) -> PurePosixPath | None:
    """The package of a Django project's settings, which its apps can import unless they are published without it."""
    manage = str(root / "manage.py")
    packaging = {str(root / name) for name in ("setup.py", "setup.cfg", "pyproject.toml")}
    if manage not in files.paths or not files.paths.isdisjoint(packaging):
        return None
    found = _SETTINGS_MODULE.search(context.workspace.read(manage))
    package = root / found[1].decode() if found else None
    if package is None or not files.is_package(package) or role_of(str(package / "x.py")) is not PathRole.SOURCE:
        return None
    return package


def _uses(imports: OwnImports, package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports.absolute)


def _free_name(home: PurePosixPath, root: PurePosixPath, files: Files, context: RewriteContext) -> str:
    """`app_secrets`, with underscores added if that name is taken."""
    name = MODULE
    while True:
        target = home / name
        if is_generated(f"{target}.py", context):
            return name
        foreign = home == root and name in context.imported
        if not foreign and not files.holds(target) and not context.workspace.exists(f"{target}.py"):
            return name
        name += "_"


def is_generated(path: str, context: RewriteContext) -> bool:
    """Whether a file is a module that unhardcode generated, even if git ignores it."""
    if context.workspace.is_linked(path):
        return False
    try:
        return source.is_generated(context.workspace.read(path).decode("utf-8", "replace"))
    except OSError:
        return False


def _is_unsure(
    file: PurePosixPath, root: PurePosixPath, tree: ast.Module, files: Files, context: RewriteContext
) -> bool:
    """Whether a package in `src` may be imported as `src.package` too: nothing imports it, and it is no script."""
    if file.parent == root or not root.name.isidentifier() or not files.is_package(file.parent):
        return False
    top = file.relative_to(root).parts[0]
    known = any(name == top or name.startswith(f"{top}.") for name in context.imported)
    return not known and not _is_program(tree)


def _is_program(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in ast.walk(tree))


def _import_name(file: PurePosixPath, target: PurePosixPath, root: PurePosixPath, *, relative: bool) -> str:
    if relative and file.parent.is_relative_to(target.parent):
        ups = len(file.parent.parts) - len(target.parent.parts)
        return "." * (ups + 1) + target.stem
    return ".".join(target.relative_to(root).with_suffix("").parts)


def _placed(path: str, module: str, alone: str | None, context: RewriteContext) -> ModulePlace:
    content = source.module_source(context.style.name, context.style.prefix_from)
    if not is_generated(path, context):
        return ModulePlace(path=path, module=module, alone=alone, new_file=NewFile(path=path, content=content))
    there = context.workspace.read(path)
    if there == content.encode():
        return ModulePlace(path=path, module=module, alone=alone, new_file=None)
    return ModulePlace(path=path, module=module, alone=alone, new_file=None, outdated=True, defines=_functions(there))


def _functions(raw: bytes) -> frozenset[str]:
    from fixers.python_syntax import parse_quietly

    try:
        body = parse_quietly(raw).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(node.name for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
