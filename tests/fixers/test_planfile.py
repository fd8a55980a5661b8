from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.model import Plan
from fixers.plan import PlanOptions, context_of, make_plan
from fixers.plan_tables import render_plan_file
from fixers.planfile import apply_overrides, open_plan_file, options_of, overrides, read_plan_file
from scanner.errors import UsageError
from scanner.model import Commit, Confidence, CredentialKind, Role, Span

OPTIONS = PlanOptions(scope="shop", min_confidence=Confidence.LOW)


def made(making: SimpleNamespace, root: Path, changed: Any = None) -> Plan:
    """A login, a pair, a `.env` variable, a test, and a value that stands only in history."""
    text = 'connect(password="hunter2", host="db.internal")\nfetch(key="shop-id", secret="shop-key")\n'
    where: dict[str, Any] = {"container": Span(50, 90)}
    beside = {"siblings": making.siblings(host="db.internal", user="shop")}
    commit = Commit(id="ab" * 20, author="a", date="2026-01-01", path="old.py")
    found = [
        making.finding(
            "a.py", "hunter2", text=text, name="password", engine="postgres", literal=beside, blob="cd" * 20
        ),
        making.finding(
            "a.py", "shop-id", text=text, name="access_key", kind=CredentialKind.ACCESS_KEY_ID, literal=where
        ),
        making.finding("a.py", "shop-key", text=text, name="secret_key", kind=CredentialKind.ACCESS_KEY, literal=where),
        making.finding(
            ".env", "hunter3", text="TOKEN=hunter3\n", name="TOKEN", role=Role.VARIABLE, tracked=False, blob="ef" * 20
        ),
        making.finding("tests/a.py", "hunter4"),
        making.finding("old.py", "hunter5", commit=commit),
    ]
    workspace = making.tree(root, {"a.py": text, ".env": "TOKEN=hunter3\n", "tests/a.py": "x\n"})
    return make_plan(
        making.result(*found),
        OPTIONS,
        context_of(workspace, OPTIONS, making.KEY),
        rewriters=making.rewriters(),
        overrides=changed,
    )


VALUES = ("hunter", "shop-id", "shop-key", "db.internal")


def edited(plan: Plan, old: str, new: str) -> str:
    text = render_plan_file(plan, OPTIONS)
    assert old in text
    return text.replace(old, new, 1)


def in_secret(text: str, old: str, new: str) -> str:
    """Changed below the first [[secret]]."""
    head, middle, rest = text.partition("\n[[secret]]")
    assert old in rest
    return head + middle + rest.replace(old, new, 1)


# --- refusals


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ('app = "shop"', 'app = "other"', "app"),
        ('tree = "', 'tree = "0', "changed"),
        ('store = "secretsmanager"', "store = 1", "store"),
        ('store = "secretsmanager"', 'stare = "secretsmanager"', "stare"),
        ('env = "DB_PASSWORD"', "env = []", "env"),
        ('digest = "', 'digest = "0', "member"),
        ("span = [", "span = [1, ", "member"),
        ('key = "password"', 'key = "pass"', "member"),
        ('reason = "test-fixture"', 'reason = "comment"', "refusal"),
        ('commit = "', 'commit = "0', "rotate_only"),
        ("\n[[secret]]", "\n[[other]]\n[[secret]]", "other"),
        ("\n[[refusal]]", "\n[[secret]]", "refusal"),
    ],
)
def test_any_other_change_is_refused_with_its_line(
    making: SimpleNamespace, tmp_path: Path, old: str, new: str, says: str
) -> None:
    plan = made(making, tmp_path)
    text = edited(plan, old, new)
    with pytest.raises(UsageError, match=r"^p\.toml:\d+: ") as raised:
        overrides(plan, read_plan_file(text, "p.toml"))
    assert says in raised.value.message


def test_the_line_is_that_of_the_changed_key(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    text = edited(plan, 'type = "SecureString"', "type = 7")
    line = text.split("\n").index("type = 7") + 1
    with pytest.raises(UsageError, match=rf"^p\.toml:{line}: \[\[secret\]\] type: must be text"):
        overrides(plan, read_plan_file(text, "p.toml"))


@pytest.mark.parametrize("key", ["env", "app"])
def test_a_first_part_that_no_name_can_have_is_refused_with_its_line(
    making: SimpleNamespace, tmp_path: Path, key: str
) -> None:
    text = edited(made(making, tmp_path), f'{key} = "', f'{key} = "A B')
    with pytest.raises(UsageError, match=rf"^p\.toml:\d+: {key}: letters"):
        options_of(read_plan_file(text, "p.toml"))


@pytest.mark.parametrize("scope", ["..", "shop/../../x", "/etc", "a\0b"])
def test_a_plan_file_names_nothing_outside_its_tree(making: SimpleNamespace, tmp_path: Path, scope: str) -> None:
    text = edited(made(making, tmp_path), 'scope = "shop"', f"scope = {json.dumps(scope)}")
    with pytest.raises(UsageError, match=r"^p\.toml:\d+: made_with: scope is a path in the tree"):
        options_of(read_plan_file(text, "p.toml"))


@pytest.mark.parametrize("key", ["name", "env", "kms_key"])
def test_a_value_that_was_pasted_as_a_name_is_refused_and_not_said(
    making: SimpleNamespace, tmp_path: Path, key: str
) -> None:
    value = making.strong("pasted")
    line = f'password = "{value}"\n'
    workspace = making.tree(tmp_path, {"a.py": line})
    found = making.result(making.finding("a.py", value, text=line, name="password"))

    def planned(changed: Any = None) -> Plan:
        rewriters = making.rewriters()
        return make_plan(
            found, OPTIONS, context_of(workspace, OPTIONS, making.KEY), rewriters=rewriters, overrides=changed
        )

    plan = planned()
    text = in_secret(render_plan_file(plan, OPTIONS), f'{key} = "', f'{key} = "x{value}')
    with pytest.raises(UsageError, match=r"^p\.toml:\d+: the value of a credential was written as a name") as raised:
        apply_overrides(plan, read_plan_file(text, "p.toml"), planned)
    assert value not in f"{raised.value.message} {raised.value.hint}"


def test_what_an_editor_puts_in_front_of_it_is_no_mistake(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    (tmp_path / "p.toml").write_text(render_plan_file(plan, OPTIONS), encoding="utf-8-sig")
    assert overrides(plan, open_plan_file(tmp_path / "p.toml")) == {}


@pytest.mark.parametrize(
    "text", ["[[secret", 'a = "', "a = 1\na = 2", "\x00", "password = hunter2", "a = " + "[" * 5000]
)
def test_what_is_no_toml_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(UsageError, match=r"^p\.toml: not valid TOML") as raised:
        read_plan_file(text, "p.toml")
    assert raised.value.__suppress_context__
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("text", ["", '[project]\nname = "shop"\n'])
def test_what_is_toml_and_no_plan_is_refused_as_such(text: str) -> None:
    with pytest.raises(UsageError, match=r"^p\.toml: not a plan of unhardcode"):
        read_plan_file(text, "p.toml")


@pytest.mark.parametrize("text", ["secret = 1", "made_with = 1", 'env = "prod"\napp = "shop"\nmade_with = {}'])
def test_a_file_that_no_plan_is_in_is_refused(making: SimpleNamespace, tmp_path: Path, text: str) -> None:
    file = read_plan_file(text)
    with pytest.raises(UsageError):
        options_of(file)
    with pytest.raises(UsageError):
        overrides(made(making, tmp_path), file)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        file = read_plan_file(text)
        options_of(file)
    except UsageError:
        return
    assert "made_with" in text


# --- what it holds


def test_no_value_and_no_neighbour_is_in_the_file(making: SimpleNamespace, tmp_path: Path) -> None:
    text = render_plan_file(made(making, tmp_path), OPTIONS)
    assert not [value for value in VALUES if value in text]


def test_the_environment_stands_first_and_the_tables_are_those_of_the_contract(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    plan = made(making, tmp_path)
    text = render_plan_file(plan, OPTIONS)
    assert next(line for line in text.split("\n") if not line.startswith("#")) == 'env = "prod"'
    tables = tomllib.loads(text)
    assert [secret["name"] for secret in tables["secret"]] == [secret.name for secret in plan.secrets]
    login, pair, variable = tables["secret"]
    assert login["member"] == [
        {
            "key": "password",
            "path": "a.py",
            "line": 1,
            "place": plan.secrets[0].members[0].findings[0].place,
            "span": [18, 25],
            "digest": plan.secrets[0].members[0].digest[:20],
            "blob": "cd" * 20,
        }
    ]
    assert pair["env"] == {"aws_access_key_id": "ACCESS_KEY_ID", "aws_secret_access_key": "SECRET_ACCESS_KEY"}
    assert "blob" not in variable["member"][0]
    assert [row["reason"] for row in tables["refusal"]] == ["test-fixture"]
    assert [row["reason"] for row in tables["rotate_only"]] == ["history-only"]


@given(path=st.text(min_size=1), env=st.text(max_size=5))
def test_any_path_survives_the_writer(
    making: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory, path: str, env: str
) -> None:
    plan = Plan(
        env=env, app="", root="", tree="", secrets=(), fixes=(), new_files=(),
        refusals=(_refusal(making, path),),
    )  # fmt: skip
    text = render_plan_file(plan, OPTIONS)
    text.encode()
    assert tomllib.loads(text)["env"] == env.encode("utf-8", "replace").decode() or not env.isprintable()
    assert len(tomllib.loads(text)["refusal"]) == 1


def _refusal(making: SimpleNamespace, path: str) -> Any:
    from fixers.model import Refusal, RefusalReason

    found = replace(making.finding("a.py", "x"), path=path)
    return Refusal(finding=found, reason=RefusalReason.COMMENT, detail="", next_step="")


# --- the way back


def test_an_untouched_file_changes_nothing(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    file = read_plan_file(render_plan_file(plan, OPTIONS))
    assert overrides(plan, file) == {}
    assert apply_overrides(plan, file, lambda changed: pytest.fail("nothing has changed")) is plan


def test_comments_and_layout_may_change(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    text = "# mine\r\n" + render_plan_file(plan, OPTIONS).replace("\n", "\r\n").replace('type = "Se', 'type   =  "Se')
    assert overrides(plan, read_plan_file(text)) == {}


def test_the_options_come_back(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    options = options_of(read_plan_file(render_plan_file(plan, OPTIONS)))
    assert options == replace(OPTIONS, env="prod", app="shop")


def test_what_may_be_edited_reaches_the_plan(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    text = render_plan_file(plan, OPTIONS)
    for old, new in (
        ('name = "prod/shop/db"', 'name = "prod/shop/orders-db"'),
        ('env = "DB_PASSWORD"', 'env = "ORDERS_DB_PASSWORD"'),
        ('action = "create"', 'action = "adopt"'),
        ('kms_key = ""', 'kms_key = "alias/shop"'),
        ('tier = "Standard"', 'tier = "Advanced"'),
        ('aws_access_key_id = "ACCESS_KEY_ID"', 'aws_access_key_id = "OTHER_ID"'),
    ):
        text = in_secret(text, old, new)
    now = apply_overrides(plan, read_plan_file(text), lambda changed: made(making, tmp_path, changed))
    login, pair, variable = now.secrets
    assert (login.name, login.members[0].env, login.action, login.kms_key) == (
        "prod/shop/orders-db", "ORDERS_DB_PASSWORD", "adopt", "alias/shop",
    )  # fmt: skip
    assert [member.env for member in pair.members] == ["OTHER_ID", "SECRET_ACCESS_KEY"]
    assert (variable.tier, variable.monthly_cost) == ("Advanced", 0.05)
    assert "prod/shop/orders-db" in now.fixes[0].edits[0].new


def test_an_edited_plan_that_skips_is_written_and_read_again(making: SimpleNamespace, tmp_path: Path) -> None:
    plan = made(making, tmp_path)
    file = read_plan_file(edited(plan, 'action = "create"', 'action = "skip"'))
    now = apply_overrides(plan, file, lambda changed: made(making, tmp_path, changed))
    assert len(now.fixes) == len(plan.fixes) - 1
    again = render_plan_file(now, OPTIONS).replace(now.tree, plan.tree)
    assert overrides(plan, read_plan_file(again)) == overrides(plan, file)


def test_a_key_that_was_emptied_is_aws_own(making: SimpleNamespace, tmp_path: Path) -> None:
    options = replace(OPTIONS, kms_key="alias/shop")

    def remade(changed: Any = None) -> Plan:
        found = making.finding("a.py", "hunter2", text='PASSWORD = "hunter2"\n', name="PASSWORD")
        workspace = making.tree(tmp_path, {"a.py": 'PASSWORD = "hunter2"\n'})
        return make_plan(
            making.result(found),
            options,
            context_of(workspace, options, making.KEY),
            rewriters=making.rewriters(),
            overrides=changed,
        )

    plan = remade()
    text = in_secret(render_plan_file(plan, options), 'kms_key = "alias/shop"', 'kms_key = ""')
    changed = apply_overrides(plan, read_plan_file(text), remade)
    assert [secret.kms_key for secret in (*plan.secrets, *changed.secrets)] == ["alias/shop", None]
