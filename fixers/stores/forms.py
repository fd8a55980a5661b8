"""How what a store holds is named, allowed and handled outside of it: the records that a store's module fills in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fixers.model import PlannedSecret
from fixers.stores.arns import Account

# A word as a literal of Python, in the quotes that the place allows.
Quoted: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a reference names. `store` is the store's word; "" where a part is not said."""

    store: str
    name: str
    key: str = ""
    stage: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """How code and configuration name a stored value.

    Names of a store begin with `prefix`, which tells rewritten code where to look: one store has "". `reserved` are
    beginnings, after the prefix, that AWS keeps for itself.

    `spelled(name, key, plain)` is a dynamic reference of CloudFormation without its braces, `begins` how these begin,
    and `parsed` reads one, None where it is none of this store's. `resolved_at` are the types of resources with the
    properties that CloudFormation resolves it at; None: all. `value_from(name, key, arn)` is that of a task definition
    of ECS. `sam_policy` is SAM's policy template for reading a name. `inline(client, name, quoted, binary)` is the
    expression of Python that gives a value: the text of `boto3.client`, the name as an expression, and whether bytes
    are stored that are no text.

    `extension` is the path at which the Lambda extension is asked, and `extension_name(asked)` the name in such a
    request, None where it is not one; `extension_answer(name, value)` is its answer.
    """

    prefix: str
    reserved: tuple[str, ...] = ()
    begins: tuple[str, ...]
    spelled: Callable[[str, str | None, bool], str]
    parsed: Callable[[str], Reference | None]
    resolved_at: Collection[tuple[str, str]] | None
    value_from: Callable[[str, str | None, str], str]
    sam_policy: Callable[[str], str]
    inline: Callable[[str, str, Quoted, bool], str]
    extension: str
    extension_name: Callable[[Mapping[str, str]], str | None]
    extension_answer: Callable[[str, bytes | str], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a policy allows: IAM actions on ARNs, under a name for people."""

    sid: str
    actions: tuple[str, ...]
    arns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """What is done with the customer keys of these secrets, and the actions of KMS that it takes."""

    doing: str
    actions: tuple[str, ...]
    secrets: tuple[PlannedSecret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What IAM allows on a store.

    `arn(account, name)` is what is known of an ARN from the name; AWS appends what `arn_end` is a pattern of, "" where
    it appends nothing. `read` is the action of a running program, `inject` that of what reads before it starts,
    `delete` of an undo. `writing` gives what a migration calls, `encrypting` its use of keys beside kms:Decrypt,
    `below` what reads whole paths. `unshared` says why no policy opens a value to another account, None where one does.
    """

    arn: Callable[[Account, str], str]
    arn_end: str = ""
    read: str
    inject: str
    delete: str
    writing: Callable[[Sequence[PlannedSecret], Account], Iterator[Grant]]
    encrypting: Callable[[Sequence[PlannedSecret]], Iterator[KeyUse]]
    below: Callable[[Sequence[PlannedSecret], Account], Grant | None] = lambda _secrets, _account: None
    unshared: str | None

    def pattern(self, account: Account, name: str) -> str:
        """The ARN as a policy names it."""
        return self.arn(account, name) + self.arn_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The store in upload.sh and in what people type.

    The texts of `look_at`, `read`, `create` and `update` are shell functions look_at_ONE and so on, of what the store
    holds; `restore` is the function bring_back where a deletion can be taken back, and `keys` the arms of `settle` that
    look at the KMS key. `options(secret)` go to create and update. `reads(name)` prints a value as JSON, in which
    `value_in` finds the text or the bytes (None where it is an answer of another store), and `reading` is the command's
    name. `lists(path)` shows names. `change_key(name, key)` gives a name another KMS key, `share(name, policy)` a
    policy of its own, which stands in the file `policy`.
    """

    look_at: str
    read: str
    create: str
    update: str
    restore: str = ""
    keys: str = ""
    options: Callable[[PlannedSecret], Iterator[str]]
    reading: str
    reads: Callable[[str], str]
    value_in: Callable[[Mapping[str, Any]], object]
    lists: Callable[[str], str]
    change_key: Callable[[str, str], str] | None = None
    share: Callable[[str, str], str] | None = None
