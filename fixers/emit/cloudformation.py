"""cloudformation.yaml (policies) and rotation.yaml (functions and schedules). Neither contains a value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from fixers.emit.iam import Access
from fixers.emit.labels import label_of, unique_labels, yaml_text
from fixers.emit.rotation import EXCLUDED, Rotation
from fixers.stores.arns import Account

# Pseudo parameters, which CloudFormation fills in.
HERE = Account(id="${AWS::AccountId}", region="${AWS::Region}")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_WITHOUT_A_BUCKET = 51_200
_POLICIES_HEAD = """\
# Written by unhardcode: policies for who reads the secrets. This file contains no values.
#
#   aws cloudformation deploy --template-file cloudformation.yaml --stack-name NAME --capabilities CAPABILITY_IAM \\
#     --parameter-overrides {first}ReaderRoles=my-task-role {first}InjectionRoles=my-execution-role
AWSTemplateFormatVersion: '2010-09-09'
Description: Who reads the credentials that were in source code before (unhardcode)

Parameters:
"""
_ROLES = """\
  {label}ReaderRoles:
    Type: CommaDelimitedList
    Default: ''
    Description: Names of roles of the running program{where} (ECS task role, Lambda execution role), with commas
  {label}InjectionRoles:
    Type: CommaDelimitedList
    Default: ''
    Description: Names of roles that read before the program starts{where} (ECS task execution role), with commas
"""
_GIVEN = """\
  {label}HasReaders: !Not [!Equals [!Join ['', !Ref {label}ReaderRoles], '']]
  {label}HasInjectors: !Not [!Equals [!Join ['', !Ref {label}InjectionRoles], '']]
"""

_ROTATION_HEAD = """\
# Written by unhardcode: rotation of database logins. This file contains no values.
#
#   aws cloudformation deploy --template-file rotation.yaml --stack-name NAME \\
#     --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides SubnetIds=... SecurityGroupIds=...
#
# Deploy it when the code that reads from Secrets Manager runs everywhere. It rotates nothing by itself before the first
# scheduled window (RotateNow=true does): until then Secrets Manager only tests that the function can log in.
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::SecretsManager-2024-09-16
Description: Rotation of database logins that were in source code before (unhardcode)

Parameters:
  SubnetIds:
    Type: String
    Default: ''
    Description: Subnets of the rotation functions, with commas; they need a way to the database and to Secrets Manager
  SecurityGroupIds:
    Type: String
    Default: ''
    Description: Security groups of the rotation functions, with commas; the database must let them in
  RotateNow:
    Type: String
    Default: 'false'
    AllowedValues: ['true', 'false']
    Description: Rotate at once instead of in the first scheduled window
"""


def policies_template(given: Sequence[Access]) -> str:
    """A template of managed policies, made for the account `HERE`; its parameters name the roles that get them."""
    labels = [label_of(each.environment) if each.environment else "" for each in given]
    where = [f" in {each.environment}" if each.environment else "" for each in given]
    named = [policy for label, each in zip(labels, given, strict=True) for policy in _policies(each, label)]
    parts = [
        _POLICIES_HEAD.format(first=labels[0] if labels else ""),
        *(_ROLES.format(label=label, where=place) for label, place in zip(labels, where, strict=True)),
        "\nConditions:\n",
        *(_GIVEN.format(label=label) for label in labels),
        "\nResources:\n",
        *(resource for _, resource in named),
        "\nOutputs:\n",
        *(f"  {label}Arn:\n    Value: !Ref {label}\n" for label, _ in named),
    ]
    text = "".join(parts)
    if len(text) > _WITHOUT_A_BUCKET:
        text = text.replace("#   aws cloudformation deploy ", "#   aws cloudformation deploy --s3-bucket BUCKET ", 1)
    return text


def _policies(access: Access, prefix: str) -> Iterator[tuple[str, str]]:
    """The label of each policy and its text as a resource."""
    for kind, condition, policies in (
        ("Reader", "HasReaders", access.readers),
        ("Injection", "HasInjectors", access.injectors),
    ):
        for number, policy in enumerate(policies, 1):
            label = f"{prefix}{kind}Policy{number if number > 1 else ''}"
            document = json.dumps(_filled(policy), indent=2).replace("\n", "\n        ")
            yield (
                label,
                f"""\
  {label}:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: !If [{prefix}{condition}, !Ref {prefix}{kind}Roles, !Ref AWS::NoValue]
      PolicyDocument:
        {document}
""",
            )


def _filled(value: Any) -> Any:
    """The policy with Fn::Sub around texts that contain the account or the region, and without a fixed partition."""
    if isinstance(value, dict):
        return {key: _filled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item) for item in value]
    if isinstance(value, str) and "${AWS::" in value:
        return {"Fn::Sub": value.replace("arn:aws:", "arn:${AWS::Partition}:", 1)}
    return value


def rotation_template(rotations: Sequence[Rotation]) -> str:
    """A template of the functions and schedules. Its parameters say where the databases are."""
    labels = unique_labels([rotation.name for rotation in rotations])
    parts = [
        _ROTATION_HEAD,
        *(_parameters(rotation, labels[rotation.name]) for rotation in rotations),
        "\nConditions:\n  InVpc: !Not [!Equals [!Ref SubnetIds, '']]\n",
        *(f"  {label}HasTarget: !Not [!Equals [!Ref {label}Database, '']]\n" for label in labels.values()),
        "\nResources:\n",
        "".join(_resources(rotation, labels[rotation.name]) for rotation in rotations).removeprefix("\n"),
    ]
    return "".join(parts)


def _parameters(rotation: Rotation, label: str) -> str:
    targets = ", ".join(rotation.targets)
    text = f"""\
  {label}Name:
    Type: String
    Default: {yaml_text(rotation.name)}
    Description: Name or ARN of the login to rotate
  {label}Database:
    Type: String
    Default: ''
    Description: Identifier of the database of {rotation.name} in this account; empty where AWS does not run it
  {label}DatabaseType:
    Type: String
    Default: {rotation.targets[0]}
    AllowedValues: [{targets}]
"""
    if rotation.alternating:
        text += f"""\
  {label}Superuser:
    Type: String
    AllowedPattern: 'arn:aws[a-z-]*:secretsmanager:.+'
    Description: ARN of the superuser's secret; it must stand in {rotation.name} as masterarn
"""
    if rotation.kms_key:
        default = f"\n    Default: {yaml_text(rotation.key_arn)}" if rotation.key_arn else ""
        text += f"""\
  {label}KmsKeyArn:
    Type: String{default}
    AllowedPattern: 'arn:aws[a-z-]*:kms:.+:key/.+'
    Description: {yaml_text(f"ARN of the key that {rotation.name} is encrypted with ({rotation.kms_key})")}
"""
    return text


def _resources(rotation: Rotation, label: str) -> str:
    named = f"!Ref {label}Name"
    more = f"\n        SuperuserSecretArn: !Ref {label}Superuser" if rotation.alternating else ""
    if rotation.kms_key:
        more += f"\n        KmsKeyArn: !Ref {label}KmsKeyArn"
    return f"""
  # Fills in engine, host and port of the database, which the function reads.
  {label}Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Condition: {label}HasTarget
    Properties:
      SecretId: {named}
      TargetId: !Ref {label}Database
      TargetType: !Ref {label}DatabaseType

  {label}Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties:
      # Ref gives the secret's ARN, after the attachment. DependsOn must not name what a condition leaves out.
      SecretId:
        Fn::If: [{label}HasTarget, !Ref {label}Attachment, {named}]
      RotateImmediatelyOnUpdate: !Ref RotateNow
      RotationRules:
        AutomaticallyAfterDays: {rotation.days}
      HostedRotationLambda:
        RotationType: {rotation.type}{more}
        ExcludeCharacters: {yaml_text(EXCLUDED)}
        VpcSubnetIds: !If [InVpc, !Ref SubnetIds, !Ref AWS::NoValue]
        VpcSecurityGroupIds: !If [InVpc, !Ref SecurityGroupIds, !Ref AWS::NoValue]
"""
