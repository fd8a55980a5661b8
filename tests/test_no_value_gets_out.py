"""Every output of every stage, with and without failures, holds none of the example's values."""

from __future__ import annotations

import base64
import importlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import unhardcode
from fixers.emulator import embedded_aws

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "examples" / "shop"
LITERAL = re.compile(
    r"""[:=(,]\s*["']([^"'{}\s]{12,})["']|(?:PASSWORD|SECRET)=['"]?([^'"\s#]{12,})|password=([^\s"']+)|:([^:@/\s"]+)@mq"""
)
HARMLESS = re.compile(
    r"^https?://|^arn:|amazonaws|^[a-z_.\-]+$|shop\.internal|^shop[_-]|^Authorization$|^[A-Z_]+$|^Content-Type$"
    r"|^[a-z]{2}-[a-z]+-\d$"  # a region
)


@pytest.fixture(scope="module")
def values() -> list[str]:
    """The example's credentials, read out of its files: the very strings that must not show."""
    found: set[str] = set()
    for path in (
        "shop/settings.py",
        "shop/storage.py",
        "shop/reports.py",
        ".env",
        "taskdef.json",
        "tests/test_shop.py",
    ):
        for match in LITERAL.finditer((SHOP / path).read_text(encoding="utf-8")):
            literal = next(group for group in match.groups() if group)
            for part in re.findall(r":([^:@/]+)@", literal) or [literal]:
                if not HARMLESS.search(part) and any(char.isdigit() for char in part):
                    found.add(part)
    assert len(found) >= 10, "the example's values were not recognised"
    return sorted(found)


@pytest.fixture
def shop(tmp_path: Path, git: Callable[..., str]) -> Path:
    """The example as a repository of its own, everything staged."""
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__", "generate.py", "history.py"))
    git(folder, "init", "--quiet")
    git(folder, "add", "-A")
    return folder


def _assert_clean(text: str, values: list[str], where: str) -> None:
    for number, value in enumerate(values):
        # Not `assert value not in text`: a failure would print it.
        leaked = value in text or value[:10] in text or value[-10:] in text
        assert not leaked, f"value number {number} shows in {where}"


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """All log records at DEBUG, formatted."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


COMMANDS = [
    ("scan",),
    ("scan", "--show-suppressed", "--min-confidence", "low"),
    ("scan", "--staged"),
    ("scan", "--format", "json", "--show-suppressed", "--min-confidence", "low"),
    ("scan", "--format", "sarif", "--show-suppressed", "--min-confidence", "low"),
    ("explain", "shop/settings.py:5"),
    ("explain", "shop/settings.py:17"),
    ("explain", "shop/reports.py:8"),
    ("explain", "shop/storage.py:14"),
    ("explain", ".env:6"),
    ("plan",),
    ("plan", "--include-tests", "--min-confidence", "low"),
    ("fix",),
    ("fix", "--include-tests", "--min-confidence", "low"),
    ("migrate", "--rehearse"),
    ("status", "--offline"),
    ("status", "--offline", "--format", "json"),
    ("purge",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_and_no_log_holds_a_value(
    shop: Path,
    values: list[str],
    logged: list[str],
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shop)
    before = _tree(shop)
    unhardcode.run(list(command))
    captured = capsys.readouterr()
    assert len(captured.out) > 40, captured.err
    _assert_clean(captured.out + captured.err, values, "the output")
    # botocore would log requests and answers at DEBUG, a rehearsal's too.
    _assert_clean("\n".join(logged), values, "the log")
    assert _tree(shop) == before


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}


def test_a_plan_file_holds_no_value(shop: Path, values: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    assert unhardcode.run(["plan", "-o", "plan.toml"]) == 0
    _assert_clean((shop / "plan.toml").read_text(encoding="utf-8"), values, "plan.toml")


@pytest.mark.parametrize("name", ["{}.py", "{}/a.py", "{}/test_a.py.txt", "{}.env"])
def test_a_file_that_is_called_by_a_value_is_in_no_plan_and_no_report(
    repository: Path,
    run: Callable[..., tuple[int, str, str]],
    made: Callable[..., str],
    git: Callable[..., str],
    name: str,
) -> None:
    value = made(24)
    (repository / "settings.py").write_text(f'DB_PASSWORD = "{value}"\n')
    file = repository / name.format(value)
    file.parent.mkdir(exist_ok=True)
    file.write_text(f'DB_PASSWORD = "{value}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "x")
    for words in ("plan -o plan.toml", "plan", "fix", "migrate --rehearse", "migrate --emit out"):
        status, out, err = run(repository, *words.split(), "--app", "shop")
        _assert_clean(out + err, [value], words)
        if name.endswith(".py"):
            assert (status, "contains the value" in err, (repository / "plan.toml").exists()) == (
                2,
                True,
                False,
            )
    for written in (repository / "plan.toml", repository / "out" / "MIGRATION.md"):
        _assert_clean(written.read_text() if written.exists() else "", [value], written.name)
    for words in ("status --offline", "status --offline --format json", "purge", "scan", "scan --history"):
        _assert_clean("".join(run(repository, *words.split())[1:]), [value], words)
    assert run(repository, "baseline", "create", "--reason", value, "--owner", value)[0] == 0
    _assert_clean((repository / ".unhardcode.baseline").read_text(), [value], "baseline")


def test_debug_environment_variables_turn_no_logging_on(shop: Path, values: list[str]) -> None:
    environment = {**os.environ, "BOTO_DEBUG": "1", "AWS_DEBUG": "1", "PYTHONVERBOSE": "0", "DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-I", "-X", "dev", "-m", "unhardcode", "migrate", "--rehearse"],
        cwd=shop, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _assert_clean(done.stdout + done.stderr, values, "the output")


STAGES = [
    "scanner.analysis:read_table",
    "scanner.analysis:line_starts",
    "scanner.readers.python:read",
    "scanner.readers.dotenv:read",
    "scanner.readers.structured:read",
    "scanner.detectors.provider:detect",
    "scanner.detectors.sink:detect",
    "scanner.detectors.url:detect",
    "scanner.detectors.named:detect",
    "scanner.analysis:judge",
    "scanner.analysis:merge",
    "scanner.identity:fingerprint",
    "scanner.reports.text:render",
    "fixers.plan:drafts",
    "fixers.plan:settle",
    "fixers.commands:render_plan",
    "fixers.commands:render_diff",
    "fixers.rehearsal:payload",
    "fixers.rehearsal:changed_files",
    "fixers.rehearsal:prove",
]


@pytest.mark.parametrize("stage", STAGES)
def test_a_failure_in_any_stage_tells_no_value(
    shop: Path,
    values: list[str],
    stage: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The injected error quotes every value and the whole text it was given; the boundary tells type and place."""
    module_name, _, name = stage.partition(":")
    module = importlib.import_module(module_name)

    def explode(*arguments: object, **named: object) -> object:
        raise RuntimeError(" ".join(values) + repr(arguments) + repr(named))

    monkeypatch.setattr(module, name, explode)
    monkeypatch.chdir(shop)
    command = ["scan"] if module_name.startswith("scanner") else ["migrate", "--rehearse"]
    status = unhardcode.run(command)
    captured = capsys.readouterr()
    assert status == 70, f"{stage} was not reached"
    assert "RuntimeError" in captured.err
    _assert_clean(captured.out + captured.err, values, "the output")


def test_records_with_values_do_not_show_them(shop: Path, values: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.running import scan_paths

    monkeypatch.chdir(shop)
    result = scan_paths(()).result
    assert len(result.findings) >= 10
    _assert_clean(repr(result) + str(result), values, "repr")
    for finding in result.findings:
        with pytest.raises(TypeError):
            json.dumps(finding)  # type: ignore[arg-type, unused-ignore]
        with pytest.raises(TypeError):
            __import__("pickle").dumps(finding)


def _spellings(value: str) -> list[bytes]:
    """A value as it is, and as it would stand in what was encoded."""
    raw = value.encode()
    return [raw, base64.b64encode(raw).rstrip(b"="), raw.hex().encode(), quote(value, safe="").encode()]


class Watch(threading.Thread):
    """Reads the arguments and the environment of every other process again and again, until it is told to stop."""

    def __init__(self, values: list[str]) -> None:
        super().__init__(daemon=True)
        self.wanted = [spelled for value in values for spelled in _spellings(value)]
        self.found: set[str] = set()
        self.seen: set[bytes] = set()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.002):
            for process in Path("/proc").glob("[0-9]*"):
                if process.name != str(os.getpid()):
                    self.look(process)

    def look(self, process: Path) -> None:
        for what in ("cmdline", "environ"):
            try:
                raw = (process / what).read_bytes()
            except OSError:
                continue  # it has ended
            if what == "cmdline":
                self.seen.add(raw)
            self.found |= {what for value in self.wanted if value in raw}


def _holding(folder: Path, values: list[str]) -> list[str]:
    """The files below a folder that hold a value, by their paths."""
    raws = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
    wanted = [spelled for value in values for spelled in _spellings(value)]
    return sorted(str(path) for path, raw in raws.items() if any(spelled in raw for spelled in wanted))


# Copies of a value beside the place that is rewritten, in the lines around it and in its own call.
BESIDE = """\
# é curl https://app:{percent}@shop.internal/
import argparse, os
import click
PASSWORD = os.environ.get("OTHER_PASSWORD") or "{value}"  # {base64}
parser = argparse.ArgumentParser()
parser.add_argument("--password", help="if not given: {value}", type=str, default="{value}")
parser.add_argument("--db-password", default="{value}", help="as {percent}")
cache = dict()
TOKEN = cache.get("password", "{value}") + "{half}" "{rest}"
@click.option("--password", default="{value}", help="if not given: {value}")
def main(password): "{hex}"
"""


def test_no_copy_in_another_spelling_gets_into_a_diff_or_a_journal(
    repository: Path, git: Callable[..., str], made: Callable[..., str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    values = [f"Winter{made(4)}!24", f"{made(12)}$/{made(9)}"]
    (repository / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    for number, value in enumerate(values):
        raw, percent, half = value.encode(), quote(value, safe=""), len(value) // 2
        text = BESIDE.format(
            value=value, percent=percent, hex=raw.hex(), base64=base64.b64encode(b"app:" + raw).decode(),
            half=value[:half], rest=value[half:],
        )  # fmt: skip
        (repository / f"beside{number}.py").write_text(text)
    values.append(made(20))
    url = f'URL = f"postgres://app:{values[2]}@{{__name__}}/db?trace={values[2].encode().hex()}"\n'
    (repository / "url.py").write_text(url)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Beside")
    hidden = [spelled.decode() for value in values for spelled in _spellings(value)]
    hidden += [value[:8] for value in values] + [
        base64.b64encode(b"app:" + value.encode()).decode() for value in values
    ]
    monkeypatch.chdir(repository)
    with embedded_aws() as endpoint:
        for name, given in {
            "AWS_ENDPOINT_URL": endpoint.url, "AWS_REGION": endpoint.region, "AWS_DEFAULT_REGION": endpoint.region,
            "AWS_ACCESS_KEY_ID": endpoint.access_key, "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
        }.items():  # fmt: skip
            monkeypatch.setenv(name, given)
        formats = [["fix", "--format", form] for form in ("json", "sarif")]
        for command in (["plan"], ["fix"], *formats, ["migrate", "--rehearse"], ["migrate", "--yes"]):
            assert unhardcode.run(command) in (0, 1), command
            captured = capsys.readouterr()
            _assert_clean(captured.out + captured.err, hidden, f"the output of {command}")
            assert "beside1.py" in captured.out
    (journal,) = (repository / ".git" / "unhardcode").glob("*.jsonl")
    _assert_clean(journal.read_text(), hidden, "the journal")
    rewritten = "lambda given: given or get_secret_value(" in (repository / "beside1.py").read_text()
    assert rewritten
    kept = (repository / "url.py").read_text() == url
    assert kept, "it cannot be rewritten without copying what stands behind the value"


# The command in a process that logs everything, also botocore's, and writes down each child that it starts, with all
# arguments and variables, and each file that it opens to write: /proc may be looked at too late. Temporary files stay.
LOUD = """
import functools, json, logging, os, sys, tempfile
tempfile.TemporaryFile = functools.partial(tempfile.NamedTemporaryFile, prefix="kept-", delete=False)
sys.path.insert(0, os.environ.pop("ROOT"))
logging.basicConfig(level=logging.DEBUG, filename=os.environ.pop("LOG"))
for name in ("boto3", "botocore", "urllib3"):
    logging.getLogger(name).setLevel(logging.DEBUG)
told = os.open(os.environ.pop("TOLD"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def tell(event, arguments):
    if event == "subprocess.Popen":
        what = [arguments[1], dict(os.environ if arguments[3] is None else arguments[3])]
    elif event in ("os.exec", "os.posix_spawn", "os.spawn", "os.system"):
        what = [arguments, dict(os.environ)]
    elif event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        what = [arguments[0]]
    else:
        return
    os.write(told, json.dumps([event, *what], default=os.fsdecode).encode() + b"\\n")
sys.addaudithook(tell)
import unhardcode
sys.exit(unhardcode.run(sys.argv[1:]))
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_a_full_run_leaves_no_value_in_processes_output_logs_and_files(
    shop: Path, values: list[str], tmp_path: Path, git: Callable[..., str]
) -> None:
    """All that migrates, for real, fails and is taken back, each in a process of its own that logs all at DEBUG."""
    git(shop, "commit", "--quiet", "--message", "The shop")
    scratch, home, out, deploy = (tmp_path / name for name in ("scratch", "home", "out", "deploy"))
    scratch.mkdir()
    home.mkdir()
    plan, log, told = tmp_path / "plan.toml", tmp_path / "log", tmp_path / "told"
    with embedded_aws() as endpoint:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(scratch), "LOG": str(log), "TOLD": str(told),
            "ROOT": str(ROOT), "UNHARDCODE_CACHE": os.environ["UNHARDCODE_CACHE"], "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_REGION": endpoint.region, "AWS_ACCESS_KEY_ID": endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_key, "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
        watch = Watch(values)
        watch.start()
        said = ""
        for command, expected, changed in (
            (("plan", "-o", str(plan)), 0, {}),
            (("migrate", "--emit", str(out)), 0, {}),
            (("migrate", "--yes"), 3, nobody),
            (("migrate", "--yes", "--prove", "true"), 0, {}),
            (("migrate", "--yes", "--plan", str(plan)), 2, {}),
            (("status", "--format", "json"), 0, {}),
            (("status",), 3, nobody),
            (("rotation", "--plan", str(plan), "-o", str(deploy)), None, {}),
            (("purge",), 0, {}),
            (("migrate", "--undo", "--yes"), 3, nobody),
            (("migrate", "--undo", "--yes"), 0, {}),
        ):
            words = [sys.executable, "-I", "-c", LOUD, *command]
            done = subprocess.run(words, cwd=shop, env=environment | changed, capture_output=True, text=True)
            said += done.stdout + done.stderr
            assert expected in (done.returncode, None), f"{command[:2]}: {done.stderr[-500:]}"
            assert done.returncode != 70, command
            if "--prove" in command:
                git(shop, "add", "--all")
                moved = _moved(shop, values)
        watch.over.set()
        watch.join()
    assert len(moved) >= 5
    assert watch.found == set()
    assert any(b"migrate" in arguments for arguments in watch.seen)
    _assert_clean(said, values, "the output")
    _assert_clean(log.read_text(), values, "the log")
    assert "urllib3" in log.read_text(), "nothing was logged"
    events = [json.loads(line) for line in told.read_text().splitlines()]
    children = [event for event in events if event[0] != "open"]
    assert any("_prove_child" in str(child[1]) for child in children), "no proof was seen"
    assert any(child[1] == ["true"] for child in children), "no --prove was seen"
    _assert_clean(told.read_text(), values, "a child or the name of a file")
    opened = {str(event[1]) for event in events if event[0] == "open"}
    # Lists of objects for git, and what Python tries a folder with before it makes the first of them.
    temporary = {Path(path) for path in opened if path.startswith(str(scratch))} - {scratch}
    assert all(path.name.startswith("kept-") or len(path.name) == 8 for path in temporary)
    assert any(path.read_bytes() for path in scratch.iterdir()), "no temporary file was kept"
    assert any(str(shop / ".git" / "unhardcode") in path for path in opened)
    for folder in (scratch, home, out, deploy, shop / ".git" / "unhardcode", Path(os.environ["UNHARDCODE_CACHE"])):
        assert _holding(folder, values) == []
    assert len(list(out.iterdir())) >= 5
    _assert_clean(plan.read_text(), values, "plan.toml")


def _moved(shop: Path, values: list[str]) -> list[str]:
    """The values that no file of the tree holds any more, but for those that the plan refuses to move."""
    kept = "".join(
        path.read_text("utf-8", "replace") for path in shop.rglob("*") if path.is_file() and ".git" not in path.parts
    )
    return [value for value in values if value not in kept]
