from __future__ import annotations

import base64
import itertools
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.masked_diff import masked, render_diff
from fixers.model import Edit, Fix, NewFile, Outcome, Plan, Refusal, RefusalReason, Safety
from fixers.plan import PlanOptions, context_of, make_plan
from fixers.plan_report import WIDTH, render_plan, render_proof
from scanner.model import Commit, Confidence, CredentialKind, Role, Span


def planned(making: SimpleNamespace, root: Path, files: dict[str, str], *findings: Any) -> tuple[Plan, Any]:
    workspace = making.tree(root, files)
    plan = make_plan(
        making.result(*findings),
        PlanOptions(),
        context_of(workspace, PlanOptions(), making.KEY),
        rewriters=making.rewriters(),
    )
    return plan, workspace


def shop(making: SimpleNamespace, root: Path) -> tuple[Plan, Any]:
    """A login and a key on neighbouring lines, a copy in a comment, one in a test, one in history."""
    first, second, third = (making.strong(seed) for seed in "abc")
    text = f'password = "{first}"  # was {first}\nother = "{third}"\napi_key = "{second}"\n'
    where = {"siblings": making.siblings(host="db.internal", user="shop")}
    commit = Commit(id="ab" * 20, author="a", date="2026-01-01", path="old.py")
    return planned(
        making, root, {"a.py": text, "tests/a.py": f'key = "{second}"\n'},
        making.finding("a.py", first, text=text, name="password", engine="postgres", literal=where),
        making.finding("a.py", first, text=text, at=40, role=Role.TEXT),
        making.finding("a.py", second, text=text, name="api_key", kind=CredentialKind.API_KEY),
        making.finding("a.py", third, text=text, name="other", confidence=Confidence.LOW),
        making.finding("tests/a.py", second, text=f'key = "{second}"\n'),
        making.finding("old.py", making.strong("d"), commit=commit),
    )  # fmt: skip


# --- no value is shown


def test_nothing_that_is_rendered_holds_a_value(making: SimpleNamespace, tmp_path: Path) -> None:
    plan, workspace = shop(making, tmp_path)
    low = making.finding("a.py", making.strong("c"))
    for text in (render_plan(plan), render_diff(plan, workspace, [low])):
        for seed in "abcd":
            value = making.strong(seed)
            assert not [value[start : start + 6] for start in range(len(value) - 5) if value[start : start + 6] in text]


def test_values_that_no_finding_points_at_are_masked_where_they_stand(making: SimpleNamespace, tmp_path: Path) -> None:
    value = making.strong("x")
    text = f'# {value}\nkey = "{value}"\nprint("{value}!")\n'
    found = making.finding("a.py", value, text=text, name="key", at=len(value))
    diff = render_diff(*planned(making, tmp_path, {"a.py": text}, found))
    assert value not in diff
    assert diff.count("…") == 3
    assert ' print("…!")' in diff


def test_what_was_judged_to_be_none_is_masked_in_its_place_and_nowhere_else(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    """A template may hold a credential between its variables, and a word that is none may be a word of any line."""
    value = making.strong("y")
    text = f'key = "{value}"\nmail_password = "template"\nprint("template")\n'
    found = making.finding("a.py", value, text=text, name="key")
    none = making.finding("a.py", "template", text=text, name="mail_password", suppressed="template", score=-6.4)
    diff = render_diff(*planned(making, tmp_path, {"a.py": text}, found), [none])
    assert ' mail_password = "…"' in diff
    assert ' print("template")' in diff


def test_what_was_judged_to_be_none_is_masked_where_an_edit_repeats_it(making: SimpleNamespace, tmp_path: Path) -> None:
    value = making.strong("y")
    text = f'key = read("template", "{value}")\n'
    found = making.finding("a.py", value, text=text, name="key")
    none = making.finding("a.py", "template", text=text, name="key", suppressed="template", score=-6.4)
    plan, workspace = planned(making, tmp_path, {"a.py": text}, found)
    (fix,) = plan.fixes
    edits = tuple(replace(edit, span=Span(6, len(text) - 1), new='resolve(read("template"))') for edit in fix.edits)
    diff = render_diff(replace(plan, fixes=(replace(fix, edits=edits),)), workspace, [none])
    assert '+key = resolve(read("…"))' in diff


def test_an_escaped_spelling_is_masked_by_its_span(making: SimpleNamespace, tmp_path: Path) -> None:
    text = 'key = "\\x68unter2-and-more"\n'
    found = making.finding("a.py", "hunter2-and-more", name="key")
    literal = replace(found.literal, span=Span(6, 27))
    found = replace(found, span=Span(7, 26), literal=literal)
    diff = render_diff(*planned(making, tmp_path, {"a.py": text}, found))
    assert "unter2" not in diff
    assert '-key = "…"' in diff


def test_other_spellings_beside_a_change_are_masked(making: SimpleNamespace, tmp_path: Path) -> None:
    """Encoded, escaped and cut ones, in the lines around a change and in the expression that is rewritten."""
    value = making.strong("e") + '$/"' + making.strong("f")
    coded = base64.b64encode(f"shop:{value}".encode()).decode()
    text = f"""# é login?p={quote(value, safe="")}
call(password={value!r}, note={json.dumps(value)}, same={value.encode().hex()!r})
# {coded}
NOTE = {value[:7]!r} {value[7:]!r}
"""
    found = making.finding("a.py", value, text=text, name="password")
    plan, workspace = planned(making, tmp_path, {"a.py": text}, found)
    (fix,) = plan.fixes
    line = Span(text.index("call("), text.index("# " + coded) - 1)
    whole = [
        replace(edit, span=line, new=text[line.start : edit.span.start] + edit.new + text[edit.span.end : line.end])
        for edit in fix.edits
    ]
    for shown in (plan, replace(plan, fixes=(replace(fix, edits=tuple(whole)),))):
        diff = render_diff(shown, workspace)
        spelled = (quote(value, safe=""), value[:7], value[7:], value.encode().hex(), coded[8:-4])
        assert [form in diff for form in spelled] == [False] * len(spelled)
        kept = " # é login?p=…" in diff and "password=get_secret_value(" in diff
        assert kept


def test_a_secret_of_several_lines_keeps_its_line_numbers(making: SimpleNamespace, tmp_path: Path) -> None:
    value = f"{making.strong('l1')}\n{making.strong('l2')}"
    text = f'key = """{value}"""\nafter = 1\n'
    found = making.finding("a.py", value, text=text, name="key", kind=CredentialKind.SECRET)
    found = replace(found, literal=replace(found.literal, span=Span(6, 6 + len(value) + 6)))
    diff = render_diff(*planned(making, tmp_path, {"a.py": text}, found))
    assert diff.count("-") - diff.count("---") >= 2
    assert '-key = """…\n-…"""' in diff
    assert " after = 1" in diff


def test_another_secret_beside_an_edit_is_masked_on_both_sides(making: SimpleNamespace, tmp_path: Path) -> None:
    first, second = making.strong("a"), making.strong("b")
    text = f'connect("{first}", "{second}")\n'
    kept = making.finding("a.py", second, text=text, role=Role.TEXT)
    diff = render_diff(
        *planned(making, tmp_path, {"a.py": text}, making.finding("a.py", first, text=text, name="x"), kept)
    )
    assert second not in diff
    assert any(line.startswith("+connect(get_secret_value(") and line.endswith('"…")') for line in diff.split("\n"))


def test_a_value_in_our_own_text_is_masked_but_names_in_our_calls_are_not(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    text = 'url = "db://shopper:shopper@db"\n'
    found = making.finding("a.py", "shopper", text=text, at=15, name="url")
    workspace = making.tree(tmp_path, {"a.py": text})
    new = "f\"db://shopper:{get_secret_value('prod/shopper/db')}@db\""
    edit = Edit(path="a.py", span=Span(6, 31), expects="", new=new)
    fix = Fix(secret="prod/shopper/db", title="", safety=Safety.SAFE, findings=(found,), edits=(edit,), proofs=())
    diff = render_diff(_empty(fixes=(fix,)), workspace)
    assert "+url = f\"db://…:{get_secret_value('prod/shopper/db')}@db\"" in diff


def test_the_module_in_our_import_line_is_shown(making: SimpleNamespace, tmp_path: Path) -> None:
    text = 'password = "shopper"\n'
    found = making.finding("a.py", "shopper", text=text, name="password")
    imported = Edit(path="a.py", span=Span(0, 0), expects="", new="from shopper.app_secrets import get_secret_value\n")
    fix = Fix(secret="prod/shopper/db", title="", safety=Safety.SAFE, findings=(found,), edits=(imported,), proofs=())
    diff = render_diff(_empty(fixes=(fix,)), making.tree(tmp_path, {"a.py": text}))
    assert "+from shopper.app_secrets import get_secret_value" in diff


def test_control_characters_of_the_repository_are_not_passed_on(making: SimpleNamespace, tmp_path: Path) -> None:
    found = making.finding("a\x1b[31m\u202e.py", "x", title="t\x07")
    refusal = Refusal(finding=found, reason=RefusalReason.COMMENT, detail="d\r\n\x9b", next_step="n\x00")
    text = render_plan(_empty(refusals=(refusal,)))
    assert not {"\x1b", "\x07", "\x9b", "\x00", "\r", "\u202e"} & set(text)


def test_places_of_one_file_that_stay_for_the_same_reason_are_one_line(making: SimpleNamespace) -> None:
    text = "\n".join(f'password = "{making.strong(seed)}"' for seed in "abc")
    found = [making.finding("tests/a.py", making.strong(seed), text=text, name="password") for seed in "abc"]
    other = making.finding("tests/b.py", making.strong("d"), name="password")
    plan = _empty(
        refusals=tuple(
            Refusal(finding=each, reason=RefusalReason.TEST_FIXTURE, detail="stands in a test", next_step="n")
            for each in (*found, other)
        )
    )
    lines = [line.strip() for line in render_plan(plan).split("\n") if "stands in a test" in line]
    assert len(lines) == 2
    assert lines[0].startswith("tests/a.py:1, 2 and 3  ")
    assert lines[0].endswith("(3 places): stands in a test")
    assert lines[1].startswith("tests/b.py:1  ")


def _empty(**fields: Any) -> Plan:
    return Plan(
        **{
            "env": "prod", "app": "shop", "root": "", "tree": "", "secrets": (), "fixes": (), "refusals": (),
            "new_files": (), **fields,
        }
    )  # fmt: skip


@given(text=st.text(alphabet="ab\n\r…é", max_size=40), data=st.data())
def test_masks_never_overlap_and_cover_every_occurrence(text: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.text(alphabet="ab\n", min_size=1, max_size=4), max_size=3))
    offsets = st.integers(0, len(text))
    spans = [Span(min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(offsets, offsets), max_size=3))]
    found = masked(text, spans, values)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    alone = [hit.span() for value in values for hit in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text)]
    assert all(any(span.start <= start and end <= span.end for span in found) for start, end in alone)


def test_a_word_is_masked_where_it_stands_alone_and_anything_else_everywhere(making: SimpleNamespace) -> None:
    value = making.strong("a")
    text = f"from app_secrets import x  # secret, secrets, x{value}y"
    assert [text[span.start : span.end] for span in masked(text, [], ["secret", value])] == ["secret", value]


# --- what is shown


def test_the_plan_says_where_why_what_it_costs_and_what_stays(making: SimpleNamespace, tmp_path: Path) -> None:
    text = render_plan(shop(making, tmp_path)[0])
    assert text.startswith("Environment prod, application shop.\n")
    assert "2 places will read 1 secret and 1 parameter" in text
    assert "prod/shop/db" in text
    assert "Secrets Manager" in text
    assert "Parameter Store, Standard" in text
    assert "why: a postgres login" in text
    assert "a.py:1  Password -> password" in text
    assert "total" in text
    assert "$    0.40" in text
    for reason in ("comment (1)", "test-fixture (1)", "history-only (1)"):
        assert reason in text
    assert "next: rotate it at its provider" in text
    assert "Note: 1 finding is below medium confidence" in text


def test_no_line_is_longer_than_a_hundred_columns(making: SimpleNamespace, tmp_path: Path) -> None:
    plan, _ = shop(making, tmp_path)
    secret = replace(plan.secrets[0], name="prod/shop/" + "very-" * 12 + "long", reason="because " * 40)
    for line in render_plan(replace(plan, secrets=(secret, *plan.secrets[1:]))).split("\n"):
        assert len(line) <= WIDTH, line


def test_an_empty_plan_says_so() -> None:
    assert "Nothing can be moved; 0 files will change; 0 places stay as they are." in render_plan(_empty())


def test_the_diff_shows_edits_imports_and_new_files(making: SimpleNamespace, tmp_path: Path) -> None:
    plan, workspace = shop(making, tmp_path)
    plan = replace(plan, new_files=(NewFile(path="app_secrets.py", content="# ours\n"),))
    lines = render_diff(plan, workspace).split("\n")
    assert lines[:3] == ["--- a/a.py", "+++ b/a.py", lines[2]]
    assert "+import get_secret_value" in lines
    assert "+password = get_secret_value('prod/shop/db', 'password', env='DB_PASSWORD')  # was …" in lines
    assert lines[-5:-1] == ["--- /dev/null", "+++ b/app_secrets.py", "@@ -0,0 +1 @@", "+# ours"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_only_changed_lines_differ_whatever_ends_them(making: SimpleNamespace, tmp_path: Path, end: str) -> None:
    value = making.strong("x")
    text = (end or "\n").join(("a = 1", f'key = "{value}"', "b = 2")) + end
    diff = render_diff(*planned(making, tmp_path, {"a.py": text}, making.finding("a.py", value, text=text, name="key")))
    changed = [line for line in diff.split("\n")[2:] if line[:1] in "+-" and line]
    assert sorted(line[:12] for line in changed) == sorted(["+import get_", '-key = "…"', "+key = get_s"])


def test_outcomes_are_listed_and_counted() -> None:
    outcomes = (
        Outcome(secret="prod/shop/db", status="proven", level="expression", detail="equal, unset and set"),
        Outcome(secret="/prod/shop/x", status="failed", level=None, detail="not there\x1b"),
    )
    text = render_proof(outcomes)
    assert "proven" in text
    assert "(expression)" in text
    assert text.endswith("2 fixes: 1 failed, 1 proven.\n")
    assert "\x1b" not in text
    assert render_proof(()) == "0 fixes: nothing to do.\n"
