"""The one function that starts git.

A scanned repository is untrusted: its configuration can name programs (core.fsmonitor, diff.*.textconv,
core.sshCommand, gpg.program, ...). `start` turns off every one of them that the plumbing used here could reach; nothing
else in the project starts git.
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from scanner.errors import NotSeenError, UsageError

PIPE = subprocess.PIPE
Process = subprocess.Popen[bytes]

_OVERRIDES = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.alternateRefsCommand=",
    "core.attributesFile=/dev/null",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.askPass=false",
    "core.pager=cat",
    "core.editor=false",
    "core.quotePath=false",
    "core.precomposeUnicode=false",
    "credential.helper=",
    "diff.external=",
    "gc.auto=0",
    "gpg.program=false",
    "log.showSignature=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "submodule.recurse=false",
)

# What git may see of the user's environment: how to find itself, and how to decode names.
_PASSED = ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
_SET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_SSH_COMMAND": "false",
    "GIT_ASKPASS": "false",
    "LC_ALL": "C.UTF-8",
}


def environment() -> dict[str, str]:
    """The environment in which git runs: an allow-list of the user's, and the isolation."""
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return kept | _SET


def program() -> str | None:
    """The path of git. Folders on PATH that are not absolute are passed over: they are those of the repository."""
    if os.name == "nt":  # which endings a program has is configured there
        import shutil

        return shutil.which("git")
    # Not by shutil: it loads three compression libraries, and the hook starts often.
    places = (os.path.join(entry, "git") for entry in os.get_exec_path() if os.path.isabs(entry))
    return next((place for place in places if os.path.isfile(place) and os.access(place, os.X_OK)), None)


def installed() -> bool:
    """Whether there is a git to start."""
    return program() is not None


def start(
    folder: Path,
    arguments: Sequence[str],
    *,
    stdin: int | None = None,
    extra: dict[str, str] | None = None,
    pipesize: int = -1,
) -> Process:
    """Start git in `folder`. Standard output and error are pipes.

    Raises UsageError where there is no git, NotSeenError where it does not start.
    """
    git = program()
    if git is None:
        raise UsageError("git was not found on PATH", hint="install git, or name files outside a repository")
    options = [word for override in _OVERRIDES for word in ("-c", override)]
    try:
        return subprocess.Popen(
            [git, "--no-pager", "--literal-pathspecs", *options, *arguments],
            cwd=folder,
            env=environment() | (extra or {}),
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pipesize=pipesize,
        )
    except OSError as error:
        raise NotSeenError(f"{git} cannot be started in {folder} ({error.strerror})", hint=_unstarted(error)) from None


def _unstarted(error: OSError) -> str:
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "allow more open files: ulimit -n"
    if error.errno in (errno.ENOMEM, errno.EAGAIN):
        return "allow more memory or processes"
    return "it is the first git on PATH: does it run?"


def hooks_folder(folder: Path) -> Path:
    """Where git looks for the hooks of a repository, as its user has configured it.

    The only question that is asked without the isolation, since its subject is that configuration; it runs nothing.
    """
    # A hook's path, not the folder's: of an empty core.hooksPath git makes `/pre-commit`, but says `./` for the folder.
    words = [program() or "git", "rev-parse", "--git-path", "hooks/pre-commit"]
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise NotSeenError(f"git does not report the hooks folder of {folder}: {reason(done.stderr)}")
    return Path(os.path.normpath(folder / os.fsdecode(done.stdout).removesuffix("\n"))).parent


def reason(err: bytes) -> str:
    """Git's own first line that is no warning, without the word fatal; it names files and revisions, never contents."""
    lines = [line for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return "it said nothing"
    first = next((line for line in lines if not line.startswith("warning: ")), lines[0])
    if first.endswith(":"):  # unknown repository extension found:
        first = " ".join(map(str.strip, lines[lines.index(first) :]))
    return first.removeprefix("fatal: ").removeprefix("error: ")[:300]
