"""No format ever prints a value, nor six characters of one."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.reports import explain, github, github_summary, gitlab, json, jsonl, junit, sarif, text

ALL = (text, json, jsonl, sarif, junit, gitlab, github, github_summary)
FORMATS = [pytest.param(module, id=module.__name__.rpartition(".")[2]) for module in ALL]


@pytest.mark.parametrize("report", FORMATS)
@pytest.mark.parametrize(
    "documents", [pytest.param(True, id="with the texts at hand"), pytest.param(False, id="without texts")]
)
def test_no_piece_of_any_value_is_in_a_report(make, report, documents):
    case = make.hostile()
    context = make.context(case.texts if documents else None, show_suppressed=True)

    output = "".join(report.render(case.result, context))

    assert len(output) > 300
    make.assert_no_value(output, case.values)


@pytest.mark.parametrize("report", FORMATS)
def test_values_that_stayed_in_another_process_are_read_from_the_text_and_hidden(make, report):
    case = make.hostile()
    far = [dataclasses.replace(finding, value=None) for finding in case.result.findings if finding.commit is None]
    result = case.result._replace(findings=tuple(far))

    output = "".join(report.render(result, make.context(case.texts, show_suppressed=True)))

    make.assert_no_value(output, case.values)


def test_explain_prints_no_piece_of_any_value(make):
    case = make.hostile()
    for finding in case.result.findings:
        output = "".join(explain.render([finding], case.texts.get, others=case.result.findings))
        make.assert_no_value(output, case.values)


def test_a_text_that_changed_since_the_scan_is_not_shown(make):
    value = make.generated("moved")
    before = f'connect(password="{value}")\n'
    finding = make.found(before, value)
    for changed in (f"# new\n{before}", f' connect(password="{value}")\n', before[:20], ""):
        output = "".join(text.render(make.result(finding), make.context({"src/shop/db.py": changed})))
        make.assert_no_value(output, [value])
        assert "connect(" not in output


def test_a_same_sized_change_of_the_text_is_noticed_where_the_literal_stands_verbatim(make):
    value, other = make.generated("old"), make.generated("new")
    finding = make.found(f'connect("{value}")', value)

    changed = f'con("{other}")   '
    output = "".join(text.render(make.result(finding), make.context({"src/shop/db.py": changed})))

    make.assert_no_value(output, [other])


def test_an_old_commit_is_not_illustrated_from_the_working_tree(make):
    case = make.hostile()
    old = [finding for finding in case.result.findings if finding.commit is not None]
    result = case.result._replace(findings=tuple(old))

    output = "".join(text.render(result, make.context(case.texts)))

    assert "NOTE" not in output


def test_what_only_looks_random_on_a_quoted_line_is_masked_too(make):
    value, unknown = make.generated("known"), make.generated("unknown", 40)
    page = f'connect(password="{value}", extra="{unknown}")\n'

    output = "".join(text.render(make.result(make.found(page, value)), make.context({"src/shop/db.py": page})))

    make.assert_no_value(output, [value, unknown])
    assert 'connect(password="…", extra="…")' in output


def test_a_short_common_value_does_not_eat_the_paths(make):
    page = 'connect(password="shop")\n'
    finding = make.found(page, "shop")

    output = "".join(text.render(make.result(finding), make.context({"src/shop/db.py": page})))

    assert "src/shop/db.py:1:19" in output
    assert 'connect(password="…")' in output
