"""What a commit would add: the index against every parent."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import NotSeenError
from scanner.source import Skipped, Source
from scanner.sources import git as isolated
from scanner.sources import staged
from scanner.sources.selection import Selection

Git = Callable[..., str]


def scanned(folder: Path, **selection: object) -> list[Source | Skipped]:
    repository = isolated.find(folder)
    assert repository is not None
    return list(staged.sources(repository, Selection(**selection)))  # type: ignore[arg-type]


def texts(folder: Path, **selection: object) -> dict[str, str]:
    """Path to text of what was read; fails on anything that was skipped."""
    found = scanned(folder, **selection)
    assert not [one for one in found if isinstance(one, Skipped)]
    return {one.path: one.raw.decode() for one in found if isinstance(one, Source)}


def reasons(folder: Path, **selection: object) -> dict[str, tuple[str, bool]]:
    """Path to reason and gap of what was skipped; fails on anything that was read."""
    found = scanned(folder, **selection)
    assert not [one for one in found if isinstance(one, Source)]
    return {one.path: (one.reason, one.gap) for one in found if isinstance(one, Skipped)}


def put(folder: Path, **files: str) -> None:
    for name, content in files.items():
        (folder / name).write_text(content)


@pytest.fixture
def begun(repository: Path, git: Git) -> Path:
    """A repository on main with one commit: files `a` and `b`."""
    put(repository, a="a\n", b="b\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    return repository


@pytest.fixture
def conflicting(begun: Path, git: Git) -> Path:
    """A merge that stopped: `a` conflicts, `theirs` comes from the other branch, `b` is ours."""
    git(begun, "checkout", "-q", "-b", "side")
    put(begun, a="a of side\n", theirs="new on side\n")
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "-m", "side")
    git(begun, "checkout", "-q", "main")
    put(begun, a="a of main\n", b="b of main\n")
    git(begun, "commit", "-q", "-a", "-m", "main")
    with pytest.raises(subprocess.CalledProcessError):
        git(begun, "merge", "side")
    return begun


def test_an_unresolved_conflict_is_a_gap(conflicting: Path) -> None:
    assert reasons(conflicting) == {"a": ("a conflict that is not resolved: stage the file first", True)}


def test_a_blob_that_is_not_here_is_a_gap(begun: Path, git: Git) -> None:
    put(begun, c="c\n")
    git(begun, "add", "c")
    blob = git(begun, "rev-parse", ":c").strip()
    (begun / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert reasons(begun) == {"c": (f"git has no object {blob[:12]}", True)}


def test_a_merged_commit_that_is_not_here_is_said(begun: Path, git: Git) -> None:
    put(begun, c="c\n")
    git(begun, "add", "c")
    (begun / ".git" / "MERGE_HEAD").write_text("1234567890" * 4 + "\n")
    with pytest.raises(NotSeenError, match="bad object"):
        scanned(begun)


def test_a_damaged_index_is_said(begun: Path) -> None:
    (begun / ".git" / "index").write_bytes(b"not an index")
    with pytest.raises(NotSeenError, match="compare the index"):
        scanned(begun)


@pytest.mark.parametrize("word", ["--output={}", "-O{}", "\udcff"])
def test_a_merge_head_that_is_no_id_never_reaches_git(begun: Path, git: Git, tmp_path: Path, word: str) -> None:
    written = tmp_path / "written"
    put(begun, c="c\n")
    git(begun, "add", "c")
    (begun / ".git" / "MERGE_HEAD").write_bytes(os.fsencode(word.format(written)) + b"\n")
    assert texts(begun) == {"c": "c\n"}
    assert not written.exists()


def test_too_large_links_and_submodules_are_skipped_and_named(begun: Path, git: Git, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(begun), str(other))
    git(begun, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    git(begun, "reset", "-q", ".gitmodules")
    (begun / "link").symlink_to("a")
    put(begun, large="x" * 101)
    git(begun, "add", "link", "large")
    assert reasons(begun, max_size=100) == {
        "sub": ("submodule", False),
        "link": ("symbolic link", False),
        "large": ("larger than 100 bytes", False),
    }


def test_nothing_staged_is_nothing(begun: Path) -> None:
    put(begun, a="changed, not staged\n", untracked="u\n")
    assert scanned(begun) == []


def test_deletions_and_a_change_of_mode_alone_add_nothing_new(begun: Path, git: Git) -> None:
    git(begun, "rm", "-q", "b")
    assert scanned(begun) == []
    (begun / "a").chmod(0o755)
    git(begun, "add", "a")
    assert texts(begun) == {"a": "a\n"}  # a changed mode is a changed entry: read once more rather than never


def test_the_index_counts_and_not_the_working_tree(begun: Path, git: Git) -> None:
    put(begun, a="staged\n", c="new\n")
    git(begun, "add", "-A")
    put(begun, a="working tree\n")
    (begun / "c").unlink()
    assert texts(begun) == {"a": "staged\n", "c": "new\n"}


def test_sources_say_which_blob_they_are_and_that_git_tracks_them(begun: Path, git: Git) -> None:
    put(begun, c="c\n")
    git(begun, "add", "c")
    [source] = scanned(begun)
    assert isinstance(source, Source)
    assert (source.blob, source.tracked) == (git(begun, "rev-parse", ":c").strip(), True)


def test_before_the_first_commit_everything_is_new(repository: Path, git: Git) -> None:
    put(repository, a="a\n")
    git(repository, "add", "a")
    assert texts(repository) == {"a": "a\n"}


@pytest.mark.parametrize("commits", [0, 1], ids=["no commit yet", "after a commit"])
def test_sha256_repositories(tmp_path: Path, git: Git, commits: int) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    git(folder, "init", "-q", "--object-format=sha256")
    for number in range(commits):
        put(folder, **{f"old{number}": "old\n"})
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "old")
    put(folder, new="new\n")
    git(folder, "add", "-A")
    assert texts(folder) == {"new": "new\n"}


def test_a_renamed_file_is_read_under_its_new_name(begun: Path, git: Git) -> None:
    git(begun, "mv", "a", "c")
    assert texts(begun) == {"c": "a\n"}


def test_a_link_that_becomes_a_file_is_read_and_a_file_that_becomes_a_link_is_not(begun: Path, git: Git) -> None:
    (begun / "link").symlink_to("a")
    git(begun, "add", "link")
    git(begun, "commit", "-q", "-m", "a link")
    (begun / "link").unlink()
    put(begun, link="a file\n")
    (begun / "a").unlink()
    (begun / "a").symlink_to("b")
    git(begun, "add", "-A")
    read = {one.path: one.raw for one in scanned(begun) if isinstance(one, Source)}
    assert read == {"link": b"a file\n"}


def test_a_file_that_will_be_added_later_is_empty_for_now(begun: Path, git: Git) -> None:
    put(begun, later="not staged\n")
    git(begun, "add", "--intent-to-add", "later")
    assert "".join(texts(begun).values()) == ""


def test_odd_names_come_through(begun: Path, git: Git) -> None:
    names = ["new\nline", "tab\t", ' "quoted" ', "-x", ":(glob)*", "ü", "\\", "*"]
    for name in names:
        (begun / name).write_text(name)
    (Path(os.fsdecode(os.fsencode(begun) + b"/\xff"))).write_text("latin")
    git(begun, "add", "-A")
    assert texts(begun) == {name: name for name in names} | {"%FF": "latin"}


def test_include_and_exclude_select(begun: Path, git: Git) -> None:
    put(begun, c="c\n", d="d\n")
    git(begun, "add", "-A")
    assert set(texts(begun, exclude=("c",))) == {"d"}
    assert set(texts(begun, include=("c",))) == {"c"}


def test_a_merge_reads_what_no_parent_has(conflicting: Path, git: Git) -> None:
    put(conflicting, a="a of both\n", added="added in the merge\n")
    git(conflicting, "add", "-A")
    assert texts(conflicting) == {"a": "a of both\n", "added": "added in the merge\n"}


def test_a_merge_resolved_to_one_side_reads_nothing(conflicting: Path, git: Git) -> None:
    git(conflicting, "checkout", "-q", "--theirs", "a")
    git(conflicting, "add", "-A")
    assert scanned(conflicting) == []


def test_a_merge_of_three_reads_what_none_of_them_has(begun: Path, git: Git) -> None:
    for branch in ("one", "two"):
        git(begun, "checkout", "-q", "-b", branch, "main")
        put(begun, **{branch: branch})
        git(begun, "add", "-A")
        git(begun, "commit", "-q", "-m", branch)
    git(begun, "checkout", "-q", "main")
    put(begun, b="b of main\n")
    git(begun, "commit", "-q", "-a", "-m", "main")
    git(begun, "merge", "-q", "--no-commit", "one", "two")
    assert scanned(begun) == []
    put(begun, added="added in the merge\n")
    git(begun, "add", "-A")
    assert texts(begun) == {"added": "added in the merge\n"}


def test_a_merge_that_goes_through_is_known_by_its_variable(
    begun: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(begun, theirs="theirs\n")
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "-m", "side")
    theirs = git(begun, "rev-parse", "HEAD").strip()
    git(begun, "reset", "-q", "--soft", "HEAD~")
    assert texts(begun) == {"theirs": "theirs\n"}
    monkeypatch.setenv("GITHEAD_main", "side")
    assert texts(begun) == {"theirs": "theirs\n"}
    monkeypatch.setenv(f"GITHEAD_{theirs}", "side")
    assert scanned(begun) == []


def test_a_squashed_merge_answers_for_all_that_it_brings(begun: Path, git: Git) -> None:
    git(begun, "checkout", "-q", "-b", "side")
    put(begun, theirs="theirs\n")
    git(begun, "add", "-A")
    git(begun, "commit", "-q", "-m", "side")
    git(begun, "checkout", "-q", "main")
    git(begun, "merge", "-q", "--squash", "side")
    assert texts(begun) == {"theirs": "theirs\n"}


@pytest.mark.parametrize("form", ["absolute", "relative"])
def test_the_index_that_git_hands_to_a_hook_is_the_one_that_counts(
    begun: Path, git: Git, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    put(begun, a="for the commit\n")
    index = begun / ".git" / "next-index"
    git(begun, "read-tree", "HEAD", GIT_INDEX_FILE=str(index))
    git(begun, "add", "a", GIT_INDEX_FILE=str(index))
    put(begun, b="staged, but not for this commit\n")
    git(begun, "add", "b")
    monkeypatch.chdir(begun)
    monkeypatch.setenv("GIT_INDEX_FILE", str(index) if form == "absolute" else ".git/next-index")
    assert texts(begun) == {"a": "for the commit\n"}


def test_a_linked_worktree_has_its_own_index_and_its_own_merge(conflicting: Path, git: Git, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(conflicting, "worktree", "add", "-q", "-b", "linked", str(linked), "main")
    put(linked, theirs="new on side\n")
    git(linked, "add", "-A")
    assert texts(linked) == {"theirs": "new on side\n"}  # the merge in progress is the other working tree's


def test_named_files_and_folders_are_all_that_is_looked_at(begun: Path, git: Git) -> None:
    (begun / "lib" / "deep").mkdir(parents=True)
    put(begun, **{"library": "1\n", "lib/x": "2\n", "lib/deep/y": "3\n", "a": "4\n"})
    git(begun, "add", "-A")
    repository = isolated.find(begun)
    assert repository is not None

    def taken(*below: str) -> list[str]:
        return [one.path for one in staged.sources(repository, Selection(), below)]

    assert taken() == taken(".") == ["a", "lib/deep/y", "lib/x", "library"]
    assert taken("lib") == ["lib/deep/y", "lib/x"]
    assert taken("lib/deep", "a") == ["a", "lib/deep/y"]
    assert taken("li") == []
