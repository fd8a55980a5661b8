"""Choose the reader for a file by its name or, if that does not tell, by its first bytes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from rules.lazy_patterns import lazy_pattern
from scanner.source import Kind

# Kinds in which a bare `name = value` is not a literal.
CODE: Final = (Kind.PYTHON, Kind.NOTEBOOK)
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
    **dict.fromkeys(("pipfile.lock", "composer.lock", ".dockercfg", ".dockerconfigjson"), Kind.JSON),
    **dict.fromkeys((".flaskenv", ".envrc", "dotenv", ".dev.vars"), Kind.DOTENV),
    **dict.fromkeys((".condarc", ".clang-format"), Kind.YAML),
    # Formats of HAProxy and Kickstart.
    **dict.fromkeys(("haproxy.cfg", "ks.cfg", "kickstart.cfg"), Kind.TEXT),
}
# File names that are too common: the folder decides.
_IN_FOLDER: Final = {
    (".aws", "credentials"): Kind.INI,
    (".aws", "config"): Kind.INI,
    (".git", "config"): Kind.INI,
    (".docker", "config"): Kind.JSON,
    (".kube", "config"): Kind.YAML,
}
# `config.yml.example` is YAML that people copy real values into.
_TEMPLATES: Final = frozenset(
    (".example", ".sample", ".template", ".tmpl", ".tpl", ".dist", ".default", ".bak", ".backup", ".orig", ".old")
)
_DOTENV = lazy_pattern(r"\.env(?:[.\-_].*)?|env\.(?:example|sample|template|dist)|\.flaskenv\..*")
_OTHERS: Final = frozenset((".js", ".ts", ".mjs", ".cjs", ".sh", ".rb", ".php", ".go", ".md", ".html", ".xml"))
# `.envs/.production/.postgres`, one file a service: https://cookiecutter-django.readthedocs.io
_DOTENV_FOLDER: Final = ".envs"
_PYTHON = lazy_pattern(rb"#![^\r\n]{0,200}\bpython[0-9.]*\b")
_CONF = lazy_pattern(rf"[^/]\.conf(?:{'|'.join(map(re.escape, sorted(_TEMPLATES)))})*\Z", re.IGNORECASE)
_SECTION = lazy_pattern(rb"^[ \t]*\[[^\]\r\n]+\][ \t]*\r?$", re.MULTILINE)


def kind_of(path: str, head: bytes) -> Kind:
    """The kind of a file with this POSIX path; `head` are its first few thousand bytes."""
    return kind_by_name(path) or kind_by_head(path, head)


def kind_by_name(path: str) -> Kind | None:
    """The kind of a file by its POSIX path alone; None if its first bytes have to decide."""
    pure = PurePosixPath(path.lower())
    while True:
        name, suffix = pure.name, pure.suffix
        known = _NAMES.get(name) or _IN_FOLDER.get((pure.parent.name, name))
        if known is not None:
            return known
        if _DOTENV.fullmatch(name):
            # `.env.py` and `.env.json` have the format of their last suffix.
            other = _SUFFIXES.get(suffix) if name.count(".") > 1 else None
            return other or (Kind.TEXT if suffix in _OTHERS else Kind.DOTENV)
        if suffix in _SUFFIXES:
            return _SUFFIXES[suffix]
        if suffix not in _TEMPLATES:
            return Kind.DOTENV if _DOTENV_FOLDER in pure.parent.parts else None
        pure = pure.with_suffix("")


def kind_by_head(path: str, head: bytes) -> Kind:
    """The kind of a file whose path does not tell it."""
    if _CONF.search(path):
        return Kind.INI if _SECTION.search(head) else Kind.TEXT
    return Kind.PYTHON if _PYTHON.match(head.removeprefix(b"\xef\xbb\xbf")) else Kind.TEXT
