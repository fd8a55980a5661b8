"""The one function that starts git.

A scanned repository is untrusted: its configuration can name programs (core.fsmonitor, diff.*.textconv,
core.sshCommand, gpg.program, ...). `start` disables every one of them that the commands used here could reach; nothing
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

# The variables of the user that git may see: those to find itself, and to decode names.
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
    """The environment in which git runs: an allow-list of the user's variables, and the isolation."""
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return kept | _SET


def program() -> str | None:
    """The path of git. Relative folders on PATH are skipped, because they would be the repository's."""
    if os.name == "nt":  # the suffixes of programs are configured there
        import shutil

        return shutil.which("git")
    # Without shutil, which loads three compression libraries: the hook starts often.
    places = (os.path.join(entry, "git") for entry in os.get_exec_path() if os.path.isabs(entry))
    return next((place for place in places if os.path.isfile(place) and os.access(place, os.X_OK)), None)


def installed() -> bool:
    """Whether git is installed."""
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

    Raises UsageError if there is no git, NotSeenError if it does not start.
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
    """The folder in which git looks for a repository's hooks, as its user has configured it.

    The only command without the isolation, since that configuration is what it asks for; it runs no program.
    """
    # Asks for a hook's path, not the folder's: an empty core.hooksPath gives `/pre-commit`, but `./` for the folder.
    words = [program() or "git", "rev-parse", "--git-path", "hooks/pre-commit"]
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise NotSeenError(f"git does not report the hooks folder of {folder}: {reason(done.stderr)}")
    return Path(os.path.normpath(folder / os.fsdecode(done.stdout).removesuffix("\n"))).parent


def reason(err: bytes) -> str:
    """Git's first line that is not a warning, without `fatal:`; it names files and revisions, never contents."""
    lines = [line for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return "it said nothing"
    first = next((line for line in lines if not line.startswith("warning: ")), lines[0])
    if first.endswith(":"):  # such as "unknown repository extension found:"
        first = " ".join(map(str.strip, lines[lines.index(first) :]))
    return first.removeprefix("fatal: ").removeprefix("error: ")[:300]
