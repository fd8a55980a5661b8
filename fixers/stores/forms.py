"""How a store's content is named, permitted and handled elsewhere: the records that a store's module fills in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fixers.model import PlannedSecret
from fixers.stores.arns import Account

# Makes a Python string literal of a word, in the quotes that the place allows.
Quoted: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A parsed reference. `store` is the store's key in KINDS; parts that are not given are ""."""

    store: str
    name: str
    key: str = ""
    stage: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """How code and configuration refer to a stored value.

    Names in a store begin with `prefix`, which tells rewritten code which store to ask; one store has "". `reserved`
    are beginnings, after the prefix, that AWS reserves for itself.

    `spelled(name, key, plain)` is a CloudFormation dynamic reference without its braces, `begins` is how these begin,
    and `parsed` parses one, None if it is not one of this store's. `resolved_at` are the types of resources with the
    properties at which CloudFormation resolves it; None: all. `value_from(name, key, arn)` is the `valueFrom` of an ECS
    task definition. `sam_policy` is SAM's policy template for reading a name. `inline(client, name, quoted, binary)` is
    the Python expression that gives a value, from the text of `boto3.client`, the name as an expression, and whether
    bytes are stored that are not valid text.

    `extension` is the path of requests to the Lambda extension, and `extension_name(asked)` is the name in such a
    request, None if it is not one; `extension_answer(name, value)` is the answer to it.
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
    """A permission in a policy: IAM actions on ARNs, with a title for people."""

    sid: str
    actions: tuple[str, ...]
    arns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """The use of these secrets' customer keys, and the KMS actions that it needs."""

    doing: str
    actions: tuple[str, ...]
    secrets: tuple[PlannedSecret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What IAM permits on a store.

    `arn(account, name)` is the part of an ARN that the name determines; AWS appends text that matches `arn_end`, "" if
    it appends nothing. `read` is the action of a running program, `inject` of what reads values before it starts,
    `delete` of an undo. `writing` gives the actions of a migration, `encrypting` its use of keys besides kms:Decrypt,
    `below` the permission to read whole paths. `unshared` says why no policy can open a value to another account, None
    if one can.
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
        """The ARN as it is written in a policy."""
        return self.arn(account, name) + self.arn_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The store's commands in upload.sh and for people to type.

    The texts of `look_at`, `read`, `create` and `update` are shell functions look_at_ONE and so on, named after what
    the store holds; `restore` is the function bring_back if a deletion can be undone, and `keys` are the arms of
    `settle` that check the KMS key. `options(secret)` are passed to create and update. `reads(name)` prints a value as
    JSON, in which `value_in` finds the text or the bytes (None if it is another store's answer), and `reading` is the
    command's name. `lists(path)` shows names. `change_key(name, key)` changes a name's KMS key, `share(name, policy)`
    gives it a resource policy, which is read from the file `policy`.
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
