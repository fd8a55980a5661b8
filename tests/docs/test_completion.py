"""Completion by click's own scripts works through the front door, whose commands load late."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import unhardcode

# One shell asks for all: the words before the cursor, and what has to be among the answers.
ASKED = {
    "unhardcode m": "migrate",
    "unhardcode baseline ": "audit",
    "unhardcode scan --sta": "--staged",
    "unhardcode scan --format js": "jsonl",
    "unhardcode hook install --stage pre-p": "pre-push",
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_commands_options_and_choices(tmp_path: Path) -> None:
    program = tmp_path / "unhardcode"
    main = shlex.quote(str(Path(unhardcode.__file__)))
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I {main} "$@"\n')
    program.chmod(0o700)
    script = ['eval "$(_UNHARDCODE_COMPLETE=bash_source unhardcode)"', "complete -p unhardcode"]
    for line in ASKED:
        words = " ".join(shlex.quote(word) for word in line.split(" "))
        script += [
            f"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()",
            '_unhardcode_completion unhardcode; echo "${COMPREPLY[*]}"',
        ]
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    first, *answers = done.stdout.splitlines()
    assert first == "complete -o nosort -F _unhardcode_completion unhardcode"
    for (line, wanted), answer in zip(ASKED.items(), answers, strict=True):
        assert wanted in answer.split(), line
