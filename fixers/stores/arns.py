"""ARNs of stored secrets, even before the account, the region or the random suffix is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fixers.stores.partition import partition_of, suffix_of

ACCOUNT_PLACEHOLDER = "${AWS_ACCOUNT_ID}"
REGION_PLACEHOLDER = "${AWS_REGION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account of the secrets: account id (12 digits) and region, or their placeholders."""

    id: str = ACCOUNT_PLACEHOLDER
    region: str = REGION_PLACEHOLDER

    @property
    def partition(self) -> str:
        """The partition in the account's ARNs; `aws` if the region is not known yet."""
        return partition_of(self.region)

    def via(self, *services: str) -> dict[str, Any]:
        """The condition that a key is used only through these services for the caller.

        AWS's documentation gives service names only under amazonaws.com; in a partition with other domains both are
        allowed. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
        """
        suffixes = dict.fromkeys(["amazonaws.com", suffix_of(self.region)])
        names = [f"{service}.{self.region}.{suffix}" for service in services for suffix in suffixes]
        return {"StringEquals": {"kms:ViaService": names if len(names) > 1 else names[0]}}

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.id}:{resource}"
