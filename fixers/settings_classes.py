"""Libraries that compute the names of the variables they read: from fields, prefixes and nesting delimiters.

https://docs.pydantic.dev/latest/concepts/pydantic_settings/, https://www.dynaconf.com/envvars/,
https://github.com/sloria/environs#handling-prefixes, https://www.starlette.io/config/
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from fixers.python_environment import all_names, dotted, resolve

# Words of which a file that uses such a library contains at least one.
WORDS = frozenset({"BaseSettings", "Dynaconf", "dynaconf", "prefixed", "env_prefix"})
ANY = re.compile(r".*", re.DOTALL)
# dynaconf's own class and its extensions, with the prefix used if `envvar_prefix` gives none.
_DYNACONF = {"Dynaconf": "DYNACONF", "LazySettings": "DYNACONF", "DjangoDynaconf": "DJANGO", "FlaskDynaconf": "FLASK"}
_NAME = re.compile(r"[A-Za-z_]\w*")
# Attributes and functions that give the names of a class's members.
_MEMBERS = frozenset(
    """__annotations__ __dataclass_fields__ __fields__ __members__ _fields dir fields get_annotations get_type_hints
    getmembers model_fields vars""".split()
)
# The node that reads variables, how it does so in words, and a pattern of their names.
Made: TypeAlias = tuple[ast.expr | ast.stmt, str, re.Pattern[str]]


@dataclass(slots=True, kw_only=True)
class SettingsClasses:
    """The settings classes of a workspace, by name. `prefixes` and `delimiters` are expressions.

    `own` are classes for whose members the workspace's own code reads variables of the same names.
    """

    names: set[str] = field(default_factory=lambda: {"BaseSettings"})
    prefixes: set[str] = field(default_factory=lambda: {""})
    delimiters: set[str] = field(default_factory=set)
    takes_all: bool = False
    own: set[str] = field(default_factory=set)

    def learn_own(self, tree: ast.Module, lines: Collection[int]) -> None:
        """Add the classes of a file that name what is read: `for name in self.__annotations__: os.environ[name]`.

        `lines` are those where the file reads variables by computed names.
        """
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        inside = {
            node.name: {line for line in lines if node.lineno <= line <= (node.end_lineno or 0)} for node in classes
        }
        self.own |= {node.name for node in classes if inside[node.name] and _lists_members(node)}
        if set(lines) - set().union(*inside.values()) and _lists_members(tree):
            self.own |= inside.keys()

    def learn(self, trees: Iterable[ast.Module]) -> bool:
        """Add the settings classes of these files; return whether any of them was not known yet."""
        before = len(self.names) + len(self.own)
        for tree in trees:
            self.names |= {each.name for each in _classes(tree, self.names)}
            self.own |= {each.name for each in _classes(tree, self.own)}
            for name, value in _options(tree):
                text = value.value if isinstance(value, ast.Constant) else None
                form = re.escape(text) if isinstance(text, str) else ".*"
                if name == "env_prefix":
                    self.prefixes.add(form)
                elif name == "env_nested_delimiter" and text != "":
                    self.delimiters.add(form)
                elif name == "extra":
                    self.takes_all |= text == "allow" or dotted(value).endswith(".allow")
        return len(self.names) + len(self.own) > before

    def fields(self, tree: ast.Module) -> Iterator[Made]:
        """The variables that a file's settings classes read."""
        before = "|".join(sorted(self.prefixes))
        below = f"(?:(?:{'|'.join(sorted(self.delimiters))}).*)?" if self.delimiters else ""
        for node in _classes(tree, self.names):
            for statement in node.body:
                named = sorted(filter(_NAME.fullmatch, _named(statement)))
                if named:
                    form = f"(?:{before})(?:{'|'.join(named)}){below}"
                    pattern = re.compile(form, re.IGNORECASE | re.DOTALL)
                    yield statement, f"a field of the settings class {node.name}", pattern
            if self.takes_all:
                yield node, f"the settings class {node.name}, which takes all", ANY
        for each in ast.walk(tree) if self.own else ():
            if isinstance(each, ast.ClassDef) and each.name in self.own:
                for statement in each.body:
                    for name in _members(statement):
                        pattern = re.compile(re.escape(name), re.IGNORECASE)
                        yield statement, f"the class {each.name}, which reads variables named as its members", pattern


def _lists_members(tree: ast.Module | ast.ClassDef) -> bool:
    enum = isinstance(tree, ast.ClassDef) and any(dotted(base).endswith("Enum") for base in tree.bases)
    names = _MEMBERS | ({"name", "_name_"} if enum else set())
    return any(getattr(node, "id", getattr(node, "attr", "")) in names for node in ast.walk(tree))


def _members(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            yield name


def _classes(tree: ast.Module, known: Collection[str]) -> Iterator[ast.ClassDef]:
    names, known = all_names(tree), set(known)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {resolve(dotted(base).removesuffix("()"), names).rpartition(".")[2] for base in node.bases}
            if bases & known:
                known.add(node.name)
                yield node


def _options(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Options of settings classes: keywords of SettingsConfigDict, assignments in `class Config`, keys of a dict."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str() as name, value=value) | ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.Dict(keys=keys, values=values):
                yield from ((str(getattr(key, "value", "")), value) for key, value in zip(keys, values, strict=True))


def _named(statement: ast.stmt) -> Iterator[str]:
    """The names that a field is read by: its own and each alias, which is a string somewhere in its statement."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id
    if isinstance(statement, (ast.AnnAssign, ast.ClassDef)):
        yield from (
            node.value for node in ast.walk(statement) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )


def prefixed(tree: ast.Module) -> Iterator[Made]:
    """The calls that read variables with a prefix."""
    names = all_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = resolve(dotted(node.func), names)
        last, given = called.rpartition(".")[2], {each.arg: each.value for each in node.keywords}
        if last in _DYNACONF:
            yield node, f"{last}()", _pattern(given.get("envvar_prefix", ast.Constant(_DYNACONF[last])), "_")
        elif last == "prefixed" and node.args:
            yield node, f"{called}()", _pattern(node.args[0], "", inside=True)
        elif last == "Config" and "env_prefix" in given:
            yield node, f"{called}()", _pattern(given["env_prefix"], "")


def _pattern(prefix: ast.expr, end: str, *, inside: bool = False) -> re.Pattern[str]:
    """Names with this prefix, or with one of several separated by commas; `inside` another prefix, too."""
    if not isinstance(prefix, ast.Constant) or not isinstance(prefix.value, str):
        return ANY
    prefixes = "|".join(re.escape(f"{each.strip()}{end}") for each in prefix.value.split(","))
    return re.compile(f"{'.*' if inside else ''}(?:{prefixes}).*", re.IGNORECASE | re.DOTALL)
