"""Where values go, as the user decides it: by patterns in the configuration or by hand in the plan; and the cost."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unhardcode
from fixers.prices import CHECKED

Made = Callable[..., str]


@pytest.fixture
def tree(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service with a login, three single values of which one is long, and somebody else's key pair."""
    long = " ".join(made(60) for _ in range(80))
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n',
        "shop/__init__.py": "",
        "shop/db.py": f'import psycopg2\n\nC = psycopg2.connect(host="h", user="u", password="{made()}", dbname="d")\n',
        "shop/pay.py": f'import stripe\n\nstripe.api_key = "sk_{"live"}_{made(24)}"\n',
        "shop/mail.py": f'SMTP_PASSWORD = "{made(24)}"\n',
        "shop/sign.py": f'SIGNING_SECRET = "{long}"\n',
        "shop/partner.py": f'PARTNER_AWS_ACCESS_KEY_ID = "AKIA{made(16, "ABCDEFGHIJKLMNOP234567")}"\n'
        f'PARTNER_AWS_SECRET_ACCESS_KEY = "{made(40)}"\n',
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def planned(tree: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    """The secrets of plan.toml by the last part of their names."""
    assert unhardcode.run(["plan", "-o", "plan.toml", *arguments]) == 0
    tables = tomllib.loads((tree / "plan.toml").read_text())["secret"]
    return {table["name"].rpartition("/")[2]: table for table in tables}


def configure(tree: Path, **stores: str) -> None:
    lines = "".join(f"{json.dumps(pattern)} = {json.dumps(store)}\n" for pattern, store in stores.items())
    place = tree / "pyproject.toml"
    place.write_text(place.read_text() + f"\n[tool.unhardcode.stores]\n{lines}")


@pytest.mark.parametrize(
    "stores",
    [{"stripe-*": "secretsmanager"}, {"rule:x": "vault"}, {"name:x": 1}, {"path:x": "secretsmanager"}],
    ids=["a pattern of nothing", "a store there is not", "a number", "another kind of pattern"],
)
def test_what_is_no_choice_of_a_store_is_refused(
    tree: Path, stores: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tree, **stores)
    assert unhardcode.run(["plan"]) == 2
    assert '"rule:stripe-*" = "secretsmanager"' in capsys.readouterr().err


def test_a_pair_is_never_one_parameter(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tree, **{"name:*": "parameterstore"})
    assert unhardcode.run(["plan"]) == 2
    assert "pair" in capsys.readouterr().err


def test_by_default_each_value_goes_where_it_can_be_rotated_or_costs_nothing(tree: Path) -> None:
    stores = {name: table["store"] for name, table in planned(tree).items()}
    assert [name for name, store in stores.items() if store == "secretsmanager"] == ["db", "partner-access-key"]


def test_the_configuration_decides_by_rule_and_by_name_and_the_first_that_fits_counts(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patterns = {"rule:stripe-*": "secretsmanager", "name:prod/shop/stripe*": "parameterstore"}
    configure(tree, **patterns, **{"name:/prod/*/smtp*": "secretsmanager"})
    found = planned(tree)
    assert {name: table["store"] for name, table in found.items() if "stripe" in name or "smtp" in name} == {
        "stripe-api-key": "secretsmanager",
        "smtp-password": "secretsmanager",
    }
    assert [table["name"] for name, table in found.items() if "stripe" in name] == ["prod/shop/stripe-api-key"]
    capsys.readouterr()
    assert unhardcode.run(["plan"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "asked for by stores.'rule:stripe-*' of the configuration" in shown


def test_a_pattern_that_decides_nothing_is_said_once_and_beside_the_plan(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patterns = {"rule:strpe-*": "secretsmanager", "rule:github-*": "secretsmanager", "name:*nothing*": "parameterstore"}
    configure(tree, **patterns, **{"name:*smtp*": "secretsmanager"})
    planned(tree)
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("stores")]
    assert len(said) == 3
    assert "no rule is called strpe-* (did you mean stripe-" in said[0]
    assert "'rule:github-*' fits no secret of this plan" in said[1]
    assert "'name:*nothing*' fits no secret of this plan" in said[2]
    # A part of the tree does not tell what the rest is for, and --store says it of all.
    unhardcode.run(["fix", "shop"])
    captured = capsys.readouterr()
    assert (captured.err.count("stores in"), "stores in" in captured.out) == (1, False)
    unhardcode.run(["plan", "--store", "parameterstore"])
    assert "stores in" not in capsys.readouterr().err


def test_the_command_line_goes_before_the_configuration_and_the_plan_file_before_both(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tree, **{"name:*smtp*": "secretsmanager"})
    assert {table["store"] for table in planned(tree, "--store", "parameterstore").values()} == {"parameterstore"}
    assert planned(tree)["smtp-password"]["store"] == "secretsmanager"
    text = (tree / "plan.toml").read_text()
    planned_as = 'name = "prod/shop/smtp-password"\nstore = "secretsmanager"\ntype = "SecretString"'
    head, mark, rest = text.partition(planned_as)
    assert mark
    edited = 'name = "/prod/shop/smtp-password"\nstore = "parameterstore"\ntype = "SecureString"'
    (tree / "plan.toml").write_text(head + edited + rest)
    capsys.readouterr()
    assert unhardcode.run(["fix", "--plan", "plan.toml"]) == 1
    assert 'get_secret_value("/prod/shop/smtp-password"' in capsys.readouterr().out


def test_the_plan_file_itself_changes_nothing_of_the_plan(tree: Path, made: Made) -> None:
    (tree / "mail.ini").write_text(f"[mail]\nhost = smtp\npassword = {made(24)}\n")
    (tree / "shop/post.py").write_text(
        "import configparser\n\nMAIL = configparser.ConfigParser()\nMAIL.read('mail.ini')\n"
        "PASSWORD = MAIL.get('mail', 'password')\n"
    )
    assert "password" in {name.rpartition("-")[2] for name in planned(tree)}
    first = (tree / "plan.toml").read_text()
    assert "mail.ini" in first
    planned(tree)
    assert (tree / "plan.toml").read_text() == first
    assert unhardcode.run(["fix", "--plan", "plan.toml"]) == 1


def test_a_plan_that_was_carried_out_is_told_by_the_files_and_not_by_its_tables(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(tree)
    for path in tree.glob("shop/*.py"):
        path.write_text("# rewritten\n")
    capsys.readouterr()
    assert unhardcode.run(["fix", "--plan", "plan.toml"]) == 2
    assert "plan.toml:8: the files have changed since this plan was made" in capsys.readouterr().err


def test_what_was_not_looked_at_is_said(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "linked.py").symlink_to("shop/pay.py")
    assert unhardcode.run(["plan", "linked.py"]) == 0
    assert "Note: not looked at: linked.py: symbolic link" in capsys.readouterr().out
    assert unhardcode.run(["fix", "linked.py"]) == 0
    assert "1 file not looked at: `unhardcode plan` says why" in capsys.readouterr().err
    assert unhardcode.run(["plan"]) == 0
    assert "not looked at" not in capsys.readouterr().out


def test_the_total_is_that_of_a_table_made_by_hand(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tree, **{"rule:stripe-*": "secretsmanager"})
    assert unhardcode.run(["plan"]) == 0
    out = capsys.readouterr().out
    # Dollars a month, list prices of us-east-1: the login, the pair and the Stripe key are secrets at 0.40 each, the
    # long value is an Advanced parameter at 0.05, the mail password a Standard one at nothing.
    by_hand = 0.40 + 0.40 + 0.40 + 0.05 + 0.00
    (total,) = [line for line in out.splitlines() if line.split()[:1] == ["total"]]
    assert float(total.rpartition("$")[2]) == pytest.approx(by_hand)
    rows = [line.split() for line in out.splitlines() if " x " in line and "$" in line]
    assert sum(int(row[0]) for row in rows) == 5
    assert CHECKED in out
