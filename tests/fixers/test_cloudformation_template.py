"""Templates: a function gets a name, a password property a dynamic reference, and nothing shows a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fixers.model import RefusalReason

SECRET = "opensesame"
POSITION = RefusalReason.POSITION_NOT_SUPPORTED
RESOLVED = "{{resolve:secretsmanager:prod/shop/db:SecretString:password}}"
BARE = "resolve:secretsmanager:prod/shop/db:SecretString:password"
DATABASE = "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: {}\n"
FUNCTION = (
    "Resources:\n  Api:\n    Type: AWS::Serverless::Function\n    Properties:\n      Environment:\n"
    "        Variables:\n          DB_PASSWORD: {}\n"
)
READER = {"app.py": 'import os\np = os.environ["DB_PASSWORD"]\n'}


def parameter(use: str, more: str = "") -> str:
    return f"Parameters:\n  Pw:\n    Type: String\n    NoEcho: true\n    Default: {SECRET}\n{more}" + DATABASE.format(
        use
    )


REFUSED = {
    "a function whose code was not seen": (FUNCTION.format(SECRET), {}, RefusalReason.READER_UNKNOWN),
    "a function that is read by other code, too": (
        FUNCTION.format(SECRET), READER | {"a.sh": "echo $DB_PASSWORD\n"}, RefusalReason.READER_OUTSIDE_PYTHON
    ),
    "a part of a property": (DATABASE.format(f"a{SECRET}"), {}, RefusalReason.DYNAMIC),
    "an intrinsic function": (DATABASE.format(f"!Sub {SECRET}"), {}, POSITION),
    "a property that shows it": (
        DATABASE.format("x") + f"      Description: {SECRET}\n", {}, POSITION
    ),
    "an output": (DATABASE.format("x") + f"Outputs:\n  A: {{Value: {SECRET}}}\n", {}, POSITION),
    "a container's environment": (
        "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n"
        f"        - Environment: [{{Name: A, Value: {SECRET}}}]\n", {}, POSITION
    ),
    "a parameter that nothing uses": (parameter("x"), {}, POSITION),
    "a parameter with a pattern": (
        parameter("!Ref Pw").replace("    NoEcho", "    MinLength: 8\n    NoEcho"), {}, POSITION
    ),
    "a parameter in a longer text": (
        parameter("!Ref Pw") + '      Endpoint: !Sub "x-${Pw}"\n', {}, POSITION
    ),
    "a parameter that a function gets": (
        parameter("!Ref Pw") + FUNCTION.format("!Ref Pw").removeprefix("Resources:\n"), {},
        POSITION,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "files", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(text: str, files: dict[str, str], reason: RefusalReason, tried: Callable[..., Any]) -> None:
    run = tried("template.yaml", text, SECRET, files=files)
    assert run.refusals == [reason]
    assert run.after == {"template.yaml": text, **files}


def test_a_secure_parameter_is_resolved_only_where_cloudformation_does(tried: Callable[..., Any]) -> None:
    other = DATABASE.replace("AWS::RDS::DBInstance", "AWS::DocDB::DBCluster").format(SECRET)
    run = tried("template.yaml", other, SECRET, name="/prod/shop/db", key=None)
    assert run.refusals == [POSITION]
    assert "secretsmanager" in run.result.refused[0][2]
    run = tried("template.yaml", DATABASE.format(SECRET), SECRET, name="/prod/shop/db", key=None)
    assert "'{{resolve:ssm-secure:/prod/shop/db}}'" in run.after["template.yaml"]


@pytest.mark.parametrize("written", [SECRET, f"'{SECRET}'", f'"{SECRET}"  # ours'])
def test_a_password_property_becomes_a_dynamic_reference(written: str, tried: Callable[..., Any]) -> None:
    quote = '"' if '"' in written else "'"
    comment = written.partition("  ")[2]
    expected = f"{quote}{RESOLVED}{quote}" + (f"  {comment}" if comment else "")
    assert tried("template.yaml", DATABASE.format(written), SECRET).after["template.yaml"] == DATABASE.format(expected)


@pytest.mark.parametrize("use", ["!Ref Pw", "{Ref: Pw}"])
def test_a_parameter_that_only_a_password_property_uses_gets_one(use: str, tried: Callable[..., Any]) -> None:
    run = tried("template.yaml", parameter(use), SECRET)
    assert f"Default: '{RESOLVED}'" in run.after["template.yaml"]


def test_a_function_gets_the_name_without_braces_and_its_code_reads_it(tried: Callable[..., Any]) -> None:
    run = tried("template.yaml", FUNCTION.format(SECRET), SECRET, files=READER)
    assert run.after["template.yaml"] == FUNCTION.format(f"'{BARE}'")
    assert 'p = get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")' in run.after["app.py"]
    assert "{{" not in run.after["template.yaml"]
