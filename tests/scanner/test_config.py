"""What a repository says about its scans is read strictly, and a policy from outside wins over it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import example as explicit
from hypothesis import strategies as st

import unhardcode
from scanner.config import Config, Loaded, load_config
from scanner.errors import Exit, UsageError
from scanner.running import scan_paths
from scanner.source import Confidence

Made = Callable[..., str]
Git = Callable[..., str]


@pytest.fixture
def at(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository."""
    monkeypatch.chdir(repository)
    monkeypatch.delenv("UNHARDCODE_POLICY", raising=False)
    return repository


def loaded(folder: Path, text: str) -> Loaded:
    (folder / ".unhardcode.toml").write_text(text)
    return load_config(folder)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        loaded(folder, text)
    return f"{caught.value.message}\n{caught.value.hint}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('fail_on = "high"', "unknown key fail_on\ndid you mean fail-on?", id="a misspelled key"),
        pytest.param("colour = true", "unknown key colour\nknown keys: allow, ", id="a key like no other"),
        pytest.param('S3cr3tValue9 = "x"', "an unknown key\nknown keys", id="a key like a value is not repeated"),
        pytest.param('fail-on = "all"', "fail-on is one of low, medium, high, never", id="a level that there is not"),
        pytest.param('exclude = "vendor/"', "exclude is a list of globs", id="a text for a list"),
        pytest.param("max-size = true", "max-size is a number of bytes", id="true for a number"),
        pytest.param("fail-on = 'low'\nfail-on = 'high'", ":2: not valid TOML (a key or a table", id="a key twice"),
        pytest.param("[stores]\n[stores]", ":2:8: not valid TOML (a key or a table", id="a table twice"),
        pytest.param("fail-since = 2026-13-01", "not valid TOML", id="a month that there is not"),
        pytest.param('fail-since = "2026-02-30"', "fail-since is a date like 2026-01-31", id="a day that there is not"),
        pytest.param("baseline = true", "baseline is a path, or false for none", id="true for a path"),
        pytest.param("[allow]", "allow is a list of tables: write [[allow]]", id="a table for a list of them"),
        pytest.param('[[allow]]\npaths = ["a"]', "allow, entry 1: no reason", id="an exception without a reason"),
        pytest.param('[[allow]]\nreason = "x"', "it would allow everything", id="an exception for everything"),
        pytest.param(
            '[[allow]]\npaths = []\nrules = []\nreason = "x"', "it would allow everything", id="empty lists for all"
        ),
        pytest.param('exclude = ["a/", "!a/b"]', "does not negate", id="a glob that gives back, as in .gitignore"),
        pytest.param('[[allow]]\nreason = "x"\npath = ["a"]', "did you mean paths?", id="a misspelled key in an entry"),
        pytest.param('[[allow]]\nreason = "x"\nregex = "(?=a)b"', "linear time", id="an expression with look-ahead"),
        pytest.param('[[allow]]\nreason = "x"\nregex = "a*"', "linear time", id="an expression that fits everything"),
        pytest.param('[tool.unhardcode]\nfail-on = "low"', "without [tool.unhardcode]", id="a table of pyproject.toml"),
        pytest.param('[[paths]]\nexclude = true', "paths, entry 1: no glob", id="settings for no path"),
        pytest.param('[[paths]]\nglob = "a"\nfail-in = "low"', "did you mean fail-on?", id="a misspelled path key"),
        pytest.param(f"[[allow]]\nregex = '^{'-*' * 400}fake'\nreason = 'x'", "linear time", id="repeats without end"),
        pytest.param("[[allow]]\nregex = 'a'\nreason = 'x'\n" * 501, "more than 500", id="entries without end"),
        pytest.param('honour = ["allow"]', "unknown key honour", id="what only a policy says"),
        pytest.param("a = [" + "[" * 5000, "not readable as TOML", id="brackets nested deep"),
        pytest.param("a." * 50_000 + "a = 1", "not readable as TOML", id="a key without end"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_to_do(at: Path, text: str, said: str) -> None:
    assert said in complaint(at, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('# a\n\n"fail-on" = "hihg"\n', 3, id="a key"),
        pytest.param("fail-on = 'low'\n[[allow]]\nreason = 'x'\nregex = '('", 4, id="a key of an entry"),
        pytest.param("[[allow]]\nreason = 'x'\npaths = ['a']\n[[ allow ]]\npaths = ['b']", 4, id="an entry"),
        pytest.param("\nallow = [{reason = 'x'}]", 2, id="an entry within a line"),
        pytest.param("exclude = ['include', 'max-size']\nmax-size = 0", 2, id="the key, not its name in a value"),
        pytest.param("\n\n[stores]\n'a' = 'b'", 3, id="a table"),
        pytest.param("exclude = [\n  'a',\n", 2, id="an end that comes too early"),
        pytest.param("\nfail-in = 'low'", 2, id="an unknown key"),
        pytest.param("# a\u2028b\x85c\nmax-size = 0", 2, id="what ends no line of TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(at: Path, text: str, line: int) -> None:
    assert f".unhardcode.toml:{line}:" in complaint(at, text)
    if not text.endswith(",\n"):
        assert f".unhardcode.toml:{line}: " in complaint(at, text.replace("\n", "\r\n"))
    (at / ".unhardcode.toml").unlink()
    below = text.replace("[[", "[[tool.unhardcode.").replace("[stores", "[tool.unhardcode.stores")
    (at / "pyproject.toml").write_text(f"[project]\nallow = 1\nfail-on = 1\n[tool.unhardcode]\n{below}")
    with pytest.raises(UsageError) as error:
        load_config(at)
    assert f"pyproject.toml:{line + 4}:" in error.value.message


def test_a_configuration_that_is_a_link_to_nothing_is_not_taken_for_none(at: Path) -> None:
    for name in (".unhardcode.toml", "pyproject.toml"):
        (at / name).symlink_to("gone.toml")
        with pytest.raises(UsageError, match="a link to nothing"):
            load_config(at)
        (at / name).unlink()


def test_two_configurations_a_wrong_table_and_a_pipe_are_refused(at: Path) -> None:
    (at / "pyproject.toml").write_text("[tool]\nunhardcode = 3\n")
    assert "[tool.unhardcode] is not a table" in complaint(at, "")
    (at / "pyproject.toml").write_text("[tool.unhardcode]\n")
    assert "both exist" in complaint(at, "")
    (at / "pyproject.toml").unlink()
    (at / ".unhardcode.toml").unlink()
    os.mkfifo(at / ".unhardcode.toml")
    with pytest.raises(UsageError, match="not a regular file"):
        load_config(at)


def test_everything_that_can_be_said_is_read(at: Path) -> None:
    config, origins, honour = loaded(
        at,
        'min-confidence = "low"\nfail-on = "never"\nfail-on-severity = "high"\nfail-on-old = true\n'
        "fail-on-gone = false\nfail-since = 2026-01-31\nbaseline = false\n"
        '[[allow]]\npaths = ["tests/"]\nrules = ["named-*"]\nregex = "^test-"\nreason = "made up"\n'
        '[[paths]]\nglob = ["a/", "b/"]\nfail-on = "high"\nmin-confidence = "high"\n'
        '[[paths]]\nglob = "c/"\nexclude = true\n',
    )
    assert honour is None
    assert set(origins.values()) == {".unhardcode.toml"}
    assert config[:6] == (Confidence.LOW, None, "high", True, False, "2026-01-31")
    assert config.baseline == ""
    assert config.allow[0][:4] == ("made up", ("tests/",), ("named-*",), "^test-")
    assert config.paths[0].fail_on == "high"
    assert config.paths[1].exclude
    assert load_config(at / "nowhere") == Loaded(config=Config(), origins={})


def scan(*arguments: str) -> int:
    return unhardcode.run(["scan", *arguments])


def test_settings_for_paths_hide_fail_and_exclude(at: Path, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("app", "old", "vendored"):
        (at / folder).mkdir()
        (at / folder / "settings.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    assert scan() == Exit.FINDINGS
    (at / ".unhardcode.toml").write_text(
        '[[paths]]\nglob = "old/"\nfail-on = "never"\n[[paths]]\nglob = "vendored/"\nexclude = true\n'
    )
    capsys.readouterr()
    assert scan() == Exit.FINDINGS
    printed = capsys.readouterr().out
    assert "app/settings.py" in printed
    assert "old/settings.py" in printed
    assert "vendored/settings.py" not in printed
    assert "1 finding of medium confidence or higher" in printed
    (at / "app" / "settings.py").unlink()
    assert scan() == Exit.OK


def test_the_allowlist_takes_a_finding_that_fits_all_that_an_entry_gives(
    at: Path, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    value = made(24)
    (at / "settings.py").write_text(f'ADMIN_PASSWORD = "{value}"\nAPI_TOKEN = "fake-{made(32)}"\n')
    (at / ".unhardcode.toml").write_text(
        '[[allow]]\nregex = "^fake-"\nrules = ["named-password"]\nreason = "made up"\n'
    )
    assert scan() == Exit.FINDINGS
    assert "2 findings: 2 high" in capsys.readouterr().out
    (at / ".unhardcode.toml").write_text(
        '[[allow]]\nregex = "^fake-"\nreason = "made up"\n'
        '[[allow]]\npaths = ["*.py"]\nrules = ["named-p*"]\nreason = "old"\n'
    )
    assert scan("--show-suppressed") == Exit.OK
    printed = capsys.readouterr().out
    assert "suppressed: allowed by the configuration: made up" in printed
    assert "2 findings suppressed: 2 allowed by the configuration" in printed
    assert value not in printed


def test_an_entry_of_the_allowlist_for_a_rule_that_nobody_has_is_told(
    at: Path, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    value = made(24)
    (at / "settings.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    (at / ".unhardcode.toml").write_text(
        f'[[allow]]\nrules = ["named-pasword", "{value}", "named-*", "key-file-java"]\npaths = ["x"]\nreason = "old"\n'
    )
    assert scan() == Exit.FINDINGS
    printed = capsys.readouterr().out
    assert ".unhardcode.toml: allow: no rule is called named-pasword (did you mean named-password?)" in printed
    assert printed.count("no rule is called") == 2
    shown = value in printed
    assert not shown


def test_what_fails_is_a_matter_of_severity_if_somebody_says_so(at: Path, made: Made) -> None:
    (at / "settings.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    assert scan("--fail-on-severity", "high") == Exit.FINDINGS
    assert scan("--fail-on-severity", "critical") == Exit.OK


def test_what_history_holds_can_be_old_enough_or_gone(at: Path, made: Made, git: Git) -> None:
    (at / "settings.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "one", "--date", "2025-06-01T00:00:00Z")
    assert scan("--history", "--fail-since", "2025-06-01") == Exit.FINDINGS
    assert scan("--history", "--fail-since", "2025-06-02") == Exit.OK
    assert scan("--history", "--no-fail-on-gone") == Exit.FINDINGS
    (at / "settings.py").write_text("import os\n")
    git(at, "commit", "-q", "-a", "-m", "two")
    assert scan("--history") == Exit.FINDINGS
    assert scan("--history", "--no-fail-on-gone") == Exit.OK
    assert scan("--history", "--fail-since", "yesterday") == Exit.USAGE


HOSTILE = """
fail-on = "never"
fail-on-severity = "critical"
fail-since = 2099-01-01
min-confidence = "high"
max-size = 1
exclude = ["*"]
[[paths]]
glob = "*"
fail-on = "never"
exclude = true
[[allow]]
paths = ["*"]
reason = "all is well"
"""


@pytest.fixture
def hostile(at: Path, made: Made, git: Git) -> tuple[Path, Path]:
    """A repository that accepts all of its own findings in every way there is, and a policy outside of it."""
    marker = "# unhardcode: ignore all is well  # pragma: allowlist secret"
    (at / "settings.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"  {marker}\n')
    (at / ".gitleaksignore").write_text("settings.py:generic-api-key:1\n")
    (at / "other.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    git(at, "add", "-A")
    unhardcode.run(["baseline", "create", "-o", str(at / ".unhardcode.baseline")])
    (at / ".unhardcode.toml").write_text(HOSTILE)
    policy = at.parent / "policy.toml"
    policy.write_text('fail-on = "medium"\n')
    return at, policy


def test_nothing_inside_a_repository_makes_a_gate_laxer_than_its_policy(
    hostile: tuple[Path, Path],
    made: Made,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    git: Git,
) -> None:
    folder, policy = hostile
    git(folder, "add", "-A")
    capsys.readouterr()
    assert scan("--staged") == Exit.OK
    capsys.readouterr()
    for words in (["--staged"], ["--staged", "-q"], [], ["--files", "--", "settings.py", "other.py"]):
        assert scan("--policy", str(policy), *words) == Exit.FINDINGS
        printed = capsys.readouterr().out
        assert "settings.py:1" in printed
        assert "other.py:1" in printed
    monkeypatch.setenv("UNHARDCODE_POLICY", str(policy))
    assert scan("--staged", "-q") == Exit.FINDINGS
    git(folder, "commit", "-q", "-m", "all is well")
    assert scan("--history") == Exit.FINDINGS


def test_a_policy_in_the_environment_does_not_tell_owners_what_to_do_with_their_own(
    hostile: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, policy = hostile
    (folder / ".unhardcode.toml").unlink()
    monkeypatch.setenv("UNHARDCODE_POLICY", str(policy))
    # The ignore comment of settings.py counts, so only the other one is for a plan or a baseline.
    live = [one.path for one in scan_paths((folder,)).result.findings if one.suppressed is None]
    assert live == ["other.py"]
    assert unhardcode.run(["baseline", "create", "-o", "made"]) == Exit.OK
    assert len((folder / "made").read_text().splitlines()) == 2


def test_a_policy_that_expanded_to_nothing_opens_no_gate(
    hostile: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNHARDCODE_POLICY", "")
    for words in (["scan"], ["scan", "--staged", "-q"], ["explain", "settings.py:1"], ["config", "show"]):
        assert unhardcode.run(words) == Exit.USAGE
        assert "UNHARDCODE_POLICY is set, and empty" in capsys.readouterr().err
    assert scan("--policy", str(hostile[1])) == Exit.FINDINGS
    # Owners who change what is theirs are asked nothing.
    assert unhardcode.run(["baseline", "create", "-o", "made"]) == Exit.OK
    assert unhardcode.run(["status", "--offline"]) == Exit.OK


@pytest.mark.parametrize(
    "words",
    ["--fail-on never", "--fail-on high", "--fail-on-severity high", "--history --no-fail-on-gone",
     "--history --fail-since 2020-01-01",
     "--exclude *", "--include x", "--max-size 1", "--baseline .unhardcode.baseline"],
)  # fmt: skip
def test_an_option_that_a_policy_is_stricter_than_is_refused(
    hostile: tuple[Path, Path], capsys: pytest.CaptureFixture[str], words: str
) -> None:
    capsys.readouterr()
    assert scan("--policy", str(hostile[1]), *words.split()) == Exit.USAGE
    assert "the policy of this gate does not allow that" in capsys.readouterr().err
    assert scan("--policy", str(hostile[1]), "--fail-on", "low") == Exit.FINDINGS


@pytest.mark.parametrize("word", ["exclude", "allow", "paths"])
def test_a_policy_says_what_it_lets_the_repository_say(hostile: tuple[Path, Path], word: str) -> None:
    _, policy = hostile
    policy.write_text(f'honour = ["{word}"]\n')
    assert scan("--policy", str(policy), "settings.py", "other.py") in (Exit.OK, Exit.NOT_SEEN)


def test_a_policy_honours_comments_markers_and_baseline_one_by_one(
    hostile: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, policy = hostile
    capsys.readouterr()
    for words, left in (('"comments"', ["other"]), ('"markers"', ["other"]), ('"baseline"', ["settings"])):
        policy.write_text(f"honour = [{words}]\n")
        assert scan("--policy", str(policy)) == Exit.FINDINGS
        printed = capsys.readouterr().out
        assert [name for name in ("settings", "other") if f"{name}.py:1" in printed] == left
    policy.write_text('honour = ["comments", "baseline"]\n')
    assert scan("--policy", str(policy)) == Exit.OK
    outside = folder.parent / "accepted"
    (folder / ".unhardcode.baseline").rename(outside)
    policy.write_text('baseline = "accepted"\nhonour = ["comments"]\n')
    assert scan("--policy", str(policy)) == Exit.OK


def test_a_policy_that_takes_smaller_files_than_by_default_is_followed(
    at: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (at.parent / "policy.toml").write_text("max-size = 1000\n")
    assert unhardcode.run(["config", "show", "--policy", str(at.parent / "policy.toml")]) == Exit.OK
    assert "max-size = 1000" in capsys.readouterr().out
    (at / "large.py").write_text("x = 1\n" * 500)
    scan("--policy", str(at.parent / "policy.toml"))
    assert "larger than 1,000 bytes" in capsys.readouterr().out


def test_a_policy_that_is_not_there_or_says_nonsense_is_a_mistake_and_no_free_pass(at: Path) -> None:
    (at / "a.py").write_text("x = 1\n")
    assert scan("--policy", "nowhere.toml") == Exit.USAGE
    for text in ('honour = ["everything"]\n', '[stores]\n"rule:*" = "parameterstore"\n'):
        (at.parent / "policy.toml").write_text(text)
        assert scan("--policy", str(at.parent / "policy.toml")) == Exit.USAGE


def test_a_repository_may_be_stricter_than_the_policy(at: Path) -> None:
    (at.parent / "policy.toml").write_text(
        'fail-on = "high"\nfail-on-severity = "high"\nfail-since = 2026-01-01\nfail-on-gone = false\n'
    )
    (at / ".unhardcode.toml").write_text(
        'fail-on = "low"\nfail-on-severity = "medium"\nfail-since = 2025-01-01\n'
        "fail-on-gone = true\nfail-on-old = true\n"
    )
    config = load_config(at, at.parent / "policy.toml").config
    assert config[1:6] == (Confidence.LOW, "medium", True, True, "2025-01-01")


def test_config_show_prints_what_is_in_effect_and_from_where(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (at / ".unhardcode.toml").write_text('fail-on = "high"\n[[allow]]\nrules = ["x"]\nreason = "why\\u001b[31m"\n')
    assert unhardcode.run(["config", "show"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert 'fail-on = "high"                              # .unhardcode.toml' in lines
    assert 'min-confidence = "medium"                     # default' in lines
    assert "[[allow]]  # .unhardcode.toml" in lines
    assert "\x1b" not in "".join(lines)
    (at.parent / "policy.toml").write_text('fail-on = "low"\n')
    assert unhardcode.run(["config", "show", "--policy", str(at.parent / "policy.toml")]) == Exit.OK
    printed = capsys.readouterr().out
    assert 'fail-on = "low"' in printed
    assert "ignore-comments = false" in printed
    assert "[[allow]]" not in printed


KEYS = [
    "fail-on",
    "exclude",
    "max-size",
    "allow",
    "paths",
    "baseline",
    "fail-since",
    "glob",
    "reason",
    "regex",
    "honour",
]
TOML = st.recursive(
    st.one_of(
        st.booleans(), st.integers(), st.floats(allow_nan=False), st.dates(), st.text(max_size=8),
        st.sampled_from(["low", "never", "*", "(a+)+$", "2026-01-01"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def written(value: object) -> str:
    """A value as TOML writes it inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return (
            '"' + "".join(f"\\U{ord(char):08x}" if char < "\ud800" or char > "\udfff" else "?" for char in value) + '"'
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + "}"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def judge_configuration(folder: Path, raw: bytes, secret: str) -> None:
    """Any bytes are a configuration or one clear mistake that repeats no value."""
    (folder / ".unhardcode.toml").write_bytes(raw)
    try:
        config = load_config(folder).config
    except UsageError as error:
        said = error.message + error.hint
    else:
        said = ".unhardcode.toml"
        assert isinstance(config, Config)
    assert ".unhardcode.toml" in said
    assert secret not in said, "a value in a message"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.dictionaries(st.sampled_from(KEYS), TOML, max_size=4), raw=st.binary(max_size=60))
def test_any_configuration_is_read_or_refused(at: Path, made: Made, table: dict[str, object], raw: bytes) -> None:
    secret = made(24)
    text = "".join(f"{key} = {written(value)}\n" for key, value in table.items()) + f'# "{secret}"\n'
    judge_configuration(at, text.encode(), secret)
    judge_configuration(at, raw + f'\n{secret} = "{secret}"\n'.encode(), secret)


@pytest.mark.slow
@settings(max_examples=4000, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@explicit(table={}, raw=b"a." * 200_000 + b"a = 1")
@explicit(table={}, raw=b"[[a]]\n" * 50_000)
@explicit(table={}, raw=b'exclude = ["' + b"*a" * 50_000 + b'"]')
@given(table=st.dictionaries(st.sampled_from(KEYS), TOML, max_size=6), raw=st.binary(max_size=400))
def test_many_configurations_are_read_or_refused(at: Path, made: Made, table: dict[str, object], raw: bytes) -> None:
    secret = made(24)
    text = "".join(f"{key} = {written(value)}\n" for key, value in table.items()) + f'# "{secret}"\n'
    judge_configuration(at, text.encode(), secret)
    judge_configuration(at, raw + f'\nx = "{secret}"\n'.encode(), secret)


def example(page: str, number: int) -> str:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    return text.split("```toml\n")[number].split("```")[0]


def test_the_documented_configuration_and_policy_can_be_used_as_they_stand(at: Path) -> None:
    (at / "pyproject.toml").write_text(example("configuration.md", 1))
    config, origins, _ = load_config(at)
    assert {field for field in Config._fields if field not in origins} == {"own_markers"}
    assert config.allow[0].regex == "^fake-"
    (at.parent / "policy.toml").write_text(example("configuration.md", 2))
    assert load_config(at, at.parent / "policy.toml").honour == {"comments", "baseline"}
