"""Incident mode: the value in the code has leaked and is revoked, so the store gets a new one.

https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-startup-security-baseline/wkld-05.html: revoke or rotate
first, then store the new value, then change the code. New values are typed without echo, or read from lines of standard
input; never from arguments.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import click

from fixers.model import Fix, Member, Plan, PlannedSecret, Proof
from fixers.proof import ProofResult
from fixers.rewriting import Placement
from fixers.stores.model import BINARY_TYPE
from fixers.styles import BYTES, CANONICAL, TEXT, render_call
from scanner.errors import UsageError
from scanner.identity import digest
from scanner.model import SecretValue
from scanner.sources import stdin

# By the secret's name and the member's key.
NewValues: TypeAlias = Mapping[tuple[str, str | None], SecretValue]

# NAME=VALUE, NAME:KEY=VALUE; after := follows a JSON string, for values of several lines.
_LINE = re.compile(r"(?P<name>[^=:\s]+)(?::(?P<key>[^=:\s]+))?(?P<json>:)?=(?P<value>.*)")
_MOST = 10_000_000
FORMAT = "one line for each, NAME=VALUE or NAME:KEY=VALUE, or NAME:=JSON-STRING for several lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A plan with its new values. `composed` has the ids of proofs that count only with the old value in the variable.

    Those are expressions that give more than the value (a URL): their result with the new value is in no file.
    """

    plan: Plan
    composed: frozenset[int]

    def judged(self, results: Sequence[ProofResult]) -> tuple[ProofResult, ...]:
        """The results of the plan's proofs, each judged by what it can show."""
        return tuple(
            replace(one, unset=True, error=None) if id(one.proof) in self.composed and one.set else one
            for one in results
        )


def rotate_first(plan: Plan) -> Iterator[str]:
    """Lines that list each secret to be rotated first, with its provider's page on rotation."""
    yield "Incident: first revoke or rotate each of these at its provider, then go on with the new values."
    for secret in plan.moving:
        pages = dict.fromkeys(
            finding.rotate for member in secret.members for finding in member.findings if finding.rotate
        )
        yield f"  {secret.name}{': ' if pages else ''}{', '.join(pages)}"


def _read_input() -> bytes:
    found = stdin.read(_MOST)
    if len(found) > _MOST:
        raise UsageError(f"standard input is longer than {_MOST:,} bytes", hint=FORMAT)
    return found


def ask(plan: Plan) -> NewValues:
    """The new values, typed on the terminal, or from lines of standard input if it is not one. Raises UsageError."""
    if sys.stdin.isatty():
        given = dict(_typed(plan))
    else:
        try:
            given = dict(_read(plan, _read_input().decode("utf-8")))
        except UnicodeDecodeError:
            raise UsageError("standard input is not in UTF-8", hint=FORMAT) from None
    for secret, member in _members(plan):
        if given[secret.name, member.key].reveal("bytes") == member.value.reveal("bytes"):
            raise UsageError(
                f"{_shown(secret, member)}: that is the value in the code",
                hint="rotate it first; without --incident migrate stores the old value",
            )
    return given


def renewed(plan: Plan, given: NewValues, key: bytes) -> Renewed:
    """The plan with these values in its secrets and proofs; its edits are unchanged."""
    old = {secret.name: secret for secret in plan.secrets}
    new = {name: _with(secret, given, key) for name, secret in old.items()}
    composed: set[int] = set()
    fixes = []
    for fix in plan.fixes:
        proofs = list(_proofs(fix, old[fix.secret], new[fix.secret], key))
        composed |= {id(proof) for proof, is_composed in proofs if is_composed}
        fixes.append(replace(fix, proofs=tuple(proof for proof, _ in proofs)))
    changed = replace(plan, secrets=tuple(new[secret.name] for secret in plan.secrets), fixes=tuple(fixes))
    return Renewed(plan=changed, composed=frozenset(composed))


def _typed(plan: Plan) -> Iterator[tuple[tuple[str, str | None], SecretValue]]:
    for secret, member in _members(plan):
        text = click.prompt(
            f"New value of {_shown(secret, member)}", hide_input=True, confirmation_prompt=True, err=True
        )
        yield (secret.name, member.key), _like(secret, member, text, "what was typed")


def _read(plan: Plan, text: str) -> Iterator[tuple[tuple[str, str | None], SecretValue]]:
    """The values in lines of text. No message quotes a line, because a malformed line may contain a value."""
    wanted = {(secret.name, member.key): (secret, member) for secret, member in _members(plan)}
    seen: set[tuple[str, str | None]] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        found, where = _LINE.fullmatch(line.removesuffix("\r")), f"standard input, line {number}"
        if found is None:
            raise UsageError(f"{where}: not NAME=VALUE", hint=FORMAT)
        name = (found["name"], found["key"])
        if name not in wanted:
            raise UsageError(
                f"{where}: the plan has no such name and key", hint=f"the keys are {_listed(wanted.values())}"
            )
        if name in seen:
            raise UsageError(f"{where}: the second value for {_shown(*wanted[name])}", hint="give one")
        seen.add(name)
        value = _unquoted(found["value"], where) if found["json"] else found["value"]
        if not value:
            raise UsageError(f"{where}: an empty value", hint=FORMAT)
        yield name, _like(*wanted[name], value, where)
    missing = [pair for name, pair in wanted.items() if name not in seen]
    if missing:
        raise UsageError(f"no new value on standard input for {_listed(missing)}", hint=FORMAT)


def _unquoted(text: str, where: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, str):
        raise UsageError(f"{where}: no JSON string after :=", hint=FORMAT)
    return value


def _like(secret: PlannedSecret, member: Member, text: str, where: str) -> SecretValue:
    """The new value in the form of the old one: text, bytes of text, or bytes given as base64."""
    if not member.value.is_bytes:
        return SecretValue(text)
    if secret.type != BINARY_TYPE:
        return SecretValue(text.encode("utf-8", "surrogatepass"))
    try:
        return SecretValue(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise UsageError(f"{where}: {secret.name} is binary: give its new value as base64") from None


def _with(secret: PlannedSecret, given: NewValues, key: bytes) -> PlannedSecret:
    if secret.action == "skip":
        return secret
    members = tuple(
        replace(member, value=value, digest=digest(key, value))
        for member in secret.members
        for value in (given[secret.name, member.key],)
    )
    return replace(secret, members=members)


def _proofs(fix: Fix, old: PlannedSecret, new: PlannedSecret, key: bytes) -> Iterator[tuple[Proof, bool]]:
    """Each proof and whether it is composed; for composed ones also a proof that the bare call gives the new value."""
    pairs = list(zip(old.members, new.members, strict=True))
    digests = {before: after for one, other in pairs for before, after in _digests(one.value, other.value, key)}
    is_composed = False
    for proof in fix.proofs:
        if proof.digest in digests:
            yield replace(proof, digest=digests[proof.digest], variables=_variables(proof, pairs)), False
        else:
            is_composed = True
            yield proof, True
    for member in new.members if is_composed else ():
        finding = member.findings[0]
        placement = Placement(finding=finding, name=new.name, key=member.key, env=member.env)
        call = render_call(placement, CANONICAL[BYTES if member.value.is_bytes else TEXT], '"')
        yield (
            Proof(
                path=finding.path,
                line=finding.start[0],
                expression=call,
                digest=member.digest,
                variables=((member.env, member.value),),
            ),
            False,
        )


def _digests(old: SecretValue, new: SecretValue, key: bytes) -> Iterator[tuple[str, str]]:
    """The keyed digests of a value before and after, as bytes and as text: code may read it in either form."""
    before, after = old.reveal("bytes"), new.reveal("bytes")
    yield digest(key, before), digest(key, after)
    try:
        yield digest(key, before.decode("utf-8", "surrogatepass")), digest(key, after.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return


def _variables(proof: Proof, pairs: Sequence[tuple[Member, Member]]) -> tuple[tuple[str, SecretValue], ...]:
    """The proof's variables; a reference to the store is kept."""
    found = []
    for name, value in proof.variables:
        after = next((new.value for old, new in pairs if old.value.reveal("bytes") == value.reveal("bytes")), value)
        found.append((name, after))
    return tuple(found)


def _members(plan: Plan) -> Iterator[tuple[PlannedSecret, Member]]:
    return ((secret, member) for secret in plan.moving for member in secret.members)


def _shown(secret: PlannedSecret, member: Member) -> str:
    return secret.name if member.key is None else f"{secret.name}:{member.key}"


def _listed(pairs: Iterable[tuple[PlannedSecret, Member]]) -> str:
    return ", ".join(_shown(secret, member) for secret, member in pairs)
