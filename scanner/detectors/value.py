"""What a value says: which evidence of rules/judge.toml applies to it. Pure; looks at no more than 4096 characters.

A value has one decisive form (a reference, a URL, a sentence, ...), which is all that is said of it, or it is judged
as text that may be a credential: by its words, its sequences and its randomness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.model import Names
from scanner.detectors.knownwords import FIELDS, known_word
from scanner.detectors.name import CLEARED, judge_name, split_words
from scanner.detectors.randomness import random_bits, randomness
from scanner.detectors.sequences import is_crossed_out, patterns
from scanner.detectors.valueforms import form_of, is_template
from scanner.detectors.words import EXAMPLE_WORDS, PROSE_WORDS, STAND_INS
from scanner.model import CredentialKind

LONGEST = 4096
# Randomness from which a value counts as random, and below which it reads like words.
HIGH, MEDIUM, LOW = 0.93, 0.5, 0.25
# Kinds that are made by machines; passwords are made by people.
MACHINE_KINDS = frozenset(CredentialKind) - {CredentialKind.PASSWORD, CredentialKind.URL, CredentialKind.DSN}
# Of these, what people make up too: a phrase that signs cookies, a webhook's shared secret.
CHOSEN_KINDS = frozenset((CredentialKind.SECRET, CredentialKind.SIGNING_KEY))
# Forms that can hold a credential besides other text: a cookie, a command line, JSON in a string.
HOLDERS = frozenset({"sentence", "code"})
# What stands for a key where none is asked for: `OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")`.
_LONGEST_STAND_IN = 12
_WORDED = re.compile(r"[A-Za-z][a-z]*(?:[-_][a-z]+)*")
_PHRASE_NAMES = re.compile(r"phrase|mnemonic|seed|recovery|psk|wpa|wi-?fi", re.I)
_PHRASE = re.compile(r"[a-z]+(?: [a-z]+){3,}")
# A word with a digit or a mark inside: no prose about passphrases.
_ALNUM = re.compile(r"[A-Za-z][\w#$%&*+=@^~!]*\d|\d[A-Za-z]")
# How Google shows what a program logs in to a mailbox with: https://support.google.com/accounts/answer/185833
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")
_SCHEME = re.compile(r"(?i:bearer|basic|token|digest|apikey|negotiate)[ ]+(?=\S)")
_PRIVATE = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File")
_ARMOR = re.compile(r"-----(?:BEGIN|END)[^-]{1,60}-----|\\[nr]|\s")
# The shortest private key that is one, of Ed25519, has 64 characters: https://www.rfc-editor.org/rfc/rfc8410#section-7
_SHORTEST_PEM = 60
_USERINFO = re.compile(
    r"://[^\s/?#@]*:[^\s/?#<*{$%][^\s/?#]*@|[?&;](?:password|passwd|pwd|token|secret|api_?key|sig)=[^&;\s]", re.I
)
_KEYED = re.compile(r"(?:^|[;\s])(?:password|pwd|passwd|accountkey|sharedaccesskey)\s*=\s*[^\s;]", re.I)
_IDENTIFIER = re.compile(r"[_$]*[A-Za-z]+(?:[_.\-:/ ]+[A-Za-z]+)*\d{0,2}_*")
_INVENTED = re.compile(r"(?i)(?!.*(?:example|sample|dummy|test|demo))[^\W\d_]{5,16}[._#@-]?\d{2,8}[!?#$%*+.]{0,3}")
# Three kinds of characters, as somebody is told to have in a password.
_MIXED = re.compile(r"(?=.*[a-zA-Z])(?=.*\d)(?=.*[!#$%^&*+=?~])[^\s/(){}<>\[\]|;:,\"'`]{10,40}")
_PART = re.compile(r"[A-Za-z0-9+/=_-]{20,256}")
_PREFIXED = re.compile(r"(?:[A-Za-z]{1,10}\d?[_-]){1,3}(?P<rest>[A-Za-z0-9]{24,256})")
_WIDGETS = frozenset(("txt", "tb", "lbl", "inp", "btn", "edt", "input", "field"))


def judge_value(value: str, *, name: str | None, names: Names, kind: CredentialKind | None = None) -> tuple[str, ...]:
    """Names of the evidence (rules/judge.toml) that a value gives, by its look and by its name.

    `kind` is the kind of credential where that is known without a name (the password of a URL).
    """
    # https://docs.spring.io/spring-security/reference/features/authentication/password-storage.html
    text = value[:LONGEST].strip().removeprefix("{noop}")
    text = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
    text = text.replace(" ", "") if _is_app_password(text) else text
    # "Og==" is ":" in base64: HTTP Basic without a user or a password.
    if not text or text == "Og==":
        return ("empty",)
    if _PRIVATE.search(text):
        inside = _ARMOR.sub("", text)
        return ("placeholder",) if len(inside) < _SHORTEST_PEM or is_template(inside) else ()
    if _USERINFO.search(text) or _KEYED.search(text):
        return ()
    if (_PHRASE.fullmatch(text) or is_passphrase(text)) and _PHRASE_NAMES.search(name or ""):
        return ()
    form = form_of(text, name or "")
    if form == "sentence" and "phrase" in split_words(name or "")[-1:] and _ALNUM.search(text):
        return ()
    if form == "sentence" and is_passphrase(text):
        return ("passphrase",)
    if form is not None:
        return (form, "random-part") if form in HOLDERS and _has_random_part(text) else (form,)
    kind = kind or (judge_name(name, names).kind if name else None)
    if kind in MACHINE_KINDS and is_crossed_out(text):
        return ("repeated",)
    words = tuple(_words(text, name or "", kind, names))
    return (*words, *patterns(text), *_look(text, kind, words))


def _is_app_password(text: str) -> bool:
    """Whether four groups of four letters are one password that Google has made, and no words."""
    return _APP_PASSWORD.fullmatch(text) is not None and randomness(text.replace(" ", "")) >= MEDIUM


def is_stand_in(folded: str) -> bool:
    """Whether a value is only words that stand for a credential, a user or a test: `password1`, `test_secret`."""
    parts = [part for part in split_words(folded) if not part.isdigit()]
    return bool(parts) and STAND_INS.issuperset(parts)


def is_passphrase(text: str) -> bool:
    """Whether two to four words could be a password: all small letters, none that a message about passwords has."""
    blanks = text.count(" ")
    return 1 <= blanks <= 3 and text.islower() and len(text) <= 40 and PROSE_WORDS.isdisjoint(split_words(text))


def _has_random_part(text: str) -> bool:
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed is not None and randomness(prefixed["rest"]) >= HIGH:
        return True
    return any(randomness(part) >= HIGH for part in _PART.findall(text))


def _words(text: str, name: str, kind: CredentialKind | None, names: Names) -> Iterator[str]:
    parts, own = split_words(text), split_words(name)
    word = known_word(text, parts, own, kind, names) or _about(text, parts, own, names)
    if _names_a_variable(text, parts, kind):
        yield "placeholder"
    elif word is not None:
        yield word
    elif _is_identifier(text, parts, kind) and random_bits(text) < 6:
        named = kind in MACHINE_KINDS or text.isupper() or "." in text
        yield "identifier-like" if named else "field-like" if _names_a_field(text, parts) else "words"
    if not EXAMPLE_WORDS.isdisjoint(parts) and random_bits(text) < 14:
        yield "example-word"


def _is_identifier(text: str, parts: tuple[str, ...], kind: CredentialKind | None) -> bool:
    """Whether words are joined as in a name. A word with two digits is no name of a secret: people choose those."""
    if len(parts) < 2 or not _IDENTIFIER.fullmatch(text):
        return False
    return len(parts) > 2 or not (kind in CHOSEN_KINDS and _is_invented(text))


def _names_a_variable(text: str, parts: tuple[str, ...], kind: CredentialKind | None) -> bool:
    """Whether `OpenAI(api_key="OPENAI_API_KEY")` says which variable to fill in: no service hands out such a key."""
    named = text.isupper() and len(parts) > 1 and parts[-1] in FIELDS
    return named and kind in MACHINE_KINDS and _IDENTIFIER.fullmatch(text) is not None


def _is_invented(text: str) -> bool:
    """Whether a secret was made up as people make up passwords: a word and two digits or more (`Summer2019!`).

    Or letters, digits and marks in any order.
    """
    return (_INVENTED.fullmatch(text) or _MIXED.fullmatch(text)) is not None and not is_stand_in(text.casefold())


def _names_a_field(text: str, parts: tuple[str, ...]) -> bool:
    """Whether words with `_`, `-` or `/` between end in a credential's word: `stream-password`, `authentication_key`.

    Where all of them only stand for a password (`test_password`), it is one.
    """
    if parts[0] in _WIDGETS and len(parts) > 1:
        return parts[-1] in FIELDS
    return parts[-1] in FIELDS and not text.isalpha() and not STAND_INS.issuperset(parts)


def _about(text: str, parts: tuple[str, ...], own: tuple[str, ...], names: Names) -> str | None:
    """The evidence of a value that is about a credential: `user_password_update_body`, `passwordHash`."""
    if not own or own[-1] not in parts[:-1] or not _IDENTIFIER.fullmatch(text):
        return None
    return "equals-name" if len(parts) > 2 or judge_name(text, names) is CLEARED else None


def _look(text: str, kind: CredentialKind | None, words: tuple[str, ...]) -> Iterator[str]:
    if kind is CredentialKind.API_KEY and len(text) <= _LONGEST_STAND_IN and _WORDED.fullmatch(text):
        yield "no-key"
        return
    score = randomness(text)
    if (score >= HIGH and len(text) >= 12) or _has_random_part(text):
        yield "random-high"
    elif score >= MEDIUM:
        yield "random-medium"
    elif score < LOW:
        yield "random-low"
        if kind in CHOSEN_KINDS and _is_invented(text):
            yield "words"
        elif kind in MACHINE_KINDS and "identifier-like" not in words and (len(text) < 24 or not text.isalnum()):
            yield "chosen-secret" if kind in CHOSEN_KINDS else "not-key-like"
    if kind is CredentialKind.PASSWORD and _looks_like_password(text):
        yield "password-like"


def _looks_like_password(text: str) -> bool:
    """Six to forty characters, no blanks, letters mixed with digits or marks: `S3cr3t!`, `hunter2`."""
    if not 6 <= len(text) <= 40 or any(character.isspace() for character in text):
        return False
    letters = any(character.isalpha() for character in text)
    digits = any(character.isdigit() for character in text)
    marks = any(not character.isalnum() and character not in "_-./" for character in text)
    return letters + digits + marks >= 2
