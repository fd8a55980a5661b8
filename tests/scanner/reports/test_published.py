"""Reports against a schema that others publish, from a package of theirs: slow, because it is downloaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile

import jsonschema
import pytest

from scanner.reports import sarif

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """OASIS's schema as Microsoft ships it to npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm brings the schema")
    folder = tmp_path_factory.mktemp("sarif")
    done = subprocess.run([npm, "pack", "@microsoft/jest-sarif@1.0.0-beta.0"], cwd=folder, capture_output=True)
    if done.returncode:
        pytest.skip("npm's registry was not reached")
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        return json.load(packed.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json"))


def test_sarif(make, sarif_schema):
    case = make.hostile()
    value = make.generated("x")
    finding = make.found(f'"{value}"', value)
    many = make.result(*(finding for _ in range(10_000)))

    for result in (make.result(), case.result, many):
        log = json.loads("".join(sarif.render(result, make.context(case.texts, show_suppressed=True))))
        jsonschema.Draft7Validator(sarif_schema).validate(log)
