"""AWS's notation of references, parsed. The generated module has the same grammar.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# How a text begins that is one: with braces, or without as in a Lambda function's environment.
STARTS = ("{{resolve:", "resolve:secretsmanager:", "resolve:ssm:", "resolve:ssm-secure:")
_REFERENCE = re.compile(
    r"resolve:(?:ssm(?:-secure)?:(?P<parameter>[^{}]+)|secretsmanager:(?P<secret>arn(?::[^:{}]*){6}|[^:{}]+)"
    r"(?::SecretString(?::(?P<key>[^:{}]*)(?::(?P<stage>[^:{}]*)(?::(?P<version>[^:{}]*))?)?)?)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a reference names. `store` is secretsmanager or parameterstore; "" where a part is not said."""

    store: str
    name: str
    key: str = ""
    stage: str = ""
    version: str = ""


def is_parameter(name: str) -> bool:
    """Whether a name is a parameter's: a slash in front of it says so, to rewritten code too."""
    return name.startswith("/")


def parsed(text: str) -> Reference | None:
    """The reference that a text is, with braces or without; None where it is none."""
    braces = text.startswith("{{") and text.endswith("}}")
    found = _REFERENCE.fullmatch(text[2:-2] if braces else text)
    if found is None:
        return None
    if found["parameter"]:
        return Reference(store="parameterstore", name=found["parameter"])
    parts = {part: found[part] or "" for part in ("key", "stage", "version")}
    return Reference(store="secretsmanager", name=found["secret"], **parts)
