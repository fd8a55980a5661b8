from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Kind
from scanner.readers.kinds import kind_of

NAMES = {
    Kind.TEXT: "README.md notes run.sh Dockerfile requirements.txt nginx.conf .env.js .env.sh a.py.txt environment",
    Kind.PYTHON: "a.py a.PYI b.pyw settings.py.example .env.py app.wsgi mail.py.bak.old",
    Kind.DOTENV: ".env .env.local .env.example .env.prod.sample .env-dev prod.env .envs/.local/.django .envrc .flaskenv"
    " .dev.vars",
    Kind.YAML: "a.yml B.YAML docker-compose.yaml .env.yaml values.yml.dist .kube/config",
    Kind.JSON: "a.json a.jsonc x.webmanifest terraform.tfstate .docker/config.json Pipfile.lock a.json.bak logs.jsonl"
    " terraform.tfstate.backup",
    Kind.TOML: "pyproject.toml Pipfile poetry.lock .streamlit/secrets.toml config.toml.sample",
    Kind.INI: "a.ini setup.cfg a.properties .pypirc .npmrc ~/.aws/credentials .s3cfg .my.cnf pip.conf .git/config",
    Kind.NOTEBOOK: "a.ipynb b/C.IPYNB",
}


@pytest.mark.parametrize(
    ("path", "kind"),
    [pytest.param(path, kind, id=f"{path} is {kind}") for kind, names in NAMES.items() for path in names.split()],
)
def test_the_name_decides(path: str, kind: Kind) -> None:
    assert kind_of(path, b"") is kind
    assert kind_of(f"some/where/{path}", b"#!/bin/sh\n") is kind


def test_a_conf_without_a_section_is_text() -> None:
    assert kind_of("app.conf", b"server {\n  listen 80;\n}\n") is Kind.TEXT


def test_a_conf_with_a_section_is_ini() -> None:
    assert kind_of("app.conf", b"# hi\r\n[main]\r\nkey = value\r\n") is Kind.INI


@pytest.mark.parametrize(
    "line", [b"#!/usr/bin/env python3", b"#!/usr/bin/python -u", b"\xef\xbb\xbf#!/opt/python3.11 -I"]
)
def test_a_first_line_that_starts_python_makes_a_script_python(line: bytes) -> None:
    assert kind_of("bin/tool", line + b"\nprint()\n") is Kind.PYTHON


def test_a_first_line_that_only_mentions_python_does_not() -> None:
    assert kind_of("bin/tool", b"# written in python\n") is Kind.TEXT
    assert kind_of("bin/tool", b"#!/bin/sh\npython x.py\n") is Kind.TEXT


def test_a_name_of_a_thousand_endings_has_a_kind() -> None:
    assert kind_of("a.py" + ".bak" * 2000, b"") is Kind.PYTHON


@given(path=st.text(min_size=1, max_size=40), head=st.binary(max_size=60))
def test_any_name_has_a_kind(path: str, head: bytes) -> None:
    assert kind_of(path, head) in Kind
