"""Recognise values by their words: placeholders, common passwords and other values that are not secret.

`your-key`, `bearer`, `qwerty`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from rules.model import Names
from scanner.detectors.name import is_head
from scanner.detectors.randomness import random_bits
from scanner.detectors.words import COMMON_PASSWORDS, FORMAT_WORDS, PLACEHOLDER_WORDS, STAND_INS
from scanner.model import CredentialKind

FIELDS = frozenset(("password", "passwd", "passphrase", "key", "token", "secret", "credential", "credentials"))
"""Last words of names of fields that take a credential."""
# Typed by somebody who does not know the value.
_MISTAKEN = lazy_pattern(r"(?:wrong|invalid|incorrect)(?:password|passwd|pass|token|secret|key|credentials?)\d{0,3}")
_ANYBODYS = lazy_pattern(
    r"(?:my[_-])?(?:some|your|example|sample)(?:[_-]?|(?:[_-][a-z]+){1,3}[_-])"
    r"(?:password|passwd|passphrase|key|token|secret)(?:[_-]?\d{1,4})?"
)
_WITHOUT = (("no",), ("not",), ("without",))  # `no-password-required`
_CROSSED = "x" * 10
_CROSSED_PARTS = lazy_pattern(r"X{3,}")
# How a user logs in without a password.
_METHODS = frozenset(("LDAP", "OIDC", "SAML", "SSO", "OAUTH", "OAUTH2", "KERBEROS"))
# https://www.rfc-editor.org/rfc/rfc7518 and signing schemes: AWS's Signature Version 4, OAuth 1.
_ALGORITHM = lazy_pattern(
    r"""(?:(?:ECDH-(?:ES|1PU)|PBES2-HS\d{3}|A\d{3}(?:GCM|KW|GCMKW|CBC-HS\d{3})|RSA-OAEP(?:-\d{3})?|RSA1_5)(?:\+|$)){1,2}
    | [HREP]S\d{3}K? | EdDSA | (?:AWS4-)?(?:HMAC|RSA|ECDSA)-(?:SHA|P)-?\d{1,3}(?:-SHA-?\d{1,3})?
    # Names of the Java Security Standard Algorithm Names
    | (?:PBKDF2With)?H(?:mac|MAC)(?:SHA\d{1,3}|MD5) | (?:AES|DES(?:ede)?|RSA|Blowfish)/[A-Z\d]{3}/\w{2,40}""",
    re.X,
)
# Lifetimes in seconds: some hours, some days. Other multiples are ordinary numbers.
_DURATIONS = frozenset(
    (
        *(str(3_600 * hours) for hours in (1, 2, 3, 4, 6, 8, 12)),
        *(str(86_400 * days) for days in (1, 2, 3, 4, 5, 6, 7, 10, 14, 15, 20, 28, 30, 31, 60, 90, 100, 180, 365, 366)),
    )
)
_KEY_DIGITS = 12
# More than any placeholder has that is written in CamelCase.
_CHANCE_BITS = 40
_BASE64 = lazy_pattern(r"[A-Za-z0-9+/=]{40,}(?:\\[nr])*")


class _Value(NamedTuple):
    """A value and its name: `folded` is its text case-folded, `parts` its words, `own` those of its name."""

    text: str
    folded: str
    parts: tuple[str, ...]
    own: tuple[str, ...]
    kind: CredentialKind | None
    names: Names

    def __repr__(self) -> str:
        return f"_Value({self.own!r})"


def known_word(
    text: str, parts: tuple[str, ...], own: tuple[str, ...], kind: CredentialKind | None, names: Names
) -> str | None:
    """The evidence (rules/judge.toml) from a value's words (`parts`) and its name's words (`own`), or None."""
    # A constant of Cocoa: `NSString *const kResetPassword = @"ResetPassword"`.
    own = own[1:] if own[:1] == ("k",) and own[1:] == parts else own
    value = _Value(text, text.casefold(), parts, own, kind, names)
    return next((evidence for evidence, applies in _KNOWN if applies(value)), None)


def _is_anybodys(value: _Value) -> bool:
    yours = value.parts[:1] == ("your",) and value.parts[-1] in FIELDS
    return yours or _ANYBODYS.fullmatch(value.folded) is not None


def _is_next_field(value: _Value) -> bool:
    """Whether a value is its name with another number: `("password1", "password2")` are form fields."""
    own, parts = value.own, value.parts
    numbered = bool(own and parts) and own[-1].isdigit() and parts[-1].isdigit()
    return numbered and own != parts and own[:-1] == parts[:-1]


def _repeats_name(value: _Value) -> bool:
    own, parts, joined = value.own, value.parts, "".join(value.parts)
    return bool(own) and (joined in {"".join(own), *own} or (len(parts) > 1 and parts[-len(own) :] == own))


def _is_named_after_owner(value: _Value) -> bool:
    """Whether a password is its owner's name: GITLAB_PASSWORD is `gitlab`. PASSWORD = `password` names a field."""
    whose = value.kind is CredentialKind.PASSWORD and value.folded in value.own[:-1] and value.folded not in STAND_INS
    return whose and _repeats_name(value)


def _is_variable(value: _Value) -> bool:
    """Whether a value is its name in capitals, that is a variable's name: nobody chooses such a password."""
    return len(value.parts) > 1 and value.folded.upper() == value.text and _repeats_name(value)


def _is_label(value: _Value) -> bool:
    """Whether a value is the word for password in some language: "Passwort" is a label."""
    return (
        value.kind is CredentialKind.PASSWORD
        and len(value.parts) == 1
        and is_head(value.folded, value.names)
        and value.folded not in COMMON_PASSWORDS
    )


def _is_to_come(value: _Value) -> bool:
    """Whether a word says that the value is to come. By chance `Your` stands in a line of base 64, too."""
    words = (*value.parts, "".join(value.parts))
    said = not PLACEHOLDER_WORDS.isdisjoint(words) and random_bits(value.folded) < 14
    return said and not (_BASE64.fullmatch(value.text) and random_bits(value.text) > _CHANCE_BITS)


def _is_blotted(value: _Value) -> bool:
    """Whether part of a value is crossed out: `sk-xxxxxxxxxxxx`, `hun**`."""
    crossed = _CROSSED in value.folded or len(_CROSSED_PARTS.findall(value.text)) > 1
    return crossed or ("**" in value.folded and random_bits(value.folded.replace("*", "")) < 20)


def _is_only_marks(value: _Value) -> bool:
    """Whether a value is a few punctuation marks repeated: `@:80/::::::`. `!@#$%^&*` is a typed password."""
    text = value.text
    return 4 * sum(map(str.isalnum, text)) < len(text) >= 2 * len(set(text))


def _is_common(value: _Value) -> bool:
    password = value.kind is CredentialKind.PASSWORD
    return value.folded in COMMON_PASSWORDS and (password or value.folded not in FORMAT_WORDS)


def _is_format(value: _Value) -> bool:
    return value.folded in FORMAT_WORDS or value.text in _METHODS or _ALGORITHM.fullmatch(value.text) is not None


def _is_ticker(value: _Value) -> bool:
    """Whether a value is a currency's symbol, not a token for access: `quote_token = "USDC"`."""
    text = value.text
    return value.kind is CredentialKind.API_KEY and len(text) <= 6 and text.isalpha() and text.isupper()


def _is_application(value: _Value) -> bool:
    """Whether a value is an application's number: https://open.taobao.com (app_key)."""
    return value.kind is CredentialKind.API_KEY and len(value.text) < _KEY_DIGITS and value.text.isdecimal()


_KNOWN: tuple[tuple[str, Callable[[_Value], bool]], ...] = (
    ("placeholder", _is_anybodys),
    ("field-like", _is_next_field),
    ("common-password", _is_named_after_owner),
    ("identifier-like", _is_variable),
    ("equals-name", _repeats_name),
    ("equals-name", _is_label),
    ("placeholder", lambda value: value.folded in ("anonymous", "anonymous@", "guest@")),
    ("placeholder", lambda value: _MISTAKEN.fullmatch("".join(value.parts)) is not None),
    ("placeholder", lambda value: value.parts[:1] in _WITHOUT and not FIELDS.isdisjoint(value.parts)),
    ("placeholder", _is_to_come),
    ("placeholder", _is_blotted),
    ("placeholder", _is_only_marks),
    ("common-password", _is_common),
    ("format-word", _is_format),
    ("duration", lambda value: value.text in _DURATIONS),
    # `'passwords' => 'users'` names a table of them: https://laravel.com/docs/authentication
    ("format-word", lambda value: value.own[-1:] == ("passwords",) and value.folded in STAND_INS),
    ("identifier-like", _is_ticker),
    ("identifier-like", _is_application),
)
"""The first that applies is what a value is."""
