"""What people of other tools accepted is taken over: nothing of it comes back, and nothing else is accepted."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unhardcode
from scanner import baseline_import
from scanner.errors import Exit, UsageError
from scanner.gitleaksignore import Position, parse_position

Made = Callable[..., str]
Git = Callable[..., str]
FILE = ".unhardcode.baseline"
COMMIT = "0123456789abcdef" * 2 + "01234567"


@pytest.fixture
def at(repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git, made: Made) -> Path:
    """The working directory: a repository with app.py (lines 2 and 3) and conf.yaml (line 2), committed."""
    (repository / "app.py").write_text(f'import os\nADMIN_PASSWORD = "{made(24)}"\nAPI_TOKEN = "{made(32)}"\n')
    (repository / "conf.yaml").write_text(f"db:\n  password: {made(24)}\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    monkeypatch.chdir(repository)
    return repository


def run(*words: str) -> int:
    return unhardcode.run(list(words))


def left(*words: str) -> set[tuple[str, int]]:
    """Path and line of what still counts."""
    report = Path.cwd().parent / "report.json"
    run("scan", *words, "--format", "json", "-o", str(report))
    return {(one["path"], one["start_line"]) for one in json.loads(report.read_text())["findings"]}


def value_at(folder: Path, path: str, line: int) -> str:
    return (folder / path).read_text().splitlines()[line - 1].split()[-1].strip('"')


def sha1(value: str) -> str:
    return hashlib.sha1(value.encode()).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param('{"a": 1}', id="some other JSON"),
        pytest.param('{"results": []}', id="results that are a list"),
        pytest.param('{"results": {"a": [{"hashed_secret": "short"}]}}', id="a digest that is none"),
        pytest.param('{"plugins_used": ' + "[" * 9000, id="brackets nested deep"),
        pytest.param('[{"RuleID": 1, "File": 2}]', id="a path that is a number"),
        pytest.param('{"SourceMetadata": {"Data": {}}}', id="a place that is nowhere"),
    ],
)
def test_a_file_that_nobody_wrote_is_refused(at: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (at / "other").write_text(text)
    assert run("baseline", "import", "other") == Exit.USAGE
    said = capsys.readouterr().err
    assert "unhardcode: other: not " in said
    assert "--from takes detect-secrets, gitleaks, trufflehog" in said
    assert not (at / FILE).exists()


@pytest.mark.parametrize("form", ["detect-secrets", "gitleaks", "trufflehog"])
def test_a_file_that_is_not_of_the_form_that_was_named_is_refused(
    at: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("baseline", "import", "app.py", "--from", form) == Exit.USAGE
    said = capsys.readouterr().err
    assert f"app.py: not what {form} writes" in said
    assert "what wrote it?" in said
    assert not (at / FILE).exists()


@pytest.mark.parametrize(
    ("form", "text", "line"),
    [
        pytest.param("detect-secrets", '{"results": {\n"a.py": [{"hashed_secret": "ab', 2, id="a baseline cut off"),
        pytest.param("gitleaks", '[\n{"File": "a.py",\n"Secret": "ab', 3, id="a report cut off"),
        pytest.param("trufflehog", '{"level": "info"}\n{"SourceMetadata": {"Data": "ab', 2, id="a line cut off"),
        pytest.param("trufflehog", '{"level": "\u2028\x85"}\n\n{"Raw": x}', 3, id="line ends that are none"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(
    at: Path, form: str, text: str, line: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (at / "report").write_text(text)
    assert run("baseline", "import", "report", "--from", form) == Exit.USAGE
    said = capsys.readouterr().err
    assert f"report:{line}:" in said
    assert "hashed_secret" not in said


@pytest.mark.parametrize(
    ("form", "text"),
    [
        pytest.param("gitleaks", "# nothing yet\n\n", id="an ignore file with a comment only"),
        pytest.param("gitleaks", "", id="an empty ignore file"),
        pytest.param("trufflehog", '{"level":"info-0","msg":"finished scanning"}\n', id="a log without a finding"),
    ],
)
def test_a_file_that_accepts_nothing_is_no_mistake(at: Path, form: str, text: str) -> None:
    (at / "other").write_text(text)
    assert run("baseline", "import", "other", "--from", form) == Exit.OK


def test_plugins_that_a_foreign_baseline_names_are_not_loaded(at: Path) -> None:
    (at / "evil.py").write_text("open('loaded', 'w')\n")
    plugin = {"name": "Evil", "path": f"file://{at}/evil.py"}
    (at / ".secrets.baseline").write_text(json.dumps({"version": "1.5.0", "plugins_used": [plugin], "results": {}}))
    assert run("baseline", "import", ".secrets.baseline") == Exit.OK
    assert not (at / "loaded").exists()


def test_detect_secrets_digests_stand_for_their_value_and_no_other_on_the_line(at: Path) -> None:
    known = value_at(at, "app.py", 2)
    row = {"type": "Secret Keyword", "filename": "app.py", "hashed_secret": sha1(known), "line_number": 77}
    other = {**row, "hashed_secret": sha1("something else"), "line_number": 3}
    text = json.dumps({"version": "1.5.0", "plugins_used": [], "results": {".\\app.py": [row, other]}})
    (at / ".secrets.baseline").write_bytes(text.encode("utf-16"))
    assert run("baseline", "import", ".secrets.baseline", "--owner", "ann") == Exit.OK
    assert left() == {("app.py", 3), ("conf.yaml", 2)}
    written = (at / FILE).read_text()
    assert '"reason": "from .secrets.baseline", "owner": "ann"' in written
    assert known not in written


def test_what_was_labelled_there_is_said_here(at: Path) -> None:
    rows = [
        {"type": "x", "filename": "app.py", "hashed_secret": sha1(value_at(at, "app.py", line)), "is_secret": label}
        for line, label in ((2, True), (3, False))
    ]
    (at / "b.json").write_text(json.dumps({"plugins_used": [], "results": {"app.py": rows}}))
    assert run("baseline", "import", "b.json") == Exit.OK
    written = (at / FILE).read_text()
    assert "from b.json, which was labelled a real secret there" in written
    assert "from b.json, which was labelled no secret there" in written


def test_gitleaksignore_is_read_where_it_stands(at: Path, git: Git, made: Made) -> None:
    (at / ".gitleaksignore").write_text("# known\napp.py:generic-api-key:2\n\nnonsense\n")
    assert left() == {("app.py", 3), ("conf.yaml", 2)}
    (at / ".unhardcode.toml").write_text("foreign-markers = false\n")
    assert len(left()) == 3
    (at / ".unhardcode.toml").unlink()
    head = git(at, "rev-parse", "HEAD").strip()
    (at / ".gitleaksignore").write_text(f"{head}:app.py:generic-api-key:2\n")
    # In a commit a line names a value: that one may move, and another in its place is new.
    lines = (at / "app.py").read_text().splitlines()
    (at / "app.py").write_text("\n".join([lines[0], f'SOME_TOKEN = "{made(30)}"', *lines[1:], ""]))
    assert left() == {("app.py", 2), ("app.py", 4), ("conf.yaml", 2)}


def test_what_gitleaksignore_accepts_where_it_stands_is_taken_over_from_there(
    at: Path, git: Git, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    (at / ".gitleaksignore").write_text("app.py:generic-api-key:2\n")
    assert run("baseline", "import", ".gitleaksignore") == Exit.OK
    assert "1 taken over from .gitleaksignore" in capsys.readouterr().out
    for command in ("update", "prune"):
        assert run("baseline", command) == Exit.OK
    (at / ".gitleaksignore").unlink()
    (at / "app.py").write_text("\n" + (at / "app.py").read_text())
    accepted = {json.loads(row)["symbol"] for row in (at / FILE).read_text().splitlines()[1:]}
    assert accepted == {"ADMIN_PASSWORD", "API_TOKEN", "db.password"}, "update accepts the rest"
    assert left() == set()


def test_a_new_baseline_leaves_to_gitleaksignore_what_that_accepts(at: Path) -> None:
    (at / ".gitleaksignore").write_text("app.py:generic-api-key:2\n")
    assert run("baseline", "create") == Exit.OK
    assert "ADMIN_PASSWORD" not in (at / FILE).read_text()


def test_gitleaksignore_silences_no_token_whose_checksum_is_valid(at: Path, git: Git) -> None:
    from rules.examples import expand

    token = expand("{check:github-crc32:ghp_}", "here")
    (at / "app.py").write_text(f'GITHUB_TOKEN = "{token}"\n')
    (at / ".gitleaksignore").write_text("app.py:github-pat:1\nconf.yaml:x:2\n")
    assert left() == {("app.py", 1)}


def test_a_redacted_report_of_gitleaks_names_lines_and_a_full_one_values(at: Path, git: Git) -> None:
    head = git(at, "rev-parse", "HEAD").strip()
    row = {"RuleID": "generic-api-key", "File": "app.py", "StartLine": 2, "Secret": "REDACTED", "Commit": ""}
    report = at.parent / "gitleaks.json"
    report.write_text(json.dumps([row]))
    assert run("baseline", "import", str(report)) == Exit.OK
    assert left() == {("app.py", 3), ("conf.yaml", 2)}
    report.write_text(json.dumps([{**row, "StartLine": 3, "Commit": head}]))
    assert run("baseline", "import", str(report)) == Exit.OK
    assert left() == {("conf.yaml", 2)}
    full = {**row, "File": "conf.yaml", "StartLine": 999, "Secret": value_at(at, "conf.yaml", 2)}
    report.write_text(json.dumps([full]))
    assert run("baseline", "import", str(report)) == Exit.OK
    assert left() == set()
    assert value_at(at, "conf.yaml", 2) not in (at / FILE).read_text()


def test_trufflehogs_lines_stand_for_their_raw_values(at: Path, git: Git, capsys: pytest.CaptureFixture[str]) -> None:
    # As trufflehog 3 writes them (`filesystem DIR --json`, `git file://. --json`), with values of our own.
    def row(source: str, number: int, where: dict[str, object], raw: str, *, verified: bool) -> str:
        found = {
            "SourceMetadata": {"Data": {source: where}},
            "SourceID": 1,
            "SourceType": number,
            "SourceName": f"trufflehog - {source.lower()}",
            "DetectorType": 2,
            "DetectorName": "Generic",
            "DetectorDescription": "",
            "DecoderName": "PLAIN",
            "Verified": verified,
            "VerificationFromCache": False,
            "Raw": raw,
            "RawV2": "",
            "Redacted": "",
            "ExtraData": None,
            "StructuredData": None,
        }
        return json.dumps(found, separators=(",", ":"))

    head = git(at, "rev-parse", "HEAD").strip()
    committed = {"commit": head, "file": "conf.yaml", "email": "T <t@t.invalid>", "repository": f"file://{at}",
                 "timestamp": "2026-01-01 00:00:00 +0000", "line": 2}  # fmt: skip
    lines = [
        '{"level":"info-0","ts":"2026-01-01T00:00:00Z","logger":"trufflehog","msg":"finished scanning"}',
        row("Filesystem", 15, {"file": f"{at}/app.py", "line": 2}, value_at(at, "app.py", 2), verified=True),
        row("Filesystem", 15, {"file": "gone.py", "line": 2}, "nobody-has-this", verified=False),
        row("Git", 16, committed, value_at(at, "conf.yaml", 2), verified=False),
    ]
    (at.parent / "found.jsonl").write_text("\n".join(lines))
    assert run("baseline", "import", str(at.parent / "found.jsonl")) == Exit.OK
    assert "1 of its entries stand for nothing that unhardcode finds" in capsys.readouterr().out
    assert "found.jsonl, verified there" in (at / FILE).read_text()
    assert left() == {("app.py", 3)}


def test_paths_from_the_root_of_the_disk_are_those_of_the_tree(at: Path) -> None:
    (at.parent / "report.json").write_text(
        json.dumps([{"RuleID": "x", "File": f"{at}/app.py", "StartLine": 2, "Secret": "REDACTED", "Commit": ""}])
    )
    assert run("baseline", "import", str(at.parent / "report.json")) == Exit.OK
    assert left() == {("app.py", 3), ("conf.yaml", 2)}


def test_what_only_history_holds_is_taken_over_on_demand(at: Path, git: Git) -> None:
    value = value_at(at, "app.py", 2)
    head = git(at, "rev-parse", "HEAD").strip()
    (at / "app.py").write_text("import os\n")
    git(at, "commit", "-q", "-a", "-m", "fixed")
    row = {"RuleID": "x", "File": "app.py", "StartLine": 2, "Secret": value, "Commit": head}
    (at.parent / "report.json").write_text(json.dumps([row]))
    assert run("baseline", "import", str(at.parent / "report.json"), "--history") == Exit.OK
    assert left("--history") == {("app.py", 3), ("conf.yaml", 2)}
    assert left() == {("conf.yaml", 2)}


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("a/b.py:rule:12", Position("a/b.py", 12, None)),
        (f"{COMMIT}:a b.py:rule:1", Position("a b.py", 1, COMMIT)),
        ("C:\\x\\y.py:rule:3", Position("C:/x/y.py", 3, None)),
        ("# a.py:rule:1", None),
        ("a.py:rule:x", None),
        ("a.py:1", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_line_of_gitleaksignore_is_a_position_or_nothing(line: str, position: Position | None) -> None:
    assert parse_position(line) == position


PIECES = st.lists(
    st.sampled_from(
        ['{"results": {', '"a.py": [{', '"hashed_secret": "', "0" * 40, '"', "}", "]", "}}", "[", ",", '"RuleID": 1',
         '"File": "a"', '"SourceMetadata"', ": ", '{"Data": {}}', "a.py:r:1", "\n", "null", "1e999", "\ud800", "{"]
    ),
    max_size=14,
)  # fmt: skip


def judge(folder: Path, raw: bytes, form: str | None, secret: str) -> None:
    (folder / "other").write_bytes(raw)
    try:
        baseline_import.read_known(folder / "other", form)
    except UsageError as error:
        said = error.message + error.hint
        assert secret not in said, "a value in a message"


@settings(max_examples=150, deadline=None)
@given(pieces=PIECES, raw=st.binary(max_size=40), form=st.sampled_from([None, *baseline_import.FORMS]))
def test_any_bytes_are_taken_over_or_refused(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], raw: bytes, form: str | None
) -> None:
    folder = tmp_path_factory.getbasetemp()
    judge(folder, "".join(pieces).encode("utf-8", "surrogatepass") + b"Zx9Zx9Zx9Zx9", form, "Zx9Zx9")
    judge(folder, raw, form, "Zx9Zx9")


@pytest.mark.slow
@settings(max_examples=10_000, deadline=5000)
@given(pieces=PIECES, raw=st.binary(max_size=400), form=st.sampled_from([None, *baseline_import.FORMS]))
def test_many_bytes_are_taken_over_or_refused(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], raw: bytes, form: str | None
) -> None:
    folder = tmp_path_factory.getbasetemp()
    judge(folder, "".join(pieces).encode("utf-8", "surrogatepass") + raw, form, "Zx9Zx9")


# --- the real tools, on the same tree; both come with the dev extra


@pytest.fixture
def larger(at: Path, made: Made, git: Git) -> Path:
    """More kinds of places: the shapes that the other tools know best."""
    from rules.examples import expand

    (at / "more.py").write_text(
        "import psycopg2, requests\n"
        f'DB = psycopg2.connect(host="db", user="app", password="{made(16)}")\n'
        f'URL = "postgres://app:{made(20)}@db/shop"\n'
        f'GITHUB_TOKEN = "{expand("{check:github-crc32:ghp_}", "here")}"\n'
        f'requests.get("https://x", headers={{"Authorization": "Bearer {made(40)}"}})\n'
        f'SLACK = "xoxb-{made(12, "0123456789")}-{made(12, "0123456789")}-{made(24)}"\n'
        f"secret_key = '{made(50)}'\n"
    )
    (at / ".env").write_text(f"DB_PASSWORD={made(20)}\nexport API_KEY='{made(32)}'\n")
    (at / "settings.json").write_text(json.dumps({"password": made(18), "auth": {"api_key": made(40)}}, indent=2))
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "more")
    return at


def accepted_there(rows: list[tuple[str, int]], before: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """What both tools found: there is something to take over."""
    both = set(rows) & before
    assert len(both) >= 5, "the tools share too little to prove anything"
    return both


@pytest.mark.slow
def test_a_baseline_of_the_real_detect_secrets_is_taken_over(larger: Path) -> None:
    before = left()
    done = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan"], cwd=larger, capture_output=True, text=True, check=True
    )
    (larger.parent / "secrets.baseline").write_text(done.stdout)
    rows = [(path, row["line_number"]) for path, found in json.loads(done.stdout)["results"].items() for row in found]
    both = accepted_there(rows, before)
    assert run("baseline", "import", str(larger.parent / "secrets.baseline")) == Exit.OK
    after = left()
    assert not both & after
    assert after == before - both


@pytest.mark.slow
@pytest.mark.parametrize("command", ["git", "dir"])
@pytest.mark.parametrize("redact", [(), ("--redact",)], ids=["whole", "redacted"])
@pytest.mark.parametrize("form", ["report", "ignore file", "in place"])
def test_reports_and_ignore_files_of_the_real_gitleaks_are_taken_over(
    larger: Path, command: str, redact: tuple[str, ...], form: str
) -> None:
    before = left()
    gitleaks = str(Path(sys.executable).parent / "gitleaks")
    report = larger.parent / "gitleaks.json"
    words = [gitleaks, command, ".", "--no-banner", "--report-format", "json", "--report-path", str(report), *redact]
    done = subprocess.run(words, cwd=larger, capture_output=True, text=True)
    assert done.returncode == 1, "gitleaks found nothing"
    rows = json.loads(report.read_text())
    both = accepted_there([(row["File"], row["StartLine"]) for row in rows], before)
    ignore = "".join(f"{row['Fingerprint']}\n" for row in rows)
    tokens = {("more.py", 4)}  # its checksum is valid: a list that stands in the repository does not silence it
    if form == "in place":
        (larger / ".gitleaksignore").write_text(ignore)
        assert left() == before - (both - tokens)
        return
    if form == "ignore file":
        report = larger.parent / ".gitleaksignore"
        report.write_text(ignore)
    assert run("baseline", "import", str(report)) == Exit.OK
    assert left() == before - both
