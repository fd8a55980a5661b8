"""What a value says: which evidence of rules/judge.toml applies to it. Pure; looks at no more than 4096 characters.

A value has one decisive form (a reference, a URL, a sentence, ...), which is all that is said of it, or it is judged
as text that may be a credential: by its words, its sequences and its randomness.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from rules.model import Names
from scanner.detectors.name import CLEARED, judge_name, split_words
from scanner.detectors.randomness import random_bits
from scanner.detectors.randomness import randomness as randomness
from scanner.detectors.words import (
    COMMON_PASSWORDS,
    EXAMPLE_WORDS,
    FORMAT_WORDS,
    PLACEHOLDER_WORDS,
    PROSE_WORDS,
    STAND_INS,
)
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

_PHRASE_NAMES = re.compile(r"phrase|mnemonic|seed|recovery|psk|wpa|wi-?fi", re.I)
_PHRASE = re.compile(r"[a-z]+(?: [a-z]+){3,}")
# A word with a digit or a mark inside: no prose about passphrases.
_ALNUM = re.compile(r"[A-Za-z][\w#$%&*+=@^~!]*\d|\d[A-Za-z]")
_HASH_NAMES = re.compile(
    r"hash|sum\b|checksum|digest|sha\d|sha_|md5|fingerprint|thumbprint|commit|revision|etag|integrity", re.I
)
_SCHEME = re.compile(r"(?i:bearer|basic|token|digest|apikey|negotiate)[ ]+(?=\S)")
_REFERENCE = re.compile(
    r"""\{\{resolve: | resolve:(?:secretsmanager|ssm-secure):
    | arn:aws[\w-]*: | @Microsoft\.KeyVault\( | projects/[^/]+/secrets/ | /run/secrets/
    | (?i:op|vault|ssm|secretsmanager|awssm|gcpsm|akv|keyring|env|file|ref\+\w+|secretref|sops|doppler|bws|kms)://?\S
    | (?i:vault|ssm|env|secrets?|secretsmanager|aws-ssm|file|keyvault|doppler)[:.][/\w.\#-]+$
    | (?:file|env|fd|stdin):?$ | \$[A-Za-z_][\w:.]*(?:\(.*)?$ | %[A-Za-z_]\w*%(?:@?%[A-Za-z_]\w*%)*$
    | @(?:option|data|env)\.
    | !(?:vault|Ref|Sub|GetAtt|ImportValue|env|secret)\b
    | (?:process\.env|os\.environ|ENV|System\.getenv|env)[.\[(]
    | (?:var|local|data|module|each|inputs|secrets|vars|steps|needs)\.[a-z_]""",
    re.X,
)
_TEMPLATE = re.compile(
    r"""\$\{[^}]*\}? | \$\([^)]*\)? | \{\{ | \{% | <% | \#\{[^}]*\} | \[\[.*\]\] | <<[^>]+>> | `[^`]+`
    | \$[A-Za-z_]{3,40}\$$
    | ^:[A-Za-z_]\w{2,}$ | ^["']\ ?[.+&]\ ?\$?[A-Za-z_] | ["']\ ?[.+&]\ ?["']$
    | <[A-Za-z_][\w .:/()'-]*> | @@?[A-Za-z_][\w.\-]*@@?$ | __[A-Z][A-Z_]*__$ | \$\$?[A-Z_][A-Z_0-9]+\b
    | \$[A-Za-z_]\w*(?:\[\w+\]|->\w+)
    | %\([\w.:/-]+\)[sdr] | %[sdrvq](?![A-Za-z0-9]) | \{\d*\} | \{[A-Za-z_][\w.\[\]'"]*(?:![rsa])?(?::[^{}]*)?\}""",
    re.X,
)
_ENCRYPTED = re.compile(
    r"""ENC[\[(] | \$ANSIBLE_VAULT; | vault:v\d+: | \{cipher\} | \{AES\} | enc:v?\d*: | DEC::
    | gAAAA[\w-]{20} | Ag[A-D][A-Za-z0-9+/]{90} | # https://github.com/bitnami-labs/sealed-secrets
     AQICAH[\w+/]{20} | -----BEGIN[ ]PGP[ ]MESSAGE""",
    re.X,
)
_HASH = re.compile(
    r"""\\?\$(?:2[abxy]?|5|6|1|y|7|apr1|argon2\w*|pbkdf2[\w-]*|scrypt|md5|sha1|bcrypt[\w-]*|P|H)\\?\$
    | (?:pbkdf2|argon2|bcrypt|scrypt)\w*[$:] | (?:[a-z]{1,8}-)?(?:md5|sha\d+)[$:=-] | scram-sha | \*[0-9A-F]{40}$
    | \{(?:SSHA|SHA|MD5|CRYPT|SMD5|PBKDF2|BCRYPT)\w*\}
    # The same in base 64, as LDIF writes it: https://www.rfc-editor.org/rfc/rfc2849
    | (?-i:e1NTSE[EF]|e1NIQ[TX]|e01ENX0|e0NSWVBUf|e1NNRDV9|e1BCS0RGM|e0JDUllQV)""",
    re.X | re.I,
)
_HEX_DIGEST = re.compile(r"(?:[0-9a-fA-F]{8}){4,16}")
_PUBLIC = re.compile(
    r"-----BEGIN (?:[A-Z0-9 ]*PUBLIC KEY|CERTIFICATE|X509)|ssh-(?:rsa|dss|ed25519) AAAA|ecdsa-sha2|age1[a-z0-9]{20}"
    # https://docs.stripe.com/keys, https://posthog.com/docs/api (project token): made to be given to browsers
    r"|pk_(?:live|test)_[A-Za-z0-9]{16}|phc_[A-Za-z0-9]{20}"
    # SubjectPublicKeyInfo of RSA, EC and Ed25519 in base 64, as DKIM and JWT libraries take it:
    # https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7
    r"|MI[\w+/]{2,6}ANBgkqhkiG9w0BAQEFAAO[BC]|MIGfMA0GCSqGSIb3DQEBAQUAA4GN|MFkwEwYHKoZIzj0C|MHYwEAYHKoZIzj0C|MCowBQYDK2V"
    # An address, made from a public key: https://ethereum.org/developers/docs/accounts/
    r"|0x[0-9a-fA-F]{40}$"
)
_PRIVATE = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File")
_ARMOR = re.compile(r"-----(?:BEGIN|END)[^-]{1,60}-----|\\[nr]|\s")
# The shortest private key that is one, of Ed25519, has 64 characters: https://www.rfc-editor.org/rfc/rfc8410#section-7
_SHORTEST_PEM = 60
# AWS, Azure's emulator, Stripe, jwt.io and Wikipedia (a UUID) publish these; told by a part that nobody's own key has.
_DOCUMENTED = re.compile(
    r"EXAMPLE|^Eby8vdM02x|^[a-z]{2}_test_4eC39H|SflKxwRJSMeK|devstoreaccount1|^123e4567-e89b-12d3-a456-"
)
_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://\S|jdbc:\w|//[\w.-]+/\S|(?:www|api)\.[\w-]+\.\w|mailto:|sqlite:|data:\w+/"
    r"|urn:[a-z0-9][a-z0-9-]+:"
)
_USERINFO = re.compile(
    r"://[^\s/?#@]*:[^\s/?#<*{$%][^\s/?#]*@|[?&;](?:password|passwd|pwd|token|secret|api_?key|sig)=[^&;\s]", re.I
)
_CONNECTION = re.compile(r"(?:^|[;\s])(?:host|server|data source|dbname|database|endpoint|uid|user id)\s*=", re.I)
_KEYED = re.compile(r"(?:^|[;\s])(?:password|pwd|passwd|accountkey|sharedaccesskey)\s*=\s*[^\s;]", re.I)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_UUID = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_DATE = re.compile(
    r"""\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?
    | \d{1,2}[-/.]\d{1,2}[-/.]\d{4} | \d{1,2}:\d{2}(?::\d{2})?""",
    re.X,
)
_MIME = re.compile(r"(?:application|text|image|audio|video|multipart|font|model|message)/[\w.+*-]+(?:\s*;.*)?")
_HOST = re.compile(
    r"""(?: (?:\d{1,3}\.){3}\d{1,3} | localhost
    | (?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|internal|svc|cloud|co|de|uk|cn|example|test) )(?::\d+)?""",
    re.X,
)
_VERSION = re.compile(r"[v^~=<>]*\d+(?:\.\d+)+(?:[-.]?(?:alpha|beta|rc|dev|post|a|b)[\d.]*)?[-+]?")
_PATH = re.compile(
    r"""(?:~|\.{1,2}|[A-Za-z]:)?[/\\]{1,2}(?:[\w.@%+\ -]+[/\\]{1,2})*[\w.@%+\ *-]*
    | (?:[\w.@-]+/)+[\w@-]+\.[A-Za-z]\w{0,7}
    | [\w-]+\.(?:py|js|json|ya?ml|toml|txt|pem|key|crt|cer|p12|pfx|jks|env|ini|cfg|conf|html?|md|sh|sql|xml|csv|log
    |db|go|rb|java|ts|php|tpl|gpg|asc|enc)""",
    re.X,
)
_CODE = re.compile(
    r"""[A-Za-z_][\w.>:-]*\(.*\)?[;,]? | [A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\[.*\] | \(.*\) | \[.*\] | \{.*\}
    | (?:self|this|cls|request|req|settings|config|conf|os|app|args|opts|options|ctx|context|params|kwargs|data|obj
    |node|user|session|cfg|[cstipd])\.\w[\w.\[\]'"]*
    | .*(?:[ ](?:=>|->|::|&&|\|\||===?|!=|\+=)(?:[ ]|$)|\w(?:->|::)[A-Za-z_]
        |\)\s*(?:=>|->|&&|\|\||[=!]=)|(?:&&|\|\||[=!]=)\s*[\w.]*\().*
    | \\[wds].* | \^.*\$ | \(\?.*
    | @?[A-Za-z_]\w*; | &\w+;.*
    | [&*][A-Za-z_]\w*
    | --?[a-z][\w-]* | [A-Za-z_][\w.]*\[.* | [a-z][\w-]*:[A-Z][A-Za-z]+ | [A-Za-z ]+:
    | (?:[A-Z][a-z0-9]+)+(?:Field|Type|Input|Str|Bytes|String|Schema|Serializer|Widget|Validator)
    # Classes of Tailwind: https://tailwindcss.com/docs/adding-custom-styles#using-arbitrary-values
    | (?:.*\s)?(?:[a-z]+:)*-?[a-z]+(?:-[a-z]+)*-\[[^\[\]\s]{1,60}\](?:\s.*)?
    | @\{.* | .*(?:\\[()]|\.\*|\\\d).* | \w+\.\d+\?\w+
    # https://packaging.python.org/en/latest/specifications/entry-points/
    | (?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*:[A-Za-z_]\w*
    # A declaration of CSS, an element of HTML
    | [a-z]+(?:-[a-z]+)*:[\w\ \#%.,()-]+; | <[a-z][\w-]*\s[^<>]*>.*
    # Names in a row: `host;x-amz-date`, `Basic|Digest`
    | [A-Za-z]+(?:-[A-Za-z]+)*(?:[;|][A-Za-z]+(?:-[A-Za-z]+)*)+""",
    re.X | re.S,
)
_ASSIGNED = re.compile(r"\A\w{1,40}=(?=[/~.])")
_REGEX = re.compile(r"\[\^?[^\]\s]{1,60}\][+*?{]|\(\?(?:[:=!]|P?<|i\))|\\[wdsWDS](?:[+*]|$)|^\^.*\$$|\(\.[+*]")
_SPECIAL_TOKEN = re.compile(r"[<\[|]{1,2}/?\|?[A-Za-z_0-9 ]{1,24}\|?[>\]|]{1,2}|\W{1,3}")
_NUMBER = re.compile(r"[-+]?\d[\d_,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|0x[0-9a-fA-F]{1,8}")
_IDENTIFIER = re.compile(r"[_$]*[A-Za-z]+(?:[_.\-:/ ]+[A-Za-z]+)*\d{0,2}_*")
_FIELDS = frozenset(("password", "passwd", "passphrase", "key", "token", "secret", "credential", "credentials"))
# What somebody types who does not know it.
_MISTAKEN = re.compile(r"(?:wrong|invalid|incorrect)(?:password|passwd|pass|token|secret|key|credentials?)\d{0,3}")
_WITHOUT = (("no",), ("not",), ("without",))  # `no-password-required`
_INVENTED = re.compile(r"(?i)(?!.*(?:example|sample|dummy|test|demo))[A-Za-z]{5,16}[._#@-]?\d{2,8}[!?#$%*+.]{0,3}")
_MARKS = re.compile(r"[.,:;!?'\"()%/-]")
_ONLY_MARKS = re.compile(r"[.,:;!?'\"()%/\u2013\u2014-]+")
_PART = re.compile(r"[A-Za-z0-9+/=_-]{20,256}")
_RUN = re.compile(r"[A-Za-z0-9]+")
_PREFIXED = re.compile(r"(?:[A-Za-z]{1,10}\d?[_-]){1,3}(?P<rest>[A-Za-z0-9]{24,256})")
_OTHER_WORDS = frozenset(
    "passwort kennwort wachtwoord senha contrase\u00f1a contrasena motdepasse parola salasana heslo has\u0142o"
    " l\u00f6senord adgangskode passord \u043f\u0430\u0440\u043e\u043b\u044c \u5bc6\u7801".split()
)
_CROSSED = "x" * 10
_CROSSED_PARTS = re.compile(r"X{3,}")
# How a user logs in, where others have a password.
_METHODS = frozenset(("LDAP", "OIDC", "SAML", "SSO", "OAUTH", "OAUTH2", "KERBEROS"))
# A header that says how to log in, and with nothing.
_CHALLENGE = re.compile(r"[A-Za-z]+ (?:(?:realm|profile|type|charset|algorithm|qop)=\"[^\"]{1,40}\"(?:, ?|$))+")
# https://www.rfc-editor.org/rfc/rfc7518 and what signs requests: AWS's Signature Version 4, OAuth 1.
_ALGORITHM = re.compile(
    r"""(?:(?:ECDH-(?:ES|1PU)|PBES2-HS\d{3}|A\d{3}(?:GCM|KW|GCMKW|CBC-HS\d{3})|RSA-OAEP(?:-\d{3})?|RSA1_5)(?:\+|$)){1,2}
    | [HREP]S\d{3}K? | EdDSA | (?:AWS4-)?(?:HMAC|RSA|ECDSA)-(?:SHA|P)-?\d{1,3}(?:-SHA-?\d{1,3})?""",
    re.X,
)
_DIGITS = re.compile(r"[1-9]\d{3,8}")
_HOUR = 3600
_WIDGETS = frozenset(("txt", "tb", "lbl", "inp", "btn", "edt", "input", "field"))
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz 01234567890123456789 qwertyuiopasdfghjklzxcvbnm qazwsxedcrfvtgbyhnujmikolp "
    "1qaz2wsx3edc4rfv5tgb6yhn"
)


def judge_value(value: str, *, name: str | None, names: Names, kind: CredentialKind | None = None) -> tuple[str, ...]:
    """Names of the evidence (rules/judge.toml) in a value, by its own look and by the name that it goes under.

    `kind` is what it is known to be without a name (the password of a URL).
    """
    # https://docs.spring.io/spring-security/reference/features/authentication/password-storage.html
    text = value[:LONGEST].strip().removeprefix("{noop}")
    text = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
    # "Og==" is ":" in base64: HTTP Basic without a user or a password.
    if not text or text == "Og==":
        return ("empty",)
    if _PRIVATE.search(text):
        inside = _ARMOR.sub("", text)
        return ("placeholder",) if len(inside) < _SHORTEST_PEM or _is_template(inside) else ()
    if _USERINFO.search(text) or _KEYED.search(text):
        return ()
    if (_PHRASE.fullmatch(text) or is_passphrase(text)) and _PHRASE_NAMES.search(name or ""):
        return ()
    form = _form(text, name or "")
    if form == "sentence" and "phrase" in split_words(name or "")[-1:] and _ALNUM.search(text):
        return ()
    if form == "sentence" and is_passphrase(text):
        return ("passphrase",)
    if form is not None:
        return (form, "random-part") if form in HOLDERS and _has_random_part(text) else (form,)
    kind = kind or (judge_name(name, names).kind if name else None)
    if kind in MACHINE_KINDS and _is_crossed_out(text):
        return ("repeated",)
    words = tuple(_words(text, name or "", kind, names))
    return (*words, *_patterns(text), *_look(text, kind, words))


def is_digest_of(text: str, symbol: str) -> bool:
    """Whether a value is a digest by what it stands in: `HASHES = {"password": "5f4d..."}`."""
    return _HEX_DIGEST.fullmatch(text) is not None and _HASH_NAMES.search(symbol.rpartition(".")[2]) is not None


def is_stand_in(folded: str) -> bool:
    """Whether a value is only words that stand for a credential, a user or a test: `password1`, `test_secret`."""
    parts = [part for part in split_words(folded) if not part.isdigit()]
    return bool(parts) and STAND_INS.issuperset(parts)


def is_passphrase(text: str) -> bool:
    """Whether two to four words could be a password: all small letters, none that a message about passwords has."""
    blanks = text.count(" ")
    return 1 <= blanks <= 3 and text.islower() and len(text) <= 40 and PROSE_WORDS.isdisjoint(split_words(text))


def is_made_up(text: str) -> bool:
    """Whether the letters and digits, or the longest run of them, repeat or count up: `sk_live_xxxx`, `1234567890ab`.

    Of what a provider makes at random, in twelve characters and more, a quarter are different, and over six.
    """
    runs = _RUN.findall(text)
    return any(_repeats_or_counts(part) for part in ("".join(runs), max(runs, key=len, default="")))


def _is_crossed_out(text: str) -> bool:
    """Whether the longest run of letters and digits is a few of them over and over: `akac-xxxxxxxxxxxx`."""
    longest = max(_RUN.findall(text), key=len, default="")
    return len(longest) >= 12 and len(set(longest)) <= max(2, min(len(longest) // 5, 5)) and not longest.isdigit()


def _repeats_or_counts(part: str) -> bool:
    if len(part) < 12:
        return False
    return len(set(part)) <= min(len(part) // 4, 6) or _is_repeated(part) or _is_sequence(part.casefold())


# --- decisive forms -----------------------------------------------------------------------------------------

_FORMS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("reference", _REFERENCE.match),
    ("template", lambda text: _is_template(text)),
    ("encrypted", _ENCRYPTED.match),
    ("hash", _HASH.match),
    ("public-key", _PUBLIC.match),
    ("docs-example", _DOCUMENTED.search),
    # Whoever left a part out has left out the secret.
    ("placeholder", lambda text: "..." in text or "\u2026" in text),
    ("placeholder", lambda text: _UUID.fullmatch(text) and is_made_up(text)),
    ("url-without-credentials", lambda text: _URL.match(text) or _CONNECTION.search(text)),
    ("uuid", _UUID.fullmatch),
    ("email", _EMAIL.fullmatch),
    ("date", _DATE.fullmatch),
    ("mime", _MIME.fullmatch),
    ("host", _HOST.fullmatch),
    ("version", _VERSION.fullmatch),
    # `id=/run/token` is how a build is told of a file: https://docs.docker.com/build/building/secrets/
    ("path", lambda text: _PATH.fullmatch(_ASSIGNED.sub("", text, count=1)) and random_bits(text) < 20),
    ("code", _REGEX.search),
    ("sentence", lambda text: _is_sentence(text)),
    ("special-token", lambda text: _SPECIAL_TOKEN.fullmatch(text) or _CHALLENGE.fullmatch(text)),
    ("code", lambda text: _CODE.fullmatch(text) and random_bits(text) < 20),
)


def _form(text: str, name: str) -> str | None:
    # `hash_secret` is what goes into a hash, `password_hash` what comes out, and so is Helm's `checksum/secret`.
    words = split_words(name)
    goes_in = words[-1:] in (("secret",), ("password",)) and {"hashed", "checksum"}.isdisjoint(words)
    if _HEX_DIGEST.fullmatch(text) and _HASH_NAMES.search(name) and not goes_in:
        return "hash"
    return next((evidence for evidence, applies in _FORMS if applies(text)), None)


def _is_template(text: str) -> bool:
    """Whether fields make up a value; a random one can hold `%s` by chance."""
    rest = _TEMPLATE.sub("", text)
    return rest != text and random_bits(rest) < 20


def _has_random_part(text: str) -> bool:
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed is not None and randomness(prefixed["rest"]) >= HIGH:
        return True
    return any(randomness(part) >= HIGH for part in _PART.findall(text))


def _is_sentence(text: str) -> bool:
    """Words with blanks between, or writing other than Latin."""
    # Marks above and below letters are half of some writings.
    foreign = sum(1 for character in text if ord(character) > 0x2FF and unicodedata.category(character)[0] in "LM")
    if foreign * 2 > len(text):
        return True
    words = [word for word in text.split() if not _ONLY_MARKS.fullmatch(word)]
    plain = sum(1 for word in words if _MARKS.sub("", word).isalpha())
    return len(words) >= 2 and plain * 3 >= len(words) * 2


# --- words ---------------------------------------------------------------------------------------------------


def _words(text: str, name: str, kind: CredentialKind | None, names: Names) -> Iterator[str]:
    parts, own = split_words(text), split_words(name)
    word = _known_word(text, parts, own, kind) or _about(text, parts, own, names)
    if word is not None:
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


def _is_invented(text: str) -> bool:
    """Whether somebody made up a secret as passwords are: a word, and two digits or more behind it (`Summer2019!`)."""
    return _INVENTED.fullmatch(text) is not None and not is_stand_in(text.casefold())


def _names_a_field(text: str, parts: tuple[str, ...]) -> bool:
    """Whether words with `_`, `-` or `/` between end in a credential's word: `stream-password`, `authentication_key`.

    Where all of them only stand for a password (`test_password`), it is one.
    """
    if parts[0] in _WIDGETS and len(parts) > 1:
        return parts[-1] in _FIELDS
    return parts[-1] in _FIELDS and not text.isalpha() and not STAND_INS.issuperset(parts)


def _known_word(text: str, parts: tuple[str, ...], own: tuple[str, ...], kind: CredentialKind | None) -> str | None:
    folded, joined = text.casefold(), "".join(parts)
    # `("password1", "password2")` are fields of a form.
    numbered = bool(own and parts) and own[-1].isdigit() and parts[-1].isdigit()
    if numbered and own != parts and own[:-1] == parts[:-1]:
        return "field-like"
    if own and (joined in {"".join(own), *own} or (len(parts) > 1 and parts[-len(own) :] == own)):
        # GITLAB_PASSWORD with the value gitlab is a password, if a poor one; PASSWORD with password names a field.
        set_so = kind is CredentialKind.PASSWORD and folded in own[:-1] and folded not in STAND_INS
        # `os.environ["DB_PASSWORD"]` by another name: nobody chooses a password in capitals after its own name.
        variable = len(parts) > 1 and folded.upper() == text
        return "common-password" if set_so else "identifier-like" if variable else "equals-name"
    # "Passwort" is a label; what is called a password in another language is none.
    if folded.isalpha() and kind is CredentialKind.PASSWORD and len(parts) == 1 and folded in _OTHER_WORDS:
        return "equals-name"
    if folded in ("anonymous", "anonymous@", "guest@") or _MISTAKEN.fullmatch(joined):
        return "placeholder"
    if parts[:1] in _WITHOUT and not _FIELDS.isdisjoint(parts):
        return "placeholder"
    if not PLACEHOLDER_WORDS.isdisjoint((*parts, joined)) and random_bits(folded) < 14:
        return "placeholder"
    # Somebody has blotted a part out.
    if _CROSSED in folded or len(_CROSSED_PARTS.findall(text)) > 1:
        return "placeholder"
    # `@:80/::::::` stands for nothing; `!@#$%^&*` is what people type.
    if 4 * sum(map(str.isalnum, text)) < len(text) >= 2 * len(set(text)):
        return "placeholder"
    if "**" in folded and random_bits(folded.replace("*", "")) < 20:
        return "placeholder"
    if folded in COMMON_PASSWORDS and (kind is CredentialKind.PASSWORD or folded not in FORMAT_WORDS):
        return "common-password"
    if folded in FORMAT_WORDS or text in _METHODS or _ALGORITHM.fullmatch(text):
        return "format-word"
    # How long something counts, in seconds: `"password": 86400`.
    if _DIGITS.fullmatch(text) and int(text) % _HOUR == 0:
        return "format-word"
    # `'passwords' => 'users'` names a table of them: https://laravel.com/docs/authentication
    if own[-1:] == ("passwords",) and folded in STAND_INS:
        return "format-word"
    # What is traded for something, and no key to anything: `quote_token = "USDC"`.
    if kind is CredentialKind.API_KEY and len(text) <= 6 and text.isalpha() and text.isupper():
        return "identifier-like"
    return None


def _about(text: str, parts: tuple[str, ...], own: tuple[str, ...], names: Names) -> str | None:
    """`password: user_password_update_body` and `password: passwordHash` are about one."""
    if not own or own[-1] not in parts[:-1] or not _IDENTIFIER.fullmatch(text):
        return None
    return "equals-name" if len(parts) > 2 or judge_name(text, names) is CLEARED else None


# --- sequences, lengths, randomness ----------------------------------------------------------------------------


def _patterns(text: str) -> Iterator[str]:
    if len(text) < 4:
        yield "short"
    if _NUMBER.fullmatch(text):
        yield "number-only"
    if _is_repeated(text):
        yield "repeated"
    elif _is_sequence(text.casefold()):
        yield "sequence"


def _is_repeated(text: str) -> bool:
    """One or two characters, or one block three times and more."""
    start = text[:256]
    if len(start) < 4:
        return len(set(start)) == 1
    period = (start + start).find(start, 1)
    return period * 3 <= len(start) or len(set(start)) <= max(2, len(start) // 12)


def _is_sequence(folded: str) -> bool:
    """Mostly runs of four and more along the alphabet, the digits or the keyboard."""
    if len(folded) < 4 or len(folded) > 200:
        return False
    covered = at = 0
    while at + 4 <= len(folded):
        size = _run_at(folded, at)
        covered += size
        at += size or 1
    return covered * 4 >= len(folded) * 3


def _run_at(folded: str, at: int) -> int:
    size = 0
    for end in range(at + 4, min(len(folded), at + 40) + 1):
        piece = folded[at:end]
        if piece not in _RUNS and piece[::-1] not in _RUNS:
            break
        size = end - at
    return size


def _look(text: str, kind: CredentialKind | None, words: tuple[str, ...]) -> Iterator[str]:
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
