"""Both hooks under the real pre-commit tool, in real repositories.

pre-commit builds one environment from a snapshot of this tree (it needs PyPI, and some 30 s) that all cases share;
`try-repo` insists on one of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
# Where pip already has the wheels, read before the tests get a home of their own.
WHEELS = os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip")
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))

Git = Callable[..., str]
Made = Callable[..., str]
Started = Callable[..., Any]


class Published(NamedTuple):
    """This tree as somebody else's pre-commit gets it: a repository's path and a commit in it."""

    path: Path
    revision: str


@pytest.fixture
def pre_commit(start: Started) -> Started:
    """Run the pre-commit tool in a folder."""
    return lambda folder, *words, **environment: start(
        folder, sys.executable, "-m", "pre_commit", *words, **environment
    )


@pytest.fixture
def commit(attempt: Started) -> Started:
    """Try to commit what is staged in a folder."""
    return lambda folder, *words, **environment: attempt(folder, "commit", "-m", "a change", *words, **environment)


def refused(done: Any, value: str, *expected: str) -> bool:
    """Whether a commit was refused with everything that was expected, and without the value."""
    assert value not in done.printed, "the value was printed"
    assert done.status == 1, done.printed
    missing = [text for text in expected if text not in done.printed]
    assert not missing, (missing, done.printed)
    return True


def passed(done: Any) -> bool:
    assert done.status == 0, done.printed
    return True


@pytest.fixture(scope="session", autouse=True)
def _shared_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One environment for all cases, installed as fast as pip can."""
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("pre-commit")))
        variables.setenv("PIP_CACHE_DIR", WHEELS)
        variables.setenv("PIP_NO_COMPILE", "1")
        yield


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A repository with this tree as it stands, committed or not."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    folder = tmp_path_factory.mktemp("published")
    for name in filter(None, os.fsdecode(names).split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for arguments in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "as it stands"]):
        who = ["-c", "user.name=Test", "-c", "user.email=test@test.invalid"]
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return Published(folder, head.stdout.strip())


@pytest.fixture
def configure(published: Published, pre_commit: Started) -> Callable[..., None]:
    """Write a configuration with the named hooks into a folder, and install pre-commit's own hooks."""

    def write(folder: Path, *hooks: str) -> None:
        lines = [f"      - id: {hook}\n" for hook in hooks]
        (folder / ".pre-commit-config.yaml").write_text(
            "default_install_hook_types: [pre-commit, pre-merge-commit]\n"
            f"repos:\n  - repo: {published.path}\n    rev: {published.revision}\n    hooks:\n" + "".join(lines)
        )
        passed(pre_commit(folder, "install"))

    return write


def documented(published: Published) -> str:
    """The configuration of docs/hooks.md, for a clone on this disk."""
    page = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    placeholders = {"https://github.com/OWNER/unhardcode": str(published.path), "COMMIT ": f"{published.revision} "}
    for placeholder, real in placeholders.items():
        assert placeholder in example
        example = example.replace(placeholder, real, 1)
    return example


@pytest.fixture
def guarded(repository: Path, configure: Callable[..., None], git: Git) -> Path:
    """A repository without a commit whose commits go through the hook `unhardcode`."""
    configure(repository, "unhardcode")
    git(repository, "add", "-A")
    return repository


@pytest.fixture
def begun(guarded: Path, git: Git) -> Path:
    """A guarded repository on branch main with one harmless commit: app.py and the configuration."""
    (guarded / "app.py").write_text("import os\n\nDEBUG = False\n")
    git(guarded, "add", "-A")
    git(guarded, "commit", "-q", "--no-verify", "-m", "first")
    return guarded


def call(value: str) -> str:
    return f'import psycopg2\n\nDB = psycopg2.connect(host="db", user="app", password="{value}")\n'


def test_the_first_commit_with_a_secret_is_refused_until_the_value_is_gone(
    guarded: Path, made: Made, git: Git, commit: Started
) -> None:
    value = made(24)
    (guarded / "settings.py").write_text(call(value))
    git(guarded, "add", "-A")

    assert refused(
        commit(guarded),
        value,
        "settings.py:3:",
        "Password passed to psycopg2.connect",
        "it is passed to a parameter that takes a credential",
        "unhardcode migrate settings.py",
        'os.environ["NAME"]',
        "# unhardcode: ignore[psycopg2-connect] reason",
        "1 finding of medium confidence or higher",
    )
    assert git(guarded, "rev-list", "--all") == ""

    (guarded / "settings.py").write_text(
        call(value).replace(f'"{value}"', 'os.environ["DB_PASSWORD"]').replace("import", "import os\nimport", 1)
    )
    git(guarded, "add", "-A")
    assert passed(commit(guarded))


def test_an_ignore_comment_with_a_reason_lets_one_secret_through_and_no_other(
    begun: Path, made: Made, git: Git, commit: Started
) -> None:
    one, other = made(24), made(24)
    (begun / "settings.py").write_text(
        f'API_KEY = "{one}"  # unhardcode: ignore[named-api-key] a key of the vendor\'s public sandbox\n'
    )
    git(begun, "add", "-A")
    assert passed(commit(begun))

    (begun / "settings.py").open("a").write(f'ADMIN_PASSWORD = "{other}"\n')
    git(begun, "add", "-A")
    assert refused(commit(begun), other, "settings.py:2:", "1 finding suppressed")


def test_commits_with_nothing_to_read_pass_without_a_word(
    begun: Path, git: Git, commit: Started, pre_commit: Started
) -> None:
    assert passed(commit(begun, "--allow-empty"))
    git(begun, "rm", "-q", "app.py")
    assert passed(commit(begun))
    (begun / "logo.png").write_bytes(PICTURE)
    git(begun, "add", "-A")

    verbose = pre_commit(begun, "run", "--verbose")
    said = [
        line for line in verbose.printed.splitlines()[1:] if line and not line.startswith(("- hook id", "- duration"))
    ]
    assert said == ["unhardcode: nothing to report; skipped 1 (1 binary)"]
    assert passed(commit(begun))

    (begun / "hello.py").write_text("print('hello')\n")
    git(begun, "add", "-A")
    verbose = pre_commit(begun, "run", "--verbose")
    assert passed(verbose)
    assert [line.split(":")[0] for line in verbose.printed.splitlines()[1:] if line] == ["- hook id", "- duration"]


def test_what_is_staged_counts_and_not_what_stands_in_the_working_tree(
    begun: Path, made: Made, git: Git, commit: Started
) -> None:
    value = made(24)
    clean, dirty = "# padding\n# padding\n\nDEBUG = True\n", f'ADMIN_PASSWORD = "{value}"\n'
    app = begun / "app.py"
    app.write_text(dirty)
    git(begun, "add", "-A")
    app.write_text(clean)
    assert refused(commit(begun), value, "app.py:1:19", "Unstaged files detected")
    assert app.read_text() == clean

    git(begun, "add", "-A")
    app.write_text(clean + dirty)
    assert passed(commit(begun))
    assert app.read_text() == clean + dirty


def test_commits_of_named_files_and_of_all_files_are_judged_by_what_they_take(
    begun: Path, made: Made, git: Git, commit: Started
) -> None:
    value = made(24)
    inner = begun / "shop"
    inner.mkdir()
    (inner / "mail.py").write_text("HOST = 'mail'\n")
    (inner / "keys.py").write_text("KEYS = ()\n")
    git(begun, "add", "-A")
    assert passed(commit(inner))

    (inner / "mail.py").write_text("HOST = 'mail.example'\n")
    (inner / "keys.py").write_text(f'SIGNING_SECRET = "{value}"\n')
    assert refused(commit(inner, "-a"), value, "shop/keys.py:1:")
    assert refused(commit(inner, "keys.py"), value, "shop/keys.py:1:")
    assert passed(commit(inner, "mail.py"))
    git(begun, "add", "-A")
    assert refused(commit(inner), value, "shop/keys.py:1:")


def test_a_merge_answers_for_what_it_adds_and_not_for_what_its_parents_had(
    begun: Path, made: Made, git: Git, commit: Started, attempt: Started
) -> None:
    old, new = made(24), made(24)
    git(begun, "checkout", "-q", "-b", "side")
    (begun / "legacy.py").write_text(call(old))
    (begun / "app.py").write_text("DEBUG = 'side'\n")
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "--no-verify", "-m", "an old mistake")
    git(begun, "checkout", "-q", "-b", "apart", "main")
    (begun / "apart.py").write_text("x = 1\n")
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "--no-verify", "-m", "something else")

    went_through = attempt(begun, "merge", "--no-ff", "--no-edit", "side")
    assert passed(went_through)
    assert "unhardcode (what this commit adds)" in went_through.printed
    assert git(begun, "rev-list", "--parents", "-1", "HEAD").count(" ") == 2

    git(begun, "checkout", "-q", "main")
    (begun / "app.py").write_text("DEBUG = 'main'\n")
    git(begun, "commit", "-q", "--no-verify", "-a", "-m", "a change that conflicts")
    assert attempt(begun, "merge", "--no-ff", "--no-edit", "side").status == 1
    (begun / "app.py").write_text(f"ADMIN_PASSWORD = '{new}'\n")
    git(begun, "add", "-A")
    resolved = commit(begun)
    assert refused(resolved, new, "app.py:1:")
    assert "legacy.py" not in resolved.printed
    (begun / "app.py").write_text("DEBUG = 'both'\n")
    git(begun, "add", "-A")
    assert passed(commit(begun))


def test_a_linked_worktree_is_guarded_as_well(
    begun: Path, made: Made, git: Git, tmp_path: Path, commit: Started
) -> None:
    value = made(24)
    linked = tmp_path / "linked"
    git(begun, "worktree", "add", "-q", "-b", "linked", str(linked))
    (linked / "settings.py").write_text(call(value))
    git(linked, "add", "-A")
    assert refused(commit(linked), value, "settings.py:3:")
    (linked / "settings.py").write_text("import os\n")
    git(linked, "add", "-A")
    assert passed(commit(linked))


def test_modules_of_the_repository_do_not_take_the_place_of_ours(
    begun: Path, made: Made, git: Git, commit: Started
) -> None:
    value = made(24)
    for name in ("unhardcode.py", "click.py", "scanner/__init__.py", "rules/__init__.py"):
        (begun / name).parent.mkdir(exist_ok=True)
        (begun / name).write_text("raise SystemExit(0)\n")
    (begun / "settings.py").write_text(call(value))
    git(begun, "add", "-A")
    assert refused(commit(begun, PYTHONPATH=str(begun)), value, "settings.py:3:")


def test_all_files_of_a_fresh_checkout_are_scanned_though_its_index_is_empty(
    begun: Path,
    configure: Callable[..., None],
    made: Made,
    git: Git,
    tmp_path: Path,
    commit: Started,
    pre_commit: Started,
) -> None:
    value = made(24)
    configure(begun, "unhardcode", "unhardcode-files")
    (begun / "settings.py").write_text(call(value))
    (begun / "--fail-on=never").write_text("a file that would like to be an option\n")
    (begun / "logo.png").write_bytes(PICTURE)
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "--no-verify", "-m", "an old mistake")
    checkout = tmp_path / "checkout"
    git(tmp_path, "clone", "-q", str(begun), str(checkout))

    everything = pre_commit(checkout, "run", "--all-files")
    assert refused(everything, value, "- hook id: unhardcode-files\n", "settings.py:3:")
    assert "- hook id: unhardcode\n" not in everything.printed
    assert refused(pre_commit(checkout, "run", "unhardcode-files", "--all-files"), value)

    git(checkout, "rm", "-q", "settings.py")
    assert passed(commit(checkout))
    assert passed(pre_commit(checkout, "run", "--all-files"))


def test_the_documented_configuration_guards_commits_and_scans_all_files_on_demand(
    begun: Path, published: Published, made: Made, git: Git, commit: Started, pre_commit: Started
) -> None:
    value = made(24)
    (begun / ".pre-commit-config.yaml").write_text(documented(published))
    (begun / "settings.py").write_text(call(value))
    git(begun, "add", "-A")
    at_commit = commit(begun)
    assert refused(at_commit, value, "- hook id: unhardcode\n")
    assert "unhardcode-files" not in at_commit.printed
    git(begun, "commit", "-q", "--no-verify", "-m", "an old mistake")
    everything = ("run", "--all-files", "--hook-stage", "manual", "unhardcode-files")
    assert refused(pre_commit(begun, *everything), value, "settings.py:3:")


def test_a_push_is_stopped_for_what_its_commits_hold_until_it_is_gone_or_has_a_reason(
    begun: Path,
    configure: Callable[..., None],
    made: Made,
    git: Git,
    tmp_path: Path,
    pre_commit: Started,
    start: Started,
) -> None:
    value, other = made(24), made(24)
    configure(begun, "unhardcode-push")
    assert passed(pre_commit(begun, "install", "-t", "pre-push"))
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(begun, "remote", "add", "origin", str(tmp_path / "origin.git"))

    def push(*words: str) -> Any:
        return start(begun, "git", "push", *words)

    assert passed(push("origin", "main"))  # the first commit of all: pre-commit names no base
    (begun / "settings.py").write_text(call(value))
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "--no-verify", "-m", "a mistake")
    (begun / "settings.py").write_text("import os\n")
    git(begun, "commit", "-q", "--no-verify", "-a", "-m", "its repair")
    for words in (["origin", "main"], ["origin", "main:new"]):
        assert refused(push(*words), value, "- hook id: unhardcode-push", "settings.py:3:", "git commit --amend")
    git(begun, "reset", "-q", "--soft", "HEAD~2")
    git(begun, "commit", "-q", "--no-verify", "-m", "in one")
    assert passed(push("origin", "main"))

    (begun / "settings.py").write_text(f'ADMIN_PASSWORD = "{other}"\n')
    git(begun, "commit", "-q", "--no-verify", "-a", "-m", "another")
    assert refused(push("origin", "main:new"), other, "settings.py:1:19")
    (begun / "settings.py").write_text(
        f'ADMIN_PASSWORD = "{other}"  # unhardcode: ignore[named-password] of the sandbox\n'
    )
    git(begun, "commit", "-q", "--no-verify", "-a", "-m", "a reason")
    assert passed(push("origin", "main:new"))


def test_a_baseline_in_args_or_in_the_configuration_lets_old_findings_through(
    begun: Path, made: Made, git: Git, commit: Started, start: Started
) -> None:
    value, new = made(24), made(24)
    (begun / "settings.py").write_text(call(value))
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "--no-verify", "-m", "an old mistake")
    created = start(
        begun, sys.executable, "-m", "unhardcode", "baseline", "create", "-o", "accepted", "--reason", "old"
    )
    assert passed(created)
    config = begun / ".pre-commit-config.yaml"
    plain = config.read_text()
    (begun / "settings.py").write_text("# moved\n\n" + call(value))
    git(begun, "add", "-A")
    assert refused(commit(begun), value)
    config.write_text(plain + "        args: [--baseline, accepted]\n")
    git(begun, "add", "-A")
    assert passed(commit(begun))
    config.write_text(plain)
    (begun / ".unhardcode.toml").write_text('baseline = "accepted"\n')
    (begun / "settings.py").write_text("# moved again\n\n\n" + call(value))
    git(begun, "add", "-A")
    assert passed(commit(begun))
    (begun / "settings.py").write_text(call(new))
    git(begun, "add", "-A")
    assert refused(commit(begun), new, "settings.py:3:")


@pytest.mark.slow  # it builds an environment of its own
def test_try_repo_finds_what_is_there(
    repository: Path, published: Published, made: Made, git: Git, pre_commit: Started
) -> None:
    value = made(24)
    (repository / "settings.py").write_text(call(value))
    git(repository, "add", "-A")
    tried = pre_commit(repository, "try-repo", str(published.path), "--all-files")
    assert refused(tried, value, "- hook id: unhardcode\n", "- hook id: unhardcode-files\n")
    assert tried.printed.count("settings.py:3:") >= 2
