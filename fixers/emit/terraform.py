"""secrets.tf (secrets and policies) and rotation.tf. Neither contains a value, and none gets into Terraform's state.

A secret is adopted without its value: no aws_secretsmanager_secret_version is managed, so the state has none. It is
imported by its ARN, which only AWS knows and a data source looks up: release 6 of the provider accepts no name. A
parameter is not adopted: the provider keeps the value of an imported aws_ssm_parameter, or one read by a data source,
in the state (seen with its release 5.100); its write-only argument helps only if Terraform creates the parameter.
https://developer.hashicorp.com/terraform/language/manage-sensitive-data
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from fixers.emit.iam import Access, Policy
from fixers.emit.labels import hcl, label_of, terraform_label, unique_labels
from fixers.emit.rotation import EXCLUDED, Rotation
from fixers.model import PlannedSecret
from fixers.stores.arns import ACCOUNT_PLACEHOLDER, REGION_PLACEHOLDER, Account
from fixers.stores.kinds import KINDS

_SECRETS_HEAD = """\
# Written by unhardcode: the secrets and who reads them, to be applied after the upload. There are no values here or
# in Terraform's state: they are stored and rotated outside of it. Parameters are not managed here, because the
# provider would write their values into the state.

terraform {
  required_version = ">= 1.6.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}
"""
_PLACEHOLDERS = {
    ACCOUNT_PLACEHOLDER: "${data.aws_caller_identity.current.account_id}",
    REGION_PLACEHOLDER: "${data.aws_region.current.id}",
}

_FUNCTION_NAME = 64 - len("-rotation")

_ROTATION_HEAD = """\
# Written by unhardcode: rotation of database logins, to be used with secrets.tf. There are no values here or in
# Terraform's state. Apply it once the code that reads from Secrets Manager runs everywhere.

variable "rotation_subnet_ids" {
  description = "Subnets of the rotation functions; they need a way to the database and to Secrets Manager"
  type        = list(string)
  default     = []
}

variable "rotation_security_group_ids" {
  description = "Security groups of the rotation functions; the database must let them in"
  type        = list(string)
  default     = []
}

variable "rotate_now" {
  description = "Rotate at once instead of in the first scheduled window"
  type        = bool
  default     = false
}
"""


def secrets_file(secrets: Sequence[PlannedSecret], account: Account, given: Sequence[Access]) -> str:
    """secrets.tf: secrets to adopt, and the policies, which were made for `account`."""
    kept = [(secret, kind) for secret in secrets if (kind := KINDS[secret.store].terraform) is not None]
    labels = unique_labels([secret.name for secret, _ in kept])
    parts = [_SECRETS_HEAD]
    parts += [_secret(secret, kind, terraform_label(labels[secret.name])) for secret, kind in kept]
    for each in given:
        tail = f"_{terraform_label(label_of(each.environment))}" if each.environment else ""
        for kind, policies in (("reader", each.readers), ("injection", each.injectors)):
            for number, policy in enumerate(policies, 1):
                parts.append(_policy(f"{kind}{tail}{f'_{number}' if number > 1 else ''}", policy, account))
    return "\n".join(parts)


def _secret(secret: PlannedSecret, kind: str, label: str) -> str:
    facts = f"  name = {hcl(secret.name)}"
    if secret.kms_key:
        facts = f"  name       = {hcl(secret.name)}\n  kms_key_id = {hcl(secret.kms_key)}"
    return f"""\
data "{kind}" "{label}" {{
  name = {hcl(secret.name)}
}}

import {{
  to = {kind}.{label}
  id = data.{kind}.{label}.arn
}}

resource "{kind}" "{label}" {{
{facts}

  lifecycle {{
    prevent_destroy = true
    ignore_changes  = [description, kms_key_id, tags, tags_all]
  }}
}}
"""


def _policy(label: str, policy: Policy, account: Account) -> str:
    """A policy as Terraform objects: JSON is valid in that language, except that `${` must be escaped."""
    text = json.dumps(policy, indent=2, separators=(",", " : "))
    for placeholder, reference in _PLACEHOLDERS.items():
        text = text.replace(placeholder, reference)
    if account.region == REGION_PLACEHOLDER:
        text = text.replace('"arn:aws:', '"arn:${data.aws_partition.current.partition}:')
    document = text.replace("\n", "\n  ")
    return f"""\
resource "aws_iam_policy" "{label}" {{
  name_prefix = "unhardcode-{label.replace("_", "-")}-"

  policy = jsonencode({document})
}}
"""


def rotation_file(rotations: Sequence[Rotation], names: Sequence[str], *, partition: str) -> str:
    """rotation.tf, beside the secrets.tf of the secrets `names`. The functions are applications published by AWS."""
    labels = unique_labels(names)
    rotated = (_rotation(each, terraform_label(labels[each.name]), partition) for each in rotations)
    return "\n".join((_ROTATION_HEAD, *rotated))


def _rotation(rotation: Rotation, label: str, partition: str) -> str:
    name = _function_name(label)
    variable = parameter = ""
    if rotation.alternating:
        variable = f"""\
variable "{label}_superuser" {{
  description = "ARN of the superuser's secret; it must stand in {rotation.name} as masterarn"
  type        = string
}}

"""
        parameter = f"\n    superuserSecretArn  = var.{label}_superuser"
    if rotation.key_arn:
        parameter += f"\n    kmsKeyArn           = {hcl(rotation.key_arn)}"
    elif rotation.kms_key:
        variable += f"""\
data "aws_kms_key" "{label}" {{
  key_id = {hcl(rotation.kms_key)}
}}

"""
        parameter += f"\n    kmsKeyArn           = data.aws_kms_key.{label}.arn"
    return f"""\
{variable}resource "aws_serverlessapplicationrepository_cloudformation_stack" "{label}" {{
  name           = "{name}"
  application_id = "{rotation.application_id(partition)}"
  capabilities   = ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"]

  parameters = {{
    endpoint            = "https://secretsmanager.${{data.aws_region.current.id}}.${{data.aws_partition.current.dns_suffix}}"
    functionName        = "{name}"
    excludeCharacters   = {hcl(EXCLUDED)}
    vpcSubnetIds        = join(",", var.rotation_subnet_ids)
    vpcSecurityGroupIds = join(",", var.rotation_security_group_ids){parameter}
  }}
}}

resource "aws_secretsmanager_secret_rotation" "{label}" {{
  secret_id           = aws_secretsmanager_secret.{label}.id
  rotation_lambda_arn = aws_serverlessapplicationrepository_cloudformation_stack.{label}.outputs["RotationLambdaARN"]
  rotate_immediately  = var.rotate_now

  rotation_rules {{
    automatically_after_days = {rotation.days}
  }}
}}
"""


def _function_name(label: str) -> str:
    """A name for the function, at most 64 characters: a longer one is cut and gets a digest.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    """
    name = label.replace("_", "-")
    if len(name) > _FUNCTION_NAME:
        name = f"{name[: _FUNCTION_NAME - 9].rstrip('-')}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"
    return f"{name}-rotation"
