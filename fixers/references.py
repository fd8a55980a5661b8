"""Texts that refer to a stored value, in AWS's own notations.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

from dataclasses import replace

from fixers.model import Proof, RefusalReason
from fixers.rewriting import CannotRewriteError, Placement
from fixers.stores.kinds import kind_of
from fixers.styles import CANONICAL, TEXT, render_call
from scanner.identity import digest
from scanner.model import SecretValue

# The generated module and `unhardcode run` take a text with this prefix for a reference.
START = "{{resolve:"


def reference(name: str, key: str | None, *, plain: bool = False) -> str:
    """`{{resolve:secretsmanager:NAME:SecretString:KEY}}`, as the name's store writes it; `plain`: not encrypted."""
    if ":" in name or (key is not None and ":" in key):
        raise CannotRewriteError(
            RefusalReason.POSITION_NOT_SUPPORTED,
            "a reference cannot hold a name with a colon",
            "give the secret another name in the plan file",
        )
    return f"{{{{{kind_of(name).references.spelled(name, key, plain)}}}}}"


def bare_reference(name: str, key: str | None) -> str:
    """The reference without its braces, which CloudFormation passes on unchanged and the generated module reads."""
    return reference(name, key)[len("{{") : -len("}}")]


def reference_proof(
    path: str, line: int, placement: Placement, variable: str, value: SecretValue, digest_key: bytes
) -> Proof:
    """The proof of a place that reads a reference: both the store and `variable` holding the reference give `value`."""
    return Proof(
        path=path,
        line=line,
        expression=render_call(replace(placement, env=variable), CANONICAL[TEXT], '"'),
        digest=digest(digest_key, value),
        variables=((variable, SecretValue(reference(placement.name, placement.key))),),
    )
