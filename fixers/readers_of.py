"""The readers of a `.env` file's variables: Python expressions that can be rewritten, and readers that cannot."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from fixers.compose import is_compose, is_compose_name
from fixers.notebook_code import SUFFIX, lines_with
from fixers.python_readers import Site, python_sites
from fixers.unseen_readers import URLS, UnseenReads, unseen_reads
from fixers.workspace import PLAN_MARK, Workspace
from scanner.errors import NotSeenError
from scanner.model import Span
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Node, trees
from scanner.roles import PathRole, role_of
from scanner.text import line_starts, position

_MAX_BYTES = 20_000_000
_SHELLS = re.compile(
    r".*\.(?:sh|bash|zsh|fish|mk|service|cron|ya?ml|json|toml|tf|tfvars|ini|cfg|conf|properties|xml|tmpl|tpl|j2|psm?1|bat|cmd"
    r"|nomad|hcl|gradle)"
    r"|(?:.*[._-])?(?:makefile|dockerfile|containerfile|procfile|justfile|jenkinsfile|vagrantfile|caddyfile|crontab)"
    r"(?:[._-].*)?|\.(?:envrc|bashrc|zshrc|profile|bash_profile|zprofile)",
    re.IGNORECASE,
)
_PROGRAMS = re.compile(
    r".*\.(?:[cm]?[jt]s|jsx|tsx|vue|svelte|astro|rb|go|php|java|kts?|scala|groovy|clj|rs|exs?|pl|cs|fs|vb|swift|dart|lua|r"
    r"|rmd|qmd|jl|tcl|hs|nim|cr|zig|c|cc|cpp|prisma|http|rest)",
    re.IGNORECASE,
)
_FROM = re.compile(rb"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*([^\s@]+)", re.IGNORECASE | re.MULTILINE)
# Images of servers: nothing of this repository's Python runs in them.
_SERVERS = re.compile(
    r"(?:.*/)?(?:postgres|postgis|timescaledb(?:-ha)?|pgvector|mysql(?:-server)?|mariadb|percona|mongo|redis|valkey|rabbitmq"
    r"|elasticsearch|opensearch|neo4j|influxdb|clickhouse-server|minio|keycloak|grafana|nginx|traefik|caddy|httpd)(?::.*)?",
    re.IGNORECASE,
)
_SHELL = re.compile(rb"\b(?:ba|da|z|k|a|fi)?sh\b|\bmake\b")
_ENV_FILE = re.compile(r"^(?P<indent>\s*)env_file\s*:(?P<rest>.*)$")
_SOURCED = re.compile(
    r"(?:^|[\s;&|(])(?:source|\.|--env-file[= ]|--envfile[= ]|include|-include|EnvironmentFile=-?|dotenv)\s*[\"']?"
    r"(?P<path>[^\s\"';&|)]+)"
)
# Commands that read a file named on a shell line: `export $(grep -v '^#' .env | xargs)`, `dotenv -e .env -- node
# app.js`.
_READ = re.compile(
    r"\b(?:cat|e?grep|awk|cut|xargs|sed(?!\s+-\w*i)|envsubst|dotenvx?|env-cmd|foreman|honcho)\b(?P<rest>[^\n]*)|<(?P<given>[^\n]*)"
    r"|--from-env-file[= ](?P<made>\S+)"
)
_WORDS = re.compile(r"[^\s\"'`;&|()<>=]+")
# Files that list the contents of a package or an image, and lines that copy or comment.
_PACKING = re.compile(r"pyproject\.toml|setup\.cfg|MANIFEST\.in|package(?:-lock)?\.json|\.pre-commit-config\.yaml")
_PACKED = re.compile(r"\s*(?:COPY|ADD|#|//|\*|;)\s", re.IGNORECASE)
_SETTINGS = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg")
_SETTING = re.compile(r"(?:^\s*|[:=\[,-]\s*)[\"']?(?P<value>\w+)[\"']?\s*[,\]}]*\s*(?:#.*)?$")
_HANDS = "env_file "


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSite:
    """A Python expression to rewrite. `quote` is a quotation mark that may be used in it (it may be in an f-string).

    `around` is the text put before and after the call: `env.db_url_config(` and `)`. `optional` says that the
    expression gives a default, or None, if the variable is not set. `resolved` are the arguments with which the call
    resolves what is read there, of which only running shows whether it is this value; "" if it reads this value alone.
    `read` is the expression that gives this value or the program's own alternative to it (`Site.read`). `done` says
    that a generated call is around it already.
    """

    path: str
    line: int
    span: Span
    quote: str
    around: tuple[str, str] = ("", "")
    optional: bool = False
    resolved: str = field(default="", repr=False)
    read: str = field(default="", repr=False)
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReader:
    """A reader that is left as it is."""

    path: str
    line: int
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The readers of one variable: `python` can be rewritten, `opaque` is Python that cannot, `outside` is not Python.

    `through` are Compose files that pass the file to containers of this repository's own code.
    """

    python: tuple[ReaderSite, ...] = ()
    outside: tuple[OtherReader, ...] = ()
    opaque: tuple[OtherReader, ...] = ()
    through: tuple[OtherReader, ...] = ()


def find_readers(workspace: Workspace, keys: Collection[str], env_file: str) -> dict[str, Readers]:
    """The readers of each variable of the `.env` file at `env_file`, in the whole workspace."""
    python: dict[str, list[ReaderSite]] = defaultdict(list)
    opaque: dict[str, list[OtherReader]] = defaultdict(list)
    outside: dict[str, list[OtherReader]] = defaultdict(list)
    through: dict[str, list[OtherReader]] = defaultdict(list)
    unseen = unseen_reads(workspace, posixpath.basename(env_file))
    for key in keys:
        opaque[key] += [OtherReader(path=each.path, line=each.line, how=each.how) for each in unseen.reading(key)]
    for path in workspace.files:
        if workspace.is_python(path):
            for site in _sites(workspace, path, keys, unseen):
                if site.span is None:
                    opaque[site.key].append(OtherReader(path=path, line=site.line, how=site.how))
                else:
                    found = ReaderSite(
                        path=path,
                        line=site.line,
                        span=site.span,
                        quote=site.quote,
                        around=site.around,
                        optional=site.optional,
                        read=site.read,
                        done=site.done,
                    )
                    python[site.key].append(found)
        elif path.endswith(SUFFIX):
            for key, reader in _in_notebook(workspace, path, keys):
                outside[key].append(reader)
        elif path != env_file:
            for key, reader in _outside(workspace, path, keys, env_file, unseen.by_name):
                (through if _is_ours(workspace, reader) else outside)[key].append(reader)
    return {
        key: Readers(
            python=tuple(python[key]),
            outside=tuple(outside[key]),
            opaque=tuple(opaque[key]),
            through=tuple(through[key]),
        )
        for key in keys
    }


def _is_ours(workspace: Workspace, reader: OtherReader) -> bool:
    """Whether a line is the `env_file` of a service built here by Compose, whose Python is among the readers."""
    if not reader.how.startswith(_HANDS):
        return False
    try:
        document = workspace.document(reader.path)
        waiting = trees(document)
    except (NotSeenError, Unreadable):
        return False
    starts = line_starts(document.text)
    while waiting:
        node = waiting.pop()
        files, build = node.get("env_file"), node.get("build")
        if files is not None and build is not None:
            first = position(starts, files.span.start)[0]
            if first - 1 <= reader.line <= position(starts, files.span.end)[0]:
                return not _is_of_a_server(workspace, posixpath.dirname(reader.path), build)
        waiting += node.items
    return False


def _is_of_a_server(workspace: Workspace, folder: str, build: Node) -> bool:
    """Whether what Compose builds is another program's image with something added, such as a database's.

    https://docs.docker.com/reference/compose-file/build/
    """
    given = {key: node.text or "" for key in ("context", "dockerfile") if (node := build.get(key)) is not None}
    context = given.get("context", build.text or ".")
    path = posixpath.normpath(posixpath.join(folder, context, given.get("dockerfile", "Dockerfile")))
    bases = _FROM.findall(workspace.bytes_of(path)) if path in workspace.files else []
    return bool(bases) and _SERVERS.fullmatch(bases[-1].decode("utf-8", "replace")) is not None


def _sites(workspace: Workspace, path: str, keys: Collection[str], unseen: UnseenReads) -> Iterator[Site]:
    raw = _read(workspace, path)
    upper = raw.upper()
    unnamed = {variable for method, (variable, _) in URLS.items() if f".{method}(".encode() in raw}
    if unnamed.isdisjoint(keys) and not any(key.upper().encode() in upper for key in keys):
        return
    try:
        text = workspace.document(path).text
    except NotSeenError:
        return
    own = unseen if role_of(path) is PathRole.SOURCE else replace(unseen, places=())
    yield from python_sites(path, text, lambda name: name in keys, own)


def _in_notebook(workspace: Workspace, path: str, keys: Collection[str]) -> Iterator[tuple[str, OtherReader]]:
    """The variables that a notebook names in a string, a shell line or `%env`."""
    names = "|".join(map(re.escape, keys))
    named = re.compile(rf"[\"']({names})[\"']|\$\{{?({names})\b|%env\s+({names})\b")
    for line, found in lines_with(named, path, workspace):
        key = found[found.lastindex or 0]
        yield key, OtherReader(path=path, line=line, how=f"uses {key}")


def _outside(
    workspace: Workspace, path: str, keys: Collection[str], env_file: str, by_name: str | None
) -> Iterator[tuple[str, OtherReader]]:
    name, started = PurePosixPath(path).name, workspace.shebang(path)
    shell = _SHELLS.fullmatch(name) is not None or _SHELL.search(started) is not None
    program = _PROGRAMS.fullmatch(name) is not None or started != b""
    if not shell and not program:
        return
    text = _read(workspace, path).decode("utf-8", "replace")
    is_setting = name.endswith(_SETTINGS)
    upper, compose = text.upper(), _is_compose(workspace, path, text)
    if shell:
        for line, how in _loads(text, path, env_file, compose=compose):
            yield from ((key, OtherReader(path=path, line=line, how=how)) for key in keys)
    for key in keys:
        if key.upper() in upper:
            pattern = _expansion(key, name, compose=compose) if shell else re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
            for number, row in enumerate(text.splitlines(), 1):
                if row.lstrip().startswith(("#", "//", "*")):
                    continue
                if pattern.search(row):
                    yield key, OtherReader(path=path, line=number, how=f"uses {key}")
                elif by_name is not None and is_setting and (found := _SETTING.search(row)) and found["value"] == key:
                    how = f"names it, and {by_name}"
                    yield key, OtherReader(path=path, line=number, how=how)


def _is_compose(workspace: Workspace, path: str, text: str) -> bool:
    if not path.endswith((".yml", ".yaml")) or "services" not in text:
        return False
    try:
        document = workspace.document(path)
        return is_compose(document, trees(document))
    except (NotSeenError, Unreadable):
        return is_compose_name(path)


def _expansion(key: str, name: str, *, compose: bool) -> re.Pattern[str]:
    """Matches `$KEY`, `${KEY}` and make's `$(KEY)`; in Compose also `- KEY` and `KEY:`, which pass the variable on.

    The shells of Windows ignore case in a variable's name.
    """
    word = re.escape(key)
    forms = [rf"\$\{{{word}\b", rf"\${word}\b", rf"\$\({word}\)", rf"(?i:%{word}%|\benv:{word}\b)"]
    forms += [rf"(?i:\bGetEnvironmentVariable\(\s*[\"']{word}\b)"]
    # Templates of dbt, OmegaConf, Ansible and Go, YAML tags, supervisor and configparser.
    forms += [rf"env_var\(\s*[\"']{word}\b", rf"[\"']env[\"']\s*,\s*[\"']{word}\b"]
    forms += [rf"\benv(?:iron)?(?:\.|\[\s*[\"']){word}\b"] if name.endswith((".j2", ".tpl", ".tmpl")) else []
    forms += [rf"\{{\{{-?\s*env\s+[\"']{word}\b", rf"!(?i:env)\s+[\"']?{word}\b", rf"%\((?:ENV_)?{word}\)s"]
    if compose:
        forms += [
            rf"^\s*-\s*[\"']?{word}[\"']?\s*$",
            rf"^\s*[\"']?{word}[\"']?\s*:\s*$",
            rf"[\[,]\s*[\"']?{word}[\"']?\s*[,\]]",
        ]
    return re.compile("|".join(forms))


def other_users(workspace: Workspace, path: str) -> tuple[OtherReader, ...]:
    """The lines outside Python that use the file at `path`: scripts, other programs, mounts into a container.

    What only packages a file (COPY in a Dockerfile, package data) does not read it, and neither does unhardcode's own
    plan.
    """
    name = posixpath.basename(path)
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    found = []
    for other in workspace.files:
        base = posixpath.basename(other)
        if base.endswith(SUFFIX):
            lines = (line for line, _ in lines_with(word, other, workspace))
            found += [OtherReader(path=other, line=line, how=f"uses {name}") for line in lines]
            continue
        if other == path or _PACKING.fullmatch(base) or workspace.is_python(other):
            continue
        if not (_SHELLS.fullmatch(base) or _PROGRAMS.fullmatch(base) or workspace.shebang(other)):
            continue
        text = _read(workspace, other).decode("utf-8", "replace")
        if posixpath.splitext(name)[0] not in text or (base.endswith(".toml") and PLAN_MARK in text):
            continue
        words = [word, _unsuffixed(workspace, path, other)] if _PROGRAMS.fullmatch(base) else [word]
        for number, row in enumerate(text.splitlines(), 1):
            if any(each.search(row) for each in words) and not _PACKED.match(row):
                found.append(OtherReader(path=other, line=number, how=f"uses {name}"))
    return tuple(found)


def _unsuffixed(workspace: Workspace, path: str, program: str) -> re.Pattern[str]:
    """How a program names a settings file without its suffix: from its own folder, or to a configuration library.

    https://nodejs.org/api/modules.html#all-together (a module of that name goes before the file),
    https://github.com/spf13/viper#reading-config-files, https://docs.rs/config
    """
    stem = posixpath.splitext(path)[0]
    near = posixpath.relpath(f"/{stem}", f"/{posixpath.dirname(program)}")
    near = re.escape(near if near.startswith("../") else f"./{near}")
    modules = (each for each in workspace.files if each.startswith((f"{stem}.", f"{stem}/index.")))
    form = rf"(?i:config|with_?name|load|bundle)\w*\(\s*[\"'](?:[\w.-]+/)*{re.escape(posixpath.basename(stem))}[\"']"
    return re.compile(form if any(map(_PROGRAMS.fullmatch, modules)) else rf"{form}|[\"'`]{near}[\"'`]")


def into_images(readers: Sequence[OtherReader]) -> list[OtherReader]:
    """Readers by which Compose passes the file to another program's image: `unhardcode run` starts nothing there."""
    return [reader for reader in readers if reader.how.startswith(_HANDS)]


def listed(readers: Sequence[OtherReader], shown: int = 3) -> str:
    """The readers in words, naming only the first few."""
    words = ", ".join(f"{reader.path}:{reader.line} ({reader.how})" for reader in readers[:shown])
    return words + (f" and {len(readers) - shown} more" if len(readers) > shown else "")


def _loads(text: str, path: str, env_file: str, *, compose: bool) -> Iterator[tuple[int, str]]:
    """Lines that pass the whole `.env` file to something: Compose's `env_file`, a shell's `source`, `--env-file`."""
    folder = posixpath.dirname(path)
    indent: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        for found in _SOURCED.finditer(line):
            if _is_file(found["path"], folder, env_file):
                yield number, f"loads {env_file}"
        if any(_is_file(word, folder, env_file) for word in _read_in(line)):
            yield number, f"reads {env_file}"
        if not compose:
            continue
        header = _ENV_FILE.match(line)
        if header is not None:
            indent = len(header["indent"])
            words = re.findall(r"[^\s\[\],\"'#]+", header["rest"])
        elif indent is not None and line.strip() and _indent(line) >= indent and re.match(r"\s*(?:-|path:)", line):
            words = re.findall(r"[^\s\[\],\"'#-][^\s\[\],\"'#]*", line.split("path:")[-1])
        else:
            indent = indent if not line.strip() else None
            continue
        if any(_is_file(word, folder, env_file) for word in words):
            yield number, f"{_HANDS}{env_file}"


def _read_in(line: str) -> list[str]:
    """The words of a shell line that may be files which it reads."""
    found = _READ.search(line)
    return [] if found is None else _WORDS.findall(next(filter(None, found.groups()), ""))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_file(word: str, folder: str, env_file: str) -> bool:
    """Whether a path in a script means this file, relative to the script's folder or to the root."""
    plain = re.sub(r"^\$\{?\w+\}?/|^\$\([^)]*\)/", "", word)
    return env_file in (posixpath.normpath(posixpath.join(folder, plain)), posixpath.normpath(plain))


def _read(workspace: Workspace, path: str) -> bytes:
    raw = workspace.bytes_of(path)
    return raw if len(raw) <= _MAX_BYTES else b""
