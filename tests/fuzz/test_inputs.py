"""What people hand to the gate beside the files that it scans: damaged baselines, configurations, policies, reports.

Each is read, or refused with one clear mistake that repeats no value; never a bug, never a wait.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import unhardcode
from scanner import baseline, baseline_import, config, gitleaksignore, own_rules, session
from scanner.errors import Exit, UsageError

SALT = " ".join(["01234567"] * 8)
Damage = Callable[[int, bytes, tuple[bytes, ...]], bytes]
Value = Callable[[int], str]


def seeds(value: str) -> dict[str, bytes]:
    """A well-formed file of each kind, with a value in it or in a comment of it."""
    sha1 = hashlib.sha1(value.encode()).hexdigest()
    leak = {
        "RuleID": "generic-api-key", "File": "app.py", "StartLine": 2, "EndLine": 2, "Secret": value, "Match": value,
        "Commit": "0123456789abcdef" * 2 + "01234567", "Fingerprint": "app.py:generic-api-key:2",
    }  # fmt: skip
    hog = {
        "SourceMetadata": {"Data": {"Filesystem": {"file": "app.py", "line": 2}}}, "DetectorName": "X",
        "Verified": True, "Raw": value, "RawV2": f"{value}:x",
    }  # fmt: skip
    row = {"path": "app.py", "symbol": "A.b", "kind": "password", "rule": "named-password", "digest": "0a1b2"}
    more = {"reason": "known", "owner": "a team", "expires": "2031-01-31", "ordinal": 3, "accepted": False}
    secrets = {"version": "1.5.0", "plugins_used": [{"name": "KeywordDetector"}], "filters_used": [],
               "results": {"app.py": [{"type": "Secret Keyword", "filename": "app.py", "hashed_secret": sha1,
                                       "is_verified": False, "line_number": 2}]}}  # fmt: skip
    texts = {
        "baseline": "\n".join(
            json.dumps(entry) for entry in ({"unhardcode-baseline": 1, "salt": SALT}, row, row | more, {"path": value})
        ),
        "config": (
            'min-confidence = "low"\nfail-on = "high"\nfail-since = 2026-01-31\nexclude = ["a/"]\nmax-size = 5000\n'
            f'baseline = "b"\n[stores]\n"rule:x-*" = "secretsmanager"\n[[allow]]\npaths = ["t/"]\nregex = "^fake-"\n'
            f'reason = "{value}"\n[[paths]]\nglob = ["l/"]\nfail-on = "never"\nexclude = true\n'
        ),
        "policy": f'fail-on = "medium"\nbaseline = "b"\nhonour = ["comments", "baseline"]\nexclude = ["{value}"]\n',
        "pyproject": f'[tool.unhardcode]\nfail-on = "high"\nexclude = ["a/"]\n[tool.x]\ny = "{value}"\n',
        "rules": (
            "[[rule]]\nid = \"own-token\"\ntitle = \"A token\"\npattern = '''\\b(?P<secret>tk_[a-z]{10,20})\\b'''\n"
            'match = ["x = tk_abcdefghijkl"]\nreject = ["tk_", "x"]\nseverity = "high"\n' + f"# {value}\n"
        ),
        "gitleaksignore": f"# c\napp.py:generic-api-key:2\n{leak['Commit']}:app.py:r:2\nx:{value}:9\n:(glob)*:r:1\n",
        "detect-secrets": json.dumps(secrets, indent=2),
        "gitleaks": json.dumps([leak, leak | {"Secret": "REDACTED"}], indent=1),
        "trufflehog": f"{json.dumps(hog)}\nits log {value}\n{json.dumps(hog)}\n",
    }
    return {kind: text.encode() for kind, text in texts.items()}


@pytest.fixture
def at(repository: Path, git: Callable[..., str], value_of: Value, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository with a finding that the well-formed files are about."""
    (repository / "app.py").write_text(f'import os\nADMIN_PASSWORD = "{value_of(1)}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    monkeypatch.chdir(repository)
    return repository


def read(kind: str, folder: Path, raw: bytes) -> None:
    """What reads a file of this kind, alone."""
    names = {"config": config.OWN_FILE, "pyproject": config.PROJECT_FILE, "rules": config.OWN_RULES}
    path = folder / names.get(kind, "other")
    path.write_bytes(raw)
    try:
        match kind:
            case "baseline":
                known = baseline.read_baseline(path)
                assert baseline.parse_baseline(baseline.render(known).encode(), "again").rows
            case "config" | "pyproject":
                config.load_config(folder)
            case "policy":
                config.load_config(folder, path)
            case "rules":
                own_rules.load_own(path)
            case "gitleaksignore":
                gitleaksignore.read_positions(path)
            case _:
                baseline_import.read_known(path, kind)
    finally:
        path.unlink()


COMMANDS = {
    "baseline": ["scan", "--baseline", "other"],
    "config": ["scan"],
    "pyproject": ["scan", "--staged"],
    "policy": ["scan", "--policy", "other"],
    "rules": ["scan"],
    "gitleaksignore": ["scan"],
    "detect-secrets": ["baseline", "import", "other", "-o", "taken"],
    "gitleaks": ["baseline", "import", "other", "-o", "taken"],
    "trufflehog": ["baseline", "import", "other", "-o", "taken"],
}
NAMES = {
    "config": config.OWN_FILE, "pyproject": config.PROJECT_FILE, "rules": config.OWN_RULES,
    "gitleaksignore": gitleaksignore.FILE,
}  # fmt: skip
KINDS = st.sampled_from(sorted(COMMANDS))


def judge_reader(folder: Path, longest: float, kind: str, raw: bytes, value: str) -> None:
    start = time.process_time()
    said = ""
    try:
        read(kind, folder, raw)
    except UsageError as error:
        said = error.message + error.hint
        assert "other" in said or "nhardcode" in said or "pyproject" in said
    except AssertionError:
        # A baseline without rows is one.
        assert kind == "baseline"
    assert time.process_time() - start < longest
    leaked = value in said
    assert not leaked, "a value in a message"


def judge_command(
    folder: Path, longest: float, kind: str, raw: bytes, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / NAMES.get(kind, "other")
    path.write_bytes(raw)
    session.knowledge()  # to compile the rules for the first time takes seconds, whatever the file says
    start = time.process_time()
    status = unhardcode.run(COMMANDS[kind])
    spent = time.process_time() - start
    told = "".join(capsys.readouterr())
    path.unlink()
    (folder / "taken").unlink(missing_ok=True)
    assert status in (Exit.OK, Exit.FINDINGS, Exit.USAGE, Exit.NOT_SEEN), (kind, status)
    assert spent < longest
    leaked = value in told
    assert not leaked, "a value in what was said"
    assert "\x1b" not in told


def test_each_file_undamaged_is_read(at, longest, value_of, capsys):
    for kind, raw in seeds(value_of(1)).items():
        if kind != "baseline":  # its last row is a mistake
            read(kind, at, raw)
        judge_command(at, longest, kind, raw, value_of(1), capsys)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(kind=KINDS, seed=st.integers(0, 2**40))
def test_a_sample_is_read_or_refused(at, longest, damaged, value_of, kind, seed):
    files = seeds(value_of(1))
    judge_reader(at, longest, kind, damaged(seed, files[kind], tuple(files.values())), value_of(1))


@pytest.mark.slow
@settings(max_examples=30_000, suppress_health_check=list(HealthCheck))
@given(kind=KINDS, seed=st.integers(0, 2**40))
def test_many_are_read_or_refused(at, longest, damaged, value_of, kind, seed):
    files = seeds(value_of(1))
    judge_reader(at, longest, kind, damaged(seed, files[kind], tuple(files.values())), value_of(1))


@pytest.mark.slow
@settings(max_examples=2_000, suppress_health_check=list(HealthCheck))
@given(kind=KINDS, seed=st.integers(0, 2**40))
def test_a_command_with_any_of_them_ends_as_it_should(at, longest, damaged, value_of, capsys, kind, seed):
    files = seeds(value_of(1))
    judge_command(at, longest, kind, damaged(seed, files[kind], tuple(files.values())), value_of(1), capsys)
