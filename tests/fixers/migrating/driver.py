"""A child of the kill tests: runs commands, each in a fork of itself, and has one killed at its N-th effect.

Reads JSON lines {"folder", "arguments", "kill", "signal"} and answers each with {"status", "effects"}: the status that
`os.waitstatus_to_exitcode` gives (-9 when killed), and how many effects there were when nothing killed it. An effect
is a line of the journal, before it, half of it and after it; a new file's bytes; a rename; a removal; a write to a
store, before and after. Production code knows nothing of this: the calls to the system are counted here.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import prover  # noqa: E402

import unhardcode  # noqa: E402
from fixers import commands, migrate, proof, python, rehearsal  # noqa: E402, F401 - forks need not import them again
from fixers.stores.parameterstore import ParameterStore  # noqa: E402
from fixers.stores.secretsmanager import SecretsManager  # noqa: E402
from scanner import session  # noqa: E402


class Counter:
    """Counts effects and ends the process at one of them."""

    def __init__(self, kill: int, by: signal.Signals = signal.SIGKILL) -> None:
        self.kill = kill
        self.by = by
        self.seen = 0

    def step(self) -> bool:
        """Count one effect; whether it is the one to end at."""
        self.seen += 1
        return self.seen == self.kill

    def die(self) -> None:
        os.kill(os.getpid(), self.by)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a step before and a step after it."""

        def counted(*arguments: Any, **options: Any) -> Any:
            if self.step():
                self.die()
            result = function(*arguments, **options)
            if self.step():
                self.die()
            return result

        return counted

    def torn(self, write: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
        """os.write that may be cut off in the middle."""

        def counted(descriptor: int, raw: bytes) -> int:
            # Only a kill ends a write in its middle.
            if isinstance(raw, bytes) and raw.startswith(b'{"step"') and self.step() and self.by is signal.SIGKILL:
                write(descriptor, raw[: len(raw) // 2])
                self.die()
            return write(descriptor, raw)

        return counted


def install(counter: Counter) -> None:
    """Count in this process, from now on."""
    os.fsync = counter.around(os.fsync)
    os.replace = counter.around(os.replace)
    os.write = counter.torn(os.write)  # type: ignore[assignment]
    Path.unlink = counter.around(Path.unlink)  # type: ignore[method-assign]
    for store in (SecretsManager, ParameterStore):
        for name in ("create", "update"):
            setattr(store, name, counter.around(getattr(store, name)))


def child(request: dict[str, Any], report: int) -> int:
    """Run one command in this process; its status. Proofs are evaluated in forks too: see prover.py."""
    os.chdir(request["folder"])
    silence = os.open(os.devnull, os.O_RDWR)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(silence, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    counter = Counter(request["kill"], signal.Signals[request.get("signal", "SIGKILL")])
    write = os.write
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what starts tests may ignore it
    install(counter)

    def ask(asked: bytes, interpreter: str, environment: dict[str, str], timeout: float) -> Any:
        return json.loads(prover.answered(EVALUATING, asked.decode(), environment)) or "the prover failed"

    proof._ask = ask
    status = unhardcode.run(request["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    write(report, str(counter.seen).encode())
    return status


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, run, wait."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        status = 70
        try:
            status = child(request, writing)
        finally:
            os._exit(status)
    os.close(writing)
    effects = os.read(reading, 100)
    os.close(reading)
    _, ended = os.waitpid(process, 0)
    return {"status": os.waitstatus_to_exitcode(ended), "effects": int(effects or b"0")}


if __name__ == "__main__":
    EVALUATING = prover.prepared()
    session.load_rules()
    session.load_prefilter()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
