from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Role, Span
from scanner.readers.text import shapes
from scanner.readers.textvalues import Shape

Growth = Callable[[Callable[[int], object], int], float]

NAMED = [
    ("a quoted assignment", 'password = "ab¦cd"', "password", "abcd"),
    ("an annotated one", 'password: str = "ab¦cd"', "password", "abcd"),
    ("a comparison", 'if (password == "ab¦cd")', "password", "abcd"),
    ("a shell variable", "export DB_PASSWORD=ab¦cd; true", "DB_PASSWORD", "abcd"),
    ("a JSON member", '"password": "ab¦cd"', "password", "abcd"),
    ("JSON in a string", '"{\\"password\\": \\"ab¦cd\\"}"', "password", "abcd"),
    ("a value on the next line", 'password =\n  "ab¦cd"', "password", "abcd"),
    ("a triple-quoted value", 'password = """ab¦c\nd"""', "password", "abc\nd"),
    ("a hash rocket", "'db_pass' => 'ab¦cd',", "db_pass", "abcd"),
    ("a PHP constant", "define('DB_PASSWORD', 'ab¦cd');", "DB_PASSWORD", "abcd"),
    ("a PHP property", "$this->password = 'ab¦cd';", "password", "abcd"),
    ("a PowerShell variable", '$env:TOKEN = "ab¦cd"', "TOKEN", "abcd"),
    ("a setter", 'setPassword("ab¦cd")', "setPassword", "abcd"),
    ("a Go declaration", 'token := "ab¦cd"', "token", "abcd"),
    ("Markdown emphasis", "**password**: `ab¦cd`", "password", "abcd"),
    ("a command line option", "mysql --password ab¦cd -u x", "password", "abcd"),
    ("an option with an equals sign", "tool --token=ab¦cd", "token", "abcd"),
    ("a Java property", "java -Dapp.password=ab¦cd x", "app.password", "abcd"),
    ("a Dockerfile's ENV", "ENV API_KEY ab¦cd", "API_KEY", "abcd"),
    ("a Dockerfile's ARG", "ARG API_KEY=ab¦cd", "API_KEY", "abcd"),
    ("an element", "<password>ab¦cd</password>", "password", "abcd"),
    ("a Hadoop property", "<name>db.password</name>\n <value>ab¦cd</value>", "db.password", "abcd"),
    ("a .NET setting", '<add key="ApiKey" value="ab¦cd" />', "ApiKey", "abcd"),
    ("a name before its value", "- name: DB_PASSWORD\n  value: ab¦cd", "DB_PASSWORD", "abcd"),
    ("SQL", "ALTER USER x IDENTIFIED BY 'ab¦cd';", "password", "abcd"),
    ("a header", "Authorization: Bearer ab¦cd", "Authorization", "abcd"),
    ("a quoted header", '"Authorization": "Basic ab¦cd=="', "Authorization", "abcd=="),
    ("a header in a command", 'curl -H "Authorization: Bearer ab¦cd" x', "Authorization", "abcd"),
    ("a query", "https://h/p?api_key=ab¦cd&x=1", "api_key", "abcd"),
    ("a JDBC URL", "jdbc:sqlserver://h;user=sa;password=ab¦cd;x", "password", "abcd"),
    ("npm's token", "npm config set //registry.example.org/:_authToken=ab¦cd", "_authToken", "abcd"),
    ("a default", "password=${PW:-ab¦cd}", "password", "abcd"),
    ("a variable inside another's value", 'env: "PASSWORD=ab¦cd"', "PASSWORD", "abcd"),
    ("a colon inside a value", '"password": "ab¦:cd"', "password", "ab:cd"),
    ("a colon inside a bare value", "password: ab¦:cd", "password", "ab:cd"),
    ("a whole URL", "DATABASE_URL=postgres://u:ab@¦h/db", "DATABASE_URL", "postgres://u:ab@h/db"),
    ("a name below a question", "# whose is it? \npassword: ab¦cd", "password", "abcd"),
    ("a template", "password: {{ .Values.p¦w }}", "password", "{{ .Values.pw }}"),
    ("a placeholder", "password: <your-p¦w>", "password", "<your-pw>"),
]


def test_nothing_is_read_without_hits(read_marked) -> None:
    assert read_marked("a.txt", 'password = "abcd"') == []


def test_an_empty_value_gives_way_to_the_next_name(read_marked, values) -> None:
    assert values(read_marked("a.txt", "password:\ntoken: ab¦cd")) == {"token": "abcd"}


def test_a_url_in_prose_has_no_name(read_marked) -> None:
    (literal,) = read_marked("a.txt", "see https://user:ab@¦host/x there")
    assert (literal.name, literal.value.reveal("text")) == (None, "https://user:ab@host/x")


def test_a_word_in_prose_is_read_whole(read_marked) -> None:
    (literal,) = read_marked("a.txt", "use (abcd¦efgh) here")
    assert (literal.name, literal.value.reveal("text"), literal.role) == (None, "(abcdefgh)", Role.TEXT)


def test_two_words_are_a_directive_only_in_files_of_directives(read_marked, values) -> None:
    assert values(read_marked("redis.txt", "requirepass ab¦cd")) == {None: "abcd"}
    assert values(read_marked("redis.conf", "requirepass ab¦cd")) == {"requirepass": "abcd"}
    assert values(read_marked(".netrc", "machine h login u password ab¦cd")) == {"password": "abcd"}


@pytest.mark.parametrize(("marked", "name", "value"), [pytest.param(*case, id=said) for said, *case in NAMED])
def test_the_value_has_its_name(read_marked, marked: str, name: str, value: str) -> None:
    (literal,) = read_marked("a.txt", marked)
    assert (literal.name, literal.value.reveal("text")) == (name, value)


def test_the_span_has_the_quotes(read_marked) -> None:
    (literal,) = read_marked("a.txt", "x = 'ab¦cd'")
    assert (literal.span.start, literal.span.end, literal.body) == (4, 10, 5)


def test_several_hits_in_one_value_give_one_literal(read_marked) -> None:
    assert len(read_marked("a.txt", "token = 'a¦b¦c¦d¦'")) == 1


def test_a_pem_block_is_one_value(read_marked) -> None:
    block = "-----BEGIN TEST KEY-----\nAAAA\n-----END TEST KEY-----"
    (literal,) = read_marked("a.txt", f'SIGNING_KEY="{block[:20]}¦{block[20:]}"')
    assert (literal.name, literal.value.reveal("text")) == ("SIGNING_KEY", block)


@pytest.mark.parametrize("piece", ["a", "a=b ", "a.b-", "\\", "(", '"', "<a ", "p='", "https://", "${", "{{", '\\"a'])
def test_a_long_line_costs_no_more_than_its_length(piece: str, growth: Growth) -> None:
    def read(length: int) -> None:
        list(shapes(piece * (length // len(piece)), range(0, length, 2_000)))

    assert growth(read, 25_000) < 8


def test_names_that_are_each_others_values_hold_no_memory_for_each() -> None:
    text = "password=" * 10_000
    found = list(shapes(text, range(9, len(text), 9)))
    assert sum(shape.inner.end - shape.inner.start for shape in found) < 50 * len(text)


def test_values_that_overlap_cost_no_more_than_their_length(
    growth: Growth,
) -> None:
    def found(count: int) -> int:
        text = "password=a,b=" * count
        return len(list(shapes(text, range(9, len(text), 13))))

    assert found(500) == 500
    assert growth(found, 2_500) < 8


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(("password=", "a,b=", "p: 'x'", "-t ", "'", "echo x | sudo -S ", "${x}", "{{", "ab12", " ")),
        min_size=20,
        max_size=200,
    ).map("".join)
)
def test_what_stands_at_a_hit_does_not_depend_on_the_hits_before_it(text: str) -> None:
    offsets = range(0, len(text), 3)
    alone: dict[Span, Shape] = {}
    for offset in offsets:
        for shape in shapes(text, [offset]):
            alone.setdefault(shape.inner, shape)
    assert list(shapes(text, offsets)) == list(alone.values())


@settings(max_examples=150)
@given(st.text(alphabet="ab=:'\"`<>/-{}$()[] \n\\?&;.@é😀", max_size=60))
def test_any_text_is_read(read_everywhere, text: str) -> None:
    for literal in read_everywhere("a.txt", text):
        assert literal.value.reveal("text")


@settings(max_examples=100)
@given(
    name=st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True).filter(lambda name: name not in {"value", "set"}),
    value=st.text(alphabet="abcXYZ019!#%*+^~_é", min_size=1, max_size=20),
    shape=st.sampled_from(['{} = "{}"', "{}: '{}'", "export {}={}", "{}={}", '<a {}="{}"/>']),
)
def test_a_generated_value_is_found_where_it_stands(document, name: str, value: str, shape: str) -> None:
    from scanner.readers.text import read

    text = shape.format(name, value)
    at = text.rindex(value)
    (literal,) = read(document("a.txt", text), [at + 1])
    assert (literal.name, literal.value.reveal("text") == value, literal.body) == (name, True, at)


@pytest.mark.parametrize(
    ("path", "named"),
    [("a.html", False), ("a.html.j2", False), ("a.ini.j2", True), ("a.env.erb", True), ("a.txt", True)],
)
def test_an_identifier_is_a_value_except_in_a_page(path: str, named: bool, read_marked) -> None:
    found = read_marked(path, "password: amber¦Cedar\n")
    assert any(literal.name == "password" for literal in found) is named
