"""Recognise programs for a microcontroller (MicroPython, CircuitPython), where boto3 cannot run in any style."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from fixers.project_imports import imported, read_quietly
from fixers.workspace import Workspace

# Modules that no other Python has; those of `_WORDS` may be a project's own too. Those of Blinka, which runs on any
# Linux, count only in a `code.py`. https://docs.micropython.org/en/latest/library/,
# https://docs.circuitpython.org/en/latest/shared-bindings/
_ONLY_THERE = frozenset(
    """adafruit_esp32spi esp32 machine micropython rp2 socketpool uasyncio ubinascii umqtt urequests usocket
    ustruct utime""".split()
)
_WORDS = frozenset({"esp32", "machine"})
_BLINKA = frozenset({"board", "busio", "digitalio", "microcontroller", "wifi"})
_ANY = re.compile(rb"\b(?:%b)\b" % b"|".join(name.encode() for name in sorted(_ONLY_THERE | _BLINKA)))
_STARTED = ("boot.py", "main.py", "code.py")  # run at the start because of their names


def device_files(workspace: Workspace) -> frozenset[str]:
    """Paths of the Python files of such programs: those that import such a module, and the files that these import."""
    python = {path for path in workspace.files if workspace.is_python(path)}
    waiting = [path for path in sorted(python) if _is_for_device(path, python, workspace)]
    for path in tuple(waiting):
        waiting += {str(PurePosixPath(path).parent / name) for name in _STARTED} & python
    found = set[str]()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in imported(read_quietly(path, workspace)):
            module = name.replace(".", "/")
            places = (PurePosixPath(path).parent / folder / f"{module}.py" for folder in ("", "lib"))
            waiting += {str(place) for place in places} & python
    return frozenset(found)


def _is_for_device(path: str, python: set[str], workspace: Workspace) -> bool:
    raw = read_quietly(path, workspace)
    if not _ANY.search(raw):
        return False
    known = _ONLY_THERE | _BLINKA if PurePosixPath(path).name == "code.py" else _ONLY_THERE
    names = {name.partition(".")[0] for name in imported(raw)} & known
    return any(not _is_own(name, path, python) for name in names)


def _is_own(name: str, path: str, python: set[str]) -> bool:
    """Whether the project has such a module that the file may import: beside it or, for one of `_WORDS`, above it."""
    above = PurePosixPath(path).parents
    if name not in _WORDS:
        return str(above[0] / f"{name}.py") in python
    places = [folder / inner for folder in above for inner in ("", "src")]
    return any(not python.isdisjoint((str(each / f"{name}.py"), str(each / name / "__init__.py"))) for each in places)
