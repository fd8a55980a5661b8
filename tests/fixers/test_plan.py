from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.model import Plan, RefusalReason
from fixers.plan import PlanOptions, context_of, make_plan, touched_paths
from fixers.rewriting import Placement
from fixers.workspace import open_workspace
from scanner.errors import UsageError
from scanner.model import (
    Commit,
    Confidence,
    CredentialKind,
    Role,
    ScanResult,
    SecretValue,
    Span,
    SuppressedBy,
    Suppression,
)

R = RefusalReason


def reasons(plan: Plan) -> list[tuple[str, RefusalReason]]:
    return [(refusal.finding.path, refusal.reason) for refusal in plan.refusals]


# --- what stays


@pytest.mark.parametrize(
    ("path", "fields", "reason"),
    [
        ("tests/a.py", {}, R.TEST_FIXTURE),
        ("docs/a.py", {}, R.TEST_FIXTURE),
        ("vendor/a.py", {}, R.TEST_FIXTURE),
        (".env.example", {"role": Role.VARIABLE}, R.TEST_FIXTURE),
        ("config.yml", {"role": Role.ENTRY}, R.KIND_NOT_SUPPORTED),
        ("deploy.sh", {"role": Role.TEXT}, R.KIND_NOT_SUPPORTED),
        ("a.py", {"role": Role.TEXT}, R.COMMENT),
        ("id_rsa", {"kind": CredentialKind.PRIVATE_KEY, "role": Role.TEXT}, R.KEY_FILE),
        ("certs/server.key", {"kind": CredentialKind.PRIVATE_KEY, "role": Role.TEXT}, R.KEY_FILE),
        ("my-service-account.json", {"kind": CredentialKind.CREDENTIALS, "role": Role.ENTRY}, R.KEY_FILE),
        ("a.py", {"name": "aws_secret_access_key", "kind": CredentialKind.ACCESS_KEY}, R.OWN_AWS_KEYS),
        ("a.py", {"name": "AWS_SESSION_TOKEN", "kind": CredentialKind.API_KEY}, R.OWN_AWS_KEYS),
        ("a.py", {"name": "access_key", "kind": CredentialKind.ACCESS_KEY_ID}, R.COMPANION_MISSING),
        (
            "a.py",
            {"commit": Commit(id="0" * 40, author="a", date="2026-01-01", path="a.py")},
            R.HISTORY_ONLY,
        ),
    ],
)
def test_what_stays_and_why(
    making: SimpleNamespace, tmp_path: Path, path: str, fields: dict[str, Any], reason: RefusalReason
) -> None:
    text, found = making.one(path, **fields)
    plan = making.planned(tmp_path, {path: text}, found)
    assert reasons(plan) == [(path, reason)]
    assert plan.secrets == plan.fixes == plan.new_files == plan.imports == ()
    assert plan.refusals[0].detail
    assert plan.refusals[0].next_step


def test_a_file_that_is_one_value_stays(making: SimpleNamespace, tmp_path: Path) -> None:
    path, value = "secrets/db_password.txt", making.strong("a")
    found = making.finding(path, value, text=f"{value}\n", name="db_password", role=Role.TEXT)
    (refusal,) = making.planned(tmp_path, {path: f"{value}\n"}, found).refusals
    assert (refusal.reason, refusal.detail) == (R.KEY_FILE, "the whole file is the value")


def test_a_linked_file_stays(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one("linked/a.py")
    workspace = making.tree(tmp_path, {"real/a.py": text})
    (tmp_path / "linked").symlink_to("real")
    plan = make_plan(
        making.result(found),
        PlanOptions(),
        context_of(workspace, PlanOptions(), making.KEY),
        rewriters=making.rewriters(),
    )
    assert reasons(plan) == [("linked/a.py", R.LINKED)]


def test_a_file_that_is_gone_is_refused(making: SimpleNamespace, tmp_path: Path) -> None:
    assert reasons(making.planned(tmp_path, {}, making.one("gone.py")[1])) == [("gone.py", R.NOT_PARSABLE)]


def test_own_keys_at_a_foreign_endpoint_are_stored(making: SimpleNamespace, tmp_path: Path) -> None:
    beside = making.siblings(endpoint_url="https://minio.acme.example:9000", aws_access_key_id="shop")
    text, found = making.one(name="aws_secret_access_key", kind=CredentialKind.ACCESS_KEY, literal={"siblings": beside})
    assert len(making.planned(tmp_path, {"a.py": text}, found).fixes) == 1


def test_a_reference_is_not_stored_again(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one("a.py", "{{resolve:ssm-secure:/prod/shop/x}}")
    assert reasons(making.planned(tmp_path, {"a.py": text}, found)) == [("a.py", R.EXAMPLE_VALUE)]


def test_a_refused_place_refuses_its_whole_secret(making: SimpleNamespace, tmp_path: Path) -> None:
    value = making.strong("shared")
    files = {path: making.one(path, value)[0] for path in ("a.py", "b.py", "c.py")}
    found = [making.one(path, value)[1] for path in files]
    other_text, other = making.one("d.py", "hunter2")

    def refuse(placement: Placement) -> RefusalReason | None:
        return R.DYNAMIC if placement.finding.path == "b.py" else None

    plan = making.planned(tmp_path, {**files, "d.py": other_text}, *found, other, refuse=refuse)
    assert reasons(plan) == [("a.py", R.DYNAMIC), ("b.py", R.DYNAMIC), ("c.py", R.DYNAMIC)]
    assert "b.py:1" in plan.refusals[0].detail
    assert touched_paths(plan) == ("d.py",)
    assert {edit.path for edit in plan.imports} == {"d.py"}


def test_a_copy_in_an_unsupported_file_stays_and_does_not_block(making: SimpleNamespace, tmp_path: Path) -> None:
    value = making.strong("shared")
    text, found = making.one("a.py", value)
    other_text, other = making.one("docker-compose.yml", value, role=Role.ENTRY)
    plan = making.planned(tmp_path, {"a.py": text, "docker-compose.yml": other_text}, found, other)
    assert reasons(plan) == [("docker-compose.yml", R.KIND_NOT_SUPPORTED)]
    assert plan.refusals[0].detail.endswith("the same value moves to /prod/shop/password")
    assert "rotated" in plan.refusals[0].next_step
    assert len(plan.fixes) == 1


def test_a_place_in_a_linked_file_refuses_its_whole_secret(making: SimpleNamespace, tmp_path: Path) -> None:
    value = making.strong("shared")
    (text, found), (_, other) = making.one("a.py", value), making.one("linked/b.py", value)
    workspace = making.tree(tmp_path, {"a.py": text, "real/b.py": text})
    (tmp_path / "linked").symlink_to("real")
    plan = make_plan(
        making.result(found, other),
        PlanOptions(),
        context_of(workspace, PlanOptions(), making.KEY),
        rewriters=making.rewriters(),
    )
    assert reasons(plan) == [("a.py", R.LINKED), ("linked/b.py", R.LINKED)]


def test_a_copy_in_a_docstring_that_only_the_rewriter_sees_does_not_block(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    value = making.strong("shared")
    files = {path: making.one(path, value)[0] for path in ("a.py", "b.py")}

    def refuse(placement: Placement) -> RefusalReason | None:
        return R.COMMENT if placement.finding.path == "a.py" else None

    plan = making.planned(tmp_path, files, *(making.one(path, value)[1] for path in files), refuse=refuse)
    assert reasons(plan) == [("a.py", R.COMMENT)]
    assert [found.path for found in plan.secrets[0].members[0].findings] == ["b.py"]


@pytest.mark.parametrize("value", ["x" * 65_537, "a\ud800b"])
def test_values_that_no_store_holds(making: SimpleNamespace, tmp_path: Path, value: str) -> None:
    plan = making.planned(tmp_path, {"a.py": "x\n"}, making.finding("a.py", value))
    assert reasons(plan) == [("a.py", R.VALUE_NOT_STORABLE)]


@pytest.mark.parametrize("value", ["x" * 8_193, "a{{b", b"\xff\xfe\x00"])
def test_values_that_parameter_store_does_not_hold(making: SimpleNamespace, tmp_path: Path, value: Any) -> None:
    files, found = {"a.py": "x\n"}, making.finding("a.py", value)
    assert reasons(making.planned(tmp_path, files, found, store="parameterstore")) == [("a.py", R.VALUE_NOT_STORABLE)]
    (secret,) = making.planned(tmp_path, files, found).secrets
    assert secret.store == "secretsmanager"
    assert secret.type == ("SecretBinary" if isinstance(value, bytes) else "SecretString")


def test_suppressed_and_doubtful_findings_are_not_planned_but_counted(making: SimpleNamespace, tmp_path: Path) -> None:
    text, sure = making.one()
    low = making.finding("a.py", "maybe", confidence=Confidence.LOW)
    suppressed = making.finding("a.py", "accepted", suppressed=Suppression(SuppressedBy.BASELINE))
    plan = making.planned(tmp_path, {"a.py": text}, sure, low, suppressed)
    assert [found for fix in plan.fixes for found in fix.findings] == [sure]
    assert not plan.refusals
    assert plan.notes[0] == "1 finding is below medium confidence and not in this plan (--min-confidence)"


def test_two_fixes_never_change_one_text_differently(making: SimpleNamespace, tmp_path: Path) -> None:
    text = 'password = "hunter2"\n'
    first = making.finding("a.py", "hunter2", text=text, name="password")
    second = making.finding("a.py", "hunter", text=text, name="other", whole="hunter2")
    plan = making.planned(tmp_path, {"a.py": text}, first, second)
    assert len(plan.fixes) == 1
    assert reasons(plan) == [("a.py", R.READER_NOT_REWRITABLE)]


@pytest.mark.parametrize(
    "options",
    [
        {"style": "lazy"},
        {"prefix_from": "A-B"},
        {"prefix_from": "PATH"},
        {"store": "vault"},
        {"env": "a/b"},
        {"app": "ä"},
    ],
)
def test_options_that_cannot_be_used(making: SimpleNamespace, tmp_path: Path, options: dict[str, str]) -> None:
    text, found = making.one()
    with pytest.raises(UsageError):
        making.planned(tmp_path, {"a.py": text}, found, **options)


# --- what moves


def test_a_plain_value_goes_to_an_encrypted_parameter(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one(name="stripe_api_key", kind=CredentialKind.API_KEY)
    plan = making.planned(tmp_path, {"a.py": text}, found, kms_key="alias/shop")
    (secret,) = plan.secrets
    assert (secret.name, secret.store, secret.type, secret.tier) == (
        "/prod/shop/stripe-api-key", "parameterstore", "SecureString", "Standard",
    )  # fmt: skip
    assert (secret.kms_key, secret.action, secret.monthly_cost) == ("alias/shop", "create", 0.0)
    assert [(member.key, member.env) for member in secret.members] == [(None, "STRIPE_API_KEY")]
    assert [edit.new for edit in plan.fixes[0].edits] == [
        "get_secret_value('/prod/shop/stripe-api-key', env='STRIPE_API_KEY')"
    ]
    assert len(plan.fixes[0].proofs) == 1


def test_over_four_kilobytes_is_an_advanced_parameter_and_says_its_price(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    (secret,) = making.planned(tmp_path, {"a.py": "x\n"}, making.finding("a.py", "x" * 4097)).secrets
    assert (secret.tier, secret.monthly_cost) == ("Advanced", 0.05)
    assert "$0.05" in secret.reason


def test_a_database_login_goes_to_secrets_manager(making: SimpleNamespace, tmp_path: Path) -> None:
    beside = making.siblings(host="db", user="shop", dbname="orders")
    text, found = making.one(engine="postgres", literal={"siblings": beside})
    plan = making.planned(tmp_path, {"a.py": text}, found)
    (secret,) = plan.secrets
    assert (secret.name, secret.store, secret.type) == ("prod/shop/db", "secretsmanager", "SecretString")
    assert dict(secret.constants) == {"engine": "postgres", "host": "db", "username": "shop", "dbname": "orders"}
    assert (secret.rotation, secret.monthly_cost) == ("automatic", 0.40)
    assert plan.fixes[0].edits[0].new == "get_secret_value('prod/shop/db', 'password', env='DB_PASSWORD')"


def test_a_login_without_its_host_says_what_rotation_needs(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one(engine="postgres")
    (secret,) = making.planned(tmp_path, {"a.py": text}, found).secrets
    assert secret.rotation == "automatic once host and username are in the secret"


def test_for_parameters_a_login_is_its_password(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one(engine="postgres", literal={"siblings": making.siblings(host="db", user="shop")})
    (secret,) = making.planned(tmp_path, {"a.py": text}, found, store="parameterstore").secrets
    assert (secret.name, secret.constants, secret.members[0].key) == ("/prod/shop/db-password", (), None)
    assert secret.rotation == "manual"


def test_rules_with_automatic_rotation_choose_secrets_manager(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one(name="api_key", rule="acme-key")
    plan = make_plan(
        making.result(found),
        PlanOptions(),
        context_of(making.tree(tmp_path, {"a.py": text}), PlanOptions(), making.KEY),
        rewriters=making.rewriters(),
        automatic=frozenset({"acme-key"}),
    )
    assert (plan.secrets[0].store, plan.secrets[0].rotation) == ("secretsmanager", "automatic")


def test_dotenv_variables_keep_their_name(making: SimpleNamespace, tmp_path: Path) -> None:
    text = "LEGACY_TOKEN=hunter2\n"
    found = making.finding(".env.staging", "hunter2", text=text, name="LEGACY_TOKEN", role=Role.VARIABLE)
    (secret,) = making.planned(tmp_path, {".env.staging": text}, found).secrets
    assert secret.environment == "staging"
    assert (secret.name, secret.members[0].env) == ("/staging/shop/legacy-token", "LEGACY_TOKEN")


def test_tests_are_planned_on_demand_and_docs_never(making: SimpleNamespace, tmp_path: Path) -> None:
    files = {path: making.one(path)[0] for path in ("tests/a.py", "docs/a.py")}
    plan = making.planned(tmp_path, files, *(making.one(path)[1] for path in files), include_tests=True)
    assert [found.path for fix in plan.fixes for found in fix.findings] == ["tests/a.py"]
    assert reasons(plan) == [("docs/a.py", R.TEST_FIXTURE)]


def test_a_test_that_repeats_a_value_of_the_code_stays_and_does_not_block(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    value = making.strong("shared")
    files = {path: making.one(path, value)[0] for path in ("a.py", "tests/test_a.py")}
    plan = making.planned(tmp_path, files, *(making.one(path, value)[1] for path in files))
    assert len(plan.fixes) == 1
    assert reasons(plan) == [("tests/test_a.py", R.TEST_FIXTURE)]


def test_a_doubtful_copy_of_an_unmistakable_value_moves_with_it(making: SimpleNamespace, tmp_path: Path) -> None:
    value = making.strong("shared")
    text, sure = making.one("a.py", value)
    other, low = making.one("b.py", value, confidence=Confidence.LOW)
    plan = making.planned(tmp_path, {"a.py": text, "b.py": other}, sure, low)
    assert len(plan.fixes[0].findings) == 2
    assert plan.fixes[0].safety == "review"


def test_confidence_decides_how_safe_a_fix_is(making: SimpleNamespace, tmp_path: Path) -> None:
    text, found = making.one()
    assert making.planned(tmp_path, {"a.py": text}, found).fixes[0].safety == "safe"


def test_an_empty_scan_needs_no_name(tmp_path: Path, making: SimpleNamespace) -> None:
    plan = make_plan(
        making.result(),
        PlanOptions(),
        context_of(open_workspace(tmp_path, ()), PlanOptions(), making.KEY),
        rewriters=making.rewriters(),
    )
    assert plan.secrets == plan.refusals == ()


def test_the_same_tree_gives_the_same_plan_and_another_tree_another_digest(
    making: SimpleNamespace, tmp_path: Path
) -> None:
    text, found = making.one()
    first = making.planned(tmp_path, {"a.py": text}, found)
    assert making.planned(tmp_path, {"a.py": text}, found) == first
    assert making.planned(tmp_path, {"a.py": text + "# more\n"}, found).tree != first.tree


# --- one .env for each environment


def test_two_environments_share_the_code_that_reads_them(making: SimpleNamespace, tmp_path: Path) -> None:
    """The fake writes each file's own edit; here both also change one reader, as the real rewriter does."""
    texts = {path: f"DB_PASSWORD={path[1:]}-value\n" for path in (".env.prod", ".env.staging")}
    found = [
        making.finding(path, f"{path[1:]}-value", text=text, name="DB_PASSWORD", role=Role.VARIABLE)
        for path, text in texts.items()
    ]
    workspace = making.tree(tmp_path, {**texts, "a.py": 'import os\nos.environ["DB_PASSWORD"]\n'})
    plan = make_plan(
        making.result(*found),
        PlanOptions(),
        context_of(workspace, PlanOptions(), making.KEY),
        rewriters=_with_reader(making),
    )
    assert [secret.name for secret in plan.secrets] == ["prod/shop/db", "staging/shop/db"]
    assert not plan.refusals
    (reader,) = [edit for fix in plan.fixes for edit in fix.edits if edit.path == "a.py"]
    assert "prod/shop/db" in reader.new


def _with_reader(making: SimpleNamespace) -> Any:
    from dataclasses import replace

    rewriters = making.rewriters()
    plain = next(iter(rewriters.values()))

    def rewrite(document: Any, placements: Any, context: Any) -> Any:
        rewritten = plain(document, placements, context)
        edits = tuple(
            (*own, replace(own[0], path="a.py", span=Span(10, 35), new=f"get({placement.name!r})"))
            for own, placement in zip(rewritten.edits, placements, strict=True)
        )
        return replace(rewritten, edits=edits)

    return dict.fromkeys(rewriters, rewrite)


# --- nothing is skipped in silence

PATHS = ("a.py", "b.py", ".env", "tests/t.py", "c.yml", "gone.py")
FINDINGS = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.sampled_from(["changeme", "hunter2", "Zx81QkT0pLm49sVbN2cR7yWd", ""]),
        st.sampled_from(list(CredentialKind)),
        st.sampled_from(list(Role)),
        st.sampled_from(list(Confidence)),
        st.sampled_from(["DB_PASSWORD", "aws_secret_access_key", "token", None]),
    ),
    max_size=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=FINDINGS, refused=st.sets(st.integers(0, 9)), store=st.sampled_from(["auto", "parameterstore"]))
def test_every_finding_ends_in_one_fix_or_refusal(
    making: SimpleNamespace, tmp_path: Path, rows: list[Any], refused: set[int], store: str
) -> None:
    found = [
        making.finding(path, value, name=name, kind=kind, role=role, confidence=confidence, at=index * 40)
        for index, (path, value, kind, role, confidence, name) in enumerate(rows)
    ]

    def refuse(placement: Placement) -> RefusalReason | None:
        index = placement.finding.span.start // 40
        return None if index not in refused else (R.COMMENT if index % 2 else R.DYNAMIC)

    files = {path: "x" * 500 for path in PATHS if path != "gone.py"}
    plan = making.planned(tmp_path, files, *found, refuse=refuse, store=store)
    ends = [id(one) for fix in plan.fixes for one in fix.findings] + [id(stay.finding) for stay in plan.refusals]
    assert len(ends) == len(set(ends))
    assert set(ends) >= {id(one) for one in found if one.confidence.rank >= Confidence.MEDIUM.rank}
    names = [secret.name for secret in plan.secrets]
    assert len(names) == len(set(names)) == len(plan.fixes)
    for secret in plan.secrets:
        for member in secret.members:
            assert len({one.literal.value if one.path == ".env" else one.value for one in member.findings}) == 1
    assert all(refusal.detail and refusal.next_step for refusal in plan.refusals)


def test_scan_results_of_bytes_are_planned(making: SimpleNamespace, tmp_path: Path) -> None:
    text = 'key = b"hunter2"\n'
    found = making.finding("a.py", b"hunter2", text=text, name="key")
    plan = making.planned(tmp_path, {"a.py": text}, found)
    assert plan.secrets[0].members[0].value == SecretValue("hunter2")
    assert isinstance(making.result(found), ScanResult)
