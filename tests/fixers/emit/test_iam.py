"""Policies: what they must not allow first, then that they allow what is needed, and that IAM takes them."""

from __future__ import annotations

import fnmatch
import json
import warnings
from dataclasses import replace
from typing import Any

import pytest

from fixers.emit.crossaccount import cross_account
from fixers.emit.iam import POLICY_CHARACTERS, injection_policies, migration_policies, path_policies, reader_policies
from fixers.stores.arns import Account
from scanner.errors import UsageError

ACCOUNT = Account(id="123456789012", region="eu-west-1")
KEY = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
READER = "arn:aws:iam::210987654321:role/reports"


def allows(policies: Any, action: str, arn: str) -> bool:
    """Whether a policy allows this, by IAM's wildcards, conditions left out."""
    return any(
        action in statement["Action"] and any(fnmatch.fnmatchcase(arn, pattern) for pattern in statement["Resource"])
        for policy in policies
        for statement in policy["Statement"]
    )


def actions(policies: Any) -> set[str]:
    return {action for policy in policies for statement in policy["Statement"] for action in statement["Action"]}


@pytest.fixture
def two(emitting: Any) -> list[Any]:
    return [
        emitting.secret("secretsmanager", "prod/shop/db", "x"),
        emitting.secret("parameterstore", "/prod/shop/api-key", "x"),
    ]


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db-admin-AbCdEf", id="a longer name"
        ),
        pytest.param("arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db", id="no suffix"),
        pytest.param("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/shop/db-AbCdEf", id="another region"),
        pytest.param("arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/shop/db-AbCdEf", id="another account"),
    ],
)
def test_a_reader_reads_no_other_secret(two: list[Any], arn: str) -> None:
    assert not allows(reader_policies(two, ACCOUNT), "secretsmanager:GetSecretValue", arn)


@pytest.mark.parametrize("name", ["/prod/shop/api-key", "prod/shop/api-key/more", "prod/shop", "prod/shop/api-key2"])
def test_a_reader_reads_no_other_parameter(two: list[Any], name: str) -> None:
    assert not allows(
        reader_policies(two, ACCOUNT), "ssm:GetParameter", f"arn:aws:ssm:eu-west-1:123456789012:parameter/{name}"
    )


def test_a_reader_reads_and_does_nothing_else(two: list[Any]) -> None:
    policies = reader_policies(two, ACCOUNT)
    assert actions(policies) == {"secretsmanager:GetSecretValue", "ssm:GetParameter"}
    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db-AbCdEf"
    assert allows(policies, "secretsmanager:GetSecretValue", secret)
    assert allows(policies, "ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/shop/api-key")


def test_who_migrates_may_only_look_where_the_plan_only_adopts(emitting: Any) -> None:
    adopted = [
        emitting.secret("secretsmanager", "prod/shop/db", "x", action="adopt"),
        emitting.secret("parameterstore", "/prod/shop/key", "x", action="adopt", kms_key=KEY),
    ]
    assert actions(migration_policies(adopted, ACCOUNT)) == {
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:ListTagsForResource",
        "kms:Decrypt",
    }


def test_who_migrates_may_write_a_new_version_only_where_the_plan_says_update(two: list[Any], emitting: Any) -> None:
    updated = emitting.secret("secretsmanager", "prod/shop/old", "x", action="update")
    policies = migration_policies([*two, updated], ACCOUNT)
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/{}-AbCdEf"
    assert not allows(policies, "secretsmanager:PutSecretValue", arn.format("db"))
    assert allows(policies, "secretsmanager:PutSecretValue", arn.format("old"))
    assert allows(policies, "secretsmanager:CreateSecret", arn.format("db"))


def test_who_migrates_may_look_for_a_secret_that_is_not_there_yet(two: list[Any]) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db"
    assert allows(migration_policies(two, ACCOUNT), "secretsmanager:DescribeSecret", arn)


def test_no_key_is_named_without_a_customer_key(two: list[Any]) -> None:
    for policies in (reader_policies(two, ACCOUNT), migration_policies(two, ACCOUNT)):
        assert "kms:" not in json.dumps(policies)


def test_a_customer_key_works_through_its_store_only(emitting: Any) -> None:
    arn = f"arn:aws:kms:eu-west-1:999999999999:key/{KEY}"
    secrets = [
        emitting.secret("secretsmanager", "prod/shop/db", "x", kms_key=arn),
        emitting.secret("parameterstore", "/prod/shop/a", "x", kms_key=KEY),
        emitting.secret("parameterstore", "/prod/shop/b", "x", kms_key="alias/shop", tier="Advanced"),
    ]
    statements = {each["Sid"]: each for each in reader_policies(secrets, ACCOUNT)[0]["Statement"]}
    assert statements["DecryptSecrets"] == {
        "Sid": "DecryptSecrets",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [arn],
        "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}},
    }
    assert statements["DecryptParameters"]["Resource"] == [f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}"]
    by_alias = statements["DecryptParametersByAlias"]
    assert by_alias["Resource"] == ["arn:aws:kms:eu-west-1:123456789012:key/*"]
    assert by_alias["Condition"] == {
        "StringEquals": {"kms:ViaService": "ssm.eu-west-1.amazonaws.com"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/shop"]},
    }
    writing = {each["Sid"]: each["Action"] for each in migration_policies(secrets, ACCOUNT)[0]["Statement"]}
    assert writing["EncryptSecrets"] == writing["EncryptAdvancedParametersByAlias"] == ["kms:GenerateDataKey"]
    assert writing["EncryptStandardParameters"] == ["kms:Encrypt"]


@pytest.mark.parametrize(
    ("region", "begin"),
    [
        ("cn-north-1", "arn:aws-cn:"),
        ("us-gov-west-1", "arn:aws-us-gov:"),
        ("eusc-de-east-1", "arn:aws-eusc:"),
        ("us-isob-east-1", "arn:aws-iso-b:"),
        ("ap-southeast-2", "arn:aws:"),
    ],
)
def test_an_arn_begins_with_its_regions_partition(region: str, begin: str) -> None:
    assert Account(region=region).arn("ssm", "parameter/x").startswith(begin)


def test_where_hosts_end_otherwise_a_key_is_let_in_through_either_name_of_the_service(emitting: Any) -> None:
    secret = emitting.secret("parameterstore", "/prod/shop/a", "x", kms_key="alias/shop")
    (policy,) = reader_policies([secret], Account(id="123456789012", region="cn-north-1"))
    (key,) = [each for each in policy["Statement"] if each["Action"] == ["kms:Decrypt"]]
    assert key["Resource"] == ["arn:aws-cn:kms:cn-north-1:123456789012:key/*"]
    services = ["ssm.cn-north-1.amazonaws.com", "ssm.cn-north-1.amazonaws.com.cn"]
    assert key["Condition"]["StringEquals"] == {"kms:ViaService": services}


def test_an_alias_of_another_account_opens_keys_of_that_account_alone(emitting: Any) -> None:
    alias = "arn:aws:kms:eu-west-1:210987654321:alias/shop"
    (policy,) = reader_policies([emitting.secret("secretsmanager", "prod/a", "x", kms_key=alias)], ACCOUNT)
    (key,) = [each for each in policy["Statement"] if each["Action"] == ["kms:Decrypt"]]
    assert key["Resource"] == ["arn:aws:kms:eu-west-1:210987654321:key/*"]
    assert key["Condition"]["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": ["alias/shop"]}


def test_placeholders_are_filled_in_by_plain_replacement(two: list[Any]) -> None:
    texts = [json.dumps(reader_policies(two, account)) for account in (Account(), ACCOUNT)]
    filled = texts[0].replace("${AWS_ACCOUNT_ID}", ACCOUNT.id).replace("${AWS_REGION}", ACCOUNT.region)
    assert filled == texts[1]


def test_many_secrets_are_spread_over_policies_that_iam_takes(emitting: Any) -> None:
    names = [f"prod/shop/{'long' * 10}-{number}" for number in range(300)]
    secrets = [emitting.secret("secretsmanager", name, "x") for name in names]
    for policies in (reader_policies(secrets, ACCOUNT), migration_policies(secrets, ACCOUNT)):
        assert len(policies) > 1
        for policy in policies:
            assert len(json.dumps(policy, separators=(",", ":"))) <= POLICY_CHARACTERS
            sids = [statement["Sid"] for statement in policy["Statement"]]
            assert len(set(sids)) == len(sids)
        for name in names:
            arn = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf"
            assert allows(policies, "secretsmanager:GetSecretValue", arn)


def test_nothing_is_allowed_where_nothing_is_moved() -> None:
    assert reader_policies([], ACCOUNT) == migration_policies([], ACCOUNT) == ()


def test_what_injects_reads_the_same_names_and_does_nothing_else(two: list[Any]) -> None:
    policies = injection_policies(two, ACCOUNT)
    assert actions(policies) == {"secretsmanager:GetSecretValue", "ssm:GetParameters"}
    assert not allows(policies, "ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/shop/api-key2")
    assert allows(policies, "ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/shop/api-key")


def test_by_path_nothing_else_is_allowed_and_no_path_above(two: list[Any]) -> None:
    policies = path_policies(two, ACCOUNT)
    assert actions(policies) == {"ssm:GetParametersByPath"}
    arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/{}"
    for path in ("prod/shop", "prod/shop/"):
        assert allows(policies, "ssm:GetParametersByPath", arn.format(path))
    for path in ("prod", "prod/", "prod/shop2", "/prod/shop", "prod/shop/api-key"):
        assert not allows(policies, "ssm:GetParametersByPath", arn.format(path))


def test_no_path_policy_opens_the_root(emitting: Any) -> None:
    assert path_policies([emitting.secret("parameterstore", "/token", "x")], ACCOUNT) == ()


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param("*", id="everybody"),
        pytest.param("210987654321", id="a whole account"),
        pytest.param("arn:aws:iam::210987654321:root", id="a whole account by its ARN"),
        pytest.param("arn:aws:iam::210987654321:role/*", id="all roles"),
    ],
)
def test_another_account_means_one_role_of_it(two: list[Any], reader: str) -> None:
    with pytest.raises(UsageError, match="--reader"):
        cross_account(two, ACCOUNT, reader)


def test_what_cannot_be_opened_to_another_account_gets_no_policy(emitting: Any) -> None:
    secrets = [
        emitting.secret("parameterstore", "/prod/shop/key", "x", kms_key=KEY),
        emitting.secret("secretsmanager", "prod/shop/db", "x"),
        emitting.secret("secretsmanager", "prod/shop/mail", "x", kms_key="alias/shop"),
    ]
    across = cross_account(secrets, ACCOUNT, READER)
    assert (across.identity, across.resource, across.key) == ((), None, None)
    assert [name for name, _ in across.unreadable] == ["/prod/shop/key", "prod/shop/db", "prod/shop/mail"]


def test_both_accounts_and_the_key_let_one_reader_read(emitting: Any) -> None:
    across = cross_account([emitting.secret("secretsmanager", "prod/shop/db", "x", kms_key=KEY)], ACCOUNT, READER)
    assert actions(across.identity) == {"secretsmanager:GetSecretValue", "kms:Decrypt"}
    assert across.resource is not None
    assert across.key is not None
    (statement,) = across.resource["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"AWS": READER}, ["secretsmanager:GetSecretValue"])
    assert across.key["Principal"] == {"AWS": READER}
    assert across.key["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}


def test_a_linter_of_policies_finds_nothing(emitting: Any, recwarn: pytest.WarningsRecorder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports pkg_resources
        parliament = pytest.importorskip("parliament", exc_type=ImportError)
    secrets = [
        emitting.secret("secretsmanager", "prod/shop/db", "x", kms_key=KEY, action="update"),
        emitting.secret("secretsmanager", "prod/shop/mail", "x", kms_key="alias/shop"),
        emitting.secret("parameterstore", "/prod/shop/a", "x", kms_key=KEY),
        emitting.secret("parameterstore", "/prod/shop/b", "x", kms_key=KEY, tier="Advanced"),
    ]
    every = [
        make(secrets, ACCOUNT) for make in (reader_policies, injection_policies, path_policies, migration_policies)
    ]
    every.append(cross_account(secrets[:1], ACCOUNT, READER).identity)
    for policies in every:
        assert policies
        for policy in policies:
            found = parliament.analyze_policy_string(json.dumps(policy)).findings
            # Its list of condition keys does not have this one; AWS's own has:
            # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
            assert [one.issue for one in found if "kms:ResourceAliases" not in one.detail] == []
    broken = json.dumps(every[0][0]).replace("GetSecretValue", "GetSecretValues")
    assert parliament.analyze_policy_string(broken).findings


def test_only_a_plan_that_restores_may_restore_and_then_it_may_also_write(emitting: Any) -> None:
    name = "prod/shop/db"
    arn = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf"
    for action, expected in (("create", False), ("update", False), ("restore", True)):
        secret = replace(emitting.secret("secretsmanager", name, "x"), action=action)
        made = migration_policies([secret], ACCOUNT)
        assert allows(made, "secretsmanager:RestoreSecret", arn) is expected
        assert allows(made, "secretsmanager:PutSecretValue", arn) is (action != "create")
