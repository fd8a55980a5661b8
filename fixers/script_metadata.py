"""The `# /// script` block in which a single-file script lists its dependencies. https://peps.python.org/pep-0723/"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

_BLOCK = re.compile(
    r"^# /// script[ \t]*(?:\r\n|\r|\n)(?P<content>(?:^#(?:| [^\r\n]*)(?:\r\n|\r|\n))+)^# ///[ \t]*\r?$", re.MULTILINE
)
_LINE = re.compile(r"# ?(?P<text>[^\r\n]*(?:\r\n|\r|\n))")
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptBlock:
    """The block's TOML without the comment marks, and the offset of each line in the TOML and in the file."""

    content: str = field(repr=False)
    starts: tuple[tuple[int, int], ...]

    def placed(self, offset: int, new: str) -> tuple[int, str]:
        """An insertion into the TOML, converted to one into the file."""
        here, there = max(each for each in self.starts if each[0] <= offset)
        return there + offset - here, _NEWLINE.sub(lambda found: f"{found[0]}# ", new)


def script_block(text: str) -> ScriptBlock | None:
    """The block of a Python file; None if it has none, or more than one."""
    found = list(_BLOCK.finditer(text))
    if len(found) != 1:
        return None
    lines = list(_LINE.finditer(text, *found[0].span("content")))
    texts = [line["text"] for line in lines]
    begins = itertools.accumulate(map(len, texts[:-1]), initial=0)
    return ScriptBlock(
        content="".join(texts), starts=tuple(zip(begins, (line.start("text") for line in lines), strict=True))
    )
