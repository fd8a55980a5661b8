"""How AWS's functions rotate database logins: by which published application, for which engine and resource.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_turn-on-for-db.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.errors import UsageError

DAYS = 30
# Rotation types and applications by AWS's name for the engine.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
_TYPES = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "oracle": "Oracle", "sqlserver": "SQLServer",
    "db2": "Db2", "mongo": "MongoDB", "redshift": "Redshift",
}  # fmt: skip
_OUTSIDE_RDS = ("mongo", "redshift")
# Resources that a secret can be attached to, which fills in engine, host and port.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secrettargetattachment.html
_TARGETS = {
    "mongo": ("AWS::DocDB::DBInstance", "AWS::DocDB::DBCluster"),
    "redshift": ("AWS::Redshift::Cluster",),
}
_RDS_TARGETS = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
# Characters that break connection strings and shells; the default of AWS's rotation functions.
EXCLUDED = "/@\"'\\:"
_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[^:]+:\d{12}:key/.+")
# The accounts that publish the applications, by partition. https://github.com/aws/aws-cdk,
# aws-secretsmanager/lib/secret-rotation.ts
_PUBLISHERS = {
    "aws": "us-east-1:297356227824",
    "aws-cn": "cn-north-1:193023089310",
    "aws-us-gov": "us-gov-west-1:023102451235",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A login to rotate: the secret's name, AWS's name for the engine, and the user strategy.

    `alternating` creates a second user beside the first, which needs a superuser's secret. `kms_key` is the secret's
    KMS key as the plan names it: id, ARN or alias.
    """

    name: str
    engine: str
    alternating: bool = False
    days: int = DAYS
    kms_key: str | None = None

    @property
    def type(self) -> str:
        """CloudFormation's RotationType."""
        return f"{_TYPES[self.engine]}{'Multi' if self.alternating else 'Single'}User"

    @property
    def application(self) -> str:
        """The application's name in the Serverless Application Repository."""
        family = "SecretsManager" if self.engine in _OUTSIDE_RDS else "SecretsManagerRDS"
        return f"{family}{_TYPES[self.engine]}Rotation{'Multi' if self.alternating else 'Single'}User"

    def application_id(self, partition: str) -> str:
        """The application's ARN; AWS publishes it once per partition. Raises UsageError for an unknown partition."""
        if partition not in _PUBLISHERS:
            raise UsageError(f"who publishes AWS's rotation functions in the partition {partition} is not known here")
        return f"arn:{partition}:serverlessrepo:{_PUBLISHERS[partition]}:applications/{self.application}"

    @property
    def key_arn(self) -> str | None:
        """The ARN of the secret's own key, for the function's policy; None if the plan has no key."""
        return self.kms_key if self.kms_key and _KEY_ARN.fullmatch(self.kms_key) else None

    @property
    def targets(self) -> tuple[str, ...]:
        """The types of resource to which the secret may belong."""
        return _TARGETS.get(self.engine, _RDS_TARGETS)


def rotates(engine: str | None) -> bool:
    """Whether AWS has a rotation function for this engine."""
    return engine in _TYPES
