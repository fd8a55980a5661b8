"""AWS's limits that both stores share, checked before the first call rather than in the middle of an upload."""

from __future__ import annotations

import re
from collections.abc import Iterator

TAG_VALUE_LENGTH = 256

# An id, an ARN, alias/NAME or its ARN, as both stores accept them: KeyId in PutParameter.
_KMS_KEY = re.compile(r"[A-Za-z0-9:/_-]{1,256}")
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+@-]")


def key_problem(key: str) -> str | None:
    """The reason why this cannot be a KMS key's id, ARN or alias; None if it can."""
    return None if _KMS_KEY.fullmatch(key) else "a KMS key is an id, an ARN or alias/NAME"


def foreign_key_problem(key: str, service: str) -> str | None:
    """Why a service cannot use this KMS key; None if it may. AWS managed keys work for their own service only.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
    """
    owner = key.rpartition("alias/aws/")[2] if "alias/aws/" in key else None
    return None if owner in (None, service) else f"{key} is AWS's own key of another service"


def tag_value(text: str) -> str:
    """The text as a valid tag value: other characters become `_`, at most 256 characters."""
    return _NOT_IN_A_TAG.sub("_", text)[:TAG_VALUE_LENGTH]


def size_problems(value: bytes | str, most_bytes: int, holder: str) -> Iterator[str]:
    """The reasons why a holder of so many bytes cannot hold this value."""
    try:
        size = len(value if isinstance(value, bytes) else value.encode("utf-8"))
    except UnicodeEncodeError:
        yield "the value is not valid Unicode text (a lone surrogate) and cannot be sent"
        return
    if size == 0:
        yield f"{holder} cannot be empty"
    if size > most_bytes:
        yield f"{holder} holds at most {most_bytes:,} bytes, this value is larger"
