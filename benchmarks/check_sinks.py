"""Hold every sink row against the real signatures of the libraries that are installed.

Run it with the interpreter of a throw-away environment that has the wheels (`rules` needs only the standard library):

    python benchmarks/check_sinks.py [FILE STEM ...]

Prints one line a mismatch, then what was checked. Importing a library runs it: never in the project's own
environment. `-v` also lists what could not be checked, and why. Exit status 1 says that there are mismatches.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rules.load import load_rules  # noqa: E402
from rules.model import Parameter, Sink  # noqa: E402

# Rows that name what only older releases had, on purpose.
OLDER = frozenset(("python-telegram-bot-updater",))

_NONE = object()


def resolve(name: str) -> tuple[object, str]:
    """The object that a public qualified name stands for, or why there is none."""
    words = name.split(".")
    found: object = None
    for number, word in enumerate(words):
        path = ".".join(words[: number + 1])
        member = _member(found, word) if number else _NONE
        if member is not _NONE:
            found = member
            continue
        if number and not inspect.ismodule(found):
            return None, "not an attribute (a factory's result, an instance's member or gone)"
        try:
            found = importlib.import_module(path)
        except ModuleNotFoundError as error:
            missing = error.name or path
            return None, "not installed" if number == 0 and missing == path else f"no {path} (needs {missing})"
        except Exception as error:  # noqa: BLE001 - a foreign library may fail in any way while it is imported
            return None, f"{path} fails to import: {type(error).__name__}"
    return found, ""


def _member(owner: object, word: str) -> object:
    """An attribute, or _NONE: also where a lazy or thread-local object refuses."""
    try:
        return getattr(owner, word)
    except Exception:  # noqa: BLE001 - a foreign library may raise anything here
        return _NONE


def signature(found: object) -> tuple[list[inspect.Parameter], str]:
    """The parameters without `self`, or why they are hidden."""
    try:
        parameters = list(inspect.signature(found).parameters.values())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return [], "written in C, no signature"
    return [parameter for parameter in parameters if parameter.name not in ("self", "cls")], ""


def judge(row: Parameter, parameters: list[inspect.Parameter]) -> str:
    """`right`, `hidden` (only *args or **kwargs take it), or what is wrong."""
    kinds = {parameter.kind for parameter in parameters}
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = {p.name: p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    known = [name for name in row.name if name in named]
    if row.indexes and row.indexes[0] < len(positional):
        at = positional[row.indexes[0]].name
        right = not row.name or at in row.name or (known and named[known[0]].kind == inspect.Parameter.KEYWORD_ONLY)
        return "right" if right else f"position {row.indexes[0]} is {at}, not {' or '.join(row.name)}"
    if known:
        only_by_name = named[known[0]].kind == inspect.Parameter.KEYWORD_ONLY
        return (
            "right" if only_by_name or not row.indexes else f"{known[0]} is at another position than {row.indexes[0]}"
        )
    if inspect.Parameter.VAR_KEYWORD in kinds or (row.indexes and inspect.Parameter.VAR_POSITIONAL in kinds):
        return "hidden"
    return f"no parameter {' or '.join(row.name) or row.indexes}"


def check(sink: Sink) -> Iterator[tuple[str, str, str]]:
    """For each call and parameter: a verdict (right, hidden, unseen, older, wrong), where, why."""
    for call in sink.calls:
        found, why = resolve(call)
        parameters, hidden = signature(found) if not why else ([], why)
        for row in sink.parameters:
            where = f"{sink.id}: {call}({' '.join(row.name) or row.indexes})"
            if hidden:
                yield "unseen", where, hidden
                continue
            verdict = judge(row, parameters)
            if verdict in ("right", "hidden"):
                yield verdict, where, "" if verdict == "right" else "only through *args or **kwargs"
            else:
                yield "older" if sink.id in OLDER else "wrong", where, verdict


def main(arguments: list[str]) -> int:
    """Check all sinks, or those of the files named."""
    verbose = "-v" in arguments
    stems = tuple(argument for argument in arguments if argument != "-v")
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    for sink in load_rules().sinks:
        if stems and not sink.id.startswith(stems):
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            rows = list(check(sink))
        for verdict, where, why in rows:
            counts[verdict] += 1
            if verdict == "wrong" or (verbose and verdict != "right"):
                print(f"{verdict}\t{where}\t{why}")
    print(", ".join(f"{verdict} {count}" for verdict, count in sorted(counts.items())))
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
