"""Which Python files are read as text, and what is looked for there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fixers.read_as_text import text_reads

READS = {
    "grep": ("a.sh", "X=$(grep -E '^TOKEN' app/conf.py | cut -d= -f2)\n", {"TOKEN"}),
    "sed that prints": ("Makefile", "x:\n\tsed -n 's/TOKEN = //p' conf.py\n", {"TOKEN"}),
    "a pipeline's step": (".gitlab-ci.yml", "script:\n  - awk '/TOKEN/' app/conf.py\n", {"TOKEN"}),
    "sourced": ("a.sh", "set -a; . ./conf.py\n", {"TOKEN", "OTHER"}),
    "made": ("Makefile", "include app/conf.py\n", {"TOKEN", "OTHER"}),
    "by a pattern": ("setup.py", "import re\nT = re.search(r'TOKEN = (.*)', open('app/conf.py').read())\n", {"TOKEN"}),
    "by its lines": ("a.py", "for x in open('conf.py'):\n    x.startswith('TOKEN')\n", {"TOKEN"}),
    "read_text": ("a.py", "import re\nt = Path('conf.py').read_text()\nre.findall('TOKEN', t)\n", {"TOKEN"}),
}
OTHERS = {
    "sed that writes": ("a.sh", "sed -i 's/TOKEN = .*/x/' conf.py\n"),
    "started": ("a.sh", "python conf.py | grep TOKEN\n"),
    "a comment": ("a.sh", "# grep TOKEN conf.py\n"),
    "another name": ("setup.py", "import re\nV = re.search(r'VERSION = (.*)', open('conf.py').read())\n"),
    "run": ("a.py", "import re\nexec(open('conf.py').read())\nre.match('TOKEN', x)\n"),
    "used": ("a.py", "from conf import TOKEN\n"),
}


def taken(tree: object) -> set[str]:
    found = list(text_reads(tree))
    return {name for name in ("TOKEN", "OTHER") if any(each.takes("app/conf.py", name) for each in found)}


@pytest.mark.parametrize("name", READS)
def test_a_reader_takes(name: str, making: SimpleNamespace, tmp_path: object) -> None:
    path, text, expected = READS[name]
    assert taken(making.tree(tmp_path, {path: text, "app/conf.py": "TOKEN = 1\n"})) == expected


@pytest.mark.parametrize("name", OTHERS)
def test_others_take_nothing(name: str, making: SimpleNamespace, tmp_path: object) -> None:
    path, text = OTHERS[name]
    assert taken(making.tree(tmp_path, {path: text, "app/conf.py": "TOKEN = 1\n"})) == set()
