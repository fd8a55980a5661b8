"""Reads of environment variables that do not name them: by computed names, of the whole environment, inside libraries.

A variable that one of them may read must not become a reference, because that reader would get the reference itself.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixers.dotenv_calls import mapping_names, to_resolve
from fixers.environment_uses import handed_on, read_whole
from fixers.notebook_code import SUFFIX
from fixers.python_environment import (
    ENVIRON,
    READERS,
    all_names,
    asked_by,
    constants_of,
    dotted,
    environ_objects,
    environment_copies,
    is_copy,
    made_readers,
    only_reads,
    reader_objects,
    resolve,
)
from fixers.python_names import bindings
from fixers.python_syntax import parse_quietly
from fixers.runtime.source import is_generated
from fixers.settings_classes import ANY, WORDS, SettingsClasses, prefixed
from fixers.started_programs import STARTING, programs_started
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.readers.errors import Unreadable
from scanner.readers.notebook import joined, python_cells
from scanner.roles import PathRole, role_of

_READS = re.compile(rb"environ|getenv|from_prefixed_env|decouple|starlette")
_MAPPED = re.compile(rb"dotenv_values")
_WHOLE = frozenset({"items", "values"})
# Variables that a library reads when its client is made without the value. Each from the library's own documentation:
# https://github.com/openai/openai-python#usage, https://docs.anthropic.com/en/api/client-sdks,
# https://www.postgresql.org/docs/current/libpq-envars.html, https://www.twilio.com/docs/libraries/reference/twilio-python,
# https://docs.sentry.io/platforms/python/configuration/options/, https://hvac.readthedocs.io/en/stable/overview.html,
# https://learn.microsoft.com/en-us/python/api/azure-identity/azure.identity.environmentcredential,
# https://docs.celeryq.dev/en/stable/userguide/configuration.html#broker-url,
# https://docs.slack.dev/tools/bolt-python/reference/app/app.html, https://docs.pinecone.io/reference/python-sdk,
# https://reference.langchain.com/python/langchain-google-genai/
_LIBRARIES: Mapping[str, frozenset[str]] = {
    "OPENAI_API_KEY": frozenset({"openai", "langchain_openai", "langchain", "llama_index"}),
    "ANTHROPIC_API_KEY": frozenset({"anthropic", "langchain_anthropic"}),
    "PGPASSWORD": frozenset({"psycopg2", "psycopg", "asyncpg"}),
    "TWILIO_AUTH_TOKEN": frozenset({"twilio"}),
    "SENTRY_DSN": frozenset({"sentry_sdk"}),
    "VAULT_TOKEN": frozenset({"hvac"}),
    "AZURE_CLIENT_SECRET": frozenset({"azure"}),
    "CELERY_BROKER_URL": frozenset({"celery"}),
    "HF_TOKEN": frozenset({"huggingface_hub", "transformers", "datasets"}),
    "COHERE_API_KEY": frozenset({"cohere"}),
    "CO_API_KEY": frozenset({"cohere"}),
    "GROQ_API_KEY": frozenset({"groq"}),
    "MISTRAL_API_KEY": frozenset({"mistralai"}),
    "WANDB_API_KEY": frozenset({"wandb"}),
    "SLACK_BOT_TOKEN": frozenset({"slack_bolt"}),
    "SLACK_SIGNING_SECRET": frozenset({"slack_bolt"}),
    "GEMINI_API_KEY": frozenset({"langchain_google_genai"}),
    "GOOGLE_API_KEY": frozenset({"langchain_google_genai"}),
    "PINECONE_API_KEY": frozenset({"pinecone"}),
    "DATABASE_URL": frozenset({"dj_database_url"}),
}
# Methods called without a variable's name read these: https://django-environ.readthedocs.io/. Flask's prefix is FLASK.
_UNNAMED = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "cache_url": "CACHE_URL"} | {
    "email": "EMAIL_URL", "email_url": "EMAIL_URL", "search_url": "SEARCH_URL",
}  # fmt: skip
# Methods of django-environ whose result their own parsing function makes from the text, with that function.
URLS = {"db": ("DATABASE_URL", "db_url_config"), "cache": ("CACHE_URL", "cache_url_config")}
URLS |= {f"{method}_url": known for method, known in URLS.items()}
_MAKES = re.compile(r"[A-Z]\w*|config|connect|create_pool|init|login|from_pretrained|load_dataset")
_GIVEN = re.compile(r"key|token|dsn|password|secret|broker|url|credential|conninfo", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenRead:
    """A place that may read a variable whose name matches `pattern`; `named`: only if the name is written somewhere.

    `passed_on` says that it passes the environment to something else, which may read it in any way a mapping is read.
    """

    path: str
    line: int
    how: str
    pattern: re.Pattern[str]
    named: bool
    passed_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenReads:
    """All such reads of a workspace.

    `helpers` are its functions that return the variable they are called with, (module, name); `names` are those of
    helpers and of methods that do so. `attributes` says that attributes may be variables. `modules` are the dotted
    paths of all its Python files, `mapped` its names for results of `dotenv_values`, (module, name). `objects` are its
    names for objects that read the variable they are called with, as `made_readers` has them.
    """

    places: tuple[UnseenRead, ...] = ()
    helpers: frozenset[tuple[str, str]] = field(default=frozenset())
    names: frozenset[str] = field(default=frozenset())
    mapped: frozenset[tuple[str, str]] = field(default=frozenset())
    attributes: bool = False
    modules: tuple[str, ...] = ()
    objects: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def imported(self, tree: ast.Module, names: Mapping[str, str], path: str) -> Iterator[tuple[str, int]]:
        """The names that a file imports of `objects`, each bound once there, with the count of the object.

        A star import behind it may bind the name anew.
        """
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)] if self.objects else []
        stars = [node.lineno for node in imports if any(each.name == "*" for each in node.names)]
        bound = bindings(tree) if imports else Counter[str]()
        for node in imports:
            for name in (each.asname or each.name for each in node.names if node.lineno > max(stars, default=0)):
                called = names.get(name, "")
                if bound[name] == 1 and self._is_one_of(self.objects, called, path):
                    last = called.rpartition(".")[2]
                    yield name, min(count for (_, each), count in self.objects.items() if each == last)

    def is_helper(self, called: str, path: str) -> bool:
        """Whether a called name, resolved by its file's imports, can only be a helper."""
        return self._is_one_of(self.helpers, called, path)

    def is_mapped(self, name: str, path: str) -> bool:
        """Whether a name, resolved by its file's imports, can only stand for the result of `dotenv_values`."""
        return (_module_of(path), name) in self.mapped or self._is_one_of(self.mapped, name, path)

    def _is_one_of(self, known: Collection[tuple[str, str]], called: str, path: str) -> bool:
        module, _, function = called.rpartition(".")
        absolute = module.lstrip(".")
        if level := len(module) - len(absolute) + (not absolute and called.startswith(".")):
            folder = PurePosixPath(path).parent.parts
            whole = ".".join([*folder[: len(folder) - level + 1], *filter(None, [absolute])])
            fits = [whole] if whole in self.modules else []
        else:
            fits = [each for each in self.modules if f".{each}".endswith(f".{module}")]
        return bool(fits) and all((each, function) in known for each in fits)

    @property
    def by_name(self) -> str | None:
        """The first place that reads variables named elsewhere, and what it does; None if there is none."""
        found = next((place for place in self.places if place.named), None)
        if found is None:
            return None
        how = f"hands {found.how} on" if found.passed_on else "reads variables by computed names"
        return f"{found.path}:{found.line} {how}"

    @property
    def is_passed_on(self) -> bool:
        """Whether the environment is passed to something that may read it in any way a mapping is read."""
        return any(place.passed_on for place in self.places)

    def reading(self, key: str) -> Iterator[UnseenRead]:
        """The places that read a variable of this name, whether or not it is written anywhere."""
        return (place for place in self.places if not place.named and place.pattern.fullmatch(key))


def unseen_reads(workspace: Workspace, env_file: str) -> UnseenReads:
    """All such reads in the workspace's own programs; `env_file` is the name of the file that gets references."""
    key = ("unseen reads", env_file)
    if key not in workspace.kept:  # each round of each `.env` of this name asks
        workspace.kept[key] = _unseen_reads(workspace, env_file)
    found: UnseenReads = workspace.kept[key]
    return found


def _unseen_reads(workspace: Workspace, env_file: str) -> UnseenReads:
    trees = dict(_programs(workspace, _READS))
    functions: set[tuple[str, str]] = set()
    methods: set[str] = set()
    objects: dict[tuple[str, str], int] = {}
    for path, tree in trees.items():
        names, module = all_names(tree), _module_of(path)
        objects |= {(module, name): count for name, count in made_readers(tree, names)}
        for node in ast.walk(tree):
            if only_reads(node, names):
                functions.add((module, node.name))
            elif isinstance(node, ast.ClassDef):
                methods |= {each.name for each in node.body if only_reads(each, names, method=True)}
    called = frozenset({name for _, name in functions} | methods)
    if called or objects:
        trees |= dict(_programs(workspace, _words(called | {name for _, name in objects})))
    modules = {name for names in _LIBRARIES.values() for name in names}
    libraries = dict(_programs(workspace, _words(modules)))
    mapped = {path: mapping_names(tree, all_names(tree), env_file) for path, tree in _programs(workspace, _MAPPED)}
    paths = tuple(_module_of(path) for path in workspace.files if workspace.is_python(path))
    known = UnseenReads(objects=objects, modules=paths)
    places = [
        each
        for path, tree in trees.items()
        for imported in [frozenset(dict(known.imported(tree, all_names(tree), path)))]
        for each in _by_computed_name(path, tree, called, mapped.get(path, frozenset()), env_file, imported)
    ]
    return UnseenReads(
        places=(
            *places,
            *(each for path, tree in libraries.items() for each in _by_library(path, tree)),
            *_by_made_names(workspace, trees, [each for each in places if each.named and not each.passed_on]),
            *_by_programs(workspace),
        ),
        helpers=frozenset(functions),
        names=called,
        mapped=frozenset((_module_of(path), name) for path, found in mapped.items() for name in found),
        modules=paths,
        objects=objects,
        attributes=any(_gives_attributes(node) for tree in trees.values() for node in ast.walk(tree)),
    )


def _module_of(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _by_made_names(
    workspace: Workspace, readers: Mapping[str, ast.Module], computed: Sequence[UnseenRead]
) -> Iterator[UnseenRead]:
    """The reads by settings classes and prefixes in the whole workspace.

    `readers` are the files that read variables, `computed` those of their reads whose names may have any form.
    """
    trees, classes = dict(_programs(workspace, _words(WORDS))), SettingsClasses()
    for path in {each.path for each in computed}:
        classes.learn_own(readers[path], [each.line for each in computed if each.path == path])
    if classes.own:
        trees |= dict(_programs(workspace, _words(classes.own)))
    while classes.learn(trees.values()):
        trees |= dict(_programs(workspace, _words(classes.names | classes.own)))
    for path, tree in trees.items():
        for node, how, pattern in (*classes.fields(tree), *prefixed(tree)):
            yield _read(path, node, how, pattern)


def _by_programs(workspace: Workspace) -> Iterator[UnseenRead]:
    """The reads of programs that Python starts, which inherit its environment."""
    for path, tree in _programs(workspace, _words(STARTING)):
        for node, how, pattern in programs_started(tree, all_names(tree)):
            yield _read(path, node, how, pattern)


def _gives_attributes(node: ast.AST) -> bool:
    """Whether a method that Python calls for a missing attribute or key reads the environment."""
    called = isinstance(node, ast.FunctionDef) and node.name in (
        "__getattr__",
        "__getattribute__",
        "__get__",
        "__missing__",
    )
    return called and any(getattr(each, "attr", "") in ("environ", "getenv") for each in ast.walk(node))


def _words(words: Collection[str]) -> re.Pattern[bytes]:
    return re.compile(rb"\b(?:%b)\b" % b"|".join(re.escape(word).encode() for word in sorted(words)))


def _programs(workspace: Workspace, holding: re.Pattern[bytes]) -> Iterator[tuple[str, ast.Module]]:
    """The workspace's own Python files and notebooks whose text matches `holding`."""
    for path in workspace.files:
        if (workspace.is_python(path) or path.endswith(SUFFIX)) and role_of(path) is PathRole.SOURCE:
            try:
                raw = workspace.read(path)
                text = workspace.document(path).text if holding.search(raw) else ""
                if text and not is_generated(text):
                    is_notebook = path.endswith(SUFFIX)
                    yield path, parse_quietly(joined(python_cells(text)).source if is_notebook else text)
            except (OSError, NotSeenError, Unreadable, SyntaxError, ValueError, RecursionError):
                continue


def _by_computed_name(
    path: str,
    tree: ast.Module,
    helpers: Collection[str],
    mapped: frozenset[str],
    env_file: str,
    imported: frozenset[str],
) -> Iterator[UnseenRead]:
    names, constants = all_names(tree), constants_of(tree)
    objects, readers = dict(environ_objects(tree, names)), reader_objects(tree, names) | imported
    copies = environment_copies(tree, names) - mapped
    resolved = {id(node) for node in to_resolve(tree, names, env_file)}
    waiting: list[tuple[ast.AST, ast.stmt | None]] = [(tree, None)]
    while waiting:
        node, statement = waiting.pop()
        statement = node if isinstance(node, ast.stmt) else statement
        if only_reads(node, names) or only_reads(node, names, method=True):
            continue  # its callers name the variable
        waiting += [(child, statement) for child in ast.iter_child_nodes(node)]
        for given in (each for each in handed_on(node, names, copies) if id(each) not in resolved):
            how = resolve(dotted(given), names) if isinstance(given, ast.Attribute) else "os.environ"
            yield UnseenRead(path=path, line=given.lineno, how=how, pattern=ANY, named=True, passed_on=True)
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=method)) if method in _WHOLE:
                if resolve(dotted(owner), names) in ENVIRON:
                    yield _read(path, node, f"os.environ.{method}()", _begins(statement))
            case ast.Call(func=ast.Attribute(value=owner, attr=method), args=[]) if (
                method in _UNNAMED
                and ("environ" in names.values() or dotted(owner) in imported)
                and not (method in URLS and dotted(owner) in objects)
            ):
                yield _read(path, node, f"{method}()", re.compile(_UNNAMED[method]))
            case ast.Call(func=ast.Attribute(attr="from_prefixed_env"), args=arguments):
                texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
                prefix = next((text for text in texts if isinstance(text, str)), "FLASK")
                yield _read(path, node, "from_prefixed_env()", re.compile(re.escape(f"{prefix}_") + ".*"))
            case ast.Call(func=ast.Attribute(value=owner, attr="dump"), args=[]) if dotted(owner) in readers:
                yield _read(path, node, f"{dotted(owner)}.dump()", ANY)
        if isinstance(node, ast.expr) and (whole := read_whole(node, names, copies)) is not None:
            yield _read(path, node, whole, ANY)
        read = _read_name(node, names, helpers, readers, copies)
        if isinstance(read, ast.Constant) and isinstance(read.value, bytes):
            name = re.escape(read.value.decode("utf-8", "replace"))
            yield _read(path, read, "os.environb", re.compile(name))
        elif read is not None and not isinstance(read, ast.Constant) and getattr(read, "id", None) not in constants:
            yield _read(path, read, "a computed name", _pattern(read), named=_pattern(read) is ANY)


def _read(
    path: str, node: ast.expr | ast.stmt, how: str, pattern: re.Pattern[str], *, named: bool = False
) -> UnseenRead:
    return UnseenRead(path=path, line=node.lineno, how=how, pattern=pattern, named=named)


def _read_name(
    node: ast.AST,
    names: Mapping[str, str],
    helpers: Collection[str],
    readers: Collection[str],
    copies: Collection[str],
) -> ast.expr | None:
    """The expression that names the variable which `node` reads; None if it reads none."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        written = dotted(node.value)
        copied = written in copies or is_copy(node.value, names)
        return node.slice if copied or resolve(written, names) in ENVIRON else None
    if isinstance(node, ast.Call) and node.args:
        written = dotted(node.func)
        whole = resolve(written, names)
        owner, _, method = whole.rpartition(".")
        mapping = owner in ENVIRON or written.rpartition(".")[0] in copies
        mapping = mapping or (isinstance(node.func, ast.Attribute) and is_copy(node.func.value, names))
        if whole in READERS or method in helpers or (mapping and method in ("get", "pop")):
            return node.args[0]
        if asked_by(node, names, readers):
            return node.args[0]
    return None


def _by_library(path: str, tree: ast.Module) -> Iterator[UnseenRead]:
    names = all_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node.args:
            continue
        called = resolve(dotted(node.func), names)
        top, _, rest = called.partition(".")
        given = [keyword.arg for keyword in node.keywords]
        makes = _MAKES.fullmatch(rest.rpartition(".")[2]) is not None and "()" not in called
        if not makes or None in given or any(_GIVEN.search(name) for name in given if name):
            continue
        for variable in (variable for variable, modules in _LIBRARIES.items() if top in modules):
            yield _read(path, node, f"{called}() by itself", re.compile(re.escape(variable)))


def _pattern(name: ast.expr) -> re.Pattern[str]:
    """A pattern of the names that an expression can produce: its constant parts, and anything between them."""
    match name:
        case ast.JoinedStr(values=parts):
            text = "".join(re.escape(str(each.value)) if isinstance(each, ast.Constant) else ".*" for each in parts)
        case ast.BinOp(left=ast.Constant(value=str() as start), op=ast.Add()):
            text = re.escape(start) + ".*"
        case ast.BinOp(right=ast.Constant(value=str() as end), op=ast.Add()):
            text = ".*" + re.escape(end)
        case (
            ast.BinOp(left=ast.Constant(value=str() as form), op=ast.Mod())
            | ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as form), attr="format"))
        ):
            text = ".*".join(map(re.escape, re.split(r"%s|%\(\w*\)s|\{[^{}]*\}", form)))
        case ast.Call(func=ast.Attribute(value=ast.expr() as inner, attr="upper"), args=[]):
            return _pattern(inner)
        case _:
            return ANY
    return re.compile(text, re.IGNORECASE | re.DOTALL) if text.strip(".*") else ANY


def _begins(statement: ast.stmt | None) -> re.Pattern[str]:
    """Names with the prefix that a statement checks, `startswith("APP_")`; any name if it checks none."""
    starts = [
        argument.value
        for node in (ast.walk(statement) if statement is not None else ())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    return re.compile("(?:" + "|".join(map(re.escape, starts)) + ").*", re.DOTALL) if starts else ANY
