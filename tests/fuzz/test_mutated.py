"""Files of every kind, well formed and then damaged, through the engine and every report.

No exception, no file that takes long, no value in a report, and what is printed as JSON fits the published schema.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.detectors.randomness import random_bits
from scanner.engine import Setup, scan
from scanner.model import Confidence, Source
from scanner.reports import explain, github, github_summary, gitlab, jsonl, junit, sarif, text
from scanner.reports import json as the_json
from scanner.reports.context import ReportContext

TOP = Path(__file__).parents[2]
SUFFIXES = (".py", ".env", ".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".txt", ".ipynb", ".sh", ".tf", ".md")
Damage = Callable[[int, bytes, tuple[bytes, ...]], bytes]


@functools.cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Path and bytes of real little files: the cases of the tests, and one of each kind that they have not."""
    cases = TOP / "tests" / "cases"
    found = [
        (str(file.relative_to(cases)), file.read_bytes())
        for file in sorted(cases.rglob("*"))
        if file.is_file() and file.name not in ("case.toml", "conftest.py") and file.stat().st_size < 20_000
    ]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["import os\n", 'PASSWORD = "@1"\n']}
    notebook = {"cells": [cell, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    made = {
        "note.ipynb": json.dumps(notebook, indent=1),
        "deploy.yaml": 'db: &d\n  host: h\n  password: "@1"\nx:\n  <<: *d\n  token: >-\n    @2\n---\nkind: Secret\n',
        "chart.yaml": "{{- if .Values.x }}\npassword: @1\n{{- end }}\nsecretKey: {{ .Values.k }}\n",
        "settings.json": '{"db": {"password": "@1", "\\u0070wd": "@2"}, "url": "postgres://u:@3@h/d"}',
        "conf.toml": '[db]\npassword = "@1"\ntoken = \'@2\'\nkey = """\n@3"""\n[[a.b]]\nsecret = "@4"\n',
        "conf.ini": "[db]\npassword = @1\n token: @2\n[a]\nurl=postgres://u:@3@h/d\n",
        ".env": "DB_PASSWORD=@1\nexport API_TOKEN='@2'\nURL=\"postgres://u:@3@h/d\"\n# X_SECRET=@4\nA=${DB_PASSWORD}\n",
        "notes.txt": "password: @1\nAuthorization: Bearer @2\ncurl -u user:@3 https://h\n",
        "app.py": 'import psycopg2\npsycopg2.connect(host="h", password="@1")\nTOKEN = f"{x}@2"\nd = {"pwd": "@3"}\n',
        "deep.py": "class A:\n    def f(self, password='@1'):\n        return {'a': [('token', '@2')]}\n",
    }
    return (*found, *((path, body.encode()) for path, body in made.items()))


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((TOP / "docs" / "scan.schema.json").read_text("utf-8")))


def judge(setup: Setup, schema: jsonschema.Draft202012Validator, longest: float, path: str, raw: bytes) -> None:
    start = time.process_time()
    texts: dict[str, str] = {}
    result = scan([Source(path=path, raw=raw)], setup, texts)
    context = ReportContext(
        root="/", version="0", documents=texts.get, show_suppressed=True, min_confidence=Confidence.LOW
    )
    reports = {
        form.__name__.rpartition(".")[2]: "".join(form.render(result, context))
        for form in (text, the_json, jsonl, sarif, junit, gitlab, github, github_summary)
    }
    for number, finding in enumerate(result.findings[:20]):
        shown = explain.render([finding], texts.get, others=result.findings)
        reports[f"explain {number}"] = "".join(shown)
    assert time.process_time() - start < longest
    values = {finding.value.reveal("text") for finding in result.findings if finding.value is not None}
    known = [value for value in values if len(value) >= 12 and random_bits(value) >= 30]
    out = [form for form, said in reports.items() if any(value in said for value in known)]
    assert not out, "a value is in these reports"
    unsafe = [
        form for form, said in reports.items() if any(mark in said for mark in ("\x1b", "\u2028", "\x00", "\x85"))
    ]
    assert not unsafe, "what a terminal obeys is in these reports"
    report = json.loads(reports["json"])
    schema.validate(report)
    assert len(report["findings"]) == len(result.findings)
    assert [json.loads(line) for line in reports["jsonl"].splitlines()][1:] == report["findings"]
    for run in json.loads(reports["sarif"])["runs"]:
        for one in run["results"]:
            region = one["locations"][0]["physicalLocation"]["region"]
            assert all(region[key] >= 1 for key in ("startLine", "startColumn", "endLine", "endColumn"))
    json.loads(reports["gitlab"])
    ElementTree.fromstring(reports["junit"])


def filled(raw: bytes, value_of: Callable[[int], str]) -> bytes:
    for number in range(1, 5):
        raw = raw.replace(b"@%d" % number, value_of(number).encode())
    return raw


def play(
    setup: Setup,
    schema: jsonschema.Draft202012Validator,
    longest: float,
    damaged: Damage,
    value_of: Callable[[int], str],
    which: int,
    seed: int,
    other_kind: str | None,
) -> None:
    path, raw = seeds()[which % len(seeds())]
    others = tuple(body for _, body in seeds())
    if other_kind is not None:
        path = f"x{other_kind}"
    judge(setup, schema, longest, path, damaged(seed, filled(raw, value_of), others))


def test_seeds_undamaged(setup, schema, longest, value_of):
    for path, raw in (*seeds()[:-10:20], *seeds()[-10:]):
        judge(setup, schema, longest, path, filled(raw, value_of))


CASES = {
    "which": st.integers(0, 10**6),
    "seed": st.integers(0, 2**40),
    "other_kind": st.none() | st.none() | st.sampled_from(SUFFIXES),
}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(**CASES)
def test_a_sample(setup, schema, longest, damaged, value_of, which, seed, other_kind):
    play(setup, schema, longest, damaged, value_of, which, seed, other_kind)


@pytest.mark.slow
@settings(max_examples=15_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(**CASES)
def test_many(setup, schema, longest, damaged, value_of, which, seed, other_kind):
    play(setup, schema, longest, damaged, value_of, which, seed, other_kind)
