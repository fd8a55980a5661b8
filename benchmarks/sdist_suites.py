"""Run the test suites of real distributions before and after a migration of all their values, tests too.

python benchmarks/sdist_suites.py FOLDER [NAME...]

After it the values are only in an AWS that this process holds, on loopback. Runs code of the distributions, in virtual
environments below FOLDER; writes benchmarks/sdist_suites.md.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests" / "laboratory")]

from lab_run import _store, _with_aws, _without_aws  # noqa: E402
from sdists import downloaded, options  # noqa: E402

from fixers.changes import changed_files  # noqa: E402
from fixers.emulator import embedded_aws  # noqa: E402
from fixers.payload import payload  # noqa: E402
from fixers.planning import planned  # noqa: E402
from fixers.stores.model import Endpoint  # noqa: E402
from fixers.storing import Ready, store_secret  # noqa: E402


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A distribution whose tests run offline: what they need beside it, and how they are started."""

    name: str
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


SUITES = (
    Suite(name="itsdangerous", needs=("freezegun",)),
    Suite(name="pyjwt", needs=("cryptography",)),
    Suite(name="oauthlib", needs=("pyjwt", "cryptography", "blinker")),
    Suite(name="webob", needs=("legacy-cgi; python_version >= '3.13'",), arguments=("tests",)),
    Suite(name="flask-httpauth", needs=("flask", "asgiref")),
    Suite(name="python-jose", needs=("cryptography", "pycryptodome")),
    Suite(name="passlib", arguments=("passlib/tests/test_context.py", "passlib/tests/test_totp.py")),
    Suite(name="flask", needs=("asgiref", "python-dotenv")),
)


def main() -> int:
    """Run and write."""
    scratch = Path(sys.argv[1]).resolve()
    pins = {line.partition("==")[0]: line for line in (HERE / "sdists.txt").read_text().splitlines() if "==" in line}
    rows = []
    for suite in SUITES:
        if sys.argv[2:] and suite.name not in sys.argv[2:]:
            continue
        with embedded_aws() as endpoint:
            rows.append(compared(suite, downloaded(pins[suite.name], scratch), scratch / "suites", endpoint))
        print(rows[-1], flush=True)
    if not sys.argv[2:]:
        (HERE / "sdist_suites.md").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return 0


def compared(suite: Suite, archive: Path, scratch: Path, endpoint: Endpoint) -> str:
    """One row of the table."""
    folder = scratch / suite.name
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "tree", filter="data")
    (tree,) = (folder / "tree").iterdir()
    python = folder / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "pytest", "boto3"]
    subprocess.run([*pip, *suite.needs, "--editable", tree], check=True)
    before = outcome(suite, python, tree, folder / "before.xml", _without_aws())
    made = planned(tree, options(folder))
    for secret in made.plan.secrets:
        ready = Ready(secret=secret, payload=payload(secret), action="create")
        store_secret(ready, _store(endpoint, secret.store), app=made.plan.app, token=str(uuid.uuid4()))
    for path, raw in changed_files(made.plan, made.workspace, made.scanned.key).items():
        (tree / path).write_bytes(raw)
    after = outcome(suite, python, tree, folder / "after.xml", _with_aws(endpoint))
    places = sum(len(fix.findings) for fix in made.plan.fixes)
    differ = sorted(test for test in before.keys() | after.keys() if before.get(test) != after.get(test))
    for test in differ[:5]:
        print(f"  {suite.name}: {test}: {before.get(test)} -> {after.get(test)}", file=sys.stderr)
    counts = Counter(before.values())
    shown = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    verdict = "the same" if not differ else f"{len(differ)} tests differ"
    return (
        f"| {archive.name.removesuffix('.tar.gz')} | {places} in {len(made.plan.fixes)} secrets | {shown} | {verdict} |"
    )


def outcome(suite: Suite, python: Path, tree: Path, report: Path, environment: dict[str, str]) -> dict[str, str]:
    """Each test with how it ended."""
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", f"--junitxml={report}"]
    environment = {**environment, "HOME": str(report.parent), "PYTHONHASHSEED": "0"}
    subprocess.run([*command, *suite.arguments], cwd=tree, env=environment, capture_output=True, check=False)
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        ends = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        found[f"{case.get('classname')}::{case.get('name')}"] = ends[0] if ends else "passed"
    return found


HEAD = """# Test suites of real distributions, before and after a migration

All values at medium confidence or higher were moved, tests too (`--include-tests`): afterwards the rewritten code and
the rewritten tests read them from an AWS on loopback (none of their variables set). Made by
`python benchmarks/sdist_suites.py FOLDER`.

| distribution | rewritten | tests before | after |
|---|---|---|---|
"""

if __name__ == "__main__":
    sys.exit(main())
