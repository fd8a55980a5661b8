"""Group findings into secrets: one connection is one secret, a key id and its key are a pair, all others are single."""

from __future__ import annotations

import enum
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from fixers.connections import DEFAULT_PORTS, connection, is_login
from fixers.strength import STRONG_BITS, strength
from scanner.companions import place_of
from scanner.model import CredentialKind, Finding, Kind, Role, SecretValue

# Functions of os, os.environ, decouple, django-environ and environs.
_VARIABLE_READS = frozenset({"getenv", "get", "get_env", "setdefault", "pop", "config", "env", "str", "environ"})
_LOOKUPS = frozenset({"get", "setdefault", "pop"})  # of any mapping
_PAIR_KINDS = (CredentialKind.ACCESS_KEY_ID, CredentialKind.ACCESS_KEY)
# Calls that read a settings file in rewritten code: a literal below one belongs to the variable in `keyword`.
SETTING = "resolve_references"
KEY_ID, KEY = "aws_access_key_id", "aws_secret_access_key"


# What tells the call that a finding stands in from another.
_Use: TypeAlias = Callable[[Finding], tuple[object, ...]]


class Form(enum.StrEnum):
    """The form of a secret: the password of a database login, a key id with its key, or one plain value."""

    LOGIN = "login"
    PAIR = "pair"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMember:
    """One value of a draft: its JSON key (None unless in a login or a pair), and the places that hold it."""

    key: str | None
    value: SecretValue
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A secret before it has a name and a store. `env` is the environment that its files belong to.

    `part` is the JSON key that a plain value had in the login or pair from which it was split off.
    """

    form: Form
    env: str
    members: tuple[DraftMember, ...]
    constants: tuple[tuple[str, str], ...] = ()
    part: str | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All places of all members."""
        return tuple(finding for member in self.members for finding in member.findings)

    @property
    def engine(self) -> str | None:
        """AWS's name for the database engine, if known."""
        return dict(self.constants).get("engine")


def group(
    findings: Sequence[Finding],
    *,
    environment: Callable[[Finding], str],
    kind: Callable[[Finding], Kind],
    text: Callable[[Finding], str],
) -> tuple[Draft, ...]:
    """One draft for each secret in the findings, in the findings' order; every finding is in exactly one draft.

    `text` is that of a finding's file.
    """
    pairs = _pairs(findings, environment)
    paired = {id(finding) for draft in pairs for finding in draft.findings}
    rest = [finding for finding in findings if id(finding) not in paired]
    singles = [_single(finding, environment(finding), kind(finding)) for finding in rest]
    order = {id(finding): index for index, finding in enumerate(findings)}
    drafts = sorted([*pairs, *singles], key=lambda draft: min(order[id(found)] for found in draft.findings))
    return _merged(drafts, text)


def own_key(finding: Finding) -> str | None:
    """The environment variable that the finding's place defines: a `.env` variable, or the key of a getenv default."""
    literal = finding.literal
    for argument in literal.arguments:
        if SETTING in argument.callees:
            return argument.keyword
    if literal.role is Role.VARIABLE:
        return literal.name
    # The variable of `getenv("DATABASE_URL", "postgres://...")` holds the whole URL, not its password; the default of a
    # command-line option, and the operand of an `or`, have names of their own.
    whole = literal.role is Role.ENV_DEFAULT and finding.value == literal.value
    callees = [callee for argument in literal.arguments for callee in argument.callees]
    reads = any(_is_variable_read(callee, literal.name or "") for callee in callees)
    return literal.name if whole and reads else None


def _is_variable_read(callee: str, name: str) -> bool:
    owner, _, method = callee.rpartition(".")
    # `Variable.get("crm_token", ...)` looks up its own key: a lower-case name counts only if read from the environment.
    named = name.upper() == name or method not in _LOOKUPS or "environ" in owner
    return named and method.lower() in _VARIABLE_READS


def secret_value(finding: Finding, kind: Kind) -> SecretValue:
    """The value to store: the finding's value, or the whole value of a `.env` variable, as its readers get it.

    Bytes that are valid UTF-8 count as text: a SecretString can hold both.
    """
    value = finding.literal.value if is_whole(finding, kind) else finding.value
    if value is None:
        raise ValueError("a finding without its value cannot be planned: read it again first")
    if not value.is_bytes:
        return value
    try:
        return SecretValue(value.reveal("bytes").decode())
    except UnicodeDecodeError:
        return value


def is_whole(finding: Finding, kind: Kind) -> bool:
    """Whether the place is a variable, whose readers get its whole value."""
    return kind is Kind.DOTENV or finding.literal.role is Role.VARIABLE


def by_parameter(draft: Draft) -> tuple[Draft, ...]:
    """The draft split into plain values: a parameter has no JSON keys that a reference could name."""
    if draft.form is Form.PLAIN:
        return (draft,)
    return tuple(
        Draft(form=Form.PLAIN, env=draft.env, members=(replace(member, key=None),), part=member.key)
        for member in draft.members
    )


def _single(finding: Finding, env: str, kind: Kind) -> Draft:
    value = secret_value(finding, kind)
    whole_url = is_whole(finding, kind) and finding.kind in (CredentialKind.URL, CredentialKind.DSN)
    if value.is_bytes or whole_url or not is_login(finding):
        return Draft(form=Form.PLAIN, env=env, members=(DraftMember(key=None, value=value, findings=(finding,)),))
    member = DraftMember(key="password", value=value, findings=(finding,))
    return Draft(form=Form.LOGIN, env=env, members=(member,), constants=connection(finding).constants)


def _pairs(findings: Sequence[Finding], environment: Callable[[Finding], str]) -> list[Draft]:
    halves: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.kind in _PAIR_KINDS and finding.value is not None:
            halves[place_of(finding)].append(finding)
    return [pair for together in halves.values() for pair in _pairs_of(together, environment(together[0]))]


def _pairs_of(together: Sequence[Finding], env: str) -> Iterable[Draft]:
    """Ids and keys paired in the order of their places; unpaired halves stay single."""
    columns = [_by_value(found for found in together if found.kind is kind) for kind in _PAIR_KINDS]
    if len(columns[0]) != len(columns[1]):
        return
    for ids, keys in zip(*columns, strict=True):
        members = (
            DraftMember(key=KEY_ID, value=_known(ids[0]), findings=tuple(ids)),
            DraftMember(key=KEY, value=_known(keys[0]), findings=tuple(keys)),
        )
        yield Draft(form=Form.PAIR, env=env, members=members)


def _by_value(findings: Iterable[Finding]) -> list[list[Finding]]:
    found: dict[SecretValue, list[Finding]] = {}
    for finding in findings:
        found.setdefault(_known(finding), []).append(finding)
    return list(found.values())


def _known(finding: Finding) -> SecretValue:
    return secret_value(finding, Kind.PYTHON)


def _merged(drafts: Sequence[Draft], text: Callable[[Finding], str]) -> tuple[Draft, ...]:
    secrets: list[Draft] = []
    uses: dict[int, tuple[object, ...]] = {}

    def use(finding: Finding) -> tuple[object, ...]:
        if id(finding) not in uses:
            uses[id(finding)] = _use(finding, text(finding))
        return uses[id(finding)]

    holders: dict[tuple[str, SecretValue], list[int]] = defaultdict(list)
    for draft in drafts:
        holding = holders[draft.env, draft.members[-1].value]
        for index in holding:
            joined = _joined(secrets[index], draft, use)
            if joined is not None:
                secrets[index] = joined
                break
        else:
            holding.append(len(secrets))
            secrets.append(draft)
    return tuple(secrets)


def _joined(first: Draft, second: Draft, use: _Use) -> Draft | None:
    """Both drafts as one secret, or None if their values are not the same credential. Their last members are equal."""
    if Form.PAIR in (first.form, second.form):
        return _joined_pairs(first, second)
    constants = _agreed(first, second)
    same_place = _one_connection(first, second) or _one_use(first, second, use)
    if not same_place and (constants is None or not _sure(first.members[0], second.members[0])):
        return None
    form = Form.LOGIN if Form.LOGIN in (first.form, second.form) else Form.PLAIN
    member = DraftMember(
        key="password" if form is Form.LOGIN else None,
        value=first.members[0].value,
        findings=first.findings + second.findings,
    )
    return Draft(form=form, env=first.env, members=(member,), constants=constants or first.constants)


def _joined_pairs(first: Draft, second: Draft) -> Draft | None:
    if [member.value for member in first.members] != [member.value for member in second.members]:
        return None
    members = tuple(
        replace(one, findings=one.findings + other.findings)
        for one, other in zip(first.members, second.members, strict=True)
    )
    return replace(first, members=members)


def _sure(*members: DraftMember) -> bool:
    """Whether the form of the values alone shows that equal ones are the same credential."""
    findings = [finding for member in members for finding in member.findings]
    return any(finding.prefix for finding in findings) or strength(members[0].value) >= STRONG_BITS


def _one_connection(first: Draft, second: Draft) -> bool:
    """Whether both belong to one connection: the same call or mapping, one account on one host, or one variable."""
    ones, others = dict(first.constants), dict(second.constants)
    account = [(part.get("host"), part.get("username")) for part in (ones, others)]
    ports = {_port(part) for part in (ones, others)} - {None}  # one that is not named may be the other's
    if account[0] == account[1] and all(account[0]) and len(ports) < 2:
        return True
    shared = {_call(found) for found in first.findings} & ({_call(found) for found in second.findings} - {None})
    if shared and not _two_accounts(ones, others):
        return True
    return _agreed(first, second) is not None and _one_variable(first, second)


def _one_use(first: Draft, second: Draft, use: _Use) -> bool:
    """Whether two places use one secret: both are signing keys for one library in one folder, or like calls.

    What one file of a folder signs, the other has to verify. Like calls are in one file, and differ in no other
    argument: two hosts or accounts may be told apart by a variable, or by an argument without a name.
    """
    found = (first.findings[-1], second.findings[-1])
    if not all(each.literal.arguments for each in found):
        return False
    signs = all(each.kind is CredentialKind.SIGNING_KEY for each in found)
    if signs and len({(_folder(each), each.rule) for each in found}) == 1:
        return True
    if found[0].literal.role not in (Role.KEYWORD, Role.POSITIONAL) or len({each.path for each in found}) > 1:
        return False
    # Those that are one secret already are so for their own reasons: the last one stands for them.
    return use(found[0]) == use(found[1])


def _use(finding: Finding, text: str) -> tuple[object, ...]:
    """What tells a call from another: its rule, the connection, its receiver, and the texts beside the literal.

    The texts are those in the brackets, without blanks. A receiver is told by what was last assigned to its name.
    """
    literal, place = finding.literal, connection(finding)
    call, span = literal.arguments[0].call, literal.span
    called, _, before = text[call.start : span.start].partition("(")
    beside = ("".join(part.split()) for part in (before, text[span.end : call.end]))
    receiver = called.strip().rpartition(".")[0]
    name = re.escape(receiver)
    bound = re.compile(
        rf"^[ \t]*(?:{name}[ \t]*(?::[^=\n]*)?=|(?:async[ \t]+)?with\b.*\bas[ \t]+{name}\b).*", re.MULTILINE
    )
    lines = bound.findall(text, 0, call.start) if receiver else []
    last = lines[-1].strip() if lines else receiver
    return (finding.rule, finding.engine, literal.name, literal.role, place.host, place.username, last, *beside)


def _port(constants: dict[str, str]) -> str | None:
    """The named port, else the engine's default port."""
    return constants.get("port") or DEFAULT_PORTS.get(constants.get("engine", ""))


def _two_accounts(ones: dict[str, str], others: dict[str, str]) -> bool:
    """Whether both name an account and the accounts differ: root's and the application's in one mapping."""
    return len({part["username"] for part in (ones, others) if "username" in part}) > 1


def _one_variable(first: Draft, second: Draft) -> bool:
    """Whether both define the same variable somewhere: a default in code and a `.env`, or two `.env` of one folder."""
    return any(
        own_key(one) is not None
        and own_key(one) == own_key(other)
        and (Role.ENV_DEFAULT in (one.literal.role, other.literal.role) or _folder(one) == _folder(other))
        for one in first.findings
        for other in second.findings
    )


def _folder(finding: Finding) -> str:
    return finding.path.rpartition("/")[0]


def _call(finding: Finding) -> tuple[object, ...] | None:
    """The call or mapping that contains the finding; None for a module or file, which may hold many connections."""
    literal = finding.literal
    inside = literal.role in (Role.KEYWORD, Role.POSITIONAL, Role.ENTRY)
    return (finding.path, literal.container) if inside and literal.container is not None else None


def _agreed(first: Draft, second: Draft) -> tuple[tuple[str, str], ...] | None:
    """The constants of both; None if they name different accounts. Database names that differ are left out."""
    ones, others = dict(first.constants), dict(second.constants)
    differ = {key for key in ones.keys() & others.keys() if ones[key] != others[key]}
    if differ - {"dbname"}:
        return None
    return tuple((key, value) for key, value in (others | ones).items() if key not in differ)
