"""Which reader a file gets, by its name and, where that says nothing, its first bytes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from scanner.model import Kind

_SUFFIXES: Final = {
    **dict.fromkeys((".py", ".pyi", ".pyw", ".wsgi"), Kind.PYTHON),
    **dict.fromkeys((".env", ".envrc", ".flaskenv"), Kind.DOTENV),
    **dict.fromkeys((".yml", ".yaml"), Kind.YAML),
    **dict.fromkeys(
        (".json", ".jsonc", ".jsonl", ".ndjson", ".webmanifest", ".tfstate", ".geojson", ".har", ".avsc"), Kind.JSON
    ),
    ".toml": Kind.TOML,
    **dict.fromkeys((".ini", ".cfg", ".properties", ".cnf"), Kind.INI),
    ".ipynb": Kind.NOTEBOOK,
    **dict.fromkeys((".csv", ".tsv"), Kind.CSV),
}
_NAMES: Final = {
    **dict.fromkeys(("pipfile", "poetry.lock", "uv.lock", "pdm.lock", "cargo.lock"), Kind.TOML),
    **dict.fromkeys((".pypirc", ".npmrc", ".s3cfg", ".boto", ".gitconfig", ".passwd-s3fs", ".pip.conf"), Kind.INI),
    **dict.fromkeys(("pip.conf", ".pylintrc", ".coveragerc", ".flake8", ".pg_service.conf"), Kind.INI),
    **dict.fromkeys(("pipfile.lock", "composer.lock", ".dockercfg", ".dockerconfigjson", ".tfstate.backup"), Kind.JSON),
    **dict.fromkeys((".flaskenv", ".envrc", "dotenv", ".dev.vars"), Kind.DOTENV),
    **dict.fromkeys((".condarc", ".clang-format"), Kind.YAML),
}
# Files whose own name is too common: the folder says it.
_IN_FOLDER: Final = {
    (".aws", "credentials"): Kind.INI,
    (".aws", "config"): Kind.INI,
    (".git", "config"): Kind.INI,
    (".docker", "config"): Kind.JSON,
    (".kube", "config"): Kind.YAML,
}
# `config.yml.example` is YAML that people copy real values into.
_TEMPLATES: Final = frozenset(
    (".example", ".sample", ".template", ".tmpl", ".tpl", ".dist", ".default", ".bak", ".orig", ".old")
)
_DOTENV = re.compile(r"\.env(?:[.\-_].*)?|env\.(?:example|sample|template|dist)|\.flaskenv\..*")
_CODE: Final = frozenset((".js", ".ts", ".mjs", ".cjs", ".sh", ".rb", ".php", ".go", ".md", ".html", ".xml"))
# `.envs/.production/.postgres`, one file a service: https://cookiecutter-django.readthedocs.io
_DOTENV_FOLDER: Final = ".envs"
_PYTHON = re.compile(rb"#![^\r\n]{0,200}\bpython[0-9.]*\b")
_SECTION = re.compile(rb"^[ \t]*\[[^\]\r\n]+\][ \t]*\r?$", re.MULTILINE)


def kind_of(path: str, head: bytes) -> Kind:
    """The kind of a file with this POSIX path, whose first few thousand bytes are `head`."""
    pure = PurePosixPath(path.lower())
    name, suffix = pure.name, pure.suffix
    known = _NAMES.get(name) or _IN_FOLDER.get((pure.parent.name, name))
    if known is not None:
        return known
    if _DOTENV.fullmatch(name):
        # `.env.py` and `.env.json` are written in what their last suffix says.
        other = _SUFFIXES.get(suffix) if name.count(".") > 1 else None
        return other or (Kind.TEXT if suffix in _CODE else Kind.DOTENV)
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix in _TEMPLATES:
        return kind_of(str(pure.with_suffix("")), head)
    if _DOTENV_FOLDER in pure.parent.parts:
        return Kind.DOTENV
    if suffix == ".conf":
        return Kind.INI if _SECTION.search(head) else Kind.TEXT
    return Kind.PYTHON if _PYTHON.match(head.removeprefix(b"\xef\xbb\xbf")) else Kind.TEXT
