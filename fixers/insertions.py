"""Join import lines that several rewriters insert at the same place."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from fixers.model import Edit
from fixers.rewriting import unique_edits
from scanner.model import Span

_LINE = re.compile(r"(?:from (?P<module>\S+) )?import (?P<names>[^\r\n;]+)")
_GUARDED = re.compile(
    r"try:\s+from (?P<module>\S+) import (?P<names>[^\r\n;]+)\s+except ImportError:\s+from (?P<alone>\S+) import .+"
)
_NEWLINE = re.compile(r"\r\n?|\n")
_INLINE = "; "
THIRD_PARTY = frozenset({"boto3", "pydantic"})


def joined_insertions(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Each edit once; import lines for one offset are joined into one block that names each function once."""
    together: dict[tuple[str, Span], list[Edit]] = defaultdict(list)
    for edit in unique_edits(edits):
        together[edit.path, edit.span].append(edit)
    joined: list[Edit] = []
    for same in together.values():
        alone = len(same) == 1 or not all(_LINE.search(edit.new) for edit in same)
        joined.extend(same if alone else [replace(same[0], new=_block([edit.new for edit in same]))])
    return tuple(joined)


def guarded(module: str, alone: str, names: str, newline: str) -> str:
    """An import from a package, with a fallback to the same folder for a file run by its path."""
    lines = ("try:", f"    from {module} import {names}", "except ImportError:", f"    from {alone} import {names}")
    return newline.join(lines)


def newline_of(text: str) -> str:
    """The line end of a text: that of its first line."""
    found = _NEWLINE.search(text)
    return found[0] if found else "\n"


def _block(texts: Sequence[str]) -> str:
    """The lines sorted into groups, with blank lines between groups and where one of the texts has them."""
    names: dict[str, set[str]] = defaultdict(set)
    apart: dict[int, bool] = defaultdict(bool)
    lines: dict[str, str] = {}
    alone: dict[str, str] = {}
    for text in texts:
        alone |= {found["module"]: found["alone"] for found in _GUARDED.finditer(text)}
        for line in _LINE.finditer(_GUARDED.sub(r"from \g<module> import \g<names>", text)):
            module = line["module"] or f"{line['names'].split()[0]} "  # a plain import keeps a line of its own
            names[module].update(each.strip() for each in line["names"].split(","))
            apart[group_of(module)] |= text.startswith(("\r", "\n"))
            start = f"from {module} " if line["module"] else ""
            lines[module] = f"{start}import {', '.join(sorted(names[module]))}"
    if all(text.endswith(_INLINE) for text in texts):
        return "".join(f"{lines[module]}{_INLINE}" for module in _ordered(lines))
    newline = next(found[0] for text in texts if (found := _NEWLINE.search(text)))
    lines |= {each: guarded(each, other, ", ".join(sorted(names[each])), newline) for each, other in alone.items()}
    block = ""
    for number in range(3):
        group = [lines[module] + newline for module in _ordered(lines) if group_of(module) == number]
        block += (newline if group and (apart[number] or block) else "") + "".join(group)
    # The last text decides whether a blank line ends the group.
    last = _ordered(lines)[-1]
    blank = any(text.endswith(newline * 2) for text in texts if last in _modules(text))
    return (
        block + newline if blank else block if any(text.endswith(newline) for text in texts) else block.rstrip("\r\n")
    )


def _modules(text: str) -> set[str]:
    found = _LINE.finditer(text)
    return {line["module"] or f"{line['names'].split()[0]} " for line in found}


def group_of(module: str) -> int:
    """0 for the standard library, 1 for third-party libraries, 2 for the project's own modules."""
    return 0 if is_standard(module) else 1 if module.strip() in THIRD_PARTY else 2


def is_standard(module: str) -> bool:
    """Whether a module is of the standard library."""
    return module.partition(".")[0].strip() in sys.stdlib_module_names


def _ordered(modules: Iterable[str]) -> list[str]:
    return sorted(modules, key=lambda module: (group_of(module), module))
