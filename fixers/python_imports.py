"""Import lines: choose a name that is free in the whole file, and a position where the line does no harm.

LibCST's AddImportsVisitor adds to guarded imports and ignores rebound names, so it is not used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fixers.insertions import THIRD_PARTY, group_of, guarded, is_standard, newline_of
from fixers.model import Edit
from fixers.path_changes import behind_path_change
from fixers.python_names import bindings, used_names
from fixers.python_syntax import node_span
from scanner.identity import digest
from scanner.model import Span
from scanner.text import line_starts

_DUNDERS = frozenset(
    """__author__ __contact__ __copyright__ __credits__ __date__ __email__ __license__ __maintainer__ __status__
    __title__ __version__""".split()
)
# A coding cookie counts only on the first two lines: https://peps.python.org/pep-0263/
_HEADER = re.compile(r"#!|#.*?coding[:=]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A function to import, `from module import function`, or without a function the module, `import module`.

    `alone` is the module's name to use if `module` cannot be imported because the file is started by its path.
    """

    module: str
    function: str = ""
    alone: str | None = None

    @property
    def called(self) -> str:
        """The name by which it is imported if that name is free, and by which it is looked up."""
        return self.function or self.module


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The names of the wanted functions in a file. `missing` are those that need an import line."""

    names: Mapping[str, str]
    missing: tuple[Wanted, ...] = field(default=())


def choose_names(tree: ast.Module, wanted: Sequence[Wanted], *, hidden: bool = False) -> Imported:
    """The name of each wanted function: the one already imported, else one that no scope of the file uses.

    With `hidden` it begins with an underscore, so that code which lists the module's names skips it.
    """
    bound = bindings(tree)
    existing = {each.called: name for each in wanted if (name := _existing(tree, bound, each)) is not None}
    taken = set(used_names(tree))
    star = any(alias.name == "*" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names)
    names: dict[str, str] = {}
    for each in wanted:
        # A star import could rebind the plain name, but does not import names with an underscore.
        names[each.called] = existing.get(each.called) or _free(each.called, taken, hidden=star or hidden)
        taken.add(names[each.called])
    return Imported(names=names, missing=tuple(each for each in wanted if each.called not in existing))


def import_edits(
    path: str, text: str, tree: ast.Module, missing: Sequence[Wanted], imported: Imported, *, key: bytes
) -> tuple[Edit, ...]:
    """One insertion for each module; the standard library's goes after the last import of the standard library."""
    found = {each.module for each in missing}
    modules = sorted(found, key=lambda module: (group_of(module), module))
    return tuple(
        _edit(path, text, tree, [each for each in missing if each.module == module], imported, key)
        for module in modules
    )


def _edit(path: str, text: str, tree: ast.Module, wanted: Sequence[Wanted], imported: Imported, key: bytes) -> Edit:
    names = [(each.called, imported.names[each.called]) for each in wanted]
    aliases = sorted(called if called == name else f"{called} as {name}" for called, name in names)
    module = wanted[0].module
    line = f"from {module} import {', '.join(aliases)}" if wanted[0].function else f"import {aliases[0]}"
    offset, new = _insertion(text, tree, line, module, in_order=wanted[0].alone is None)
    if wanted[0].alone is not None and not new.endswith("; "):
        new = new.replace(line, guarded(module, wanted[0].alone, ", ".join(aliases), newline_of(text)))
    return Edit(path=path, span=Span(offset, offset), expects=digest(key, ""), new=new)


def _insertion(text: str, tree: ast.Module, line: str, module: str, *, in_order: bool) -> tuple[int, str]:
    """Where an import line goes and the text inserted there, line ends included; `in_order` follows isort's order."""
    standard = is_standard(module)
    starts, newline = line_starts(text), newline_of(text)
    prologue, imports = _leading(tree)
    if not standard and module not in THIRD_PARTY:  # the file itself may put the module's folder on sys.path
        prologue, imports = behind_path_change(tree) or (prologue, imports)
    behind = _behind(imports, module, plain=line.startswith("import ")) if in_order else None
    if behind is not None and not text[starts[behind.lineno - 1] : node_span(starts, text, behind).start].strip():
        return starts[behind.lineno - 1], line + newline
    if standard and imports and not any(is_standard(_module_of(node)) for node in imports):
        return _in_front(text, starts, imports[0], prologue, line, newline)
    after = _after(prologue, imports, module)
    following = tree.body[tree.body.index(after) + 1] if after is not None and after is not tree.body[-1] else None
    if after is None:
        offset = _top(text, starts, tree)
        return offset, line + newline + ("" if standard or offset == len(text) else _space(tree.body[:1], newline))
    assert after.end_lineno is not None
    if following is not None and following.lineno == after.end_lineno:
        return node_span(starts, text, following).start, f"{line}; "
    end = starts[after.end_lineno] if after.end_lineno < len(starts) else len(text)
    if not text[:end].endswith(("\n", "\r")):
        return end, newline + line
    blank = end == len(text) or _blank_line(text, starts, after.end_lineno + 1)
    if after in imports:
        apart = not standard and _is_apart(_module_of(after), module)
        close = standard or blank or after is not imports[-1]
        return end, (newline if apart else "") + line + newline + ("" if close else _space([following], newline))
    return end, newline + line + newline + ("" if standard or blank else _space([following], newline))


def _space(following: Sequence[ast.stmt | None], newline: str) -> str:
    """The blank lines before the code that follows the imports: https://peps.python.org/pep-0008/#blank-lines"""
    defines = isinstance(following[0] if following else None, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return newline * (2 if defines else 1)


def _behind(imports: Sequence[ast.stmt], module: str, *, plain: bool) -> ast.stmt | None:
    """The import of the same kind or package that comes next in isort's order; None if ours is the last of them.

    `import x` comes before `from x import y`, each sorted: https://pycqa.github.io/isort/ None too if the file keeps
    another order.
    """

    def order(node: ast.stmt) -> tuple[bool, int, str]:
        name = _module_of(node)
        return isinstance(node, ast.ImportFrom), -(len(name) - len(name.lstrip("."))), name.lower()

    def is_near(node: ast.stmt) -> bool:
        name = _module_of(node)
        if is_standard(module) or module in THIRD_PARTY:
            return is_standard(module) and is_standard(name) and name != "__future__"
        return name.partition(".")[0] == module.partition(".")[0]

    near = [node for node in imports if is_near(node)]
    if not near or near != sorted(near, key=order) or any(_module_of(node) == module for node in near):
        return None
    ours = (not plain, -(len(module) - len(module.lstrip("."))), module.lower())
    return next((node for node in near if order(node) > ours), None)


def _in_front(
    text: str, starts: list[int], first: ast.stmt, prologue: Sequence[ast.stmt], line: str, newline: str
) -> tuple[int, str]:
    """A separate group before the first import, which is of another kind."""
    if prologue and prologue[-1].end_lineno == first.lineno:
        return node_span(starts, text, first).start, f"{line}; "
    return starts[first.lineno - 1], line + newline * 2


def _leading(tree: ast.Module) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Docstring, `__future__` imports and `__version__ = "1"`, then the imports that directly follow them.

    Such names come before the imports: https://peps.python.org/pep-0008/#module-level-dunder-names
    """
    prologue: list[ast.stmt] = []
    imports: list[ast.stmt] = []
    for number, node in enumerate(tree.body):
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if (number == 0 and _is_docstring(node)) or ((future or _is_dunder(node)) and not imports):
            prologue.append(node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.append(node)
        else:
            break
    return prologue, imports


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_dunder(node: ast.stmt) -> bool:
    """Whether a statement only sets module metadata, which is never a credential."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as value):
            return all(isinstance(each, ast.Constant) for each in value.elts)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
            return name in _DUNDERS
    return False


def _after(prologue: list[ast.stmt], imports: list[ast.stmt], module: str) -> ast.stmt | None:
    same = [node for node in imports if isinstance(node, ast.ImportFrom) and _module_of(node) == module]
    if same:
        return same[-1]
    if imports and is_standard(module):
        return [node for node in imports if is_standard(_module_of(node))][-1]
    absolute = [node for node in imports if not _module_of(node).startswith(".")]
    before = (absolute if module in THIRD_PARTY else []) or imports or prologue
    return before[-1] if before else None


def _top(text: str, starts: list[int], tree: ast.Module) -> int:
    """The offset before the first statement and its own comment, but after a header comment."""
    first = min((_first_line(node) for node in tree.body[:1]), default=len(starts))
    line = 1
    while line <= 2 and line < first and _HEADER.match(text, starts[line - 1]):
        line += 1
    blanks = [number for number in range(line, first) if _blank_line(text, starts, number)]
    return starts[blanks[-1]] if blanks else starts[line - 1]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _blank_line(text: str, starts: list[int], line: int) -> bool:
    if line > len(starts):
        return False
    end = starts[line] if line < len(starts) else len(text)
    return not text[starts[line - 1] : end].strip()


def _module_of(node: ast.stmt) -> str:
    if isinstance(node, ast.ImportFrom):
        return "." * node.level + (node.module or "")
    assert isinstance(node, ast.Import)
    return node.names[-1].name


def _is_apart(module: str, ours: str) -> bool:
    """Whether a blank line separates this import from ours: third-party libraries from the project's own modules."""
    if ours in THIRD_PARTY:
        return is_standard(module)
    return not module.startswith(".") and module.partition(".")[0] != ours.partition(".")[0]


def _existing(tree: ast.Module, bound: Mapping[str, int], wanted: Wanted) -> str | None:
    """The name from a top-level import of the leading block, if nothing else in the file binds that name."""
    _, imports = _leading(tree)
    _, later = behind_path_change(tree) or ([], [])
    for node in (*imports, *(node for node in later if node not in imports)):
        assert isinstance(node, (ast.Import, ast.ImportFrom))
        if (name := _name_imported(node, wanted, wanted.module)) is not None and bound[name] == 1:
            return name
    for node in tree.body if wanted.alone is not None else ():
        match node:
            case ast.Try(body=[first], handlers=[ast.ExceptHandler(body=[second])], orelse=[], finalbody=[]):
                name = _name_imported(first, wanted, wanted.module)
                if name is not None and name == _name_imported(second, wanted, wanted.alone) and bound[name] == 2:
                    return name
    return None


def _name_imported(node: ast.stmt, wanted: Wanted, module: str | None) -> str | None:
    """The name under which an import from `module` makes the wanted function available."""
    plain = isinstance(node, ast.Import) and not wanted.function
    if not plain and not (isinstance(node, ast.ImportFrom) and wanted.function and _module_of(node) == module):
        return None
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    return next((alias.asname or alias.name for alias in node.names if alias.name == wanted.called), None)


def _free(wanted: str, taken: set[str], *, hidden: bool) -> str:
    candidates = [*([] if hidden else [wanted]), f"_{wanted}", *(f"_{wanted}_{number}" for number in range(2, 1000))]
    return next(name for name in candidates if name not in taken)
