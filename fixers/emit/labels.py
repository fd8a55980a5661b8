"""Names of secrets as resource names, and texts as literals of the template languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence


def label_of(name: str) -> str:
    """A name as a logical id of CloudFormation: letters and digits."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words) or "Secret"


def terraform_label(label: str) -> str:
    """The same in Terraform's style: lower case with underscores, beginning with a letter."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label).lower()
    return words if words[0].isalpha() else f"secret_{words}"


def hcl(text: str) -> str:
    """A text as a quoted string of Terraform's language. https://developer.hashicorp.com/terraform/language/expressions/strings"""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def unique_labels(names: Sequence[str]) -> dict[str, str]:
    """A label for each name; a number is added to labels that would be equal."""
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
