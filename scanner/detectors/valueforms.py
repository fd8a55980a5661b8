"""Decisive forms of a value: a reference, a template, a hash, a URL, a date, a sentence. Nothing else counts then."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from rules.lazy_patterns import lazy_pattern
from scanner.detectors.name import split_words
from scanner.detectors.randomness import random_bits
from scanner.detectors.sequences import is_made_up

_HASH_NAMES = lazy_pattern(
    r"hash|sum\b|checksum|digest|sha\d|sha_|md5|fingerprint|thumbprint|commit|revision|etag|integrity", re.I
)
_REFERENCE = lazy_pattern(
    r"""\{\{resolve: | resolve:(?:secretsmanager|ssm-secure):
    | arn:aws[\w-]*: | @Microsoft\.KeyVault\( | projects/[^/]+/secrets/ | /run/secrets/
    | (?i:op|vault|ssm|secretsmanager|awssm|gcpsm|akv|keyring|env|file|ref\+\w+|secretref|sops|doppler|bws|kms)://?\S
    | (?i:vault|ssm|env|secrets?|secretsmanager|aws-ssm|file|keyvault|doppler)[:.][/\w.\#-]+$
    | (?:file|env|fd|stdin):$ | \$__\w+\{ | \$[A-Za-z_][\w:.]*(?:[(\[].*)?$ | %[A-Za-z_]\w*%(?:@?%[A-Za-z_]\w*%)*$
    | @(?:option|data|env)\. | %env\( # https://symfony.com/doc/current/configuration/env_var_processors.html
    | akeyless:/
    | !(?:vault|Ref|Sub|GetAtt|ImportValue|env|secret)\b
    | (?:process\.env|os\.environ|ENV|System\.getenv|env)[.\[(]
    | (?:var|local|data|module|each|inputs|secrets|vars|steps|needs)\.[a-z_]""",
    re.X,
)
_TEMPLATE = lazy_pattern(
    r"""\$\{[^}]*\}? | \$\([^)]*\)? | \{\{ | \{% | <% | \#\{[^}]*\} | \[\[.*\]\] | <<[^>]+>> | `[^`]+`
    | \$[A-Za-z_]{3,40}\$$
    | ^:[A-Za-z_]\w{2,}$ | ^:[A-Z][A-Z0-9_]+:$ | ^["']\ ?[.+&]\ ?\$?[A-Za-z_] | ["']\ ?[.+&]\ ?["']$
    | <[A-Za-z_][\w .:/()'-]*> | @@?[A-Za-z_][\w.\-]*@@?$ | __[A-Z][A-Z_0-9]*__$ | \$\$?[A-Z_][A-Z_0-9]+\b
    | \$[A-Za-z_]\w*(?:\[\w+\]|->\w+) | ^\$[A-Za-z_]\w*:\$[A-Za-z_]\w*$
    | %\([\w.:/-]+\)[sdr] | %[sdrvq](?![A-Za-z0-9]) | \{\d*\} | \{[A-Za-z_][\w.\[\]'"]*(?:![rsa])?(?::[^{}]*)?\}""",
    re.X,
)
_ENCRYPTED = lazy_pattern(
    # https://dotenvx.com/docs/quickstart/encryption, https://github.com/Shopify/ejson
    r"""ENC[\[(] | encrypted:[A-Za-z0-9+/=]{40} | EJ\[\d+: | \{[A-Za-z0-9+/]{20,}={0,2}\}$ | # https://maven.apache.org/guides/mini/guide-encryption.html
      \$ANSIBLE_VAULT; | vault:v\d+: | \{cipher\} | \{AES\} | enc:v?\d*: | DEC::
    | gAAAA[\w-]{20} | Ag[A-D][A-Za-z0-9+/]{90} | # https://github.com/bitnami-labs/sealed-secrets
     AQICAH[\w+/]{20}
    # A session key under a machine's RSA key, as IIS keeps it (PUBLICKEYSTRUC, SIMPLEBLOB):
    # https://learn.microsoft.com/windows/win32/seccrypto/base-provider-key-blobs#simple-blobs
    | AQIAA[\w+/]{3}AAAApAAA | -----BEGIN[ ]PGP[ ]MESSAGE""",
    re.X,
)
_HASH = lazy_pattern(
    # Compose doubles dollars; a file of users has the name before: `admin:$$2y$$05$$...`
    r"""(?:[\w.@-]{1,40}:)?(?:\\?\$){1,2}(?:2[abxy]?|5|6|1|y|7|apr1|argon2\w*|pbkdf2[\w-]*|scrypt|md5|sha1|bcrypt[\w-]*|P|H)(?:\\?\$){1,2}
    | (?:pbkdf2|argon2|bcrypt|scrypt)\w*[$:] | (?:[a-z]{1,8}-)?(?:md5|sha\d+)[$:=-] | scram-sha | \*[0-9A-F]{40}$
    # https://github.com/qbittorrent/qBittorrent/blob/master/src/base/utils/password.cpp
    | "?@ByteArray\([\w+/=]+:[\w+/=]+\)
    | \{(?:SSHA|SHA|MD5|CRYPT|SMD5|PBKDF2|BCRYPT)\w*\}
    # The same in base 64, as LDIF writes it: https://www.rfc-editor.org/rfc/rfc2849
    | (?-i:e1NTSE[EF]|e1NIQ[TX]|e01ENX0|e0NSWVBUf|e1NNRDV9|e1BCS0RGM|e0JDUllQV)""",
    re.X | re.I,
)
_HEX_DIGEST = lazy_pattern(r"(?:[0-9a-fA-F]{8}){4,16}")
_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_PUBLIC = lazy_pattern(
    r"-----BEGIN (?:[A-Z0-9 ]*PUBLIC KEY|CERTIFICATE|X509)|ssh-(?:rsa|dss|ed25519) AAAA|ecdsa-sha2|age1[a-z0-9]{20}"
    # https://docs.stripe.com/keys, https://posthog.com/docs/api (project token): published to browsers by design
    r"|pk_(?:live|test)_[A-Za-z0-9]{16}|phc_[A-Za-z0-9]{20}"
    # SubjectPublicKeyInfo of RSA, EC and Ed25519 in base 64, as DKIM and JWT libraries take it:
    # https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7
    r"|MI[\w+/]{2,6}ANBgkqhkiG9w0BAQEFAAO[BC]|MIGfMA0GCSqGSIb3DQEBAQUAA4GN|MFkwEwYHKoZIzj0C|MHYwEAYHKoZIzj0C|MCowBQYDK2V"
    # An address, made from a public key: https://ethereum.org/developers/docs/accounts/
    r"|0x[0-9a-fA-F]{40}$"
)
# Published by AWS, Azure's emulator, Stripe, jwt.io and Wikipedia (a UUID); matched by a part that is unique to them.
_DOCUMENTED = lazy_pattern(
    r"EXAMPLE|^Eby8vdM02x|^[a-z]{2}_test_4eC39H|SflKxwRJSMeK|devstoreaccount1|^123e4567-e89b-12d3-a456-"
)
_URL = lazy_pattern(
    r"[A-Za-z][A-Za-z0-9+.-]*://\S|jdbc:\w|//[\w.-]+/\S|(?:www|api)\.[\w-]+\.\w|mailto:|sqlite:|data:\w+/"
    r"|urn:[a-z0-9][a-z0-9-]+:"
)
_CONNECTION = lazy_pattern(r"(?:^|[;\s])(?:host|server|data source|dbname|database|endpoint|uid|user id)\s*=", re.I)
_EMAIL = lazy_pattern(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_UUID = lazy_pattern(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_DATE = lazy_pattern(
    r"""\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?
    | \d{1,2}[-/.]\d{1,2}[-/.]\d{4} | \d{1,2}:\d{2}(?::\d{2})?""",
    re.X,
)
_MIME = lazy_pattern(r"(?:application|text|image|audio|video|multipart|font|model|message)/[\w.+*-]+(?:\s*;.*)?")
_HOST = lazy_pattern(
    r"""(?: (?:\d{1,3}\.){3}\d{1,3} | localhost
    | (?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|internal|svc|cloud|co|de|uk|cn|example|test) )(?::\d+)?""",
    re.X,
)
_VERSION = lazy_pattern(
    r"[v^~=<>]*\d+(?:\.\d+)+(?:[-.]?(?:alpha|beta|rc|dev|post|a|b)[\d.]*)?[-+]?"
    # With the build, as conda pins a package: `=3.3.1=py38h578d9bd_1`
    r"|=?\d+(?:\.\w+){0,5}=(?:[a-z]\w{0,30}_)?\d{1,3}"
)
# https://kubernetes.io/docs/reference/using-api/#api-versioning
_API_VERSION = lazy_pattern(r"v\d(?:alpha|beta)\d")
_PATH = lazy_pattern(
    # The options after a mount's target: https://docs.docker.com/engine/storage/bind-mounts/
    r"""(?:~|\.{1,2}|[A-Za-z]:)?[/\\]{1,2}(?:[\w.@%+\ -]+[/\\]{1,2})*[\w.@%+\ *-]*(?::(?:r[ow]|[zZ])(?:,[a-zA-Z]+)*)?
    | (?:[\w.@-]+/)+[\w@-]+\.[A-Za-z]\w{0,7}
    | [\w-]+\.(?:py|js|json|ya?ml|toml|txt|pem|key|crt|cer|p12|pfx|jks|env|ini|cfg|conf|html?|md|sh|sql|xml|csv|log
    |db|go|rb|java|ts|php|tpl|gpg|asc|enc|png|jpe?g|gif|svg|pdf|zip|exe|dll)""",
    re.X,
)
_CODE = lazy_pattern(
    r"""[A-Za-z_][\w.>:-]*\(.*\)?[;,]? | [A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\[.*\] | \(.*\) | \[.*\] | \{.*\}
    | (?:self|this|cls|request|req|settings|config|conf|os|app|args|opts|options|ctx|context|params|kwargs|data|obj
    |node|user|session|cfg|[cstipd])\.\w[\w.\[\]'"]*
    | .*(?:[ ](?:=>|->|::|&&|\|\||===?|!=|\+=)(?:[ ]|$)|\w(?:->|::)[A-Za-z_]
        |\)\s*(?:=>|->|&&|\|\||[=!]=)|(?:&&|\|\||[=!]=)\s*[\w.]*\().*
    | \\[wds].* | \^.*\$ | \(\?.*
    | @?[A-Za-z_]\w*; | &\w+;.*
    | [&*][A-Za-z_]\w*
    | --?[a-z][\w-]* | [A-Za-z_][\w.]*\[.* | [a-z][\w-]*:[A-Z][A-Za-z]+ | [^\W\d_](?:[^\W\d_]|[ -])*[:\uff1a]{1,2}
    # Classes of Tailwind: https://tailwindcss.com/docs/adding-custom-styles#using-arbitrary-values
    | (?:.*\s)?(?:[a-z]+:)*-?[a-z]+(?:-[a-z]+)*-\[[^\[\]\s]{1,60}\](?:\s.*)?
    | @\{.* | .*(?:\\[()]|\\\d).* | \D*\.\*\D* | \w+\.\d+\?\w+
    # https://packaging.python.org/en/latest/specifications/entry-points/
    | (?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*:[A-Za-z_]\w*
    # A method of a controller: https://laravel.com/docs/controllers
    | (?:[A-Z]\w*\\{1,2})+[A-Z]\w*@[a-z]\w* | [A-Z]\w*Controller@[a-z]\w*
    # A declaration of CSS, an element of HTML
    | [a-z]+(?:-[a-z]+)*:[\w\ \#%.,()-]+; | <[a-z][\w-]*\s[^<>]*>.*
    # Where an element of a page is: XPath, and the names of ASP.NET's controls
    | \(?(?:\.{0,2}//(?:\*|[a-z][\w:.-]*)|/html)(?:/[^\s\[\]]*)?(?:\[.*\].*|/.*) | ctl\d\d(?:[$_]\w+)+
    # Parameters of a statement: `update users set password=?,token=? where id=?`
    | \?(?:,[ ]?\w{1,40}[ ]?=[ ]?\?){1,20}[,;)]*
    # A filter of LDAP that continues: `*)(uid=*))`, https://www.rfc-editor.org/rfc/rfc4515
    | [*]\)\(.*\)
    # Names in a row: `host;x-amz-date`, `Basic|Digest`, Laravel's `required|min:8`
    | [A-Za-z]+(?:[-_][A-Za-z]+)*(?::[\w,]+)?(?:[;|][A-Za-z]+(?:[-_][A-Za-z]+)*(?::[\w,]+)?)+""",
    re.X | re.S,
)
_CLASS = lazy_pattern(r"(?:[A-Z][a-z0-9]+)+(?:Field|Type|Input|Str|Bytes|String|Schema|Serializer|Widget|Validator)")
_ASSIGNED = lazy_pattern(r"\A\w{1,40}=(?=[/~.])")
_REGEX = lazy_pattern(r"\[\^?[^\]\s]{1,60}\][+*?{]|\(\?(?:[:=!]|P?<|i\))|\\[wdsWDS](?:[+*]|$)|^\^.*\$$|\(\.[+*]")
_SPECIAL_TOKEN = lazy_pattern(r"[<\[|]{1,2}/?\|?[A-Za-z_0-9 ]{1,24}\|?[>\]|]{1,2}|\W{1,3}|(?:\\?[\[\](){}])+")
_MARKS = lazy_pattern(r"[.,:;!?'\"()%/-]")
# For scripts with upper and lower case: those without have no blanks between words either.
_FOREIGN_WORD = lazy_pattern(r"[^\W\d_]{3,20}[._#@-]?\d{2,8}[!?#$%*+.]{0,3}")
# Percent-encoded bytes of a word in another script, as in a form: `?key=%E5%8C%97%E4%BA%AC`.
_ESCAPED_WORD = lazy_pattern(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_ONLY_MARKS = lazy_pattern(r"[.,:;!?'\"()%/\u2013\u2014-]+")
# A header with an authentication scheme and no credential.
_CHALLENGE = lazy_pattern(
    r"[A-Za-z]+ (?:(?:realm|profile|type|charset|algorithm|qop)=\"[^\"]{1,40}\"(?:, ?|$))+"
    # One with the signature of one request: MAC, Hawk, and what follows `Digest`,
    # https://www.rfc-editor.org/rfc/rfc7616#section-3.4
    r"|(?:(?:MAC|Hawk) (?=\w{1,10}=\")|(?=username=\"[^\"]{1,100}\", ?realm=))"
    r"(?:\w{1,10}=(?:\"[^\"]{0,200}\"|\w{1,16})(?:, ?|$))+"
)


# The first part of a JWT, or less: what follows was left out.
_JUST_HEADER = lazy_pattern(r"eyJ[\w-]{0,200}\.\$\{.{1,200}|eyJ[\w-]{0,12}|eyJ(?:hbGci|0eXAi|raWQi)[\w-]{0,60}")


def is_digest_of(text: str, symbol: str) -> bool:
    """Whether a value is a digest, judged by its container: `HASHES = {"password": "5f4d..."}`."""
    return _HEX_DIGEST.fullmatch(text) is not None and _HASH_NAMES.search(symbol.rpartition(".")[2]) is not None


_Forms = tuple[tuple[str, Callable[[str], object]], ...]
# The only forms that letters and digits alone can have, as most values are.
_ALPHANUMERIC: _Forms = (
    # What a name says of where the value is: `password: file`.
    ("reference", lambda text: text in ("file", "env", "fd", "stdin")),
    ("encrypted", lambda text: _ENCRYPTED.match(text)),
    ("hash", lambda text: _HASH.match(text)),
    ("public-key", lambda text: _PUBLIC.match(text)),
    ("docs-example", lambda text: _DOCUMENTED.search(text)),
    ("host", lambda text: text == "localhost"),
    ("version", lambda text: _API_VERSION.fullmatch(text)),
    ("placeholder", lambda text: _JUST_HEADER.fullmatch(text)),
    ("code", lambda text: _CLASS.fullmatch(text) and random_bits(text) < 20),
)
_FORMS: _Forms = (
    ("reference", lambda text: _REFERENCE.match(text)),
    ("template", lambda text: is_template(text)),
    *_ALPHANUMERIC,
    # An ellipsis: the secret part was left out.
    ("placeholder", lambda text: "..." in text or "\u2026" in text),
    ("placeholder", lambda text: _UUID.fullmatch(text) and is_made_up(text)),
    ("url-without-credentials", lambda text: _URL.match(text) or _CONNECTION.search(text)),
    ("uuid", lambda text: _UUID.fullmatch(text)),
    ("email", lambda text: _EMAIL.fullmatch(text)),
    ("date", lambda text: _DATE.fullmatch(text)),
    ("mime", lambda text: _MIME.fullmatch(text)),
    ("host", lambda text: _HOST.fullmatch(text)),
    ("version", lambda text: _VERSION.fullmatch(text)),
    # `id=/run/token` tells a build about a file: https://docs.docker.com/build/building/secrets/
    ("path", lambda text: _PATH.fullmatch(_ASSIGNED.sub("", text, count=1)) and random_bits(text) < 20),
    ("code", lambda text: _REGEX.search(text)),
    ("sentence", lambda text: _is_sentence(text)),
    ("special-token", lambda text: _SPECIAL_TOKEN.fullmatch(text) or _CHALLENGE.fullmatch(text)),
    ("code", lambda text: _CODE.fullmatch(text) and random_bits(text) < 20),
)


def form_of(text: str, name: str) -> str | None:
    """The evidence (rules/judge.toml) of a value's decisive form; None if it may be a credential."""
    # `hash_secret` is the input of a hash, `password_hash` the output, as is Helm's `checksum/secret`.
    words = split_words(name)
    goes_in = words[-1:] in (("secret",), ("password",)) and {"hashed", "checksum"}.isdisjoint(words)
    # Telegram's `api_hash` is a program's credential: https://core.telegram.org/api/obtaining_api_id
    goes_in = (goes_in and not _is_named_digest(text, words)) or words[-2:] == ("api", "hash")
    if _HEX_DIGEST.fullmatch(text) and _HASH_NAMES.search(name) and not goes_in:
        return "hash"
    forms = _ALPHANUMERIC if text.isascii() and text.isalnum() else _FORMS
    return next((evidence for evidence, applies in forms if applies(text)), None)


def _is_named_digest(text: str, words: tuple[str, ...]) -> bool:
    """Whether a name says which digest a value is: `md5secret`, `sha1_password`; an `sha256_secret` is hashed."""
    digits = _DIGITS.get("".join(words[-3:-1]))
    return digits == len(text) and (words[-1] == "password" or words[-3] == "md")


def is_template(text: str) -> bool:
    """Whether placeholders make up a value; a random one can contain `%s` by chance."""
    rest = _TEMPLATE.sub("", text)
    return rest != text and random_bits(rest) < 20


def _is_sentence(text: str) -> bool:
    """Whether a text has words with blanks between, or non-Latin writing other than a word with a number."""
    if "%" in text and 2 * sum(map(len, _ESCAPED_WORD.findall(text))) > len(text):
        return True
    # Combining marks are half of the characters of some scripts.
    foreign = sum(1 for character in text if ord(character) > 0x2FF and unicodedata.category(character)[0] in "LM")
    if foreign * 2 > len(text):
        return _FOREIGN_WORD.fullmatch(text) is None or text.lower() == text.upper()
    words = [word for word in text.split() if not _ONLY_MARKS.fullmatch(word)]
    plain = sum(1 for word in words if _MARKS.sub("", word).isalpha())
    return len(words) >= 2 and plain * 3 >= len(words) * 2
