"""A baseline accepts what was there: that value, wherever it moves, and no other one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unhardcode
from scanner import baseline
from scanner.baseline import Baseline, Row
from scanner.errors import Exit, UsageError

Made = Callable[..., str]
Git = Callable[..., str]
FILE = ".unhardcode.baseline"
SALT = " ".join(["01234567"] * 8)
HEAD = f'{{"unhardcode-baseline": 1, "salt": "{SALT}"}}\n'
ROW = '{"path": "a.py", "kind": "password", "digest": "01234"}\n'


@pytest.fixture
def at(repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git, made: Made) -> Path:
    """The working directory: a repository with two committed secrets, app.py and conf/db.yaml."""
    (repository / "conf").mkdir()
    (repository / "app.py").write_text(f'import os\n\nADMIN_PASSWORD = "{made(24)}"\n')
    (repository / "conf" / "db.yaml").write_text(f"db:\n  password: {made(24)}\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    monkeypatch.chdir(repository)
    return repository


def run(*words: str) -> int:
    return unhardcode.run(list(words))


def accept(*words: str) -> None:
    assert run("baseline", "create", *words) == Exit.OK


def complaint(raw: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        baseline.parse_baseline(raw, FILE)
    return f"{caught.value.message}\n{caught.value.hint}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "its first line is missing\nanother tool's?", id="an empty file"),
        pytest.param(ROW, "its first line is missing", id="no header"),
        pytest.param('{"version": "1.5.0", "results": {}}', "another tool's?", id="a baseline of detect-secrets"),
        pytest.param(HEAD + "nonsense\n", f"{FILE}:2: not a line of a baseline", id="no JSON"),
        pytest.param(HEAD + "[" * 9000 + "\n", f"{FILE}:2: not a line of a baseline", id="brackets nested deep"),
        pytest.param(HEAD + "[]\n", f"{FILE}:2: not a line of a baseline", id="a list"),
        pytest.param(
            HEAD + ROW.replace("kind", "knid"), "2: an unknown field\ndid you mean kind?", id="a typing error"
        ),
        pytest.param(HEAD + ROW.replace('"a.py"', "3"), "path must be a text", id="a number as path"),
        pytest.param(HEAD + ROW.replace('"kind": "password", ', ""), "2: without kind", id="no kind"),
        pytest.param(HEAD + ROW.replace("01234", "0123Z"), "digest must be 5 hexadecimal digits", id="no digest"),
        pytest.param(HEAD + ROW.replace("}", ', "expires": "soon"}'), "expires is a date", id="no date"),
        pytest.param(
            HEAD + ROW.replace("}", ', "ordinal": true}'), "ordinal must be a whole number", id="true for a number"
        ),
        pytest.param(HEAD.replace(": 1", ": 2"), "written by another release", id="a later schema"),
        pytest.param(HEAD.replace("01234567", "0"), "the salt is damaged", id="half a salt"),
        pytest.param(
            HEAD + "<<<<<<< ours\n" + ROW, "2: a merge conflict\nkeep the lines of both sides", id="a conflict"
        ),
    ],
)
def test_a_damaged_baseline_is_refused_by_line(text: str, said: str) -> None:
    assert said in complaint(text.encode())


def test_a_baseline_in_another_encoding_or_with_other_line_ends_is_read() -> None:
    whole = HEAD + ROW
    for raw in (whole.encode("utf-16"), b"\xef\xbb\xbf" + whole.encode(), whole.replace("\n", "\r\n").encode()):
        assert baseline.parse_baseline(raw, FILE).rows[0].path == "a.py"
    assert "not UTF-8" in complaint(whole.encode() + b"\xff\xfe")


def test_a_missing_or_linked_baseline_is_a_mistake(at: Path) -> None:
    assert run("scan", "--baseline", "nowhere") == Exit.USAGE
    assert run("scan", "--staged", "-q", "--baseline", "nowhere") == Exit.USAGE
    assert run("baseline", "update") == Exit.USAGE
    (at / FILE).symlink_to(at.parent / "elsewhere")
    assert run("baseline", "create") == Exit.USAGE
    assert not (at.parent / "elsewhere").exists()


def test_another_value_at_an_accepted_place_is_new(at: Path, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    accept()
    assert run("scan") == Exit.OK
    made(24), made(24)
    (at / "app.py").write_text(f'import os\n\nADMIN_PASSWORD = "{made(24)}"\n')
    assert run("scan") == Exit.FINDINGS
    assert "app.py:3" in capsys.readouterr().out


def test_a_further_copy_is_new_and_a_moved_value_is_known(at: Path, git: Git) -> None:
    accept()
    git(at, "add", "-A")
    text = (at / "app.py").read_text()
    (at / "copy.py").write_text(text)
    git(at, "add", "-A")
    assert run("scan") == Exit.FINDINGS
    assert run("scan", "--staged") == Exit.FINDINGS
    assert run("scan", "--files", "--", "copy.py") == Exit.FINDINGS
    git(at, "rm", "-q", "-f", "app.py")
    assert run("scan") == Exit.OK
    assert run("scan", "--staged", "-q") == Exit.OK
    assert run("scan", "--files", "--", "copy.py") == Exit.OK
    git(at, "commit", "-q", "-m", "renamed")
    assert run("scan", "--range", "HEAD~1..HEAD", "--fail-on-old") == Exit.OK
    assert run("scan", "--history") == Exit.OK


def test_what_git_does_not_track_never_enters(at: Path, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    (at / ".env").write_text(f"ADMIN_PASSWORD={made(30)}\n")
    accept("--reason", "known")
    assert "1 finding left out: git does not track the file" in capsys.readouterr().out
    assert ".env" not in (at / FILE).read_text()
    assert run("scan") == Exit.FINDINGS


def test_the_file_is_sorted_undated_and_says_nothing_of_a_value(at: Path, made: Made) -> None:
    accept("--reason", "known", "--owner", "ann@example.org", "--expires", "2099-01-31")
    text = (at / FILE).read_text()
    head, *rows = text.splitlines()
    assert re.fullmatch(r'\{"unhardcode-baseline": 1, "salt": "([0-9a-f]{8} ){7}[0-9a-f]{8}"\}', head)
    assert [json.loads(row)["path"] for row in rows] == ["app.py", "conf/db.yaml"]
    assert json.loads(rows[0]).items() >= {
        "symbol": "ADMIN_PASSWORD", "kind": "password", "reason": "known", "owner": "ann@example.org",
        "expires": "2099-01-31",
    }.items()  # fmt: skip
    assert made(24) not in text
    assert made(24) not in text
    (at / FILE).unlink()
    accept("--reason", "known", "--owner", "ann@example.org", "--expires", "2099-01-31")
    again = (at / FILE).read_text()
    assert again != text  # another salt
    assert baseline.render(baseline.read_baseline(at / FILE)) == again


def test_the_file_itself_is_no_finding(at: Path, git: Git) -> None:
    accept("--reason", "known")
    git(at, "add", "-A")
    assert run("scan", "--staged", "--fail-on", "low") == Exit.OK
    assert run("scan", "--no-baseline", "--fail-on", "low", FILE) == Exit.OK


def test_an_expired_row_counts_again_until_it_is_renewed(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accept("--reason", "known", "--expires", "2099-01-31")
    Path(FILE).write_text(Path(FILE).read_text().replace("2099", "2020"))
    assert run("scan") == Exit.FINDINGS
    assert "app.py:3: accepted until 2020-01-31: it counts again" in capsys.readouterr().out
    assert run("baseline", "update") == Exit.OK
    assert "2 expired: renew them with --expires" in capsys.readouterr().out
    assert run("baseline", "update", "--expires", "90d") == Exit.OK
    assert run("scan") == Exit.OK
    assert '"reason": "known"' in (at / FILE).read_text()
    for date in ("soon", "2020-01-31"):
        assert run("baseline", "update", "--expires", date) == Exit.USAGE


def test_a_row_that_says_no_accepts_nothing_and_update_leaves_it(at: Path) -> None:
    accept("--reason", "known")
    text = (at / FILE).read_text()
    (at / FILE).write_text(text.replace('"reason": "known"}', '"reason": "", "accepted": false}', 1))
    assert run("scan") == Exit.FINDINGS
    assert run("baseline", "update", "--reason", "again") == Exit.OK
    assert run("scan") == Exit.FINDINGS


def test_update_adds_what_is_new_and_keeps_what_was_said(at: Path, made: Made, git: Git) -> None:
    accept("--reason", "known")
    assert run("baseline", "create") == Exit.USAGE
    git(at, "mv", "app.py", "main.py")
    (at / "conf" / "db.yaml").write_text((at / "conf" / "db.yaml").read_text() + f"mail:\n  password: {made(30)}\n")
    assert run("scan") == Exit.FINDINGS
    assert run("baseline", "update", "--reason", "new") == Exit.OK
    rows = [json.loads(line) for line in (at / FILE).read_text().splitlines()[1:]]
    assert [(row["path"], row["reason"]) for row in rows] == [
        ("conf/db.yaml", "known"), ("conf/db.yaml", "new"), ("main.py", "known"),
    ]  # fmt: skip
    assert run("scan") == Exit.OK


def test_prune_drops_what_is_gone_and_keeps_what_could_not_be_read(
    at: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept("--reason", "known")
    (at / "app.py").write_text("import os\n")
    assert run("scan") == Exit.OK
    assert f"{FILE}: a row stands for nothing any more" in capsys.readouterr().out
    (at / "conf" / "db.yaml").chmod(0)
    if not (at / "conf" / "db.yaml").stat().st_mode & 0o777 and not _is_readable(at / "conf" / "db.yaml"):
        run("baseline", "prune")
        assert "conf/db.yaml" in (at / FILE).read_text()
    (at / "conf" / "db.yaml").chmod(0o644)
    assert run("baseline", "prune") == Exit.OK
    assert "app.py" not in (at / FILE).read_text()
    assert "conf/db.yaml" in (at / FILE).read_text()


def _is_readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except PermissionError:
        return False
    return True


def test_history_is_accepted_only_if_asked_for_and_only_for_history(at: Path, git: Git) -> None:
    text = (at / "app.py").read_text()
    (at / "app.py").write_text("import os\n")
    git(at, "commit", "-q", "-a", "-m", "fixed")
    accept("--reason", "known")
    assert run("scan") == Exit.OK
    assert run("scan", "--history") == Exit.FINDINGS
    assert run("baseline", "update", "--history", "--reason", "rotated") == Exit.OK
    assert run("scan", "--history") == Exit.OK
    assert run("baseline", "prune") == Exit.OK
    assert run("scan", "--history") == Exit.OK
    assert run("scan", "--range", "HEAD~1..HEAD", "--fail-on-old") == Exit.OK
    (at / "app.py").write_text(text)
    assert run("scan") == Exit.FINDINGS


def test_in_a_shallow_clone_rows_for_history_are_kept_and_what_was_not_seen_is_said(
    at: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (at / "app.py").write_text("import os\n")
    git(at, "commit", "-q", "-a", "-m", "fixed")
    accept("--history", "--reason", "known")
    git(at, "add", FILE)
    git(at, "commit", "-q", "-m", "accepted")
    git(tmp_path, "clone", "-q", "--depth", "1", at.as_uri(), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    capsys.readouterr()
    assert run("baseline", "prune", "--history") == Exit.OK
    assert "a part of the history could not be looked at" in capsys.readouterr().out
    assert (tmp_path / "clone" / FILE).read_text() == (at / FILE).read_text()
    for command in (("update",), ("create", "-o", "other")):
        assert run("baseline", *command, "--history") == Exit.OK
        assert "1 could not be looked at (unhardcode scan --history names them)" in capsys.readouterr().out
    assert run("baseline", "prune") == Exit.OK
    assert "could not" not in capsys.readouterr().out


def test_nothing_is_scanned_for_a_baseline_that_is_there(
    at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accept()
    monkeypatch.setattr("scanner.baseline_findings.run", lambda *_: pytest.fail("it was scanned"))
    for words in ((), ("-o", FILE)):
        assert run("baseline", "create", *words) == Exit.USAGE
        assert "exists already" in capsys.readouterr().err


def test_commands_look_at_all_of_the_repository_from_any_folder(
    at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(at / "conf")
    accept("--reason", "known")
    text = (at / FILE).read_text()
    assert [json.loads(line)["path"] for line in text.splitlines()[1:]] == ["app.py", "conf/db.yaml"]
    assert run("baseline", "update") == Exit.OK
    assert run("baseline", "prune") == Exit.OK
    assert (at / FILE).read_text() == text
    capsys.readouterr()
    assert run("scan") == Exit.OK
    assert "to clean up" not in capsys.readouterr().out


def test_two_baselines_that_were_begun_apart_stay_good_after_a_union(at: Path, made: Made, git: Git) -> None:
    (at / ".gitattributes").write_text(f"{FILE} merge=union\n")
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "attributes")
    git(at, "checkout", "-q", "-b", "side")
    (at / "side.py").write_text(f'SIGNING_SECRET = "{made(30)}"\n')
    git(at, "add", "-A")
    accept("--reason", "side")
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "side")
    git(at, "checkout", "-q", "main")
    accept("--reason", "main")
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "main")
    git(at, "merge", "-q", "--no-edit", "side")
    assert (at / FILE).read_text().count("unhardcode-baseline") == 2
    assert run("scan") == Exit.OK
    assert run("baseline", "update") == Exit.OK
    assert (at / FILE).read_text().count("unhardcode-baseline") == 1
    assert run("scan") == Exit.OK


def test_both_hooks_honour_it_through_options_and_configuration(at: Path, made: Made, git: Git) -> None:
    accept("-o", "accepted.jsonl", "--reason", "known")
    (at / "app.py").write_text((at / "app.py").read_text() + "\n\nX = 1\n")
    git(at, "add", "-A")
    for words in (["--staged", "-q"], ["--files", "-q", "--", "app.py"]):
        assert run("scan", *words) == Exit.FINDINGS
        assert run("scan", "--baseline", "accepted.jsonl", *words) == Exit.OK
        assert run("scan", "--baseline=accepted.jsonl", *words) == Exit.OK
    (at / ".unhardcode.toml").write_text('baseline = "accepted.jsonl"\n')
    for words in (["--staged", "-q"], ["--files", "-q", "--", "app.py"]):
        assert run("scan", *words) == Exit.OK
    assert run("scan", "--staged", "-q", "--no-baseline") == Exit.FINDINGS
    (at / "accepted.jsonl").write_text("")
    assert run("scan", "--staged", "-q") == Exit.USAGE


TEXT = st.text(max_size=12)
ROWS = st.builds(
    Row,
    path=TEXT, kind=TEXT, digest=st.text("0123456789abcdef", min_size=5, max_size=5), symbol=TEXT,
    ordinal=st.integers(0, 9), rule=TEXT, reason=TEXT, owner=TEXT, accepted=st.booleans(), history=st.booleans(),
    expires=st.sampled_from(["", "2026-01-31"]),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(ROWS, max_size=6))
def test_what_is_written_reads_back_the_same_and_in_one_order(rows: list[Row]) -> None:
    keys = (bytes(32), bytes(range(32)))
    text = baseline.render(Baseline(keys=keys, rows=tuple(rows)))
    read = baseline.parse_baseline(text.encode(), FILE)
    assert read.keys == keys
    assert {row.identity for row in read.rows} == {row.identity for row in rows}
    assert set(read.rows) <= set(rows)
    assert baseline.render(Baseline(keys=keys, rows=tuple(reversed(read.rows)))) == text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)


def judge(raw: bytes, secret: str) -> None:
    """Any bytes are a baseline or one clear mistake that repeats no value."""
    try:
        read = baseline.parse_baseline(raw, FILE)
    except UsageError as error:
        said = (error.message, error.hint)
    else:
        said = (FILE, "")
        assert baseline.parse_baseline(baseline.render(read).encode(), FILE).keys == read.keys
    assert said[0].startswith(FILE)
    assert not any(secret in text for text in said), "a value in a message"


LINES = st.lists(
    st.one_of(
        st.sampled_from([HEAD, ROW, "<<<<<<<\n", "null\n", "\n", '{"path": 1}\n', '{"a": NaN}\n', "1e999999\n"]),
        st.text(max_size=30),
        st.dictionaries(st.sampled_from([*baseline._FIELDS, "unhardcode-baseline", "salt", "x"]), st.one_of(
            TEXT, st.integers(), st.booleans(), st.none(), st.just(SALT), st.just("01234")
        ), max_size=12).map(lambda entry: json.dumps(entry) + "\n"),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(lines=LINES, raw=st.binary(max_size=40))
def test_any_bytes_are_a_baseline_or_a_clear_mistake(lines: list[str], raw: bytes) -> None:
    secret = "Zx9" * 8
    text = "".join(lines).encode("utf-8", "surrogatepass") + f'{{"{secret}": "{secret}"}}\n'.encode()
    judge(text, secret)
    judge("".join(lines).encode("utf-8", "surrogatepass"), secret)
    judge(raw + secret.encode(), secret)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=5000)
@given(lines=LINES, raw=st.binary(max_size=400))
def test_many_bytes_are_a_baseline_or_a_clear_mistake(lines: list[str], raw: bytes) -> None:
    secret = "Zx9" * 8
    judge("".join(lines).encode("utf-8", "surrogatepass") + raw, secret)
