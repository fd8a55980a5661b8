"""Names of secrets: their environment, application and words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import PurePosixPath

from fixers.connections import is_database_word, prefix_words
from fixers.grouping import Draft, Form, is_whole
from fixers.stores.kinds import KINDS, kind_of
from fixers.strength import strength
from rules import own
from scanner.detectors.name import split_words
from scanner.model import CredentialKind, Finding, Kind, Role, SecretValue

_ENVIRONMENTS = {
    "prod": "prod", "production": "prod", "prd": "prod", "live": "live", "staging": "staging", "stage": "staging",
    "stg": "staging", "dev": "dev", "development": "dev", "local": "local", "test": "test", "testing": "test",
    "qa": "qa", "uat": "uat", "preprod": "preprod", "sandbox": "sandbox", "demo": "demo", "ci": "ci",
}  # fmt: skip
_CONFIGURATION = frozenset(
    {
        "settings", "setting", "config", "configs", "conf", "env", "envs", "environments", "environment", "values",
        "secrets", "deploy", "application", "appsettings", "compose", "vars", "group_vars", "inventories"
    }
)  # fmt: skip
# Words that mean "credential" and do not say whose.
_GENERIC = frozenset(
    {
        "password", "passwd", "pwd", "pass", "passphrase", "pw", "token", "secret", "key", "api", "apikey", "auth",
        "access", "credential", "credentials", "private", "client", "signing", "bearer", "authorization", "header",
        "app", "appid", "application", "url", "uri", "dsn", "login", "encryption", "session", "webhook"
    }
)  # fmt: skip
_WITHOUT_CONTENT = frozenset({"authorization", "auth", "header", "bearer", "basic", "x", "data", "s", "k", "p", "v"})
_NOISE = frozenset({"my", "the", "default", "value", "str", "string", "hardcoded", "current"})
_FRAMEWORKS = frozenset({"django", "flask", "fastapi", "starlette", "celery", "jwt", "fernet", "itsdangerous", "rails"})
_FRAMEWORK = re.compile(rf"\b(?:{'|'.join(sorted(_FRAMEWORKS))})\b")
_SEGMENT = re.compile(r"[A-Za-z0-9_.-]+")
_GUESSABLE_BITS = 30.0
_LONGEST = 60  # characters of a name's last part
# Files whose name says only that they are a program's first or only one: their folder's name says more.
_PROGRAMS = frozenset({"main", "app", "run", "index", "script", "start", "init", "views", "utils", "helpers"})


def environment_of(path: str, default: str) -> str:
    """The environment that a file belongs to (`.env.staging`, `settings/prod.py`), else `default`."""
    whole = PurePosixPath(path)
    words = re.split(r"[._\-]+", whole.name.lower())
    # A file's stem names an environment only in a settings folder: `settings/prod.py`, not `stream/live.py`.
    if any(word in _CONFIGURATION for word in words) or _is_configuration(whole.parent.name):
        named = [word for word in words if word in _ENVIRONMENTS]
        if named and (whole.stem.lower() in _ENVIRONMENTS or any(word in _CONFIGURATION for word in words)):
            return _ENVIRONMENTS[named[0]]
    for above, folder in zip(whole.parts, whole.parts[1:-1], strict=False):
        if folder.lower() in _ENVIRONMENTS and _is_configuration(above):
            return _ENVIRONMENTS[folder.lower()]
    return default


def _is_configuration(folder: str) -> bool:
    return any(word in _CONFIGURATION for word in re.split(r"[._\-]+", folder.lower()))


def slug(text: str) -> str:
    """Lower-case words joined by hyphens, only ASCII letters and digits, at most 60 characters in whole words."""
    whole = "-".join(split_words(re.sub(r"[^A-Za-z0-9]+", "_", text)))
    cut = whole[: _LONGEST + 1].rpartition("-")[0] or whole[:_LONGEST]
    return whole if len(whole) <= _LONGEST else cut


def shown_frameworks(imported: Iterable[str], texts: Iterable[str]) -> frozenset[str]:
    """The frameworks that a project imports anywhere (dotted names), or that a file with a finding mentions."""
    tops = {name.partition(".")[0] for name in imported}
    words = {word for text in texts for word in _FRAMEWORK.findall(text)}
    return _FRAMEWORKS & (tops | words)


def name_problem(name: str, store: str) -> str | None:
    """What is wrong with a name in its store; None if it follows the store's rules and has only portable characters."""
    kind, told = KINDS[store], kind_of(name)
    if told is not kind:
        prefix, other = kind.references.prefix, told.references.prefix
        return f"a {kind.one}'s name " + (f"starts with `{prefix}`" if prefix else f"does not start with `{other}`")
    if not all(_SEGMENT.fullmatch(segment) for segment in name.removeprefix(kind.references.prefix).split("/")):
        return "only letters, digits, `_`, `.`, `-` and slashes between them can be used"
    return next(kind.name_problems(name, None), None)


def full_name(draft: Draft, *, app: str, part: str, store: str) -> str:
    """The full name: `/env/app/name` for a parameter, `env/app/name` for a secret, without an end like an ARN's."""
    return KINDS[store].name_for(f"{draft.env}/{app}/{part}")


def unguessable(values: Iterable[SecretValue]) -> list[str]:
    """The texts that no name may contain: those of values that nobody could have guessed."""
    return [value.reveal("text") for value in values if strength(value) >= _GUESSABLE_BITS]


_TELLING = 4  # letters
_COMMON = tuple(word for word in _GENERIC if len(word) >= _TELLING)
_RUN = 12  # letters in a row that a name shares with a value by more than chance


def name_parts(
    drafts: Sequence[Draft],
    *,
    kinds: Mapping[str, Kind],
    values: Collection[SecretValue],
    frameworks: Collection[str] = _FRAMEWORKS,
) -> tuple[str, ...]:
    """The last part of each draft's name, unique within its environment; deterministic in the drafts' order.

    If several drafts would get the same plain name, each gets what distinguishes it. No part contains one of `values`
    that nobody could have guessed, because a symbol or a file may be named after one. `frameworks` are those that the
    project shows: a name mentions no other.
    """
    texts = unguessable(values)
    # `DJANGO_SECRET_KEY` as a value is of common words, so names may contain it.
    slugs = {slug(text) for text in texts if not (_GENERIC | _FRAMEWORKS).issuperset(split_words(text))}
    # What `slug` leaves of `e%&(!$?=+` is in every other name and reveals nothing.
    unspeakable = frozenset(each for each in slugs if len(each) >= _TELLING)
    runs = frozenset(run for each in slugs for run in _runs(each))
    words = [_words(draft, kinds[draft.findings[0].path], frameworks) for draft in drafts]
    plain = [(draft.env, _kebab(each)) for draft, each in zip(drafts, words, strict=True)]
    particular = [_in_context(draft, each) for draft, each in zip(drafts, words, strict=True)]
    shared = Counter((name, part) for name, parts in zip(plain, particular, strict=True) for part in set(parts))
    rivals = Counter(plain)
    taken: set[tuple[str, str]] = set()
    found: list[str] = []
    for draft, (env, name), parts in zip(drafts, plain, particular, strict=True):
        alike = {part: shared[(env, name), part] for part in parts}
        own = [part for part in parts if alike[part] == 1] if rivals[env, name] > 1 else []
        # What several of them share tells nobody which is which: they are numbered under what the fewest share.
        near = min((name, *parts), key=lambda part: alike.get(part, rivals[env, name]))
        others = (name, *parts) if rivals[env, name] == 1 else (near,)
        free = (part for part in chain(own, others, _numbered(near)) if (env, part) not in taken)
        # What the rule says of any such value, `telegram-bot-token`, reveals nothing of this one.
        told = _GENERIC | _FRAMEWORKS | set(split_words(slug(draft.findings[0].title)))
        named = (part for part in free if told.issuperset(split_words(part)) or not _names_one(part, unspeakable, runs))
        for part in chain(named, (f"credential-{number}" for number in count(1))):
            if part and (env, part) not in taken:
                break
        taken.add((env, part))
        found.append(part)
    return tuple(found)


def _names_one(part: str, unspeakable: Collection[str], runs: Collection[str]) -> bool:
    return any(value in part for value in unspeakable) or any(run in runs for run in _runs(part))


def _runs(text: str) -> Iterator[str]:
    """Every run of letters in a slug, ignoring what separates them: a name leaves out digits, and may be cut short.

    Runs that contain a word common to all names are left out: `django-secret-key` is no part of a value.
    """
    letters = re.sub(r"[^a-z]+", "", text)
    runs = (letters[start : start + _RUN] for start in range(len(letters) - _RUN + 1))
    return (run for run in runs if not any(word in run for word in _COMMON))


def _in_context(draft: Draft, words: Sequence[str]) -> list[str]:
    """Candidate names that put distinguishing words before the draft's own, the plainest first."""
    first = draft.findings[0]
    found = []
    for more in (split_words(dict(draft.constants).get("dbname", "")), *_contexts(first)):
        extra = [word for word in more if word not in words and not _says_nothing(word)]
        if extra:
            found.append(_kebab([*extra, *words]))
    return found


def _numbered(plain: str) -> Iterator[str]:
    base = plain or "credential"
    yield from (f"{base}-{number}" for number in range(2, 1000))


def _contexts(finding: Finding) -> Iterator[tuple[str, ...]]:
    whole = PurePosixPath(finding.path)
    stem = tuple(word for word in split_words(whole.stem.strip("_")) if word not in _PROGRAMS)
    symbol = split_words(finding.literal.symbol.rpartition(".")[2])
    folder = split_words(whole.parent.name)
    yield stem
    yield symbol
    for words in ((*folder, *stem), (*folder, *stem, *symbol)):
        yield tuple(dict.fromkeys(words))


def _words(draft: Draft, kind: Kind, frameworks: Collection[str]) -> list[str]:
    finding = draft.findings[0]
    part = [word for word in split_words(draft.part or "") if word != "aws"]
    if draft.form is Form.LOGIN or draft.part == "password":
        return [*_qualifiers(finding), "db", *part]
    if draft.form is Form.PAIR or part:
        words = split_words(finding.literal.name or "")
        heads = [index for index, word in enumerate(words) if word in ("aws", "access", "secret", "key")]
        return [*(words[: heads[0]] if heads else ()), *(part or ("access", "key"))]
    return _plain_words(finding, frameworks, whole_url=is_whole(finding, kind))


def _qualifiers(finding: Finding) -> list[str]:
    """Words that distinguish this login from others: `ANALYTICS_DB_PASSWORD`, `DATABASES["analytics"]`."""
    words = [word for word in prefix_words(finding) if not _says_nothing(word) and word not in _GENERIC]
    if not words and finding.literal.role is Role.ENTRY:
        words = [word for word in split_words(finding.literal.symbol.rpartition(".")[2]) if not _says_nothing(word)]
    return words if finding.kind not in (CredentialKind.URL, CredentialKind.DSN) or "db" not in words else []


def _says_nothing(word: str) -> bool:
    plain = word.removesuffix("s")
    return (
        word in _NOISE or word in _ENVIRONMENTS or word in _CONFIGURATION or word.isdigit()
        or is_database_word(word) or is_database_word(plain)
    )  # fmt: skip


def _plain_words(finding: Finding, frameworks: Collection[str], *, whole_url: bool) -> list[str]:
    words = [word for word in split_words(finding.literal.name or "") if word not in _NOISE]
    words = [word for word in words if word.isascii()]
    number = words[-1:] if words[-1:] and words[-1].isdigit() and len(words) > 1 else []
    while words and (words[-1] in _ENVIRONMENTS or words[-1].isdigit()):
        words.pop()
    if finding.kind is CredentialKind.URL and finding.provider and finding.env:  # a webhook: no login with a password
        words = words if any(word not in _GENERIC for word in words) else list(split_words(finding.env))
    elif finding.kind in (CredentialKind.URL, CredentialKind.DSN) and not whole_url:
        words = [*(word for word in words if word not in ("url", "uri", "dsn", "connection", "string")), "password"]
    if all(word in _WITHOUT_CONTENT for word in words) or (words == ["key"] and str(finding.kind).endswith("-key")):
        words = str(finding.kind).split("-")
    if finding.literal.role is Role.POSITIONAL and _GENERIC.isdisjoint(words):
        # The name of what the call makes: `bot = Bot("...")`.
        words = list(split_words(finding.env or "")) or [*words, *str(finding.kind).split("-")]
    if all(word in _GENERIC for word in words):
        context = _owner(finding, frameworks)
        words = [*(word for word in context if word not in words), *words]
    return [*words, *number]


def _owner(finding: Finding, frameworks: Collection[str]) -> tuple[str, ...]:
    """The owner of the credential: the provider, the service that receives it, or the rule's framework."""
    if finding.rule.startswith(own.PREFIX):
        return tuple(finding.rule.removeprefix(own.PREFIX).split("-")[:2])
    if finding.provider or finding.engine:
        owner = (finding.provider or finding.engine or "").lower()
        return ("jwt",) if owner == "json web token" else tuple(re.findall(r"[a-z0-9]+", owner)[:2])
    if finding.kind is CredentialKind.URL:
        scheme = re.match(r"([A-Za-z][A-Za-z0-9]*)[A-Za-z0-9+.-]*://", finding.literal.value.reveal("text"))
        return (scheme[1].lower(),) if scheme and not scheme[1].lower().startswith("http") else ()
    families = (word.removeprefix("py") for word in finding.rule.split("-"))
    return tuple(family for family in families if family in _FRAMEWORKS and family in frameworks)[:1]


def _kebab(words: Iterable[str]) -> str:
    return slug("_".join(words))
