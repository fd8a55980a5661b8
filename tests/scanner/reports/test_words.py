from __future__ import annotations

import pytest

from scanner.model import CredentialKind, Role
from scanner.reports import explain, github, gitlab, junit, text
from scanner.reports.words import ignore_hint, rotation_hint


@pytest.mark.parametrize("kind", CredentialKind)
def test_every_report_for_people_says_where_to_rotate_and_how_to_ignore(make, kind):
    value = make.generated("a")
    page = f'connect(password="{value}")\n'
    finding = make.found(page, value, kind=kind)
    result, context = make.result(finding), make.context({finding.path: page})

    outputs = ["".join(form.render(result, context)) for form in (text, github, gitlab, junit)]
    outputs.append("".join(explain.render([finding], {finding.path: page}.get, others=[finding])))

    for output in outputs:
        assert rotation_hint(finding).partition("'")[0] in output
        assert ignore_hint(finding) in output


def test_a_page_of_the_provider_goes_before_what_is_true_of_its_kind(make):
    value = make.generated("b")
    finding = make.found(f'"{value}"', value, rotate="https://example.com/rotate")

    assert rotation_hint(finding) == "https://example.com/rotate"


@pytest.mark.parametrize(
    ("path", "ending"),
    [
        pytest.param("a.json", "(this kind of file has no comments)", id="no comment where none can be"),
        pytest.param("deploy/.env.prod", "(on the line above)", id="no comment behind a value that some would take in"),
        pytest.param("a.py", "reason", id="on the line"),
    ],
)
def test_what_to_write_fits_the_file(make, path, ending):
    value = make.generated("c")

    assert ignore_hint(make.found(f'"{value}"', value, path=path)).endswith(ending)


def test_what_is_all_of_a_file_takes_no_comment(make):
    value = make.generated("c")
    found = make.found(value, value, path="secrets/token.txt", name="token", role=Role.TEXT)

    assert ignore_hint(found).endswith("(this kind of file has no comments)")
