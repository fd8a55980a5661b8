"""The prefilter's database is trusted only from a folder of our own, and finds the same from the cache as fresh."""

from __future__ import annotations

import ast
import errno
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from rules.load import load_rules
from rules.private import own_folder, read_private, write_private
from rules.signature import rules_state
from scanner import prefilter
from scanner.detectors.name import judge_name
from scanner.expressions import expressions

SCANNER = Path(prefilter.__file__).parent
# What makers take of these stands in no expression.
NO_PATTERNS = {"detectors/candidate.py", "readers/parts.py", "readers/text.py", "readers/textvalues.py"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, prefilter.Prefilter]:
    """A new cache and what is compiled for it, which takes longer than all else in this file."""
    folder = tmp_path_factory.mktemp("cache") / "unhardcode"
    return folder, prefilter.load(folder, rules_state())


@pytest.fixture
def cache(compiled: tuple[Path, prefilter.Prefilter]) -> Path:
    return compiled[0]


@pytest.fixture
def fresh(compiled: tuple[Path, prefilter.Prefilter]) -> prefilter.Prefilter:
    return compiled[1]


def _is_cached(folder: Path, state: bytes | None = None) -> bool:
    loaded = prefilter._cached(folder, next(folder.glob("*.hsdb")).stem, state or _full_state())
    return loaded is not None


def _full_state() -> bytes:
    return prefilter.full_state(rules_state())


def test_a_folder_that_others_can_write_is_not_used(cache: Path) -> None:
    assert _is_cached(cache)
    cache.chmod(0o777)
    assert not _is_cached(cache)
    cache.chmod(0o700)


def test_a_link_in_place_of_the_folder_is_not_used(cache: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(cache)
    assert not own_folder(link)


def test_a_file_that_others_can_write_is_not_used(cache: Path) -> None:
    stored = next(cache.glob("*.hsdb"))
    stored.chmod(0o666)
    assert not _is_cached(cache)
    stored.chmod(0o600)
    assert _is_cached(cache)


def test_a_flipped_byte_is_seen_before_anything_is_believed_wherever_it_is(cache: Path) -> None:
    stored = next(cache.glob("*.hsdb"))
    whole = stored.read_bytes()
    source = random.Random(3)
    # Ahead of it stands the state; the last bytes are padding.
    places = source.sample(range(len(_full_state()) + 40, len(whole) - 100), k=20)
    for at in places:
        stored.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << source.randrange(8)]) + whole[at + 1 :])
        assert not _is_cached(cache), at
    stored.write_bytes(whole)
    assert _is_cached(cache)


def test_a_database_of_other_rules_is_not_used(cache: Path) -> None:
    assert not _is_cached(cache, _full_state() + b" other")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_what_is_no_file_is_not_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x")
    assert read_private(tmp_path / "x") is None


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    write_private(tmp_path / "absent" / "x", b"content")
    (tmp_path / "file").write_text("")
    assert not own_folder(tmp_path / "file")


def test_a_cache_on_a_read_only_file_system_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_more: object, **_named: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)  # Linux says so before it looks whether the file is there
    write_private(tmp_path / "x", b"content")


def test_cached_and_fresh_find_the_same(cache: Path, fresh: prefilter.Prefilter, made: Callable[..., str]) -> None:
    text = (
        f'import smtplib\nPASSWORD = "{made()}"\nsmtplib.SMTP("h").login("u", "{made()}")\nu = "redis://:{made()}@h"\n'
    )
    cached = prefilter.load(cache, rules_state())
    assert isinstance(cached.table, bytes)
    assert isinstance(fresh.table, tuple)
    assert prefilter.read_table(cached) == fresh.table
    assert sorted(cached.find(text.encode())) == sorted(fresh.find(text.encode()))
    wanted, _, imported = prefilter.sort_out(fresh.find(text.encode()), fresh.table, code=True)
    assert len(wanted) >= 3
    assert "smtplib" in imported


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-9] + bytes(9))])
def test_calls_are_compiled_again_where_their_file_is_gone_or_damaged(
    cache: Path, spoil: Callable[[Path], object]
) -> None:
    stored = next(cache.glob("*.calls"))
    whole = stored.read_bytes()
    text = b"import smtplib\nsmtplib.SMTP(host).login(user, word)\n"
    expected = sorted(prefilter.load(cache, rules_state()).find(text))
    spoil(stored)
    assert sorted(prefilter.load(cache, rules_state()).find(text)) == expected
    write_private(stored, whole)


def test_a_call_without_its_import_is_no_candidate(fresh: prefilter.Prefilter) -> None:
    table = prefilter.read_table(fresh)
    for text, wanted in (("client.login(user)", False), ("import smtplib\nclient.login(user)", True)):
        assert bool(prefilter.sort_out(fresh.find(text.encode()), table, code=True)[0]) is wanted


def test_a_call_that_many_libraries_have_is_one_hit(fresh: prefilter.Prefilter) -> None:
    table = prefilter.read_table(fresh)
    found = [table[number] for number, _ in fresh.find(b"client.get(url)", calls=True)]
    (libraries,) = [libraries for role, libraries in found if role == prefilter.CALL]
    assert {"aiohttp", "httpx", "requests"} <= set(libraries.split(" "))


def test_every_expression_has_a_role_and_every_call_its_libraries() -> None:
    rules = load_rules()
    roles = [expression.role for expression in expressions(rules)]
    assert roles.count(prefilter.PROVIDER) == len(rules.providers)
    assert {prefilter.QUOTED, prefilter.BARE, prefilter.URL, prefilter.CALL, prefilter.IMPORT} <= set(roles)


def _imported(path: Path) -> set[str]:
    """The modules of scanner that a module imports constants or modules of, below scanner/."""
    tree = ast.parse(path.read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scanner"):
            module = (node.module or "").removeprefix("scanner").lstrip(".").replace(".", "/")
            for alias in node.names:
                below = f"{module}/{alias.name}.py".lstrip("/")
                is_module = (SCANNER / below).exists()
                if is_module or alias.name.isupper():
                    found.add(below if is_module else f"{module}.py")
    return found


def test_a_change_of_whatever_makes_the_expressions_makes_the_database_anew() -> None:
    """A constant of another module in an expression: that module is a maker, too."""
    assert "expressions.py" in prefilter._MAKERS
    for maker in prefilter._MAKERS:
        assert _imported(SCANNER / maker) <= {*prefilter._MAKERS, *NO_PATTERNS}, maker


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"x" + path.read_bytes())])
def test_a_database_without_its_own_table_is_not_used(cache: Path, spoil: Callable[[Path], object]) -> None:
    stored = next(cache.glob("*.rows"))
    whole = stored.read_bytes()
    spoil(stored)
    assert not _is_cached(cache)
    write_private(stored, whole)
    assert _is_cached(cache)


def test_calls_are_looked_for_only_where_a_library_is_imported_or_is_said_to_be(fresh: prefilter.Prefilter) -> None:
    table = prefilter.read_table(fresh)
    call = b"requests.get(url)\n"

    def roles(data: bytes, *, calls: bool = False) -> set[int]:
        return {table[number][0] for number, _ in fresh.find(data, calls=calls)}

    assert prefilter.CALL not in roles(call)
    assert prefilter.CALL in roles(b"import requests\n" + call)
    assert prefilter.CALL in roles(call, calls=True)


@pytest.mark.parametrize("form", ["{0} = 'x7Kq9Zt2Vb4R'", "{0}: x7Kq9Zt2Vb4R", 'let {0} = "x7Kq9Zt2Vb4R";'])
def test_whatever_name_is_judged_strong_has_a_hit_however_its_words_are_joined(cache: Path, form: str) -> None:
    loaded, names = prefilter.load(cache, rules_state()), load_rules().names
    spelled = {
        write(head.words)
        for head in names.heads
        for write in ("_".join, "".join, lambda words: "".join(word.capitalize() for word in words))
    }
    strong = {name for each in spelled for name in (each, each.upper()) if judge_name(name, names).strength == "strong"}
    # A head of three letters is sought as a word of its own: `psk` is one, `wpapsk` is not worth a pattern.
    missed = {name for name in strong if not loaded.find(form.format(name).encode())} - {"wpapsk", "WPAPSK"}
    assert len(strong) > 1000
    assert missed == set()
