"""Rotation as CloudFormation and Terraform: nothing rotates by surprise, and the tools take what is written."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import unhardcode
from fixers.emit.cloudformation import HERE, policies_template, rotation_template
from fixers.emit.iam import accesses, reader_policies
from fixers.emit.labels import hcl, label_of, terraform_label, unique_labels
from fixers.emit.rotation import Rotation, rotates
from fixers.emit.terraform import rotation_file, secrets_file
from fixers.stores.arns import Account
from scanner.errors import UsageError

KEYS = (None, "alias/shop", "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")
ENGINES = ["postgres", "mysql", "mariadb", "oracle", "sqlserver", "db2", "mongo", "redshift"]


def cfn_lint(*templates: Path) -> subprocess.CompletedProcess[str]:
    beside = Path(sys.executable).parent / "cfn-lint"
    if not beside.exists():
        pytest.skip("cfn-lint is not installed: pip install cfn-lint")
    return subprocess.run([beside, *templates], capture_output=True, text=True, timeout=300, check=False)


def template(text: str) -> Any:
    """A CloudFormation template as plain YAML, `!Ref x` as {"Ref": "x"}."""

    class Loader(yaml.SafeLoader):
        pass

    def function(loader: Any, suffix: str, node: Any) -> Any:
        made = (
            loader.construct_scalar(node)
            if isinstance(node, yaml.ScalarNode)
            else loader.construct_sequence(node, deep=True)
        )
        return {suffix: made}

    Loader.add_multi_constructor("!", function)
    return yaml.load(text, Loader)


@pytest.mark.parametrize("engine", ["redis", "sqlite", "", None])
def test_what_aws_has_no_function_for_is_not_rotated(engine: str | None) -> None:
    assert not rotates(engine)


def test_nothing_rotates_at_once_unless_it_is_asked_for() -> None:
    made = template(rotation_template([Rotation(name="prod/shop/db", engine="postgres")]))
    assert made["Parameters"]["RotateNow"]["Default"] == "false"
    assert made["Resources"]["ProdShopDbRotation"]["Properties"]["RotateImmediatelyOnUpdate"] == {"Ref": "RotateNow"}
    text = rotation_file([Rotation(name="prod/shop/db", engine="postgres")], ["prod/shop/db"], partition="aws")
    assert "rotate_immediately  = var.rotate_now" in text
    assert text.split('variable "rotate_now"')[1].split("}")[0].split("default")[1].split() == ["=", "false"]


def test_a_login_is_rotated_every_30_days_by_the_function_of_its_engine_after_its_attachment() -> None:
    made = template(rotation_template([Rotation(name="prod/shop/db", engine="postgres")]))
    assert made["Transform"] == "AWS::SecretsManager-2024-09-16"
    rotation = made["Resources"]["ProdShopDbRotation"]["Properties"]
    assert rotation["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert rotation["HostedRotationLambda"]["RotationType"] == "PostgreSQLSingleUser"
    assert rotation["SecretId"] == {
        "Fn::If": ["ProdShopDbHasTarget", {"Ref": "ProdShopDbAttachment"}, {"Ref": "ProdShopDbName"}]
    }
    assert made["Parameters"]["ProdShopDbName"]["Default"] == "prod/shop/db"
    attachment = made["Resources"]["ProdShopDbAttachment"]
    assert (attachment["Type"], attachment["Condition"]) == (
        "AWS::SecretsManager::SecretTargetAttachment",
        "ProdShopDbHasTarget",
    )


def test_alternating_users_need_a_superusers_secret() -> None:
    rotation = Rotation(name="prod/shop/db", engine="postgres", alternating=True, days=7)
    made = template(rotation_template([rotation]))
    function = made["Resources"]["ProdShopDbRotation"]["Properties"]["HostedRotationLambda"]
    assert function["RotationType"] == "PostgreSQLMultiUser"
    assert function["SuperuserSecretArn"] == {"Ref": "ProdShopDbSuperuser"}
    assert "Default" not in made["Parameters"]["ProdShopDbSuperuser"]
    text = rotation_file([rotation], ["prod/shop/db"], partition="aws-cn")
    assert (
        "arn:aws-cn:serverlessrepo:cn-north-1:193023089310:applications/SecretsManagerRDSPostgreSQLRotationMultiUser"
        in text
    )
    assert "superuserSecretArn  = var.prod_shop_db_superuser" in text
    with pytest.raises(UsageError, match="aws-eusc is not known"):
        rotation_file([rotation], ["prod/shop/db"], partition="aws-eusc")


@pytest.mark.parametrize(
    ("key", "arn"),
    [
        ("arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", True),
        ("arn:aws:kms:eu-west-1:123456789012:alias/shop", False),
        ("alias/shop", False),
        ("0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", False),
    ],
)
def test_the_function_may_use_the_secrets_own_key(key: str, arn: bool) -> None:
    rotation = Rotation(name="prod/shop/db", engine="postgres", kms_key=key)
    made = template(rotation_template([rotation]))
    function = made["Resources"]["ProdShopDbRotation"]["Properties"]["HostedRotationLambda"]
    assert function["KmsKeyArn"] == {"Ref": "ProdShopDbKmsKeyArn"}
    assert made["Parameters"]["ProdShopDbKmsKeyArn"].get("Default") == (key if arn else None)
    text = rotation_file([rotation], ["prod/shop/db"], partition="aws")
    assert f"kmsKeyArn           = {hcl(key) if arn else 'data.aws_kms_key.prod_shop_db.arn'}\n" in text
    assert (f"key_id = {hcl(key)}" in text) is not arn


def test_a_function_has_a_name_that_lambda_takes_and_its_own() -> None:
    names = [f"prod/{'a-long-application-name-' * 3}/db-{letter}" for letter in "ab"]
    text = rotation_file([Rotation(name=name, engine="mysql") for name in names], names, partition="aws")
    made = re.findall(r'functionName +="?.*"(.*)"', text)
    assert len(set(made)) == 2
    assert all(re.fullmatch(r"[a-z0-9-]{1,64}", name) for name in made), made


def test_a_secret_is_imported_by_its_arn(emitting: Any) -> None:
    # Release 6 of the provider: "could not parse import ID ... as ARN" for a name.
    text = secrets_file([emitting.secret("secretsmanager", "prod/shop/db", "x")], Account(), ())
    assert "  id = data.aws_secretsmanager_secret.prod_shop_db.arn\n" in text


def test_applications_outside_rds_have_no_rds_in_their_name() -> None:
    assert Rotation(name="x", engine="mongo").application == "SecretsManagerMongoDBRotationSingleUser"
    assert Rotation(name="x", engine="redshift").application == "SecretsManagerRedshiftRotationSingleUser"
    assert Rotation(name="x", engine="mysql").application == "SecretsManagerRDSMySQLRotationSingleUser"


def test_names_that_differ_only_in_signs_are_two_resources() -> None:
    labels = unique_labels(["prod/shop/db", "prod/shop-db", "prod/shop_DB", "0/1"])
    assert list(labels.values()) == ["ProdShopDb", "ProdShopDb2", "ProdShopDB3", "01"]
    assert terraform_label(labels["0/1"]) == "secret_01"
    assert label_of("///") == "Secret"


def test_a_text_cannot_break_out_of_terraforms_quotes() -> None:
    assert hcl('a"${b}%{c}\\') == '"a\\"$${b}%%{c}\\\\"'


@pytest.fixture
def secrets(emitting: Any) -> list[Any]:
    key = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
    return [
        *(emitting.secret("secretsmanager", f"prod/shop/{engine}", "x") for engine in ENGINES),
        emitting.secret("secretsmanager", "prod/shop/keyed", "x", kms_key=key),
        emitting.secret("secretsmanager", "prod/shop/aliased", "x", kms_key="alias/shop"),
        emitting.secret("parameterstore", "/prod/shop/token", "x"),
        emitting.secret("parameterstore", "/staging/shop/token", "x", environment="staging"),
    ]


@pytest.fixture
def written(tmp_path: Path, secrets: list[Any]) -> Path:
    """All templates for one of each engine, every second one with alternating users."""
    rotations = [
        Rotation(name=f"prod/shop/{engine}", engine=engine, alternating=bool(number % 2), kms_key=KEYS[number % 3])
        for number, engine in enumerate(ENGINES)
    ]
    names = [secret.name for secret in secrets if secret.store == "secretsmanager"]
    account = Account()
    texts = {
        "rotation.yaml": rotation_template(rotations),
        "cloudformation.yaml": policies_template(accesses(secrets, HERE)),
        "secrets.tf": secrets_file(secrets, account, accesses(secrets, account)),
        "rotation.tf": rotation_file(rotations, names, partition="aws"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_cloudformations_linter_finds_nothing(written: Path) -> None:
    done = cfn_lint(written / "rotation.yaml", written / "cloudformation.yaml")
    assert (done.returncode, done.stdout) == (0, "")
    (written / "rotation.yaml").write_text(
        (written / "rotation.yaml").read_text().replace("!Ref RotateNow", "!Ref Not")
    )
    assert cfn_lint(written / "rotation.yaml").returncode != 0


def test_the_policies_of_a_template_are_those_of_the_files(written: Path, secrets: list[Any]) -> None:
    made = template((written / "cloudformation.yaml").read_text())
    text = json.dumps(made["Resources"]["ReaderPolicy"]["Properties"]["PolicyDocument"])
    filled = text.replace("${AWS::Region}", "eu-west-1").replace("${AWS::AccountId}", "123456789012")
    policy = json.loads(
        filled.replace("${AWS::Partition}", "aws"), object_hook=lambda found: found.get("Fn::Sub", found)
    )
    own = [secret for secret in secrets if not secret.environment]
    assert policy == reader_policies(own, Account(id="123456789012", region="eu-west-1"))[0]
    of_staging = made["Resources"]["StagingReaderPolicy"]["Properties"]
    assert of_staging["Roles"] == {"If": ["StagingHasReaders", {"Ref": "StagingReaderRoles"}, {"Ref": "AWS::NoValue"}]}
    assert "/prod/" not in json.dumps(of_staging["PolicyDocument"])


def test_our_own_scan_finds_nothing_in_any_of_them(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written)
    assert unhardcode.run(["scan", "--fail-on", "medium"]) == 0


def test_terraforms_language_takes_both_files(written: Path) -> None:
    hcl2 = pytest.importorskip("hcl2")
    found = [hcl2.load(io.StringIO((written / name).read_text())) for name in ("secrets.tf", "rotation.tf")]
    kinds = [kind.strip('"') for each in found for block in each["resource"] for kind in block]
    assert kinds.count("aws_secretsmanager_secret") == len(ENGINES) + 2
    assert kinds.count("aws_secretsmanager_secret_rotation") == len(ENGINES)
    # What would read or hold a value is not there.
    assert not {"aws_secretsmanager_secret_version", "aws_ssm_parameter"} & set(kinds)


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("terraform")
    plugins = next((path for path in map(Path, _PLUGINS) if path.is_dir()), None)
    if program is None or plugins is None:
        pytest.skip("terraform and its AWS provider are not installed: nothing may be fetched here")
    (folder / "none.tfrc").touch()
    environment = {
        **os.environ,
        "TF_CLI_CONFIG_FILE": str(folder / "none.tfrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }
    words = [program, f"-chdir={folder}", *arguments]
    if arguments[0] == "init":
        words.append(f"-plugin-dir={plugins}")
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300, check=False)


_PLUGINS = (os.environ.get("TERRAFORM_PLUGINS", "/usr/share/terraform/plugins"), "/opt/tf-plugins")


@pytest.mark.slow
def test_terraform_itself_finds_the_files_valid_and_well_formed(written: Path) -> None:
    for step in (("init", "-no-color"), ("validate", "-no-color"), ("fmt", "-check", "-diff", "-no-color")):
        done = terraform(written, *step)
        assert done.returncode == 0, done.stdout + done.stderr


_PROVIDER = """
provider "aws" {{
  region                      = "{region}"
  access_key                  = "{key}"
  secret_key                  = "{secret}"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {{
    secretsmanager = "{url}"
    iam            = "{url}"
    sts            = "{url}"
  }}
}}
"""


@pytest.mark.slow
def test_terraform_adopts_what_was_stored_and_its_state_has_no_value(
    tmp_path: Path, emitting: Any, made: Any, moto_of_every_service: str
) -> None:
    import boto3

    url, value = moto_of_every_service, made()
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "eu-west-1"}
    client = boto3.client("secretsmanager", endpoint_url=url, **keys)
    client.create_secret(
        Name="prod/shop/db", SecretString=value, Tags=[{"Key": "unhardcode:repository", "Value": "shop"}]
    )
    secrets = [
        emitting.secret("secretsmanager", "prod/shop/db", value),
        emitting.secret("parameterstore", "/prod/shop/k", "x"),
    ]
    account = Account()
    text = secrets_file(secrets, account, accesses(secrets, account))
    (tmp_path / "secrets.tf").write_text(text)
    (tmp_path / "provider.tf").write_text(
        _PROVIDER.format(region="eu-west-1", key="testing", secret="testing", url=url)
    )
    for step in (("init", "-no-color"), ("apply", "-auto-approve", "-no-color")):
        done = terraform(tmp_path, *step)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "1 imported" in done.stdout
    state = (tmp_path / "terraform.tfstate").read_text()
    assert "prod/shop/db" in state
    leaked = value in state
    assert not leaked, "the value stands in the state"
    policies = boto3.client("iam", endpoint_url=url, **keys).list_policies(Scope="Local")["Policies"]
    assert len(policies) == 2
    again = terraform(tmp_path, "plan", "-no-color", "-detailed-exitcode")
    assert again.returncode == 0, again.stdout
    assert client.get_secret_value(SecretId="prod/shop/db")["SecretString"] == value
