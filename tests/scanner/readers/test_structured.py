from __future__ import annotations

import configparser
import contextlib
import json
import tomllib

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.model import Literal, Role
from scanner.readers import _json
from scanner.readers._tree import groups
from scanner.readers.errors import Unreadable

WORDS = st.text(alphabet="abcXYZ019_é😀", min_size=1, max_size=8)
TEXTS = st.text(alphabet="ab \"'\\/:#\n\t\r=&*!{}[]é😀\x85\u2028", max_size=14)
TREES = st.recursive(
    TEXTS | st.integers(0, 99) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
UNREADABLE = [
    ("a Helm template", "a.yml", "a: {{ .Values.b }}\n{{ if c }}\n", 3),
    ("a YAML list in a mapping", "a.yml", "a: b\n- c\n", 2),
    ("a control character in YAML", "a.yml", "a: b\nc: \x01", 2),
    ("a lone surrogate in YAML", "a.yml", "a: \ud800", 1),
    ("JSON that ends early", "a.json", '{"a": "b",\n', 2),
    ("JSON without a colon", "a.json", '{"a" "b"}', 1),
    ("JSON with an open string", "a.json", '{\n"a": "b}', 2),
    ("JSON with a bare word", "a.json", '{"a": b}', 1),
    ("JSON closed by the wrong bracket", "a.json", '["a"}', 1),
    ("TOML without a value", "a.toml", "a = \n", 1),
    ("a TOML number of 5,000 digits", "a.toml", "a = " + "9" * 5000, 1),
    ("INI without a key", "a.ini", "hello\n", 1),
    ("deep JSON", "a.json", "[" * 100_000, 1),
    ("deep YAML", "a.yml", "[" * 100_000, 1),
    ("deep TOML", "a.toml", "a = " + "[" * 100_000, 1),
    # tomllib takes more than a minute for this, and hours for five megabytes of it.
    ("a list of 50,000 strings that is no TOML", "a.toml", 'x = "y"\nz([' + '"b",' * 50_000 + "])\n", 1),
    ("a TOML key of 50,000 parts", "a.toml", 'x = "y"\n' + '"b" . a.' * 25_000 + "c = 1\n", 2),
]
NAMED = [
    ("a YAML mapping", "a.yml", "db:\n  password: ab¦cd\n", "db", "password"),
    ("a quoted YAML scalar", "a.yml", "db: {password: 'ab¦cd'}", "db", "password"),
    ("YAML under a quoted key", "a.yml", '"pass\\x41": "ab¦cd"', "", "passA"),
    ("a compose variable", "a.yml", "s:\n  environment:\n  - DB_PASSWORD=ab¦cd\n", "s.environment", "DB_PASSWORD"),
    ("a quoted compose variable", "a.yml", 'environment: ["DB_PASSWORD=ab¦cd"]', "environment", "DB_PASSWORD"),
    ("a Kubernetes variable", "a.yml", "env:\n- name: DB_PASSWORD\n  value: ab¦cd\n", "env", "DB_PASSWORD"),
    ("an anchored value", "a.yml", "a: &x ab¦cd\nb: *x\n", "", "a"),
    ("a YAML list", "a.yml", "keys:\n- ab¦cd\n", "", "keys"),
    ("a YAML number", "a.yml", "a: {b: 12¦34}", "a", "b"),
    ("a second document", "a.yml", "a: 1\n---\nb: {c: ab¦cd}\n", "b", "c"),
    ("a JSON object", "a.json", '{"db": {"password": "ab¦cd"}}', "db", "password"),
    ("JSON with comments", "a.jsonc", '// a\n{"b": /* c */ "ab¦cd",}', "", "b"),
    (
        "an ECS variable",
        "a.json",
        '{"c": [{"environment": [{"value": "ab¦cd", "name": "PW"}]}]}',
        "c.environment",
        "PW",
    ),
    ("a JSON option", "a.json", '{"args": ["--token", "ab¦cd"]}', "args", "token"),
    ("a JSON option in one", "a.json", '{"args": ["--token=ab¦cd"]}', "args", "token"),
    ("a JSON line", "a.jsonl", '{"a": 1}\n{"b": "ab¦cd"}\n', "", "b"),
    ("a lone JSON string", "a.json", '"ab¦cd"', "", None),
    ("a TOML table", "a.toml", '[db]\npassword = "ab¦cd"\n', "db", "password"),
    ("a dotted TOML key", "a.toml", "[a]\nb . \"c.d\".e = 'ab¦cd'\n", "a.b.c.d", "e"),
    ("an inline TOML table", "a.toml", 'a = {b = 1, c = "ab¦cd"}', "a", "c"),
    ("a TOML array of tables", "a.toml", "[[a.b]]\nc=1\n[[a.b]]\nc = 'ab¦cd'\n", "a.b", "c"),
    ("a multi-line TOML string", "a.toml", 'a = """\nab¦cd"""\n', "", "a"),
    ("an INI section", "a.ini", "[db]\npassword = ab¦cd ; why\n", "db", "password"),
    ("an INI colon", "a.ini", "[db]\npassword: 'ab¦cd' # why\n", "db", "password"),
    ("a property", "a.properties", "app.password=ab¦cd\n", "", "app.password"),
    ("an npm token", ".npmrc", "//registry.example.org/:_authToken=ab¦cd\n", "registry.example.org", "_authToken"),
    ("an indented INI variable", "tox.ini", "[env]\nsetenv =\n    A = b\n    PASSWORD = ab¦cd\n", "env", "PASSWORD"),
    ("git's config", ".gitconfig", '[remote "o"]\n\ttoken = ab¦cd\n', 'remote "o"', "token"),
]
DECODED = [
    ("YAML's doubled quote", "a.yml", "a: 'b''c'", "b'c", "b''c"),
    ("YAML's escapes", "a.yml", r'a: "b\x41\u00e9\U0001F600\tc\/"', "bAé😀\tc/", r"b\x41\u00e9\U0001F600\tc\/"),
    ("an escaped line end in YAML", "a.yml", 'a: "b\\\n   c"', "bc", "b\\\n   c"),
    ("a folded plain scalar", "a.yml", "a: b\n  c\n\n  d\n", "b c\nd", "b\n  c\n\n  d"),
    ("a folded quoted scalar", "a.yml", "a: 'b\r\n  c'\n", "b c", "b\r\n  c"),
    ("a literal block", "a.yml", "a: |\n  b\n   c\n\n  d\nz: 1\n", "b\n c\n\nd\n", "b\n   c\n\n  d"),
    ("a stripped block with CRLF", "a.yml", "a: |-\r\n  b\r\n  c\r\n", "b\nc", "b\r\n  c"),
    ("a kept block", "a.yml", "a: |+\n  b\n\n", "b\n\n", "b"),
    ("an indented block", "a.yml", "a: |2\n    b\n", "  b\n", "  b"),
    ("a folded block", "a.yml", "a: >-\n  b\n  c\n\n  d\n", "b c\nd", "b\n  c\n\n  d"),
    (
        "a folded block with a line further in",
        "a.yml",
        "a: >\n  b\n    c\n  d\n  e\n",
        "b\n  c\nd e\n",
        "b\n    c\n  d\n  e",
    ),
    ("a folded block behind a gap", "a.yml", "a: >\n\n  b\n  c\n", "\nb c\n", "\n  b\n  c"),
    ("a tagged scalar", "a.yml", "a: !!str 'b c'", "b c", "b c"),
    ("JSON's escapes", "a.json", r'{"a": "b\n\"\u00e9\ud83d\ude00\/"}', 'b\n"é😀/', r"b\n\"\u00e9\ud83d\ude00\/"),
    ("TOML's escapes", "a.toml", r'a = "b\n\"\u00e9\U0001F600"', 'b\n"é😀', r"b\n\"\u00e9\U0001F600"),
    ("TOML's joined lines", "a.toml", 'a = """b \\\n\n   c"""', "b c", "b \\\n\n   c"),
    ("TOML's quotes at the end", "a.toml", 'a = """b"""""', 'b""', 'b""'),
    ("CRLF in TOML", "a.toml", "a = '''\r\nb\r\nc'''", "b\nc", "b\r\nc"),
    ("a continued INI value", "a.ini", "[s]\na = b\n  c\n", "b\nc", "b\n  c"),
    ("a continued property", "a.properties", "a = b\\\n  c\n", "bc", "b\\\n  c"),
]


def leaves(tree: object) -> list[str]:
    """The non-empty texts of a tree, in order."""
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in leaves(value)]
    if isinstance(tree, list):
        return [leaf for value in tree for leaf in leaves(value)]
    return [tree] if isinstance(tree, str) and tree else []


def entries(literals: list[Literal]) -> list[Literal]:
    return [literal for literal in literals if literal.role is Role.ENTRY]


def read_texts(literals: list[Literal]) -> list[str]:
    return [literal.value.reveal("text") for literal in sorted(entries(literals), key=lambda literal: literal.span)]


@pytest.mark.parametrize(("path", "text", "line"), [pytest.param(*case, id=said) for said, *case in UNREADABLE])
def test_what_is_not_what_its_name_says_is_unreadable(read_everywhere, path: str, text: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_everywhere(path, text)
    assert caught.value.line == line
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("path", ["a.yml", "a.json", "a.toml", "a.ini"])
def test_no_message_quotes_the_text(read_everywhere, path: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_everywhere(path, '[{"hunter": {hunter\n"hunter"')
    assert "hunter" not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize("text", ["a: null", "a: true", "a: ~", "a:", "a: No", "a: ''"])
def test_what_is_no_text_in_yaml_is_not_read(read_everywhere, text: str) -> None:
    assert read_everywhere("a.yml", text) == []


def test_numbers_of_json_are_siblings_only(read_everywhere) -> None:
    (literal,) = read_everywhere("a.json", '{"port": 5432, "password": "abcd"}')
    assert literal.name == "password"
    assert [(sibling.name, sibling.value.reveal("text")) for sibling in literal.siblings] == [("port", "5432")]


def test_entries_without_hits_are_not_read(read_marked) -> None:
    (literal,) = read_marked("a.yml", "a: b\nc: d¦e\nf: g\n")
    assert literal.name == "c"


def test_a_document_without_hits_may_be_broken(read_marked) -> None:
    (literal,) = read_marked("a.yml", "a: {{ b }}: {{\n---\nc: d¦e\n")
    assert literal.name == "c"


def test_a_reference_has_no_name(read_marked) -> None:
    (literal,) = read_marked("a.yml", "password: !Ref DbPass¦word\n")
    assert (literal.name, literal.dynamic, literal.role) == (None, True, Role.TEXT)


@pytest.mark.parametrize(("path", "marked", "symbol", "name"), [pytest.param(*case, id=said) for said, *case in NAMED])
def test_an_entry_has_its_name_and_path(read_marked, path: str, marked: str, symbol: str, name: str | None) -> None:
    literal = entries(read_marked(path, marked))[-1]
    assert (literal.symbol, literal.name) == (symbol, name)
    assert literal.value.reveal("text") in ("abcd", "1234")


@pytest.mark.parametrize(
    ("path", "text", "value", "written"), [pytest.param(*case, id=said) for said, *case in DECODED]
)
def test_a_decoded_value_knows_where_it_stands(read_everywhere, path: str, text: str, value: str, written: str) -> None:
    literal = entries(read_everywhere(path, text))[0]
    assert literal.value.reveal("text") == value
    # A block's last line end is no character of its last line.
    span = literal.source_span(0, len(value.rstrip("\n")))
    assert text[span.start : span.end] in (written, f"{written}\r", f"{written}\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yml", "db:\n  host: h\n  port: 5432\n  password: ab¦cd\nother: x\n"),
        ("a.json", '{"db": {"host": "h", "port": 5432, "password": "ab¦cd"}, "other": "x"}'),
        ("a.toml", 'other = "x"\n[db]\nhost = "h"\nport = 5432\npassword = "ab¦cd"\n'),
        ("a.ini", "other = x\n[db]\nhost = h\nport = 5432\npassword = ab¦cd\n"),
        ("a.yml", "db:\n- {name: host, value: h}\n- {name: port, value: '5432'}\n- {name: password, value: ab¦cd}\n"),
        ("a.yml", "db:\n- host=h\n- port=5432\n- password=ab¦cd\n"),
    ],
)
def test_siblings_are_of_the_same_container(read_marked, path: str, text: str) -> None:
    (literal,) = read_marked(path, text)
    assert [(sibling.name, sibling.value.reveal("text")) for sibling in literal.siblings] == [
        ("host", "h"),
        ("port", "5432"),
    ]
    assert literal.container is not None
    assert literal.container.contains(literal.span)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yml", "a: b # token: ab¦cd\n"),
        ("a.yml", "# token: ab¦cd\na: b\n"),
        ("a.jsonc", '{"a": 1 // token: ab¦cd\n}'),
        ("a.toml", "a = 1 # token = ab¦cd\n"),
        ("a.ini", "[a]\nb = c\n; token = ab¦cd\n"),
        ("a.ini", "[a]\nb = c ; token = ab¦cd\n"),
    ],
)
def test_what_is_commented_out_is_read(read_marked, values, path: str, text: str) -> None:
    literal = read_marked(path, text)[-1]
    assert (literal.name, literal.value.reveal("text"), literal.role) == ("token", "abcd", Role.TEXT)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yml", "run: |\n  set -e\n  export TOKEN=ab¦cd\n"),
        ("a.yml", 'run: "x; export TOKEN=ab¦cd"\n'),
        ("a.json", '{"run": "echo \\"x\\"\\nTOKEN=ab¦cd"}'),
        ("a.toml", "url = 'https://h/?TOKEN=ab¦cd'\n"),
    ],
)
def test_a_script_names_values_of_its_own(read_marked, path: str, text: str) -> None:
    whole, inner = read_marked(path, text)
    assert (inner.name, inner.value.reveal("text"), inner.role) == ("TOKEN", "abcd", Role.TEXT)
    assert inner.symbol == whole.name


def test_a_default_is_a_value_of_its_own(read_marked) -> None:
    default = read_marked("compose.yml", "environment:\n  DB_PASSWORD: ${DB_PASSWORD:-ab¦cd}\n")[-1]
    assert (default.name, default.value.reveal("text"), default.role) == ("DB_PASSWORD", "abcd", Role.ENV_DEFAULT)


def test_many_siblings_are_bounded(read_marked) -> None:
    text = json.dumps({f"k{number}": "v" for number in range(3000)} | {"password": "ab¦cd"}, ensure_ascii=False)
    (literal,) = read_marked("a.json", text)
    assert len(literal.siblings) == 100


@settings(max_examples=120)
@given(tree=TREES, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_json_is_read_whole(read_everywhere, tree: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps({"top": tree}, indent=indent, ensure_ascii=ascii_only)
    literals = [each for each in read_everywhere("a.json", text) if each.role is Role.ENTRY]
    for literal in literals:
        span = literal.source_span(0, len(literal.value.reveal("text")))
        assert (json.loads(f'"{text[span.start : span.end]}"', strict=False) == literal.value.reveal("text")) is True
    assert all(text[literal.span.end - 1] == '"' or "=" in text for literal in literals)
    if "=" not in text:
        assert (read_texts(literals) == leaves({"top": tree})) is True


@settings(max_examples=120)
@given(
    tree=TREES,
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    flow=st.booleans(),
    width=st.sampled_from([20, 1000]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_yaml_is_read_whole(
    read_everywhere, tree: object, style: str | None, flow: bool, width: int, line_end: str
) -> None:
    text = yaml.safe_dump(
        {"top": tree},
        default_style=style,
        default_flow_style=flow,
        width=width,
        line_break=line_end,
        allow_unicode=True,
    )
    literals = entries(read_everywhere("a.yml", text))
    if "=" not in text and style is None:
        given_texts = [
            leaf for leaf in leaves(yaml.load(text, Loader=yaml.BaseLoader)) if leaf.lower() not in {"true", "false"}
        ]
        assert (read_texts(literals) == given_texts) is True
    for literal in literals:
        written = text[literal.span.start : literal.span.end]
        if written[:1] in "\"'" and written[:1]:
            assert (yaml.safe_load(f"[{written}]") == [literal.value.reveal("text")]) is True


@settings(max_examples=120)
@given(
    values=st.dictionaries(
        st.from_regex(r"[a-zA-Z0-9_-]{1,6}", fullmatch=True), TEXTS.filter(bool), min_size=1, max_size=4
    ),
    shape=st.sampled_from(["{}\n", "[t]\n{}\n", "[[t]]\n{}\n", "[a.b]\nq.r = 1 # x\n{}\n"]),
)
def test_toml_is_read_whole(read_everywhere, values: dict[str, str], shape: str) -> None:
    lines = "\n".join(f"{key} = {json.dumps(value).replace(chr(127), '')}" for key, value in values.items())
    text = shape.format(lines)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a surrogate pair is no escape of TOML
    found = entries(read_everywhere("a.toml", text))
    assert ({literal.name: literal.value.reveal("text") for literal in found} == values) is True


@settings(max_examples=100)
@given(
    values=st.dictionaries(
        st.from_regex(r"[a-z][a-z_.]{0,6}", fullmatch=True),
        st.text(alphabet="abXY019:=/@!%é😀", min_size=1, max_size=12),
        min_size=1,
        max_size=4,
    ),
    separator=st.sampled_from(["=", " = ", ": "]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_ini_is_read_as_configparser_reads_it(
    read_everywhere, values: dict[str, str], separator: str, line_end: str
) -> None:
    text = line_end.join(["[s]", *(f"{key}{separator}{value}" for key, value in values.items()), ""])
    parser = configparser.RawConfigParser()
    parser.read_string(text.replace("\r\n", "\n").replace("\r", "\n"))
    found = [literal for literal in entries(read_everywhere("a.ini", text)) if literal.symbol == "s"]
    if separator == ": " or not any(value.startswith((":", "=", "//")) for value in values.values()):
        assert ({literal.name: literal.value.reveal("text") for literal in found} == dict(parser["s"])) is True


@settings(max_examples=250)
@given(
    path=st.sampled_from(["a.yml", "a.json", "a.toml", "a.ini"]),
    text=st.text(alphabet="ab:=-[]{}\"'\\#|>&*!%@,;/ \n\r\t0.é😀\x85\ufeff", max_size=40),
)
@example(path="a.yml", text="!\x850")
@example(path="a.yml", text="&0:0")
def test_any_text_is_read_or_unreadable(read_everywhere, path: str, text: str) -> None:
    # The fixture checks every place; any other exception fails the test.
    with contextlib.suppress(Unreadable):
        read_everywhere(path, text)


# --- large JSON is read where its hits are


def _report(rows: int, *, broken: bool = False) -> str:
    """A list of small objects, a large object, and pairs of name and value; `broken` adds what only comments allow."""
    small = [{"id": number, "name": f"n{number}", "path": [1, {"x": "y" * 20}]} for number in range(rows)]
    pairs = [{"name": f"KEY_{number}", "value": f"v{number}"} for number in range(300)]
    text = json.dumps({"rows": small, "large": {"a": {"b": ["c" * 50] * 200}}, "env": pairs, "last": "z"}, indent=1)
    return text.replace('"large"', '// what follows\n "large"') if broken else text


@pytest.mark.parametrize("broken", [False, True])
@given(where=st.lists(st.floats(0, 1), max_size=4))
def test_what_is_passed_over_changes_nothing_at_the_hits(broken: bool, where: list[float]) -> None:
    text = _report(300, broken=broken)
    hits = sorted({int(part * len(text)) for part in where})
    assert list(groups(text, _json.events(text, hits), hits)) == list(groups(text, _json.events(text), hits))


def test_containers_far_from_every_hit_are_not_read_value_by_value() -> None:
    text = _report(3_000)
    every = sum(1 for _ in _json.events(text))
    assert sum(1 for _ in _json.events(text, [len(text) - 5])) < every / 4
    assert sum(1 for _ in _json.events(text, [])) == 2
    assert sum(1 for _ in _json.events(f"[{'9' * 100_000}]", [])) == 2


def test_a_fault_in_what_is_passed_over_is_still_named() -> None:
    text = '{"a": {"b": [' + "1, " * 2_000 + '!]}, "password": "x"}'
    with pytest.raises(Unreadable):
        list(_json.events(text, [len(text) - 3]))
