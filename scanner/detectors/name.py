"""Judge a name: `db_password`, `apiKey` and `X-Auth-Token` are credentials', `token_type` and `public_key` are not.

English compound names end with their head, so the last words decide. The vocabulary is rules/names/*.toml.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass, replace

from rules.lazy_patterns import lazy_pattern
from rules.model import Head, Names
from scanner.model import CredentialKind

# Words that do not change the meaning of the name before them: `password_prod`, `api_key_value`, `SECRET_2`.
TAIL_WORDS = frozenset(
    ("value", "values", "val", "str", "string", "default", "prod", "production", "prd", "dev", "devel",
     "development", "stage", "staging", "stg", "test", "tests", "testing", "qa", "uat", "preprod", "live", "local",
     "sandbox", "demo", "example", "sample", "old", "new", "current", "previous", "prev", "backup", "bak", "plain",
     "plaintext", "raw", "clear", "cleartext", "base", "b", "encoded", "bytes", "hex", "tmp", "temp", "confirm",
     "confirmation", "confirmed", "again", "repeat", "repeated", "verify", "retype", "primary", "secondary", "main",
     "real", "override", "fallback", "init", "initial", "here", "ro", "rw", "readonly",
     "eu", "us", "uk", "ap", "apac", "emea", "west", "east", "north", "south", "central", "northeast", "southeast")
)  # fmt: skip
# A definition whose name starts with one of these is an action, not a key that the value belongs to.
VERBS = frozenset(
    ("test", "get", "set", "is", "has", "make", "check", "create", "build", "validate", "verify", "parse", "read",
     "load", "save", "generate", "encode", "decode", "hash", "encrypt", "decrypt", "do", "to", "from", "on",
     "handle", "fetch", "update", "delete", "reset", "change", "print", "show", "render", "init", "setup", "run")
)  # fmt: skip
# Short heads that people append to another word: `mysqlrootpwd`, `adminpass`.
RUN_ON = frozenset(("pwd", "pass", "pw"))
# Collections named by this word alone: classes, shapes and tables of credentials are named so, too.
_ALONE = frozenset({("credentials",), ("creds",)})
# Collections of users, each with a password.
_PAIRS = frozenset({("auth", "users"), ("password", "pairs")})
# Collections of display texts or descriptions, by their names: `labels = {"password": "Kennwort"}`.
DESCRIBING = frozenset(
    ("labels", "classes", "errors", "messages", "texts", "titles", "tooltips", "placeholders", "hints", "icons",
     "captions", "widgets", "descriptions", "translations", "choices", "types", "columns")
)  # fmt: skip
# References, by their names, to an object and the key in it: `secretKeyRef: {name: db, key: password}`.
# https://kubernetes.io/docs/concepts/configuration/secret/#use-case-as-container-environment-variables
_REFERRING = frozenset(("ref", "reference"))
MAX_NAME = 200
LONG = 6
"""Letters from which a head is found written on to another word, and its own words written together."""
_WRITTEN_ON = RUN_ON | {"token", "tokens"}
# A country's code in every table of countries: https://www.iso.org/obp/ui/#iso:code:3166:PW
_PALAU = "PW"

# `AWS::SecretsManager::Secret`: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
# Keys of Puppet's Hiera, which hold passwords, are in lower case.
_TYPE_NAME = lazy_pattern(r"[A-Z][A-Za-z0-9]*(?:::[A-Z][A-Za-z0-9]*)+")
_LETTER = r"[^\W\d_]"
_BOUNDARY = lazy_pattern(
    r"[\W_]+"
    r"|(?<=[^\W\d_A-Z])(?=[A-Z])"
    rf"|(?<=[A-Z])(?=[A-Z](?![A-Z]){_LETTER})"
    rf"|(?<=\d)(?={_LETTER})|(?<={_LETTER})(?=\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameVerdict:
    """The verdict on a name: kind of credential, strength (strong, weak, none), and the names of the evidence."""

    kind: CredentialKind | None
    strength: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """The vocabulary by words. `joined` are strong heads written as one word, longest first.

    `plurals` are the plural forms of strong heads.
    """

    heads: dict[tuple[str, ...], Head]
    plurals: frozenset[tuple[str, ...]]
    cleared: frozenset[tuple[str, ...]]
    joined: tuple[tuple[str, Head], ...]
    run_on: tuple[str, ...]
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    """The longest vocabulary entry that ends some words. `head` is None if the entry clears the name."""

    head: Head | None
    size: int


SILENT = NameVerdict(kind=None, strength="none", evidence=())
CLEARED = NameVerdict(kind=None, strength="none", evidence=("name-cleared",))


@functools.lru_cache(maxsize=4096)
def split_words(name: str) -> tuple[str, ...]:
    """Split a name into its words, case folded: `dbPassword2` is db, password, 2."""
    if name.islower() and name.isascii() and name.isalpha():
        return (name[-MAX_NAME:],)
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
        if name.isupper():  # word boundaries are capital letters of ASCII only
            name = name.lower()
    return tuple(word.casefold() for word in _BOUNDARY.split(name[-MAX_NAME:]) if word)


def is_head(word: str, names: Names) -> bool:
    """Whether a case-folded word means a credential in some language, excluding short forms (`mypass`)."""
    return (word,) in _index(names).heads and not word.endswith(tuple(RUN_ON))


@functools.lru_cache(maxsize=4096)
def judge_name(name: str, names: Names, *, symbol: str = "") -> NameVerdict:
    """Judge a name; if it leaves the question open (`value`, `key`), by the last part of `symbol` before it."""
    if _TYPE_NAME.fullmatch(name):
        return CLEARED
    index = _index(names)
    words = split_words(name)
    parent = _parent(symbol, words)
    rest = _without_tail(words, index)
    if not rest:
        return _verdict(_without_tail(parent, index), index)
    verdict = _verdict(rest, index)
    if name == _PALAU:
        verdict = replace(verdict, strength="weak", evidence=("name-weak",))
    if parent and parent[-1] in DESCRIBING and verdict.strength != "none":
        return CLEARED
    if parent and parent[-1] in _REFERRING and verdict.strength == "weak":
        return CLEARED
    if not parent or verdict.strength == "strong":
        return verdict
    return _with_parent(rest, parent, verdict, index)


def _with_parent(words: tuple[str, ...], parent: tuple[str, ...], verdict: NameVerdict, index: _Index) -> NameVerdict:
    alone = _ending(words, index)
    both = _ending(parent + words, index)
    if both is not None and both.size > len(words):
        return _verdict(parent + words, index)
    container = _container(parent, index)
    if alone is None and verdict is SILENT and container is not None and _verdict(parent, index) is not CLEARED:
        head = _of(index.heads[container], "weak")
        return replace(head, evidence=(*head.evidence, "container"))
    return verdict


def _container(parent: tuple[str, ...], index: _Index) -> tuple[str, ...] | None:
    """The head for the members of a collection, by its name: those of `INTERNAL_API_TOKENS` are tokens."""
    if parent in _ALONE:
        return parent
    ending = _ending(parent, index)
    last = parent[-ending.size :] if ending is not None and ending.head is not None else ()
    return last if last in index.plurals else None


def _verdict(words: tuple[str, ...], index: _Index) -> NameVerdict:
    ending = _ending(words, index)
    if ending is None:
        head = _inner(words, index)
        return SILENT if head is None else _of(head, head.strength if head.leads else "weak")
    if ending.head is not None:
        return _of(ending.head, ending.head.strength)
    about = ending.size > 1 or _inner(words, index, strict=False) is not None
    return CLEARED if about else SILENT


def _of(head: Head, strength: str) -> NameVerdict:
    # The salt of a hash is stored next to it in plain text.
    salt = ("salt",) if head.words[-1] == "salt" else ()
    return NameVerdict(kind=CredentialKind(head.kind), strength=strength, evidence=(f"name-{strength}", *salt))


def _ending(words: tuple[str, ...], index: _Index) -> _Ending | None:
    for size in range(min(index.longest, len(words)), 0, -1):
        key = words[-size:]
        if key in index.cleared:
            return _Ending(head=None, size=size)
        if key in index.heads:
            return _Ending(head=index.heads[key], size=size)
    if words and words[-1].endswith(index.run_on):
        head = next(head for joined, head in index.joined if words[-1].endswith(joined))
        return _Ending(head=head, size=1)
    return None


def _without_tail(words: tuple[str, ...], index: _Index) -> tuple[str, ...]:
    """Drop trailing numbers, environments and filler words until the last word is in the vocabulary."""
    while words and _ending(words, index) is None and (words[-1] in TAIL_WORDS or words[-1].isdigit()):
        words = words[:-1]
    return words


def _inner(words: tuple[str, ...], index: _Index, *, strict: bool = True) -> Head | None:
    """A head before the end: `password_mysql`. If `strict`, only one without another meaning (no `token_stream`)."""
    for end in range(len(words) - 1, 0, -1):
        ending = _ending(words[:end], index)
        if ending is None:
            continue
        head = ending.head
        if head is None or not strict:
            return head
        # `token_github` is a token, but `token_stream_reader` is about tokens, and a secret sauce is no secret.
        leading = end == 1 and len(words) == 2 and head.kind == "api-key"
        if head.strength == "strong" and (head.kind == "password" or ending.size > 1 or leading):
            return head
    return None


def _parent(symbol: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the last part of a key path that is neither a number nor the name itself."""
    parts = [part for part in (split_words(text) for text in symbol.split(".")) if part and not part[0].isdigit()]
    if parts and parts[-1] == words:
        parts.pop()
    if not parts or parts[-1][0] in VERBS:
        return ()
    return parts[-1]


def _all_words(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for part in parts for word in split_words(part))


def _plural(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words[:-1], f"{words[-1]}s")


@functools.lru_cache(maxsize=8)
def _index(names: Names) -> _Index:
    heads = {_all_words(head.words): head for head in names.heads}
    cleared = {_all_words(words) for words in names.negative_phrases}
    cleared |= {_plural(words) for words in cleared}
    cleared.update((word,) for word in names.negative_heads)
    plurals = {_plural(words): head for words, head in heads.items() if head.strength == "strong"}
    heads = {words: head._replace(words=words) for words, head in plurals.items() if words not in cleared} | heads
    joined = {"".join(words): head for words, head in heads.items() if head.strength == "strong"}
    # "stopwords" would end in the plural of "pword".
    several = {"".join(words) for words in plurals}
    long = [
        word for word in joined if len(word) - (word in several) >= LONG or not word.isascii() or word in _WRITTEN_ON
    ]
    long.sort(key=len, reverse=True)
    return _Index(
        heads=heads,
        plurals=_PAIRS.union(plurals),
        cleared=frozenset(cleared),
        joined=tuple((word, joined[word]) for word in long),
        run_on=tuple(long),
        longest=max((len(words) for words in (*heads, *cleared)), default=1),
    )
