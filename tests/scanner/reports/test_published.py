"""Reports against schemas that others publish, from packages of theirs: slow, because they are downloaded.

GitLab's is in no package of PyPI or npm: GITLAB_SCHEMA may name dist/secret-detection-report-format.json of
https://gitlab.com/gitlab-org/security-products/security-report-schemas; what it asks stands in test_gitlab.py.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from scanner.model import Skipped
from scanner.reports import gitlab, junit, sarif

pytestmark = pytest.mark.slow


def packed(command: list[str], folder: Path, member: str) -> bytes:
    """One file of the package that a registry's own client has put into a folder."""
    if subprocess.run(command, cwd=folder, capture_output=True).returncode:
        pytest.skip("the registry was not reached")
    with tarfile.open(next(folder.glob("*.t*gz"))) as package:
        return package.extractfile(member).read()


@pytest.fixture(scope="module")
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """OASIS's schema as Microsoft ships it to npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm brings the schema")
    command = [npm, "pack", "@microsoft/jest-sarif@1.0.0-beta.0"]
    return json.loads(packed(command, tmp_path_factory.mktemp("sarif"), "package/lib/schemas/sarif-2.1.0-rtm.5.json"))


@pytest.fixture(scope="module")
def junit_schema(tmp_path_factory: pytest.TempPathFactory) -> xmlschema.XMLSchema:
    """Jenkins' junit-10.xsd, which pytest's source distribution has for tests of its own."""
    name = "pytest-9.0.2"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", name.replace("-", "==")]
    raw = packed(command, tmp_path_factory.mktemp("junit"), f"{name}/testing/example_scripts/junit-10.xsd")
    return xmlschema.XMLSchema(raw.decode())


@pytest.fixture(scope="module")
def gitlab_schema() -> dict:
    """GitLab's secret-detection-report-format.json of a 15.x."""
    file = os.environ.get("GITLAB_SCHEMA")
    if file is None:
        pytest.skip("GITLAB_SCHEMA names no file")
    schema = json.loads(Path(file).read_text(encoding="utf-8"))
    assert schema["self"]["version"].startswith("15.")
    return schema


@pytest.fixture(scope="module")
def results(make) -> list:
    """A clean scan, one with a hostile tree, one with gaps only, and one with 10,000 findings in a thousand files."""
    value = make.generated("x")
    finding = make.found(f'"{value}"', value)
    many = (dataclasses.replace(finding, path=f"src/{n // 10}.py", start=(n + 1, 1)) for n in range(10_000))
    gap = Skipped(path="x.py", reason="not readable", gap=True)
    return [make.result(), make.hostile().result, make.result(skipped=(gap,)), make.result(*many)]


def test_sarif(make, results, sarif_schema):
    context = make.context(make.hostile().texts, show_suppressed=True)
    for result in results:
        log = json.loads("".join(sarif.render(result, context)))
        jsonschema.Draft7Validator(sarif_schema).validate(log)


def test_junit(make, results, junit_schema):
    context = make.context(make.hostile().texts, show_suppressed=True)
    for result in results:
        junit_schema.validate("".join(junit.render(result, context)))


def test_gitlab(make, results, gitlab_schema):
    context = make.context(make.hostile().texts, show_suppressed=True)
    validator = jsonschema.Draft7Validator(gitlab_schema)
    for result in results:
        report = json.loads("".join(gitlab.render(result, context)))
        validator.validate(report)
    assert not validator.is_valid(report | {"vulnerabilities": [{}]})


def test_the_schema_of_junit_refuses_what_it_does_not_know(make, results, junit_schema):
    page = "".join(junit.render(results[1], make.context(make.hostile().texts)))

    assert junit_schema.is_valid(page)
    assert not junit_schema.is_valid(page.replace("<testsuite ", '<testsuite surprise="1" ', 1))
