"""Import lines: where they go, in which style, and under which name."""

from __future__ import annotations

import ast

import pytest

from fixers.python_imports import Wanted, choose_names, import_edits
from fixers.python_names import used_names
from fixers.rewriting import splice

OURS = Wanted(module="app_secrets", function="get_secret_value")
BYTES = Wanted(module="app_secrets", function="get_secret_bytes")
QUOTE = Wanted(module="urllib.parse", function="quote")
NEAR = Wanted(module=".app_secrets", function="get_secret_value")
LINE = "from app_secrets import get_secret_value\n"
GUARDED = Wanted(module="shop.app_secrets", function="get_secret_value", alone="app_secrets")
TRY = (
    "try:\n    from shop.app_secrets import get_secret_value\n"
    "except ImportError:\n    from app_secrets import get_secret_value\n"
)
KEY = bytes(32)


def inserted(text: str, *wanted: Wanted) -> str:
    tree = ast.parse(text)
    imported = choose_names(tree, wanted)
    return splice(text, import_edits("app.py", text, tree, imported.missing, imported, key=KEY))


UNCHANGED = {
    "imported already": f"import os\n{LINE}x = 1\n",
    "imported under another name": "from app_secrets import get_secret_value as g\nx = 1\n",
    "imported among others": "from app_secrets import a, get_secret_value\nx = 1\n",
}


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_adds_nothing_to_what_is_there(text: str) -> None:
    assert inserted(text, OURS) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", f"{TRY}\nx = 1\n"),
        ("import os\n\nx = 1\n", f"import os\n\n{TRY}\nx = 1\n"),
        ("import os\r\n\r\nx = 1\r\n", f"import os\n\n{TRY}\nx = 1\n".replace("\n", "\r\n")),
        ("import os; x = 1\n", "import os; from shop.app_secrets import get_secret_value; x = 1\n"),
        (f"import os\n\n{TRY}\nx = 1\n", f"import os\n\n{TRY}\nx = 1\n"),
        ("from shop.app_secrets import get_secret_value\n", "from shop.app_secrets import get_secret_value\n"),
    ],
)
def test_a_program_imports_from_its_package_or_from_beside_it(before: str, after: str) -> None:
    assert inserted(before, GUARDED) == after


def test_another_guarded_import_is_not_taken_for_ours() -> None:
    for other in (TRY.replace("shop.", "mail."), TRY + "get_secret_value = 1\n", TRY.replace("from app", "from other")):
        assert "get_secret_value as _get_secret_value" in inserted(other, GUARDED)


NOT_USED = {
    "guarded by try": "try:\n    from app_secrets import get_secret_value\nexcept ImportError:\n    pass\n",
    "for type checking": "if TYPE_CHECKING:\n    from app_secrets import get_secret_value\n",
    "in a function": "def f():\n    from app_secrets import get_secret_value\n",
    "bound again later": "from app_secrets import get_secret_value\nget_secret_value = None\n",
    "bound again in a function": "from app_secrets import get_secret_value\ndef f(get_secret_value): pass\n",
    "after other code": "x = 1\nfrom app_secrets import get_secret_value\n",
}


@pytest.mark.parametrize("text", NOT_USED.values(), ids=NOT_USED.keys())
def test_leaves_imports_alone_that_may_not_hold(text: str) -> None:
    added = "from app_secrets import get_secret_value as _get_secret_value\n"
    after = inserted(text, OURS)
    assert added in after
    assert after.replace(f"{added}\n\n", "").replace(f"{added}\n", "").replace(added, "") == text


PLACED = {
    "an empty file": ("", LINE),
    "a lone statement": ("x = 1\n", LINE + "\nx = 1\n"),
    "a decorated function": ("@d\ndef f(): pass\n", LINE + "\n\n@d\ndef f(): pass\n"),
    "an import and a class": ("import os\nclass A: pass\n", "import os\n\n" + LINE + "\n\nclass A: pass\n"),
    "a docstring and a class": ('"""Doc."""\nclass A: pass\n', '"""Doc."""\n\n' + LINE + "\n\nclass A: pass\n"),
    "a shebang": ("#!/usr/bin/python\nx = 1\n", "#!/usr/bin/python\n" + LINE + "\nx = 1\n"),
    "a shebang and a cookie": (
        "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nx = 1\n",
        "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n" + LINE + "\nx = 1\n",
    ),
    "a licence": ("# Licence\n# text\n\nx = 1\n", "# Licence\n# text\n\n" + LINE + "\nx = 1\n"),
    "a comment on the first statement": (
        "# Licence\n\n# why\nx = 1\n",
        "# Licence\n\n" + LINE + "\n# why\nx = 1\n",
    ),
    "a docstring": ('"""Doc."""\nx = 1\n', '"""Doc."""\n\n' + LINE + "\nx = 1\n"),
    "a docstring and a blank line": ('"""Doc."""\n\nx = 1\n', '"""Doc."""\n\n' + LINE + "\nx = 1\n"),
    "a docstring of several lines": (
        '"""Doc.\n\nmore\n"""\n\nx = 1\n',
        '"""Doc.\n\nmore\n"""\n\n' + LINE + "\nx = 1\n",
    ),
    "a future import": (
        "from __future__ import annotations\nx = 1\n",
        "from __future__ import annotations\n\n" + LINE + "\nx = 1\n",
    ),
    "imports": ("import os\nimport sys\n\nx = 1\n", "import os\nimport sys\n\n" + LINE + "\nx = 1\n"),
    "imports of others": ("import os\n\nimport boto3\n\nx = 1\n", "import os\n\nimport boto3\n\n" + LINE + "\nx = 1\n"),
    "a comment behind the import": ("import os  # why\nx = 1\n", "import os  # why\n\n" + LINE + "\nx = 1\n"),
    "an import over several lines": (
        "from a import (\n    b,\n    c,\n)\nx = 1\n",
        "from a import (\n    b,\n    c,\n)\n\n" + LINE + "\nx = 1\n",
    ),
    "a continued import": (
        "from a import b, \\\n    c\nx = 1\n",
        "from a import b, \\\n    c\n\n" + LINE + "\nx = 1\n",
    ),
    "imports after a guarded one": (
        "import os\ntry:\n    import a\nexcept ImportError:\n    a = None\nimport b\n",
        "import os\n\n" + LINE + "\ntry:\n    import a\nexcept ImportError:\n    a = None\nimport b\n",
    ),
    "code in the import's line": ("import os; x = 1\n", f"import os; {LINE.strip()}; x = 1\n"),
    "code in the docstring's line": ('"doc"; x = 1\n', f'"doc"; {LINE.strip()}; x = 1\n'),
    "imports in one line": ("import a; import b\nx = 1\n", "import a; import b\n\n" + LINE + "\nx = 1\n"),
    "no final newline": ("import a", "import a\n" + LINE.strip()),
    "CRLF": ("import a\r\nx = 1\r\n", "import a\r\n\r\n" + LINE.strip() + "\r\n\r\nx = 1\r\n"),
    "a docstring with CRLF": ('"""d"""\r\nx = 1\r\n', '"""d"""\r\n\r\n' + LINE.strip() + "\r\n\r\nx = 1\r\n"),
    "a semicolon at the end": ("import a;\nx = 1\n", "import a;\n\n" + LINE + "\nx = 1\n"),
    "letters outside ASCII in the line": ('"é€𝄞"; x = 1\n', f'"é€𝄞"; {LINE.strip()}; x = 1\n'),
}


@pytest.mark.parametrize(("before", "after"), PLACED.values(), ids=PLACED.keys())
def test_puts_the_line_behind_what_must_stay_first(before: str, after: str) -> None:
    assert inserted(before, OURS) == after
    one, other = ast.parse(before), ast.parse(after)
    assert ast.get_docstring(one) == ast.get_docstring(other)
    assert len(other.body) == len(one.body) + 1
    compile(after, "made", "exec")


def test_puts_the_standard_librarys_line_among_its_own() -> None:
    text = "import os\n\nimport boto3\n\nx = 1\n"
    assert inserted(text, QUOTE, OURS) == (
        "import os\nfrom urllib.parse import quote\n\nimport boto3\n\n" + LINE + "\nx = 1\n"
    )


def test_keeps_groups_apart_where_both_lines_follow_the_standard_library() -> None:
    assert inserted("import os\nx = 1\n", QUOTE, OURS) == (
        "import os\nfrom urllib.parse import quote\n\n" + LINE + "\nx = 1\n"
    )


def test_imports_two_functions_of_one_module_in_one_line() -> None:
    assert inserted("x = 1\n", OURS, BYTES) == "from app_secrets import get_secret_bytes, get_secret_value\n\nx = 1\n"


def test_gives_a_name_that_no_scope_has() -> None:
    tree = ast.parse("quote = 1\ndef f(_quote): pass\n")
    assert choose_names(tree, [QUOTE]).names == {"quote": "_quote_2"}


def test_a_star_import_cannot_take_the_name_away() -> None:
    assert choose_names(ast.parse("from a import *\n"), [QUOTE]).names == {"quote": "_quote"}


def test_attributes_and_keywords_take_no_name() -> None:
    tree = ast.parse("client.get_secret_value(get_secret_value=1)\n")
    assert choose_names(tree, [OURS]).names == {"get_secret_value": "get_secret_value"}


def test_sees_names_of_every_kind() -> None:
    text = (
        "import a.b, c as d\nfrom e import f as g\n"
        "def h(i, /, j, *k, l, **m):\n    global n\n    o = [p for p in q]\n"
        "class r(s): pass\n"
        "try: pass\nexcept t as u: pass\n"
        "match v:\n    case [w, *x]: pass\n    case {**y}: pass\n    case 1 as z: pass\n"
    )
    assert set(used_names(ast.parse(text))) == set("adghijklmnopqrstuvwxyz")


STANDARD = {
    "after the last of the standard library": (
        "import os\n\nimport click\n\nx = 1\n",
        "import os\nfrom urllib.parse import quote\n\nimport click\n\nx = 1\n",
    ),
    "in front of third-party imports": (
        '"""D."""\n\nimport click\n\nx = 1\n',
        '"""D."""\n\nfrom urllib.parse import quote\n\nimport click\n\nx = 1\n',
    ),
    "in front of an import in the docstring's line": (
        '"""D."""; import click\nx = 1\n',
        '"""D."""; from urllib.parse import quote; import click\nx = 1\n',
    ),
    "in front of imports with CRLF": (
        "import click\r\nx = 1\r\n",
        "from urllib.parse import quote\r\n\r\nimport click\r\nx = 1\r\n",
    ),
}


@pytest.mark.parametrize(("text", "after"), STANDARD.values(), ids=STANDARD.keys())
def test_the_standard_library_is_imported_with_the_standard_library(text: str, after: str) -> None:
    assert inserted(text, QUOTE) == after


@pytest.mark.parametrize(
    ("before", "wanted", "line"),
    [
        ("from shop.client import C\nfrom shop.zeta import z\n", OURS, 0),
        ("from shop.about import a\nfrom shop.zeta import z\n", OURS, 1),
        ("import shop.zeta\nfrom shop.zeta import z\n", OURS, 1),
        ("import yaml\n\nfrom shop.zeta import z\n", OURS, 2),
        ("from ..base import b\nfrom .zeta import z\n", NEAR, 1),
        ("from . import x\nfrom .zeta import z\n", NEAR, 1),
        ("import json\nfrom pathlib import Path\nfrom zoneinfo import ZoneInfo\n\nimport yaml\n", QUOTE, 2),
        ("from __future__ import annotations\n\nfrom zoneinfo import ZoneInfo\n", QUOTE, 2),
        # Another order, which is kept: ours is the last.
        ("from shop.zeta import z\nfrom shop.client import C\n", OURS, 2),
        ("from shop.zeta import z\nimport shop.zeta\n", OURS, 2),
    ],
)
def test_imports_that_are_sorted_stay_sorted(before: str, wanted: Wanted, line: int) -> None:
    module = "shop.app_secrets" if wanted is OURS else wanted.module
    wanted = Wanted(module=module, function=wanted.function)
    lines = before.splitlines(keepends=True)
    expected = [*lines[:line], f"from {module} import {wanted.function}\n", *lines[line:]]
    assert inserted(f"{before}\nx = 1\n", wanted) == "".join(expected) + "\nx = 1\n"


PATH = "import os\nimport sys\n\nROOT = os.path.dirname(__file__)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{PATH}sys.path.insert(0, ROOT)\nimport core\n\nx = 1\n", "import core\n"),
        (
            f"{PATH}if ROOT not in sys.path:\n    sys.path.append(ROOT)\n\nfrom core import a\n\nx = 1\n",
            "from core import a\n",
        ),
        (f"{PATH}sys.path.insert(0, ROOT)\n\nx = 1\n", "sys.path.insert(0, ROOT)\n"),
        ("import site\n\nsite.addsitedir('lib')\nimport core\n\nx = 1\n", "import core\n"),
    ],
)
def test_ours_stands_behind_the_folder_that_the_file_puts_on_the_path(before: str, after: str) -> None:
    text = inserted(before, OURS)
    assert text.index(after) < text.index(LINE) < text.index("x = 1")
    assert inserted(text, OURS) == text


@pytest.mark.parametrize("between", ["connect('db')\n", "def f():\n    pass\n", "x = 1\n"])
def test_what_runs_before_the_path_is_changed_may_need_ours(between: str) -> None:
    text = inserted(f"import sys\n\n{between}sys.path.insert(0, 'lib')\nimport core\n", OURS)
    assert text.index(LINE) < text.index(between)


def test_the_standard_library_needs_no_folder() -> None:
    text = inserted("import sys\n\nsys.path.insert(0, 'lib')\nimport core\n", QUOTE)
    assert text.startswith("import sys\nfrom urllib.parse import quote\n")
