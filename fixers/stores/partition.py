"""AWS's partitions: the second field of an ARN, and the domain of endpoints.

From botocore's partitions.json; https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""

from __future__ import annotations

from urllib.parse import urlsplit

# By the beginning of the region's name. All other regions are in `aws`.
_PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
)
_FIRST = ("aws", "amazonaws.com")
# Hosts of all partitions, including dual-stack ones (IPv6).
_HOSTS = (
    *dict.fromkeys([_FIRST[1], *(suffix for _, _, suffix in _PARTITIONS)]),
    "api.aws", "api.amazonwebservices.com.cn", "api.amazonwebservices.eu", "api.aws.ic.gov", "api.aws.scloud",
    "api.cloud-aws.adc-e.uk", "api.aws.hci.ic.gov",
)  # fmt: skip


def partition_of(region: str) -> str:
    """The partition of a region; `aws` for an unknown one."""
    return _facts(region)[0]


def suffix_of(region: str) -> str:
    """The domain suffix of a region's service hosts."""
    return _facts(region)[1]


def is_aws(host: str) -> bool:
    """Whether a host is AWS's own."""
    return host.endswith(tuple(f".{suffix}" for suffix in _HOSTS))


def without_login(endpoint: str) -> str:
    """A URL without the user and password that it may contain."""
    parts = urlsplit(endpoint)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _facts(region: str) -> tuple[str, str]:
    return next(((name, suffix) for begin, name, suffix in _PARTITIONS if region.startswith(begin)), _FIRST)
