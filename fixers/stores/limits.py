"""What AWS accepts, checked before the first call: emulators enforce none of it, and AWS only after half an upload.

Names and sizes: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html and
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fixers.stores.partition import partition_of

SECRET_NAME_LENGTH = 512
SECRET_BYTES = 65_536
PARAMETER_BYTES = {"Standard": 4_096, "Advanced": 8_192}
PARAMETER_LEVELS = 15
PARAMETER_NAME_LENGTH = 1_011  # with the ARN in front of it
TAG_VALUE_LENGTH = 256
_LONG_REGION = "us-isob-east-1"

_SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]*")
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9/_.-]*")
# An id, an ARN, alias/NAME or its ARN, as both stores take them: KeyId in PutParameter.
_KMS_KEY = re.compile(r"[A-Za-z0-9:/_-]{1,256}")
_LIKE_A_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}\Z")
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+@-]")


def name_problems(name: str, store: str, region: str | None = None) -> tuple[str, ...]:
    """Say why a store would not take this name; () where it would. `region` None is one with a long name."""
    if store == "secretsmanager":
        return tuple(_secret_name_problems(name))
    return tuple(_parameter_name_problems(name, region or _LONG_REGION))


def value_problems(value: bytes | str, store: str, tier: str | None = None) -> tuple[str, ...]:
    """Say why a store would not take this value; () where it would. `tier` None is Standard."""
    if store == "secretsmanager":
        return tuple(_value_problems(value, SECRET_BYTES, "a secret"))
    return tuple(_parameter_value_problems(value, tier or "Standard"))


def looks_like_an_arn(name: str) -> bool:
    """Whether a secret's name ends as AWS ends its ARN, in a hyphen and six characters."""
    return _LIKE_A_SUFFIX.search(name) is not None


def secret_problems(name: str, value: bytes | str) -> tuple[str, ...]:
    """Say why Secrets Manager would not take this name and value; () where it would."""
    return name_problems(name, "secretsmanager") + value_problems(value, "secretsmanager")


def parameter_problems(name: str, value: bytes | str, *, tier: str | None, region: str) -> tuple[str, ...]:
    """Say why Parameter Store would not take this name and value; () where it would. `tier` None is Standard."""
    return name_problems(name, "parameterstore", region) + value_problems(value, "parameterstore", tier)


def key_problem(key: str) -> str | None:
    """Say why this cannot be a KMS key's id, ARN or alias; None where it can."""
    return None if _KMS_KEY.fullmatch(key) else "a KMS key is an id, an ARN or alias/NAME"


def foreign_key_problem(key: str, store: str) -> str | None:
    """Say why a store cannot use this KMS key; None where it may. AWS's own keys work for their own service only.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
    """
    service = key.rpartition("alias/aws/")[2] if "alias/aws/" in key else None
    if service in (None, {"secretsmanager": "secretsmanager", "parameterstore": "ssm"}[store]):
        return None
    return f"{key} is AWS's own key of another service"


def tag_value(text: str) -> str:
    """Make a text that can be a tag's value: other characters as `_`, at most 256."""
    return _NOT_IN_A_TAG.sub("_", text)[:TAG_VALUE_LENGTH]


def _secret_name_problems(name: str) -> Iterator[str]:
    if not 1 <= len(name) <= SECRET_NAME_LENGTH:
        yield f"a secret's name has 1 to {SECRET_NAME_LENGTH} characters, this one {len(name)}"
    if not _SECRET_NAME.fullmatch(name):
        yield "a secret's name holds only ASCII letters, digits and /_+=.@-"
    if name.startswith("/"):
        yield "a secret's name must not start with a slash: rewritten code would look for a parameter"
    if looks_like_an_arn(name):
        yield "a secret's name must not end in a hyphen and six characters: AWS takes that for the end of its ARN"


def _parameter_name_problems(name: str, region: str) -> Iterator[str]:
    segments = name.split("/")[1:]
    longest = PARAMETER_NAME_LENGTH - len(f"arn:{partition_of(region)}:ssm:{region}:123456789012:parameter")
    if not name.startswith("/"):
        yield "a parameter's name must start with a slash"
    if not 1 <= len(name) <= longest:
        yield f"a parameter's name in {region} has 1 to {longest} characters, this one {len(name)}"
    if not _PARAMETER_NAME.fullmatch(name):
        yield "a parameter's name holds only ASCII letters, digits, _.- and slashes"
    if "" in segments:
        yield "a parameter's name must not hold an empty part"
    if len(segments) > PARAMETER_LEVELS:
        yield f"a parameter's name has at most {PARAMETER_LEVELS} levels, this one {len(segments)}"
    if name.lstrip("/").lower().startswith(("aws", "ssm")):
        yield "a parameter's name must not start with aws or ssm"


def _parameter_value_problems(value: bytes | str, tier: str) -> Iterator[str]:
    if isinstance(value, bytes):
        yield "a parameter holds text only: store bytes in Secrets Manager"
        return
    limit = PARAMETER_BYTES.get(tier)
    if limit is None:
        yield "a parameter's tier is Standard or Advanced"
        return
    yield from _value_problems(value, limit, f"a parameter of the tier {tier}")
    if "{{" in value:
        yield "a parameter must not hold {{: AWS refuses what looks like a reference. Store it in Secrets Manager"


def _value_problems(value: bytes | str, limit: int, holder: str) -> Iterator[str]:
    try:
        size = len(value if isinstance(value, bytes) else value.encode("utf-8"))
    except UnicodeEncodeError:
        yield "the value is not valid Unicode text (a lone surrogate) and cannot be sent"
        return
    if size == 0:
        yield f"{holder} cannot be empty"
    if size > limit:
        yield f"{holder} holds at most {limit:,} bytes, this value is larger"
