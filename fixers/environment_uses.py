"""Find Python code that passes on the whole environment, or a reader of it, to code that may read any variable."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from fixers.dotenv_calls import is_resolving
from fixers.python_environment import ENVIRON, READERS, dotted, is_copy, resolve

# Functions that use an argument only for its length, its names or a copy.
_HARMLESS = frozenset("dict len bool isinstance type id sorted list tuple set frozenset iter patch.dict".split())
# Those that read by names found in a text or a class: string.Template, pydantic, marshmallow, cattrs, dacite, msgspec.
_TAKES_ALL = frozenset(
    """substitute safe_substitute format_map model_validate parse_obj validate_python load structure from_dict
    convert""".split()
)
_NAMESPACES = ("globals()", "locals()", "vars()", "__dict__")
# Functions that start a program: their `env=` is that program's environment.
STARTS = frozenset(
    """run call check_call check_output Popen system popen create_subprocess_exec create_subprocess_shell execve execle
    execvpe execlpe spawnve spawnle spawnvpe spawnlpe posix_spawn posix_spawnp spawn local sudo invoke""".split()
)


def handed_on(node: ast.AST, names: Mapping[str, str], copies: Collection[str]) -> Iterator[ast.expr]:
    """The expressions directly below a node by which it passes the environment on: `Settings(os.environ)`.

    `names` give the qualified names of the file's names, `copies` are names bound to copies of the environment.
    Subscripts, method calls, comparisons and loops over it either name what they read, or read nothing.
    """

    def is_environment(child: ast.AST) -> bool:
        if not isinstance(child, (ast.Name, ast.Attribute)):
            return isinstance(child, ast.expr) and is_copy(child, names)
        written = dotted(child)
        whole = resolve(written, names)
        known = whole in READERS or whole in ENVIRON or whole.rpartition(".")[0] in ENVIRON or written in copies
        return known and isinstance(child.ctx, ast.Load)

    match node:
        case ast.Subscript() | ast.Compare() | ast.For() | ast.comprehension() | ast.Attribute() | ast.keyword():
            return
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target) if dotted(target) in {*names, *copies}:
            return
        case ast.Dict() | ast.BinOp() if is_copy(node, names):
            return
        case ast.Call(func=called, args=arguments, keywords=keywords):
            if isinstance(called, ast.Attribute) and called.attr == "__getitem__" and is_environment(called):
                yield called
            whole = resolve(dotted(called), names)
            if whole in _HARMLESS or whole.endswith(".patch.dict") or is_resolving(node):
                return
            starts = whole.rpartition(".")[2] in STARTS or whole.startswith("os.")
            given = (each.value for each in keywords if not (each.arg == "env" and starts))
            yield from filter(is_environment, (*(arguments if not whole.startswith("os.") else ()), *given))
        case _:
            yield from (child for child in ast.iter_child_nodes(node) if is_environment(child))  # type: ignore[misc]


def read_whole(node: ast.AST, names: Mapping[str, str], copies: Collection[str]) -> str | None:
    """How an expression reads the environment by names that may occur in no text: `Settings(**os.environ)`."""

    def is_environment(child: ast.expr) -> bool:
        written = dotted(child)
        return resolve(written, names) in ENVIRON or written in copies or is_copy(child, names)

    match node:
        case ast.BinOp(op=ast.Mod(), right=right) if is_environment(right):
            return "% os.environ"
        case ast.Call(func=called, args=arguments, keywords=keywords):
            whole = resolve(dotted(called), names)
            if whole not in _HARMLESS and any(each.arg is None and is_environment(each.value) for each in keywords):
                return f"{whole}(**os.environ)"
            owner, _, method = whole.rpartition(".")
            takes = method in _TAKES_ALL or (method == "update" and owner.endswith(_NAMESPACES))
            if takes and any(map(is_environment, arguments)):
                return f"{method}(os.environ)"
    return None
