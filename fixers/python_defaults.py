"""Defaults that would be evaluated even if unused: the store is asked only if nothing else gave a value.

A literal as a default costs nothing; a call of ours in its place asks AWS even where the variable is set, the option is
given or the key is there. So the default moves behind the question whether it is needed.
"""

from __future__ import annotations

import ast
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

# A default of these may be a function: https://click.palletsprojects.com/en/stable/options/#dynamic-defaults-for-prompts
_OPTIONS = frozenset({"click.option", "click.argument", "click.Option", "click.Argument"})
# With these alone argparse gives a default that is a string to `type`, and only where the option is not given:
# https://docs.python.org/3/library/argparse.html#default
_PARSER_KEYWORDS = frozenset({"default", "help", "metavar", "dest", "required", "type"})
_KEY = re.compile(r"[A-Za-z_][\w.-]*")
# Names of what is a mapping as a rule: then the program asks it.
_SETTINGS = re.compile(
    r"(?:^|[^a-z])(?:conf(?:ig(?:uration)?)?|cfg|settings?|options?|opts?|params?|kwargs|credentials|creds)$",
    re.IGNORECASE,
)
_LOOKUPS = frozenset({"get", "pop", "setdefault"})
# https://docs.pydantic.dev/latest/concepts/fields/#default-values
_MODELS = frozenset({"pydantic.BaseModel", "pydantic.BaseSettings", "pydantic_settings.BaseSettings"})
_HIDDEN = frozenset({"pydantic.SecretStr", "pydantic.SecretBytes"})
_NO_FIELD = re.compile(r"\b(?:ClassVar|Final)\b")
# What shows a field's default instead of using it.
_SHOWN = re.compile(r"\b(?:model_fields|__fields__|(?:model_json_)?schema(?:_json)?\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """What an expression became: `span` of the text is replaced by `new`, `chain` are the nodes above it.

    `needs` are the functions that it uses beside those of what was put in. `splices` give the same where the rest of
    `new` is what stood there already; none where it is not.
    """

    span: Span
    new: str
    chain: tuple[cst.CSTNode, ...]
    needs: frozenset[str] = frozenset()
    splices: tuple[tuple[Span, str], ...] = ()


def defer(syntax: Syntax, place: Place, span: Span, new: str, variable: str | None, field: str = FIELD) -> Deferred:
    """The change of a literal to `new` in `span`, and of the calls around it whose default it is.

    `variable` is the one that `new` reads first, where it is a call alone: then nothing else has to read it. `field` is
    what the file calls pydantic's `Field`.
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
    """Whether `defer` moves the literal into a lambda, where nothing can be awaited."""
    return "lambda" in defer(syntax, place, syntax.span(place.target), '""', None).new


def _argument(done: Deferred) -> tuple[cst.Call, cst.Arg] | None:
    """The call whose argument the whole expression is."""
    call, argument = done.chain[-2:] if len(done.chain) > 1 else (None, None)
    return (call, argument) if isinstance(call, cst.Call) and isinstance(argument, cst.Arg) else None


def _variable(syntax: Syntax, done: Deferred, variable: str | None) -> Deferred | None:
    """`os.getenv("NAME", default)`: a call of ours that reads the same variable, or what is behind an `or`."""
    given = _argument(done)
    if given is None or len(given[0].args) != 2 or given[0].args[1] is not given[1]:
        return None
    call, first, second = given[0], *given[0].args
    plain = first.keyword is None and not first.star and not second.star
    default = second.keyword is None or second.keyword.value == "default"
    if not (plain and default and reads_variable(syntax.source(call.func), all_names(syntax.tree))):
        return None
    if variable is not None and variable == _constant(first.value):
        return _outside(syntax, done, call, done.new.strip())
    new = f"{syntax.source(call.func)}({syntax.source(first.value)}) or {done.new.strip()}"
    return _outside(syntax, done, call, new, loose=True)


def _asked(syntax: Syntax, done: Deferred) -> Deferred | None:
    """`config("NAME", default=literal)` of decouple, Starlette, environs: these read a `.env` that no variable shows.

    As with `os.getenv`, a variable that is set to nothing counts as not set.
    """
    given = _argument(done)
    if given is None or len(given[0].args) != 2 or given[0].args[1] is not given[1] or _annotated(syntax, given[0]):
        return None
    call, first, second = given[0], *given[0].args
    if _constant(first.value) is None or first.keyword or first.star or second.star:
        return None
    if second.keyword is not None and second.keyword.value != "default":
        return None
    names = qualified_names(syntax.tree)
    written = syntax.source(call.func).removesuffix(".str")
    if written not in reader_objects(syntax.tree, names) and resolve(written, names) != "decouple.config":
        return None
    there = _spliced(syntax, call, [(done.span, '""')])
    return _outside(syntax, done, call, f"{there} or {done.new.strip()}", loose=True)


def _alternative(syntax: Syntax, done: Deferred) -> Deferred | None:
    """`given or literal`: lazy as it is; what is around it may be a default."""
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
    """`settings.get("password", literal)` and its like, and `getattr(settings, "PASSWORD", literal)`."""
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
    """The `default=` of an option or argument of click's may be a function."""
    given = _argument(done)
    if given is None or given[1].keyword is None or given[1].keyword.value != "default":
        return None
    if resolve(syntax.source(given[0].func), all_names(syntax.tree)) not in _OPTIONS:
        return None
    return Deferred(span=done.span, new=f"lambda: {done.new.strip()}", chain=done.chain)


def _parser(syntax: Syntax, done: Deferred) -> Deferred | None:
    """The `default=` of argparse: an empty one, which `type` turns into the value where no other was given.

    Not where the file asks the parser for its defaults, which it gives as they are.
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
            return None  # a comment in the brackets
        where = Span(start, around.end)
    splices = [(where, '""' if kind is not None else f'"", type={function}')]
    splices += [(syntax.span(kind.value), function)] if kind is not None else []
    whole = _outside(syntax, done, call, _spliced(syntax, call, splices))
    return replace(whole, splices=tuple(sorted(splices)))


def _field(syntax: Syntax, done: Deferred, name: str) -> Deferred | None:
    """The default of a field of pydantic's: a factory, which is asked where neither variable nor argument gives one.

    Not where the file shows the defaults of fields, or where the default uses names of the class, which no function
    in it sees.
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
    """Whether a class is a model of pydantic's, by itself or by other classes of the file."""
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
    """The names that a class's own body binds, and those of classes with its name."""
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
    """The change of a whole call. `loose`: `new` needs parentheses wherever it does not stand alone."""
    chain = done.chain[:-2]
    span = syntax.span(call)
    if loose and not call.lpar and not stands_alone((*chain, call)):
        new = f"({new})"
    before = syntax.text[span.start - 1 : span.start]
    word = before.isalnum() or before == "_"
    return Deferred(span=span, new=f" {new}" if word and not new.startswith("(") else new, chain=chain)


def _annotated(syntax: Syntax, call: cst.Call) -> bool:
    """Whether a call contains a comment, which would be lost."""
    return "#" in syntax.source(call)


def _is_mapping(syntax: Syntax, node: cst.BaseExpression) -> bool:
    """Whether an expression gives a mapping without doubt, and may be evaluated twice.

    `client.get("secrets", token)` looks like `settings.get("password", default)`, and its owner is asked for nothing.
    """
    inside = False
    while isinstance(node, cst.Subscript) and _simple(node):
        node, inside = node.value, True
    if not isinstance(node, cst.Name):
        return False
    parsed = mappings(syntax.tree, all_names(syntax.tree)).get(node.value)
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
