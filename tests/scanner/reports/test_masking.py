from __future__ import annotations

import base64
import dataclasses
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import CredentialKind, Evidence, SecretValue, Span
from scanner.reports.masking import MASK, WIDTH, hide, make_net, make_page, masked_line, masked_text, printable
from scanner.sources.paths import shown

# Lower-case words are the text, upper-case letters and digits the secrets: no piece of one can be in the other.
WORDS = st.text("abc \"'=,()\t\u2028é", max_size=30)
SECRETS = st.text(string.ascii_uppercase + string.digits, min_size=6, max_size=40)


def line_of(make, page, *findings):
    return masked_line(make_page(page, findings), findings[0], make_net(findings))


@given(parts=st.lists(st.tuples(WORDS, SECRETS), min_size=1, max_size=6), breaks=st.sampled_from(["", "\n", "\r\n"]))
def test_of_any_line_with_any_secrets_nothing_but_the_rest_is_left(make, parts, breaks):
    page, findings, rest = "", [], ""
    for word, secret in parts:
        page += word
        start = len(page)
        page += secret + "|" + breaks
        rest += word
        findings.append(make.found(page, secret, occurrence=page[:start].count(secret)))
    shown = line_of(make, page, *findings)

    assert not set(shown.replace("\\u2028", "").replace("\\x09", "")) & set(string.ascii_uppercase + string.digits)
    assert MASK in shown
    assert len(shown) <= WIDTH + 6


@given(st.text(max_size=60))
def test_printable_text_holds_nothing_that_a_terminal_obeys(text):
    shown = printable(text)

    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in shown)
    assert printable(shown) == shown


@pytest.mark.parametrize("mark", ["\xad", "\u180e", "\u200b", "\u202e", "\u206a", "\ufff9", "\U000e0041", "\U000e0100"])
def test_what_nobody_sees_is_spelled_out(mark):
    assert printable(f"a{mark}b") == "a" + mark.encode("ascii", "backslashreplace").decode() + "b"


def test_a_prefix_is_shown_only_where_it_stands(make):
    value = "tk_live_" + make.generated("a")
    page = f'"{value}"'

    assert line_of(make, page, make.found(page, value, prefix="tk_live_")) == '"tk_live_…"'
    assert line_of(make, page, make.found(page, value, prefix="other_")) == '"…"'


def test_a_prefix_is_not_repeated_where_a_secret_goes_on(make):
    value = "tk_live_" + make.generated("p")
    page = f'"{value}"'
    shown = make_page(page, [make.found(page, value, prefix="tk_live_")])

    assert masked_text(shown, Span(0, 20), make_net(())) == '"tk_live_…'
    assert masked_text(shown, Span(20, len(page)), make_net(())) == '…"'


def test_a_text_whose_lines_have_moved_is_no_page_even_where_the_value_cannot_be_compared(make):
    value = make.generated("q")
    page = f'a\nb = "{value}"'
    finding = make.found(page, value)
    escaped = dataclasses.replace(finding, literal=dataclasses.replace(finding.literal, offsets=(0,)))

    assert make_page(page, [escaped]) is not None
    assert make_page(page.replace("\n", " "), [escaped]) is None
    assert make_page(page[: finding.span.start], [escaped]) is None


def test_one_finding_out_of_place_is_enough_to_distrust_the_text(make):
    one, two = make.generated("one"), make.generated("two")
    page = f'a = "{one}"\nb = "{two}"\n'
    first, second = make.found(page, one), make.found(page, two)
    moved = dataclasses.replace(second, start=(3, 6), end=(3, 30))

    assert make_page(page, [first, second]) is not None
    assert make_page(page, [first, moved]) is None


def test_overlapping_findings_give_one_mask(make):
    password = make.generated("b", 12)
    url = f"postgres://shop:{password}@db/shop"
    page = f'DSN = "{url}"'
    inner = make.found(page, password)
    outer = make.found(page, url, kind=CredentialKind.URL)

    assert line_of(make, page, inner, outer) == 'DSN = "…"'
    assert line_of(make, page, outer, inner) == 'DSN = "…"'


def test_of_a_url_only_the_password_is_masked(make):
    password = make.generated("c", 12)
    page = f'DSN = "postgres://shop:{password}@db/shop"'

    assert line_of(make, page, make.found(page, password)) == 'DSN = "postgres://shop:…@db/shop"'


def test_every_line_of_a_key_is_masked(make):
    key = make.pem("d")
    page = f'KEY = """{key}"""\n'
    finding = make.found(page, key)
    shown = make_page(page, [finding])

    assert line_of(make, page, finding) == 'KEY = """…'
    for line in range(1, 6):
        start = shown.starts[line]
        end = page.index("\n", start)
        make.assert_no_value(masked_text(shown, Span(start, end), make_net(())), key.split("\n")[1:-1])


def test_a_copy_in_a_comment_is_masked_even_if_it_is_short_but_not_inside_words(make):
    page = 'password = "shop"  # shop, not workshop\n'

    assert line_of(make, page, make.found(page, "shop")) == 'password = "…"  # …, not workshop'


def test_a_copy_in_other_letters_is_masked(make):
    value = make.generated("c", 16)
    page = f'password = "{value}"  # was {value.upper()}, {value.lower()}\n'
    assert line_of(make, page, make.found(page, value)) == 'password = "…"  # was …, …'
    page = 'password = "shop"  # SHOP, not Workshop\n'
    assert line_of(make, page, make.found(page, "shop")) == 'password = "…"  # …, not Workshop'


def test_a_copy_of_what_everybody_takes_as_a_password_is_a_word_of_the_line(make):
    page = 'password = "password"  # the password\n'
    common = Evidence(name="common-password", weight=-1, text="one of the most used passwords")

    assert line_of(make, page, make.found(page, "password", occurrence=1)) == '… = "…"  # the …'
    assert (
        line_of(make, page, make.found(page, "password", occurrence=1, evidence=(common,)))
        == 'password = "…"  # the password'
    )


def test_a_word_of_one_file_is_no_word_of_another(make):
    page, other = 'password = "shop"\n', f'connect("shop", "{make.generated("w")}")\n'
    findings = [make.found(page, "shop"), make.found(other, make.generated("w"), path="other.py")]

    assert masked_line(make_page(other, findings[1:]), findings[1], make_net(findings)) == 'connect("shop", "…")'


def test_our_own_words_lose_only_values_that_nobody_writes_by_chance(make):
    strong = make.generated("e")
    page = f"postgres shop {strong}"
    net = make_net([make.found(page, value) for value in ("postgres", "shop", strong)])

    assert hide(f"charts/postgres/shop/{strong}.yaml", net) == "charts/postgres/shop/….yaml"


def test_a_value_with_percent_signs_is_hidden_in_a_path_as_well(make):
    value = f"{make.generated('p')}%CE{make.generated('q')}%25"
    net = make_net([make.found(f'"{value}"', value)])

    for spelled in (value, shown(value)):
        assert hide(f"dump-{spelled}.sql", net) == "dump-….sql"


def test_bytes_values_are_hidden_too(make):
    value = make.generated("f")
    finding = dataclasses.replace(make.found(f'"{value}"', value), value=SecretValue(value.encode()))

    assert hide(f"x {value} y", make_net([finding])) == "x … y"


def test_long_lines_are_cut_around_the_secret(make):
    value = make.generated("g")
    page = "x, " * 50_000 + f'"{value}"' + ", y" * 50_000

    shown = line_of(make, page, make.found(page, value))

    assert shown.startswith("...")
    assert shown.endswith("...")
    assert '"…"' in shown
    assert len(shown) <= WIDTH + 6


def test_a_short_line_is_shown_whole_without_its_indentation(make):
    value = make.generated("h")
    page = f'\t    a = "{value}"  # end\n'

    assert line_of(make, page, make.found(page, value)) == 'a = "…"  # end'


def test_each_of_many_findings_in_one_file_is_masked(make):
    lines = [f'k{n} = "{make.generated(str(n), 12)}"' for n in range(300)]
    page = "\n".join(lines)
    findings = [make.found(page, line.split('"')[1]) for line in lines]
    shown, net = make_page(page, findings), make_net(findings)

    output = [masked_line(shown, finding, net) for finding in findings]

    assert output == [f'k{n} = "…"' for n in range(300)]


def test_a_copy_is_masked_as_it_is_spelled_as_it_is_meant_and_as_it_is_decoded(run, make, tmp_path):
    first, second, third, fourth = (make.generated(name, 12) for name in ("first", "second", "third", "fourth"))
    basic = base64.b64encode(f"shop:{fourth}".encode()).decode()
    (tmp_path / "settings.py").write_text(
        f'URL = "postgres://shop:{first}%40{second}@db.internal/shop"  # {first}%40{second}, {first}@{second}\n'
        f'password = "{third}\\x21{first}"  # {third}\\x21{first}, {third}!{first}\n'
        f'HEADERS = {{"Authorization": "Basic {basic}"}}  # {fourth}\n'
    )
    (tmp_path / "settings.json").write_text(
        f'{{"password": "{second}\\u0021{third}", "note": "{second}\\u0021{third}"}}\n'
    )

    output = run(tmp_path, "scan")[1]
    for place in ("settings.py:1", "settings.py:2", "settings.py:3", "settings.json:1"):
        output += run(tmp_path, "explain", place)[1]

    assert output.count(" | ") == 8
    make.assert_no_value(output, [first, second, third, fourth])


def test_a_password_of_the_usual_make_is_hidden_in_paths_and_a_word_is_not(make):
    password, word = make.generated("p", 5) + "!" + make.generated("q", 4) + "7", "WebLogic"
    net = make_net([make.found(f'"{value}"', value) for value in (password, word)])

    assert hide(f"apps/{password}.bin", net) == "apps/….bin"
    assert hide(f"apps/{word}.bin", net) == "apps/WebLogic.bin"


@given(gap=st.integers(300, 420), before=st.booleans())
def test_no_copy_is_cut_in_two_where_a_long_line_is_cut(make, gap, before):
    value, other = make.generated("cut", 30), make.generated("long", 280)
    filled = f'{other}"' + "z" * (gap - 281)
    page = f'{"z" * 40}{value}{filled[::-1]}"{value}"{"z" * 900}' if before else f'"{value}"{filled}{value}{"z" * 900}'
    first, second = make.found(page, value, occurrence=int(before)), make.found(page, other[::-1] if before else other)

    make.assert_no_value(line_of(make, page, first, second), [value])


def test_what_only_looks_random_is_not_shown_in_part_either(make):
    value, other, unknown = make.generated("known", 20), make.generated("long", 280), make.generated("unknown", 40)
    for gap in range(340, 400, 7):
        page = f'"{value}" {other} {"z " * ((gap - 302) // 2)}{unknown} {"z" * 900}'
        shown = line_of(make, page, make.found(page, value), make.found(page, other))
        make.assert_no_value(shown, [unknown])


def test_many_weak_values_are_looked_up_by_their_beginning(make):
    # The words of a file times the characters that its findings quote are too many.
    words = [f"w{number:04}" for number in range(300)]
    text = "".join(f'password = "{word}"\n' for word in words)
    findings = [make.found(text, word) for word in words]
    page, net = make_page(text, findings), make_net(findings)

    assert page is not None
    assert len(page.words.heads) >= 30
    assert hide("see w0299, not w02999", net, page.words) == f"see {MASK}, not w02999"
