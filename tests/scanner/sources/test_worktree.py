"""The working tree: what is read, what is left out and said, and what is a gap."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanner.errors import NotSeenError, UsageError
from scanner.source import Skipped, Source
from scanner.sources import git_process, worktree
from scanner.sources.selection import Selection, matches

Git = Callable[..., str]


def scanned(*named: Path, from_hook: bool = False, **selection: object) -> list[Source | Skipped]:
    root = worktree.common_root(named)
    return list(worktree.sources(root, named, Selection(**selection), from_hook=from_hook))  # type: ignore[arg-type]


def read(*named: Path, **selection: object) -> dict[str, bool | None]:
    """Path to `tracked` of what was read."""
    return {one.path: one.tracked for one in scanned(*named, **selection) if isinstance(one, Source)}


def skipped(*named: Path, from_hook: bool = False, **selection: object) -> dict[str, tuple[str, bool]]:
    """Path to reason and gap of what was not."""
    found = scanned(*named, from_hook=from_hook, **selection)
    return {one.path: (one.reason, one.gap) for one in found if isinstance(one, Skipped)}


def put(folder: Path, *names: str, content: str = "x = 1\n") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


@pytest.fixture
def shop(repository: Path, git: Git) -> Path:
    """A repository with tracked, untracked and ignored files, and an environment file of each kind."""
    put(repository, "app.py", "conf/.env.example", "kept.pyc")
    put(repository, ".gitignore", content="*.pyc\n.env\nlocal/\n*.secret.env\n")
    git(repository, "add", "-A")
    git(repository, "add", "-f", "kept.pyc")
    git(repository, "commit", "-q", "-m", "first")
    put(repository, "new.py", "cache.pyc", ".env", "conf/prod.secret.env", "conf/.env", "local/.env", "local/notes.txt")
    return repository


# --- what cannot be seen ------------------------------------------------------------------------------------


def test_a_path_that_does_not_exist_is_refused(shop: Path) -> None:
    for named in ([shop / "nowhere"], [shop / "app.py", shop / "nowhere"]):
        with pytest.raises(NotSeenError, match="nowhere: no such file or folder"):
            scanned(*named)


def test_a_bare_repository_has_nothing_to_read(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(NotSeenError, match="bare: in a bare repository"):
        scanned(tmp_path / "bare")


def test_a_named_folder_that_may_not_be_entered_is_not_seen(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "local")  # root may enter everything
    with pytest.raises(NotSeenError, match="local: folder not readable"):
        scanned(shop / "local")
    assert read(shop / "conf")


def test_the_folder_of_git_has_nothing_to_read(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    for named in (Path(".git"), Path(".git/config")):
        with pytest.raises(NotSeenError, match=rf"{named}: in .* git's own folder"):
            scanned(named)


def test_what_a_sparse_checkout_leaves_out_is_said_and_what_is_there_is_read(shop: Path, git: Git) -> None:
    git(shop, "sparse-checkout", "set", "--no-cone", "/app.py")
    (shop / "kept.pyc").unlink(missing_ok=True)
    assert skipped(shop)["kept.pyc"] == ("outside of the sparse checkout", False)
    with pytest.raises(NotSeenError, match=r"kept\.pyc: outside of the sparse checkout"):
        scanned(shop / "kept.pyc")
    # The mark that git keeps in the index hides no file that is there.
    put(shop, "kept.pyc", "app.py")
    git(shop, "update-index", "--skip-worktree", "app.py")
    assert read(shop)["kept.pyc"]
    assert read(shop)["app.py"]


def test_paths_of_two_repositories_are_refused_wherever_the_second_one_lies(shop: Path, git: Git) -> None:
    inner, outer = shop / "conf" / "deep", shop.parent / "other"
    for folder in (inner, outer):
        put(folder, "x.py", "below/y.py")
        git(folder, "init", "-q")
        for second in ("x.py", "below/y.py"):
            with pytest.raises(UsageError, match="different repositories"):
                scanned(shop / "app.py", folder / second)


def test_a_second_repository_behind_a_link_is_refused_too(shop: Path, git: Git, tmp_path: Path) -> None:
    other = tmp_path / "other"
    put(other, "x.py")
    git(other, "init", "-q")
    (shop / "link").symlink_to(other)
    with pytest.raises(UsageError, match="different repositories"):
        scanned(shop / "app.py", shop / "link" / "x.py")


@pytest.fixture
def anybody() -> Iterator[Path]:
    """A folder for a user without special rights; the test runs as one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        if os.geteuid() != 0:
            yield path
            return
        os.chown(path, 65534, 65534)
        os.seteuid(65534)
        try:
            yield path
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("with_git", [True, False], ids=["in a repository", "without git"])
def test_files_and_folders_without_permission_are_gaps(anybody: Path, git: Git, with_git: bool) -> None:
    put(anybody, "open.py", "closed.py", "folder/x.py")
    if with_git:
        git(anybody, "init", "-q")
        git(anybody, "add", "open.py", "closed.py")
    (anybody / "closed.py").chmod(0)
    (anybody / "folder").chmod(0)
    found = {Path(path).name: facts for path, facts in skipped(anybody).items()}
    (anybody / "folder").chmod(0o755)
    assert found == {"closed.py": ("not readable (permission denied)", True), "folder": ("folder not readable", True)}


def test_a_closed_folder_that_git_ignores_is_nobody_s_business(anybody: Path, git: Git) -> None:
    put(anybody, "open.py", "volume/x.py")
    put(anybody, ".gitignore", content="volume/\n")
    git(anybody, "init", "-q")
    (anybody / "volume").chmod(0)
    found = skipped(anybody)
    (anybody / "volume").chmod(0o755)
    assert found == {}


# --- what is skipped, and when that is a gap ----------------------------------------------------------------


@pytest.fixture
def odd(shop: Path, git: Git, tmp_path: Path) -> Path:
    """The shop with a link out of the tree, a tracked file that is gone, and one that is too large."""
    put(tmp_path, "outside.py")
    (shop / "link.py").symlink_to(tmp_path / "outside.py")
    (shop / "folder-link").symlink_to(tmp_path)
    put(shop, "gone.py")
    put(shop, "large.py", content="x" * 1001)
    git(shop, "add", "-A")
    (shop / "gone.py").unlink()
    return shop


LEFT_OUT = {
    "link.py": "symbolic link",
    "folder-link": "symbolic link",
    "large.py": "larger than 1,000 bytes",
}


def test_what_a_folder_leaves_out_is_said_and_is_no_gap(odd: Path) -> None:
    assert skipped(odd, max_size=1000) == {
        name: (reason, False) for name, reason in (LEFT_OUT | {"gone.py": "deleted in the working tree"}).items()
    }
    assert "outside.py" not in " ".join(read(odd))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_was_named_alone_is_a_gap_among_others_it_is_not(odd: Path, name: str) -> None:
    assert skipped(odd / name, max_size=1000) == {name: (LEFT_OUT[name], True)}
    assert skipped(odd / name, odd / "app.py", max_size=1000) == {name: (LEFT_OUT[name], False)}
    assert skipped(odd / name, max_size=1000, from_hook=True) == {name: (LEFT_OUT[name], False)}


def test_a_socket_is_left_out_like_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("server")
    put(tmp_path, "app.py")
    assert skipped(tmp_path) == {"server": ("not a regular file", False)}
    assert skipped(tmp_path / "server") == {"server": ("not a regular file", True)}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    [reason] = skipped(tmp_path / "pipe.py").values()
    assert reason == ("not a regular file", True)


def test_submodules_and_repositories_inside_are_named_and_not_entered(shop: Path, git: Git, tmp_path: Path) -> None:
    other = tmp_path / "other"
    put(other, "x.py")
    git(other, "init", "-q")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "first")
    git(shop, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    git(shop, "clone", "-q", str(other), "inside")
    assert skipped(shop) == {"sub": ("submodule", False), "inside/": ("another repository", False)}
    assert not [path for path in read(shop) if path.endswith("x.py")]
    assert set(read(shop / "sub")) == {"x.py"}  # named, it is a repository of its own


@pytest.fixture
def nested(shop: Path, git: Git, tmp_path: Path) -> Path:
    """The shop with a submodule that has one too, both with an ignored environment file and one that is untracked."""
    allowed = ("-c", "protocol.file.allow=always")
    for name in ("inner", "outer"):
        put(tmp_path / name, f"{name}.py")
        put(tmp_path / name, ".gitignore", content=".env\n")
        git(tmp_path / name, "init", "-q")
        if name == "outer":
            git(tmp_path / name, *allowed, "submodule", "--quiet", "add", str(tmp_path / "inner"), "deps/inner")
        git(tmp_path / name, "add", "-A")
        git(tmp_path / name, "commit", "-q", "-m", "first")
    git(shop, *allowed, "submodule", "--quiet", "add", str(tmp_path / "outer"), "lib ü")
    git(shop, *allowed, "submodule", "--quiet", "update", "--init", "--recursive")
    for folder in ("lib ü", "lib ü/deps/inner"):
        put(shop / folder, ".env", "new.py")
    return shop


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(
            lambda inner, git: git(inner.parents[1], "submodule", "deinit", "-q", "-f", "deps/inner"),
            "not checked out (git submodule update --init)",
            id="one that is not checked out",
        ),
        pytest.param(
            lambda inner, git: (inner / ".git").write_text("gitdir: /nowhere\n"),
            "its folder is no working tree",
            id="one whose repository is gone",
        ),
        pytest.param(
            lambda inner, git: git(inner, "config", "core.worktree", str(inner.parents[2])),
            "its configuration names another folder (core.worktree)",
            id="one that leads to another folder by its configuration",
        ),
        pytest.param(
            lambda inner, git: inner.rename(inner.with_name("away")) and inner.symlink_to("away"),
            "its folder is no working tree",
            id="one that leads to another folder by a link",
        ),
    ],
)
def test_a_submodule_that_was_asked_for_and_cannot_be_entered_is_a_gap(
    nested: Path, git: Git, spoil: Callable[[Path, Git], object], reason: str
) -> None:
    spoil(nested / "lib ü" / "deps" / "inner", git)
    found = skipped(nested, submodules=True)
    assert found.pop("lib ü/deps/inner") == (f"submodule: {reason}", True)
    assert not any(gap for _, gap in found.values())
    assert "lib ü/outer.py" in read(nested, submodules=True)


def test_the_configuration_of_a_submodule_runs_nothing(nested: Path, git: Git, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    for folder in (nested / "lib ü", nested / "lib ü" / "deps" / "inner"):
        git(folder, "config", "core.fsmonitor", f"touch '{marker}'; false")
    git(nested / "lib ü", "ls-files", "--others", "--exclude-standard")
    assert marker.exists()  # git by itself runs it
    marker.unlink()
    assert "lib ü/deps/inner/inner.py" in read(nested, submodules=True)
    assert not marker.exists()


# --- what is read -------------------------------------------------------------------------------------------


def test_submodules_are_read_below_their_paths_if_that_is_asked_for(nested: Path) -> None:
    below = {path: tracked for path, tracked in read(nested, submodules=True).items() if path.startswith("lib")}
    assert below == {
        "lib ü/.env": False,
        "lib ü/.gitignore": True,
        "lib ü/.gitmodules": True,
        "lib ü/deps/inner/.env": False,
        "lib ü/deps/inner/.gitignore": True,
        "lib ü/deps/inner/inner.py": True,
        "lib ü/deps/inner/new.py": False,
        "lib ü/new.py": False,
        "lib ü/outer.py": True,
    }
    assert not [path for path in read(nested, submodules=True, exclude=("lib*",)) if path.startswith("lib")]
    assert set(read(nested / "conf", submodules=True)) == {"conf/.env", "conf/.env.example", "conf/prod.secret.env"}
    assert list(read(nested)) == [path for path in read(nested, submodules=True) if not path.startswith("lib")]


def test_tracked_files_new_files_and_every_env_of_a_folder_that_is_not_ignored_are_read(shop: Path) -> None:
    assert read(shop) == {
        ".gitignore": True,
        "app.py": True,
        "kept.pyc": True,
        "conf/.env.example": True,
        "new.py": False,
        ".env": False,
        "conf/.env": False,
        "conf/prod.secret.env": False,
    }


def test_an_ignored_folder_is_read_whole_when_it_is_named(shop: Path) -> None:
    assert read(shop / "local") == {"local/.env": False, "local/notes.txt": False}


def test_a_folder_deep_in_an_ignored_one_is_read_whole_when_it_is_named(shop: Path) -> None:
    deep = shop / "local" / "lib" / "site-packages"
    deep.mkdir(parents=True)
    (deep / "package.py").write_text("name = 1\n")
    assert read(deep) == {"local/lib/site-packages/package.py": False}


def test_a_folder_without_any_file_gives_nothing(shop: Path) -> None:
    (shop / "empty").mkdir()
    assert scanned(shop / "empty") == []


def test_an_ignored_file_is_read_when_it_is_named(shop: Path) -> None:
    assert read(shop / "cache.pyc") == {"cache.pyc": False}
    assert read(shop / "cache.pyc", shop / "app.py") == {"cache.pyc": False, "app.py": True}


def test_paths_count_from_the_top_wherever_the_scan_starts(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop / "conf")
    assert set(read(Path())) == {"conf/.env", "conf/.env.example", "conf/prod.secret.env"}
    assert set(read(Path("../app.py"), Path(".env"))) == {"app.py", "conf/.env"}


def test_a_file_behind_a_link_to_the_root_is_the_tracked_one(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(shop)
    assert read(tmp_path / "link" / "app.py") == {"app.py": True}


def test_files_and_folders_named_together_are_each_read_once(shop: Path) -> None:
    named = (shop / "conf", shop / "conf" / ".env", shop / "app.py", shop / "app.py")
    assert [one.path for one in scanned(*named)] == ["app.py", "conf/.env", "conf/.env.example", "conf/prod.secret.env"]


def test_odd_names_come_through(repository: Path, git: Git) -> None:
    names = ["new\nline", "tab\t", "-x", ":(glob)*", "ü", "\\", "*", " "]
    put(repository, *names)
    Path(os.fsdecode(os.fsencode(repository) + b"/\xff")).write_text("latin")
    git(repository, "add", "-A", ":!ü")
    assert read(repository) == {**dict.fromkeys(names, True), "%FF": True, "ü": False}
    assert read(*(repository / name for name in names)) == {**dict.fromkeys(names, True), "ü": False}
    for name in names:
        assert read(repository / name) == {name: name != "ü"}


def test_without_git_every_file_is_read_and_nobody_knows_what_is_tracked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "app.py", ".env", "deep/er/x.py")
    monkeypatch.chdir(tmp_path)
    assert read(Path()) == dict.fromkeys(("app.py", ".env", "deep/er/x.py"))
    assert read(Path("app.py"), Path("deep")) == dict.fromkeys(("app.py", "deep/er/x.py"))


def test_a_folder_called_dot_git_is_not_entered_without_git_either(tmp_path: Path) -> None:
    put(tmp_path, "app.py", "vendor/.git/config")
    assert [Path(path).name for path in read(tmp_path)] == ["app.py"]


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        pytest.param("a.py", "*.py", True, id="an ending at the top"),
        pytest.param("deep/er/a.py", "*.py", True, id="an ending anywhere"),
        pytest.param("vendor/x/a.py", "vendor/", True, id="a folder with a slash"),
        pytest.param("src/vendor/a.py", "vendor/", True, id="a folder anywhere"),
        pytest.param("vendor/x/a.py", "vendor", True, id="a folder without a slash"),
        pytest.param("vendor/x/a.py", "vendor/**", True, id="all below a folder"),
        pytest.param("src/a.py", "./src/*.py", True, id="a leading dot"),
        pytest.param("vendor/x/a.py", "/vendor/", True, id="a folder at the root, as in .gitignore"),
        pytest.param("src/vendor/a.py", "/vendor/", False, id="a folder that is not at the root"),
        pytest.param("a.pyc", "*.py", False, id="another ending"),
        pytest.param("vendors/a.py", "vendor/", False, id="a folder that only starts alike"),
        pytest.param("A.PY", "*.py", False, id="another case"),
    ],
)
def test_globs(path: str, pattern: str, fits: bool) -> None:
    assert matches(path, pattern) is fits


def test_include_and_exclude_select_and_exclude_wins(shop: Path) -> None:
    assert set(read(shop, include=("*.py",))) == {"app.py", "new.py"}
    assert set(read(shop, include=("*.py",), exclude=("new.*",))) == {"app.py"}
    assert set(read(shop / "app.py", exclude=("*.py",))) == set()


def test_git_is_asked_as_often_for_many_files_as_for_two(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, real = tmp_path / "log", git_process.program()
    programs = tmp_path / "programs"
    put(programs, "git", content=f'#!/bin/sh\necho started >> "{log}"\nexec "{real}" "$@"\n')
    (programs / "git").chmod(0o755)
    put(shop, *(f"package{n}/module.py" for n in range(30)))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    counts = []
    for number in (2, 30):
        log.unlink(missing_ok=True)
        assert len(read(*(shop / f"package{n}/module.py" for n in range(number)))) == number
        counts.append(log.read_text().count("started"))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("with_git", [True, False])
def test_a_working_tree_that_the_configuration_names_elsewhere_is_not_taken_for_this_folder(
    shop: Path, tmp_path: Path, git: Git, *, with_git: bool
) -> None:
    elsewhere = tmp_path / "elsewhere"
    put(elsewhere, "clean.py")
    if with_git:
        git(elsewhere, "init", "-q")
    git(shop, "config", "core.worktree", str(elsewhere))
    with pytest.raises(NotSeenError, match=r"core\.worktree"):
        scanned(shop)
    git(shop, "config", "core.worktree", str(shop))
    (tmp_path / "link").symlink_to(shop)
    assert read(tmp_path / "link" / "conf")


def test_a_file_that_grows_while_it_is_read_is_read_to_the_limit(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shop, "growing.log", content="x" * 50_000)
    asked: list[int] = []

    def endless(descriptor: int, size: int) -> bytes:
        asked.append(size)
        assert len(asked) < 100
        return b"y" * size

    monkeypatch.setattr(worktree.os, "read", endless)
    found = worktree.read_file(
        str(shop / "growing.log"), "growing.log", tracked=True, blob=None, max_size=200_000, named=False
    )
    assert found == Skipped(path="growing.log", reason="larger than 200,000 bytes")


@pytest.mark.skipif(not os.path.exists("/proc/self/limits"), reason="no /proc")
def test_a_file_without_a_size_is_read_in_few_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[bytes] = []
    real = os.read
    monkeypatch.setattr(worktree.os, "read", lambda *at: pieces.append(real(*at)) or pieces[-1])
    found = worktree.read_file("/proc/self/limits", "limits", tracked=None, blob=None, max_size=1_000_000, named=False)
    assert isinstance(found, Source)
    assert (found.raw.startswith(b"Limit"), len(pieces) <= 3) == (True, True)
