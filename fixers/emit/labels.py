"""Names of secrets as names of resources, and texts as the literals of the template languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence


def label_of(name: str) -> str:
    """A name as CloudFormation takes it for a resource: letters and digits."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words) or "Secret"


def terraform_label(label: str) -> str:
    """The same in Terraform's manner: small letters with underscores, a letter first."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label).lower()
    return words if words[0].isalpha() else f"secret_{words}"


def hcl(text: str) -> str:
    """A text as a quoted string of Terraform's language. https://developer.hashicorp.com/terraform/language/expressions/strings"""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def unique_labels(names: Sequence[str]) -> dict[str, str]:
    """A label for each name; names that differ only in signs get a number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = label_of(name)
        label = next(label for label in _numbered(stem) if label.lower() not in taken)
        taken.add(label.lower())
        found[name] = label
    return found


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}{number}"
        number += 1


def yaml_text(text: str) -> str:
    """A text as a single-quoted YAML scalar."""
    return "'" + text.replace("'", "''") + "'"
