"""A store that does not exist, in one module: plans, uploads, references and what is emitted work by its record alone.

Not covered, and a branch there for a real one: the generated module (`fixers/runtime/`), which stores `auto` chooses
(`fixers/choice.py`), the stores' words in the configuration file (`scanner/config_check.py`), AWS's error codes
(`fixers/stores/failures.py`), sentences of the runbook that name stores. Nor covered: rehearsals, which ask moto, a
deletion that is taken back, keys of its own, fields of JSON, values of bytes.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from fixers.emit.files import emit
from fixers.extension import _answer
from fixers.model import PlannedSecret
from fixers.payload import payload
from fixers.plan import PlanOptions
from fixers.planning import Planned, planned
from fixers.references import reference
from fixers.run import _resolved
from fixers.stores.arns import Account
from fixers.stores.forms import Commands, Grant, KeyUse, Permissions, Quoted, Reference, References
from fixers.stores.kinds import KINDS
from fixers.stores.limits import size_problems
from fixers.stores.model import REPOSITORY_TAG, Existing, Receipt, Stored, StoreKind, Tier, UnreadError
from fixers.stores.notation import parsed
from fixers.stores.registry import connect
from fixers.storing import check, store_secret
from fixers.value import stored_value
from scanner.errors import StoreError
from scanner.model import SecretValue

Made = Callable[..., str]

# --- the store


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """The store `safe`, in memory."""

    boxes: dict[str, tuple[SecretValue, Mapping[str, str]]] = field(default_factory=dict)
    name: str = "safe"

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        return KIND.problems(secret.name, payload.reveal(), tier=None, region=None)

    def read(self, name: str) -> SecretValue | None:
        return self.boxes[name][0] if name in self.boxes else None

    def describe(self, name: str) -> Existing | None:
        if name not in self.boxes:
            return None
        tags = self.boxes[name][1]
        return Existing(name=name, version="1", type="Secret", repository=tags.get(REPOSITORY_TAG), tags=tags)

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Stored | None]]:
        for name in names:
            there = self.describe(name)
            yield name, None if there is None else Stored(existing=there, value=self.read(name))

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        del token
        self.boxes[secret.name] = payload, tags
        return Receipt(name=secret.name, version="1", arn=None)

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        return self.create(secret, payload, tags=self.boxes[secret.name][1], token=token)

    def restore(self, name: str) -> None:
        del name

    def delete(self, name: str, *, days: int) -> None:
        del days
        self.boxes.pop(name, None)


def _parsed(text: str) -> Reference | None:
    found = re.fullmatch(r"resolve:safe:(@[^:{}]+)", text)
    return Reference(store="safe", name=found[1]) if found else None


def _writing(secrets: Sequence[PlannedSecret], account: Account) -> Iterator[Grant]:
    arns = tuple(KIND.permissions.pattern(account, each.name) for each in secrets)
    yield Grant(sid="FillBoxes", actions=("safe:OpenBox", "safe:FillBox"), arns=arns)


def _encrypting(secrets: Sequence[PlannedSecret]) -> Iterator[KeyUse]:
    yield KeyUse(doing="Encrypt", actions=("kms:Encrypt",), secrets=tuple(secrets))


def _inline(client: str, name: str, quoted: Quoted, binary: bool) -> str:
    del binary
    return f"{client}({quoted('safe')}).open_box(Name={name})[{quoted('Box')}]"


def _read_many(wanted: Sequence[Reference], client: Any) -> Iterator[tuple[Reference, SecretValue]]:
    for each in wanted:
        if each.name not in client.boxes:
            raise UnreadError(StoreError(f"cannot read {each.name}"), [each])
        yield each, client.boxes[each.name][0]


# The store's own program stands in for the AWS CLI's calls: a file for each box.
_LOOK_AT = """\
look_at_box() {
  if [ -e "$SAFE/${name##*/}" ]; then there=ours; else there=no; fi
}
"""
_READ = """\
read_box() {
  printf '{"Box": "%s"}' "$(cat "$SAFE/${name##*/}")"
}
"""
_CREATE = """\
create_box() {
  value >"$SAFE/${name##*/}"
}
"""
_UPDATE = """\
update_box() {
  create_box
}
"""

KIND = StoreKind(
    word="safe",
    title="The safe",
    service="dynamodb",  # one that boto3 knows: no call goes there
    one="box",
    many="boxes",
    types=("BoxedText",),
    tiers={None: Tier(most_bytes=1_000, a_month=0.25)},
    writes_a_second=100.0,
    has_fields=False,
    rotates=False,
    recoverable=False,
    name_for=lambda words: f"@{words}",
    name_problems=lambda name, _region: iter(() if name.startswith("@") else ("a box's name starts with @",)),
    value_problems=lambda value, _tier: size_problems(value, 1_000, "a box"),
    open=lambda _connection: Safe(),
    read_many=_read_many,
    references=References(
        prefix="@",
        begins=("resolve:safe:",),
        spelled=lambda name, _key, _plain: f"resolve:safe:{name}",
        parsed=_parsed,
        resolved_at=frozenset(),
        value_from=lambda _name, _key, arn: arn,
        sam_policy=lambda _name: "SafePolicy: {}",
        inline=_inline,
        extension="/safe/get",
        extension_name=lambda asked: asked.get("box"),
        extension_answer=lambda name, value: {"Box": name, "Value": value},
    ),
    permissions=Permissions(
        arn=lambda account, name: account.arn("safe", f"box/{name.removeprefix('@')}"),
        read="safe:OpenBox",
        inject="safe:OpenBoxes",
        delete="safe:BurnBox",
        writing=_writing,
        encrypting=_encrypting,
        unshared="a box opens to its own account only",
    ),
    commands=Commands(
        look_at=_LOOK_AT,
        read=_READ,
        create=_CREATE,
        update=_UPDATE,
        options=lambda _secret: iter(()),
        reading="open-box",
        reads=lambda name: f"aws safe open-box --name {shlex.quote(name)}",
        value_in=lambda answer: answer.get("Box"),
        lists=lambda path: f"aws safe list-boxes --below {shlex.quote(path)}",
    ),
)


# --- what asks its record


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, KIND.word, KIND)


@pytest.fixture
def shop(repository: Path, git: Callable[..., str], made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    (repository / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (repository / "mail.py").write_text(f'MAIL_PASSWORD = "{made(24)}"\n')
    git(repository, "add", "-A")
    monkeypatch.chdir(repository)
    return repository


def a_plan(style: str = "module") -> Planned:
    return planned(Path(), PlanOptions(store="safe", style=style))


def opened() -> Any:
    return connect("safe", region="eu-west-1", credentials=("id", "key"))


def test_its_names_types_and_prices_are_planned(shop: Path) -> None:
    [secret] = a_plan().plan.secrets
    assert (secret.store, secret.name) == ("safe", "@prod/shop/mail-password")
    assert (secret.type, secret.tier) == ("BoxedText", None)
    assert secret.monthly_cost == 0.25


def test_code_reads_it_by_the_module_or_as_its_own_expression_says(shop: Path) -> None:
    def new(style: str) -> str:
        return " ".join(edit.new for fix in a_plan(style).plan.fixes for edit in fix.edits)

    assert 'get_secret_value("@prod/shop/mail-password", env="MAIL_PASSWORD")' in new("module")
    assert 'boto3.client("safe").open_box(Name="@prod/shop/mail-password")["Box"]' in new("inline")


def test_an_upload_checks_stores_and_finds_it_again(shop: Path) -> None:
    store, plan = opened(), a_plan().plan
    [ready] = check(plan, lambda _: store)
    assert ready.action == "create"
    store_secret(ready, store, app="shop", token="0")
    [again] = check(plan, lambda _: store)
    assert again.action == "present"


def test_what_it_would_refuse_is_said_before_any_call(shop: Path, emitting: Any, made: Made) -> None:
    large = emitting.secret("safe", "@prod/shop/large", made(1_001), type="BoxedText", tier=None)
    plan = replace(a_plan().plan, secrets=(large,))
    with pytest.raises(StoreError) as caught:
        check(plan, lambda _: opened())
    assert "a box holds at most 1,000 bytes" in caught.value.lines[0]


def test_a_reference_to_it_is_spelled_parsed_and_read(made: Made) -> None:
    text, store, value = reference("@prod/shop/key", None), Safe(), SecretValue(made())
    assert text == "{{resolve:safe:@prod/shop/key}}"
    assert parsed(text) == parsed(text[2:-2]) == Reference(store="safe", name="@prod/shop/key")
    store.boxes["@prod/shop/key"] = value, {}
    read = _resolved({"KEY": text, "URL": f"https://u:{text}@host", "HOME": "/"}, lambda _: store)
    whole = {"KEY": value, "URL": SecretValue(f"https://u:{value.reveal('text')}@host")}
    assert {name: SecretValue(each) for name, each in read.items()} == whole
    with pytest.raises(StoreError, match="GONE: cannot read @prod/shop/gone"):
        _resolved({"GONE": "resolve:safe:@prod/shop/gone"}, lambda _: store)


def test_the_stand_in_for_the_extension_and_the_answers_of_its_program_are_understood(made: Made) -> None:
    store, value = Safe(), made()
    store.boxes["@a/b"] = SecretValue(value), {}
    answer = _answer("/safe/get", {"box": "@a/b"}, lambda _: store)
    assert answer is not None
    assert SecretValue(str(answer["Value"])) == SecretValue(value)
    assert _answer("/safe/get", {"secretId": "@a/b"}, lambda _: store) is None
    assert stored_value(json.dumps({"Box": value}).encode()) == SecretValue(value)


def test_policies_templates_and_the_runbook_name_what_it_says(shop: Path) -> None:
    plan = a_plan().plan
    given = {"repository": "shop", "region": "eu-west-1", "reader": "arn:aws:iam::210987654321:role/reports"}
    emit(plan, shop / "out", plan_file="# Plan of unhardcode: x\n", **given)
    arn = "arn:aws:safe:eu-west-1:${AWS_ACCOUNT_ID}:box/prod/shop/mail-password"

    def allowed(file: str) -> list[tuple[str, list[str], list[str]]]:
        statements = json.loads((shop / "out" / file).read_text())["Statement"]
        return [(each["Sid"], each["Action"], each["Resource"]) for each in statements]

    assert allowed("iam-policy.json") == [("ReadBoxes", ["safe:OpenBox"], [arn])]
    assert allowed("iam-policy-injection.json") == [("InjectBoxes", ["safe:OpenBoxes"], [arn])]
    assert allowed("iam-policy-migration.json") == [("FillBoxes", ["safe:OpenBox", "safe:FillBox"], [arn])]
    assert allowed("iam-policy-deletion.json") == [("DeleteBoxes", ["safe:BurnBox"], [arn])]
    assert not (shop / "out/iam-policy-by-path.json").exists()
    assert "safe:OpenBox" in (shop / "out/cloudformation.yaml").read_text()
    assert 'resource "aws_iam_policy"' in (terraform := (shop / "out/secrets.tf").read_text())
    assert "import {" not in terraform
    runbook = (shop / "out/MIGRATION.md").read_text()
    assert "| `@prod/shop/mail-password` | The safe | create |" in runbook
    assert f'"valueFrom": "{arn}"' in runbook
    assert "aws safe open-box --name @prod/shop/mail-password" in runbook
    assert "aws safe list-boxes --below @prod/shop" in runbook
    assert "cannot be read from another account: a box opens to its own account only" in runbook


def test_the_upload_script_stores_it_and_keeps_it_the_second_time(
    shop: Path, emitting: Any, stand_in: str, tmp_path: Path
) -> None:
    plan, boxes = a_plan().plan, tmp_path / "safe"
    boxes.mkdir()
    emit(plan, shop / "out", plan_file="# Plan of unhardcode: x\n", repository="shop", region="eu-west-1")
    program = _value_program(tmp_path, plan.secrets[0])
    given = {"UNHARDCODE": program, "SAFE": str(boxes)}
    first, second = (emitting.run(shop / "out/upload.sh", stand_in, given) for _ in range(2))
    assert (first.returncode, first.stdout, first.stderr) == (0, "stored  @prod/shop/mail-password\n", "")
    assert second.stdout == "kept    @prod/shop/mail-password\n"
    assert SecretValue((boxes / "mail-password").read_text()) == payload(plan.secrets[0])


def _value_program(folder: Path, secret: PlannedSecret) -> str:
    """Stands in for `unhardcode value`, which would not know this test's store in a process of its own."""
    (folder / "kept").write_bytes(payload(secret).reveal("bytes"))
    (folder / "value").write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"""*--check*) [ "$(cat)" = '{{"Box": "'"$(cat {shlex.quote(str(folder / "kept"))})"'"}}' ] ;;\n"""
        f"*) cat {shlex.quote(str(folder / 'kept'))} ;;\n"
        "esac\n"
    )
    (folder / "value").chmod(0o700)
    return str(folder / "value")
