"""What a person changes in a plan reaches the code, or is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.model import Plan, RefusalReason
from fixers.overrides import Override
from scanner.errors import UsageError
from scanner.model import CredentialKind, Role, Span

R = RefusalReason


def reasons(plan: Plan) -> list[tuple[str, RefusalReason]]:
    return [(refusal.finding.path, refusal.reason) for refusal in plan.refusals]


@pytest.mark.parametrize(
    "override",
    [
        Override(name="a b"),
        Override(name="prod/shop/key"),
        Override(store="vault"),
        Override(type="String"),
        Override(type="SecretString"),
        Override(tier="Free"),
        Override(variables=("PATH",)),
        Override(variables=("a-b",)),
        Override(variables=("A", "B")),
        Override(action="delete"),
        Override(kms_key="alias/my key"),
        Override(store="secretsmanager", tier="Standard"),
        Override(store="secretsmanager", name="/prod/shop/x"),
    ],
)
def test_changes_that_cannot_be_followed(making: SimpleNamespace, tmp_path: Path, override: Override) -> None:
    text, found = making.one(name="api_key")
    with pytest.raises(UsageError) as raised:
        making.planned(tmp_path, {"a.py": text}, found, overrides={found.place: override})
    assert "hunter2" not in str(raised.value)


def test_one_name_for_two_values_is_refused(making: SimpleNamespace, tmp_path: Path) -> None:
    (first_text, first), (second_text, second) = making.one("a.py", "one1"), making.one("b.py", "two2")
    files = {"a.py": first_text, "b.py": second_text}
    for override in (Override(name="/prod/shop/x"), Override(variables=("X",))):
        with pytest.raises(UsageError, match="two"):
            making.planned(tmp_path, files, first, second, overrides={first.place: override, second.place: override}
            )  # fmt: skip


def test_a_variable_that_the_code_reads_cannot_be_renamed(making: SimpleNamespace, tmp_path: Path) -> None:
    text = "TOKEN=hunter2\n"
    found = making.finding(".env", "hunter2", text=text, name="TOKEN", role=Role.VARIABLE)
    with pytest.raises(UsageError, match="must stay TOKEN"):
        making.planned(tmp_path, {".env": text}, found, overrides={found.place: Override(variables=("OTHER",))})


def test_changes_reach_the_code(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one(name="api_key")
    change = Override(name="prod/shop/mine", store="secretsmanager", variables=("MINE",), kms_key="k", action="adopt")
    plan = making.planned(tmp_path, {"a.py": text}, found, overrides={found.place: change})
    (secret,) = plan.secrets
    assert (secret.name, secret.store, secret.type, secret.kms_key, secret.action) == (
        "prod/shop/mine", "secretsmanager", "SecretString", "k", "adopt",
    )  # fmt: skip
    assert plan.fixes[0].edits[0].new == "get_secret_value('prod/shop/mine', env='MINE')"


def test_changing_only_the_store_changes_the_slash(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one(engine="postgres")
    plan = making.planned(tmp_path, {"a.py": text}, found, overrides={found.place: Override(store="parameterstore")})
    assert plan.secrets[0].name.startswith("/prod/shop/db")
    assert plan.secrets[0].members[0].key is None


def test_a_pair_cannot_become_one_parameter(making: SimpleNamespace, tmp_path: Path) -> None:
    where: dict[str, Any] = {"container": Span(0, 90)}
    text = 'connect(access_key="shop-id", secret_key="shop-key")\n'
    found = [
        making.finding("a.py", value, text=text, name=name, kind=kind, literal=where)
        for value, name, kind in (
            ("shop-id", "access_key", CredentialKind.ACCESS_KEY_ID),
            ("shop-key", "secret_key", CredentialKind.ACCESS_KEY),
        )
    ]
    assert len(making.planned(tmp_path, {"a.py": text}, *found).secrets) == 1
    assert len(making.planned(tmp_path, {"a.py": text}, *found, store="parameterstore").secrets) == 2
    with pytest.raises(UsageError, match="pair"):
        making.planned(tmp_path, {"a.py": text}, *found, overrides={found[0].place: Override(store="parameterstore")}
        )  # fmt: skip


def test_what_is_skipped_is_refused_as_skipped(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one()
    plan = making.planned(tmp_path, {"a.py": text}, found, overrides={found.place: Override(action="skip")})
    assert not plan.fixes
    assert plan.secrets[0].monthly_cost == 0
    assert reasons(plan) == [("a.py", R.SKIPPED)]
