"""From files through the real scanner and the real rewriters to a plan."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixers.insertions import joined_insertions
from fixers.masked_diff import render_diff
from fixers.model import Plan
from fixers.plan import PlanOptions, context_of, make_plan
from fixers.plan_report import render_plan
from fixers.rewriting import rewriters, splice
from fixers.workspace import Workspace, overlaid
from rules.load import load_rules
from rules.signature import rules_state
from scanner.engine import Settings, Setup, scan
from scanner.model import Confidence, Source
from scanner.prefilter import Prefilter
from scanner.prefilter import load as load_prefilter

OPTIONS = PlanOptions(min_confidence=Confidence.LOW)


@pytest.fixture(scope="module")
def prefilter() -> Prefilter:
    return load_prefilter(Path(os.environ["UNHARDCODE_CACHE"]), rules_state())


def planned(making: SimpleNamespace, prefilter: Prefilter, workspace: Workspace) -> Plan:
    sources = [Source(path=path, raw=workspace.read(path), tracked=True) for path in workspace.files]
    result = scan(sources, Setup(prefilter, load_rules, lambda: Settings(key=making.KEY)))
    return make_plan(result, OPTIONS, context_of(workspace, OPTIONS, making.KEY), rewriters=rewriters())


def applied(plan: Plan, workspace: Workspace) -> dict[str, str]:
    """The texts after all fixes, by path."""
    edits = [edit for fix in plan.fixes for edit in fix.edits] + list(joined_insertions(plan.imports))
    texts = {
        path: splice(workspace.document(path).text, [edit for edit in edits if edit.path == path])
        for path in {edit.path for edit in edits}
    }
    return texts | {new.path: new.content for new in plan.new_files}


def shop(making: SimpleNamespace) -> tuple[dict[str, str], list[str]]:
    """A small service, and the values in it."""
    database, stripe, variable = (
        making.strong("db", 20),
        "sk_" + "live_" + making.strong("stripe", 24),
        making.strong("v"),
    )
    files = {
        "shop/__init__.py": "",
        "shop/db.py": "import psycopg2\n\n\ndef connect():\n"
        f'    return psycopg2.connect(host="db.internal", user="shop", password="{database}", dbname="orders")\n',
        "shop/pay.py": f'import stripe\n\nstripe.api_key = "{stripe}"\n',
        "shop/mail.py": 'import os\n\nTOKEN = os.environ["MAIL_TOKEN"]\n',
        ".env": f"MAIL_TOKEN={variable}\n",
        "tests/test_pay.py": f'KEY = "{stripe}"\n',
    }
    return files, [database, stripe, variable]


def test_a_service_is_planned_rewritten_and_clean_afterwards(
    making: SimpleNamespace, prefilter: Prefilter, tmp_path: Path
) -> None:
    files, values = shop(making)
    workspace = making.tree(tmp_path, files)
    plan = planned(making, prefilter, workspace)
    assert {secret.name for secret in plan.secrets} == {
        "prod/shop/db",
        "/prod/shop/stripe-api-key",
        "/prod/shop/mail-token",
    }
    assert [(refusal.finding.path, refusal.reason) for refusal in plan.refusals] == [
        ("tests/test_pay.py", "test-fixture")
    ]
    texts = applied(plan, workspace)
    for path, text in texts.items():
        assert not [value for value in values if value in text]
        if path.endswith(".py"):
            ast.parse(text)
    assert 'get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")' in texts["shop/db.py"]
    assert texts[".env"] == "MAIL_TOKEN={{resolve:ssm-secure:/prod/shop/mail-token}}\n"
    assert 'get_secret_value("/prod/shop/mail-token", env="MAIL_TOKEN")' in texts["shop/mail.py"]
    again = planned(making, prefilter, overlaid(workspace, {path: text.encode() for path, text in texts.items()}))
    assert not again.fixes
    assert {refusal.finding.path for refusal in again.refusals} <= {"tests/test_pay.py", ".env"}


def test_nothing_that_is_shown_holds_a_value(making: SimpleNamespace, prefilter: Prefilter, tmp_path: Path) -> None:
    files, values = shop(making)
    workspace = making.tree(tmp_path, files)
    plan = planned(making, prefilter, workspace)
    shown = render_plan(plan) + render_diff(plan, workspace)
    assert "+stripe.api_key = get_secret_value(" in shown
    assert not [value for value in values if value[8:14] in shown]
