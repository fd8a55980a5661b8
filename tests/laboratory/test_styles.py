"""Each style of rewritten code on cases of its own choice, migrated for real against an embedded AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lab_cases import Case, read_cases
from lab_run import Report, expected, run_all

from fixers.emulator import embedded_aws
from fixers.stores.model import Endpoint

CASES = {case.name: case for case in read_cases()}
# The fast tier has the first ones, without a prefix.
CHOSEN = """
    arguments/auth-tuple assignments/module-constant async/coroutine bytes/not-utf8 classes/dataclass django/databases
    dotenv/double-quoted env/getenv-default imports/no-imports strings/f-string-url urls/percent-encoded
    arguments/default-of-function assignments/two-modules assignments/conditional bytes/prefix env/getenv-url
    imports/future imports/shadowed-in-scope imports/star-import imports/one-line-file pem/triple-quoted
    refusals/partner-aws-keys sqlalchemy/create-engine strings/f-string-nested strings/format-argument
""".split()
QUICK = 11
FORM = {
    "module": re.compile(r"\b_?a?get_secret_(?:value|bytes)\("),
    "extension": re.compile(r"\b_?a?get_secret_(?:value|bytes)\("),
    "inline": re.compile(
        r"_?boto3\.client\((['\"])(?:secretsmanager\1\)\.get_secret_value\(SecretId=[^)]+\)\[\1Secret(?:String|Binary)\1\]"
        r"|ssm\1\)\.get_parameter\(Name=.+?, WithDecryption=True\)\[\1Parameter\1\]\[\1Value\1\])"
    ),
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as found:
        yield found


@pytest.fixture(scope="module")
def reports(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Report]]:
    """The reports of every style, by its name."""
    return {style: run(style, CHOSEN[:QUICK], None, endpoint, tmp_path_factory.mktemp(style)) for style in FORM}


def run(style: str, names: list[str], prefix: str | None, endpoint: Endpoint, folder: Path) -> dict[str, Report]:
    cases = [styled(CASES[name], style, prefix) for name in names]
    found = run_all(cases, folder, endpoint, git=20)
    return {name: found[case.name] for name, case in zip(names, cases, strict=True)}


def styled(case: Case, style: str, prefix: str | None) -> Case:
    options = {**case.options, "style": style, "prefix_from": prefix}
    injected = case.injected and style != "inline"
    return replace(case, name=f"{case.name}@{style}-{prefix or ''}", options=options, injected=injected, code=(),
                   imports_boto3=case.imports_boto3 or style == "inline")  # fmt: skip


@pytest.mark.parametrize("style", FORM)
def test_every_case_is_good_in_every_style(style: str, reports: dict[str, dict[str, Report]]) -> None:
    assert {name: why for name, report in reports[style].items() if (why := list(expected(report)))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("prefix", [None, "SHOP_STAGE"])
@pytest.mark.parametrize("style", FORM)
def test_further_cases_are_good_with_and_without_a_prefix(
    style: str, prefix: str | None, endpoint: Endpoint, tmp_path: Path
) -> None:
    found = run(style, CHOSEN[QUICK if prefix is None else 0 :], prefix, endpoint, tmp_path)
    assert {name: why for name, report in found.items() if (why := list(expected(report)))} == {}


@pytest.mark.parametrize("style", FORM)
def test_code_has_the_form_of_its_style_and_no_other(style: str, reports: dict[str, dict[str, Report]]) -> None:
    for name, report in reports[style].items():
        texts = [raw.decode("latin-1") for path, raw in report.changed.items() if not path.endswith("app_secrets.py")]
        rewritten = [text for text in texts if FORM[style].search(text)]
        assert rewritten, name
        assert ("boto3.client" in "".join(texts)) is (style == "inline"), name
        assert any(path.endswith("app_secrets.py") for path in report.changed) is (style != "inline"), name


@pytest.mark.parametrize("style", FORM)
def test_a_variable_replaces_the_first_part_of_names(
    style: str, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored under `prod`, asked for under `staging`: only what follows the variable fails to find it."""
    case = replace(styled(CASES["assignments/module-constant"], style, "SHOP_STAGE"), name=f"prefix/{style}")
    case = replace(case, environments=({"SHOP_STAGE": "staging"}, {"SHOP_STAGE": ""}), injected=False)
    report = run_all([case], tmp_path, endpoint)[case.name]
    assert report.stored
    (wrong,) = report.wrong
    assert wrong.startswith("read from the store: ")
    assert "error" in wrong
