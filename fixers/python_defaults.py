"""Rewrite default values so that the store is asked only if no other value was given.

A literal as a default costs nothing; a call in its place would ask AWS even if the variable is set, the option is given
or the key exists. So the default is made lazy: it is evaluated only when it is needed.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from fixers.python_environment import all_names, dotted, qualified_names, reader_objects, reads_variable, resolve
from fixers.python_names import mappings
from fixers.python_position import Place, stands_alone
from fixers.python_syntax import Syntax
from fixers.styles import FIELD
from scanner.model import Span

# Parameters of these may have a function as default:
# https://click.palletsprojects.com/en/stable/options/#dynamic-defaults-for-prompts
_OPTIONS = frozenset({"click.option", "click.argument", "click.Option", "click.Argument"})
# With only these arguments argparse passes a string default to `type`, and only if the option is not given:
# https://docs.python.org/3/library/argparse.html#default
_PARSER_KEYWORDS = frozenset({"default", "help", "metavar", "dest", "required", "type"})
_KEY = re.compile(r"[A-Za-z_][\w.-]*")
# Names that usually stand for a mapping; the rewritten code checks that it is one.
_SETTINGS = re.compile(
    r"(?:^|[^a-z])(?:conf(?:ig(?:uration)?)?|cfg|settings?|options?|opts?|params?|kwargs|credentials|creds)$",
    re.IGNORECASE,
)
_LOOKUPS = frozenset({"get", "pop", "setdefault"})
# https://docs.pydantic.dev/latest/concepts/fields/#default-values
_MODELS = frozenset({"pydantic.BaseModel", "pydantic.BaseSettings", "pydantic_settings.BaseSettings"})
_HIDDEN = frozenset({"pydantic.SecretStr", "pydantic.SecretBytes"})
_NO_FIELD = re.compile(r"\b(?:ClassVar|Final)\b")
# Code that displays a field's default instead of using it.
_SHOWN = re.compile(r"\b(?:model_fields|__fields__|(?:model_json_)?schema(?:_json)?\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """The rewritten expression: `span` of the text is replaced by `new`; `chain` are the nodes above it.

    `needs` are the functions that it uses besides those of the replacement. `splices` make the same change without
    repeating what `new` keeps of the old text; empty if there is no such form.
    """

    span: Span
    new: str
    chain: tuple[cst.CSTNode, ...]
    needs: frozenset[str] = frozenset()
    splices: tuple[tuple[Span, str], ...] = ()


def defer(syntax: Syntax, place: Place, span: Span, new: str, variable: str | None, field: str = FIELD) -> Deferred:
    """The replacement of a literal by `new` in `span`, and of the calls around it whose default it is.

    `variable` is the one that `new` reads first if it is only a call: then nothing else needs to read it. `field` is
    the file's name for pydantic's `Field`.
    """
    done = Deferred(span=span, new=new, chain=place.chain)
    if place.nested:
        done = Deferred(span=span, new=new, chain=place.chain[: place.chain.index(place.outer)])
        return _field(syntax, done, field) or done
    done = _variable(syntax, done, variable) or _asked(syntax, done) or done
    for step in (_alternative, _lookup, _option, _parser):
        done = step(syntax, done) or done
    return _field(syntax, done, field) or done


def in_function(syntax: Syntax, place: Place) -> bool:
    """Whether `defer` moves the literal into a lambda, which cannot contain `await`."""
    return "lambda" in defer(syntax, place, syntax.span(place.target), '""', None).new


def _argument(done: Deferred) -> tuple[cst.Call, cst.Arg] | None:
    """The call and its argument that is the whole expression, if any."""
    call, argument = done.chain[-2:] if len(done.chain) > 1 else (None, None)
    return (call, argument) if isinstance(call, cst.Call) and isinstance(argument, cst.Arg) else None


# Each literal of a file asks, and the whole file answers.
@functools.lru_cache(maxsize=1)
def _names_of(tree: ast.Module) -> Mapping[str, str]:
    return all_names(tree)


@functools.lru_cache(maxsize=1)
def _readers_of(tree: ast.Module) -> tuple[Mapping[str, str], frozenset[str]]:
    names = qualified_names(tree)
    return names, reader_objects(tree, names)


def _variable(syntax: Syntax, done: Deferred, variable: str | None) -> Deferred | None:
    """`os.getenv("NAME", default)`: replaced by our call if that reads the same variable, else followed by `or`."""
    given = _argument(done)
    if given is None or len(given[0].args) != 2 or given[0].args[1] is not given[1]:
        return None
    call, first, second = given[0], *given[0].args
    plain = first.keyword is None and not first.star and not second.star
    default = second.keyword is None or second.keyword.value == "default"
    if not (plain and default and reads_variable(syntax.source(call.func), _names_of(syntax.tree))):
        return None
    if variable is not None and variable == _constant(first.value):
        return _outside(syntax, done, call, done.new.strip())
    new = f"{syntax.source(call.func)}({syntax.source(first.value)}) or {done.new.strip()}"
    return _outside(syntax, done, call, new, loose=True)


def _asked(syntax: Syntax, done: Deferred) -> Deferred | None:
    """`config("NAME", default=literal)` of decouple, Starlette, environs: these may also take the value from a `.env`.

    As with `os.getenv`, a variable with an empty value counts as not set.
    """
    given = _argument(done)
    if given is None or len(given[0].args) != 2 or given[0].args[1] is not given[1] or _annotated(syntax, given[0]):
        return None
    call, first, second = given[0], *given[0].args
    if _constant(first.value) is None or first.keyword or first.star or second.star:
        return None
    if second.keyword is not None and second.keyword.value != "default":
        return None
    names, objects = _readers_of(syntax.tree)
    written = syntax.source(call.func).removesuffix(".str")
    if written not in objects and resolve(written, names) != "decouple.config":
        return None
    there = _spliced(syntax, call, [(done.span, '""')])
    return _outside(syntax, done, call, f"{there} or {done.new.strip()}", loose=True)


def _alternative(syntax: Syntax, done: Deferred) -> Deferred | None:
    """`given or literal` is lazy already; the expression around it may be a default."""
    above = done.chain[-1]
    if not isinstance(above, cst.BooleanOperation) or not isinstance(above.operator, cst.Or) or above.lpar:
        return None
    span = syntax.span(above)
    if span.end > done.span.end:
        return None
    return Deferred(
        span=span,
        new=syntax.text[span.start : done.span.start] + done.new,
        chain=done.chain[:-1],
        splices=((done.span, done.new),),
    )


def _lookup(syntax: Syntax, done: Deferred) -> Deferred | None:
    """`settings.get("password", literal)` and similar calls, and `getattr(settings, "PASSWORD", literal)`."""
    given = _argument(done)
    if given is None or _annotated(syntax, given[0]) or any(each.star or each.keyword for each in given[0].args):
        return None
    call, argument = given
    if call.args[-1] is not argument:
        return None
    names = [each.value for each in call.args[:-1]]
    if isinstance(call.func, cst.Name) and call.func.value == "getattr" and len(names) == 2 and _simple(names[0]):
        owner, key = map(syntax.source, names)
        if _constant(names[1]) is None:
            return None
        new = f"getattr({owner}, {key}) if hasattr({owner}, {key}) else {done.new.strip()}"
        return _outside(syntax, done, call, new, loose=True)
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value not in _LOOKUPS or len(names) != 1:
        return None
    owner, method, key = syntax.source(call.func.value), call.func.attr.value, syntax.source(names[0])
    sure = _is_mapping(syntax, call.func.value)
    likely = sure or (_simple(call.func.value) and _SETTINGS.search(owner.rstrip("[]'\"")) is not None)
    if not likely or not _KEY.fullmatch(_constant(names[0]) or ""):
        return None
    there, otherwise = f"{owner}.{method}({key})", done.new.strip()
    if method == "setdefault":
        there = f"{owner}[{key}]"
    if method == "setdefault" or not sure:
        otherwise = f"{owner}.{method}({key}, {otherwise})"
    asked = f"{key} in {owner}" if sure else f"isinstance({owner}, dict) and {key} in {owner}"
    return _outside(syntax, done, call, f"{there} if {asked} else {otherwise}", loose=True)


def _option(syntax: Syntax, done: Deferred) -> Deferred | None:
    """The `default=` of click's options and arguments, which may be a function."""
    given = _argument(done)
    if given is None or given[1].keyword is None or given[1].keyword.value != "default":
        return None
    if resolve(syntax.source(given[0].func), _names_of(syntax.tree)) not in _OPTIONS:
        return None
    return Deferred(span=done.span, new=f"lambda: {done.new.strip()}", chain=done.chain)


def _parser(syntax: Syntax, done: Deferred) -> Deferred | None:
    """The `default=` of argparse: an empty string, which `type` turns into the value if no other was given.

    Not if the file asks the parser for its defaults, which it returns as they are.
    """
    given = _argument(done) if "get_default" not in syntax.text else None
    if given is None or not isinstance(given[0].func, cst.Attribute) or given[0].func.attr.value != "add_argument":
        return None
    call, argument = given
    keywords = {each.keyword.value: each for each in call.args if each.keyword is not None}
    if keywords.get("default") is not argument or not keywords.keys() <= _PARSER_KEYWORDS:
        return None
    options = [each for each in call.args if each.keyword is None]
    if not options or not all((_constant(each.value) or "").startswith("-") for each in options):
        return None
    kind = keywords.get("type")
    if any(each.star for each in call.args) or (kind is not None and syntax.source(kind.value) != "str"):
        return None
    read = done.new.strip()
    function = f"lambda given: given or {f'({read})' if ' if ' in read else read}"
    where, around = done.span, syntax.span(argument)
    if argument.value.lpar:
        start = syntax.text.index("(", around.start)
        if "#" in syntax.text[start : done.span.start] + syntax.text[done.span.end : around.end]:
            return None  # a comment inside the brackets
        where = Span(start, around.end)
    splices = [(where, '""' if kind is not None else f'"", type={function}')]
    splices += [(syntax.span(kind.value), function)] if kind is not None else []
    whole = _outside(syntax, done, call, _spliced(syntax, call, splices))
    return replace(whole, splices=tuple(sorted(splices)))


def _field(syntax: Syntax, done: Deferred, name: str) -> Deferred | None:
    """The default of a pydantic field: a factory, which is called only if neither variable nor argument gives a value.

    Not if the file displays the defaults of fields, or if the default uses names of the class body, which a function in
    it cannot see.
    """
    given = _argument(done)
    inside = next((node for node in done.chain[::-1] if isinstance(node, (cst.ClassDef, cst.FunctionDef))), None)
    if not isinstance(inside, cst.ClassDef):
        return None
    names = qualified_names(syntax.tree)
    if given is not None and len(given[0].args) == 1 and _called(syntax, given[0], names) in _HIDDEN:
        new = _spliced(syntax, given[0], [(done.span, done.new)])
        done = Deferred(span=syntax.span(given[0]), new=new, chain=done.chain[:-2])
    given = _argument(done)
    if not _is_model(syntax, inside, names) or _SHOWN.search(syntax.text):
        return None
    statement = done.chain[-3 if given is not None else -1]
    if not isinstance(statement, cst.AnnAssign) or not isinstance(statement.target, cst.Name):
        return None
    if statement.target.value.startswith("_") or _NO_FIELD.search(syntax.source(statement.annotation.annotation)):
        return None
    if _loaded(done.new) & _bound_in(syntax, inside):
        return None
    factory = f"default_factory=lambda: {done.new.strip()}"
    if given is None:
        return Deferred(span=done.span, new=f"{name}({factory})", chain=done.chain, needs=frozenset({FIELD}))
    call, argument = given
    keyword = "default" if argument.keyword is None and call.args[0] is argument else None
    keyword = argument.keyword.value if argument.keyword is not None else keyword
    if keyword != "default" or argument.star or _called(syntax, call, names) != "pydantic.Field":
        return None
    return _outside(syntax, done, call, _spliced(syntax, call, [(syntax.span(argument), factory)]))


def _called(syntax: Syntax, call: cst.Call, names: Mapping[str, str]) -> str:
    return resolve(syntax.source(call.func), names)


def _is_model(syntax: Syntax, model: cst.ClassDef, names: Mapping[str, str]) -> bool:
    """Whether a class is a pydantic model, directly or through other classes of the file."""
    classes = {node.name: node for node in ast.walk(syntax.tree) if isinstance(node, ast.ClassDef)}
    waiting, seen = [model.name.value], set[str]()
    while waiting:
        name = waiting.pop()
        if name in _MODELS:
            return True
        if name in classes and name not in seen:
            waiting += [resolve(dotted(base), names) for base in classes[name].bases]
        seen.add(name)
    return False


def _loaded(expression: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(f"({expression}\n)")) if isinstance(node, ast.Name)}


def _bound_in(syntax: Syntax, model: cst.ClassDef) -> set[str]:
    """The names that a class's own body binds, including those of other classes with its name."""
    bodies = [
        node for node in ast.walk(syntax.tree) if isinstance(node, ast.ClassDef) and node.name == model.name.value
    ]
    return {name for body in bodies for statement in body.body for name in _bound_by(statement)}


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _spliced(syntax: Syntax, node: cst.CSTNode, splices: Sequence[tuple[Span, str]]) -> str:
    span, new = syntax.span(node), ""
    at = span.start
    for where, text in sorted(splices):
        new += syntax.text[at : where.start] + text
        at = where.end
    return new + syntax.text[at : span.end]


def _outside(syntax: Syntax, done: Deferred, call: cst.Call, new: str, *, loose: bool = False) -> Deferred:
    """The replacement of a whole call. `loose`: `new` needs parentheses unless it stands alone."""
    chain = done.chain[:-2]
    span = syntax.span(call)
    if loose and not call.lpar and not stands_alone((*chain, call)):
        new = f"({new})"
    before = syntax.text[span.start - 1 : span.start]
    word = before.isalnum() or before == "_"
    return Deferred(span=span, new=f" {new}" if word and not new.startswith("(") else new, chain=chain)


def _annotated(syntax: Syntax, call: cst.Call) -> bool:
    """Whether a call contains a comment, which a rewrite would lose."""
    return "#" in syntax.source(call)


def _is_mapping(syntax: Syntax, node: cst.BaseExpression) -> bool:
    """Whether an expression certainly gives a mapping, and may be evaluated twice.

    `client.get("secrets", token)` looks like `settings.get("password", default)`, but may be a request.
    """
    inside = False
    while isinstance(node, cst.Subscript) and _simple(node):
        node, inside = node.value, True
    if not isinstance(node, cst.Name):
        return False
    parsed = mappings(syntax.tree, _names_of(syntax.tree)).get(node.value)
    return parsed is not None and (parsed or not inside)


def _simple(node: cst.BaseExpression) -> bool:
    """Whether an expression may be evaluated twice: a name, its attributes, their constant keys."""
    match node:
        case cst.Name():
            return True
        case cst.Attribute(value=inner):
            return _simple(inner)
        case cst.Subscript(value=inner, slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString()))]):
            return _simple(inner)
    return False


def _constant(node: cst.BaseExpression) -> str | None:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None
