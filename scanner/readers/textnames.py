"""Regular expressions of names and what follows: `name = value`, `<name>value`, `--name value`, commands, calls."""

from __future__ import annotations

import re

from rules.lazy_patterns import lazy_pattern
from scanner import foreigncalls
from scanner.commandlines import COMMAND, LOGON, WORDS
from scanner.readers.textvalues import GAP, NAME

_WORD = rf"(?:{NAME}|//[\w.\-/]{{1,100}}:_\w{{1,30}})"
_CLOSE = r"(?:\\{0,3}[\"'`]|[*_]{2})?"
# A blank on both sides or on none: `Cookie: connect.sid=...` is no type, nor is the name in `p:password="x"` of XML.
_ANNOTATION = (
    # A word that contains one of these is the name, not a type: `# Before: password = "..."`. `SecretKey` is a type.
    r":(?:[ \t]{1,20}(?!\w{0,30}(?:passw|pwd|secret|token|_key|PASSW|PWD|SECRET|TOKEN|_KEY)\w{0,20}[ \t])"
    r"&?(?:'[a-z]{1,20}[ \t])?[A-Za-z_][\w.\[\]|, ]{0,60}[ \t]"
    # `heroku config:set NAME=value` has no type either.
    r"|(?!\w{0,30}(?i:passw|pwd|secret|token|key))&?[A-Za-z_](?:[\w.\[\]|]|, ?| \| ){0,60})(?==)"
    # https://learn.microsoft.com/dotnet/visual-basic/language-reference/statements/dim-statement,
    # https://learn.microsoft.com/azure/azure-resource-manager/bicep/parameters
    r"|[ \t]{1,4}(?:As[ \t]{1,4}String|string)[ \t]{0,4}(?==)"
)
SPOKEN_KEYS = (
    r"(?:api|access|auth|account|secret|private|encryption|signing|shared|master|license|subscription|storage)[ -]key"
    r"|(?:access|auth|api|bearer|refresh|bot)[ -]token"
)
"""What keys and tokens are called in prose, for `re` and Hyperscan."""
# https://learn.microsoft.com/dotnet/csharp/programming-guide/classes-and-structs/auto-implemented-properties
_PROPERTY = r"\{[ \t]{0,4}get;[^{}\n]{0,40}\}"
# Calls that supply a default for an unset variable:
# https://doc.rust-lang.org/std/result/enum.Result.html#method.unwrap_or,
# https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Optional.html, Scala's `getOrElse`.
_INSTEAD = r"\.(?:unwrap_or(?:_else)?|(?:or|getOr)Else)\((?:\|\w{0,20}\|[ \t]{0,4})?"
# https://dev.mysql.com/doc/refman/en/create-user.html: `IDENTIFIED WITH plugin BY '...'`
_PLUGIN = r"(?:with[ \t]{1,4}['\"]?\w{1,40}['\"]?[ \t]{1,4})?"
# in `<user password="...">` the name is the attribute.
_NO_CREDENTIAL = r"(?![^<>\r\n]{0,100}(?i:passw|pwd|secret|token)\w{0,20}=)"
# "The password `for the user x` is ..."
_WHOSE = r"(?:[ \t](?:for|of)[ \t][^\n.;:]{1,60}?)?"
# Each alternative's group says what form its value may have: any (quoted or bare), quoted, element, bare (one more
# word). They are tried at each place of a text: those that cannot begin inside a word share one check for that.
_PLAINLY_NAMED = (
    r"-(?P<openssl>pass)(?:in|out)?[ \t=]{1,4}[\"']?pass:(?=\S)"
    r"|-(?<![\w\-]-)-?(?:D(?=[a-z]))?(?!no-|without-|ask-|disabled?-|[\w-]*-stdin\b)"
    r"(?P<option>[A-Za-z][\w.\-]{1,80})(?:=|[ \t]{1,4}(?=[^\s\-]))"
    # https://developer.apple.com/library/archive/documentation/General/Reference/InfoPlistKeyReference/
    rf"|<key>(?P<listed>{NAME})</key>\s{{0,60}}<string>"
    rf"|<(?:[A-Za-z][\w\-]{{0,20}}:)?(?P<element>{NAME})(?:\s{_NO_CREDENTIAL}[^<>\r\n]{{0,100}})?(?<!/)>"
    rf"|\$\{{(?P<default>{NAME}):?[-=]"
    r"|(?<!\w)(?:"
    r"(?:(?m:^)[ \t]*(?:ENV|ARG|setenv|setx|set|(?i:proxy_set_header|fastcgi_param|RequestHeader[ \t]{1,8}set))"
    r"|config(?:ure)?[ \t]{1,4}set)"
    rf"[ \t]{{1,8}}(?P<spoken>{NAME})[ \t]{{1,8}}(?![=\s])"
    rf"|(?m:^)[ \t]*#[ \t]{{0,4}}define[ \t]{{1,8}}(?P<defined>[A-Za-z_]\w{{0,80}})[ \t]{{1,40}}(?=@?\")"
    # "The password for the user `x` is `...`"
    rf"|(?P<told>(?i:password|passphrase)){_WHOSE}[ \t]is:?[ \t](?=[\"'])"
    # https://playwright.dev/docs/api/class-page#page-fill: `page.fill("input[name=password]", "...")`
    rf"|name=[\"'\\]{{0,3}}(?P<selected>{NAME})[\"'\\]{{0,3}}\][\"'`],{GAP}(?=[\"'`])"
    r"|(?<!-)(?:"
    # https://core.tcl-lang.org/expect/
    r"(?P<asked>(?i:p?assword))[:*?. \t]{0,9}[\"}]?\s{0,60}\{?\s{0,60}send[ \t]{1,9}(?:--[ \t]{1,9})?(?=[\"'])"
    r"|(?P<secured>SecureString)\"[ \t]{0,9}\r?\n[ \t]{0,60}value[ \t]{0,20}=[ \t]{0,4}(?=\")"
    rf"|(?P<sql>(?i:identified[ \t]{{1,4}}{_PLUGIN}by|[a-z]{{0,20}}(?<!no)password))[ \t]{{1,8}}(?=['\"])"
    # https://bind9.readthedocs.io/en/latest/reference.html#namedconf-statement-secret
    r"|(?P<shared>secret)[ \t]{1,8}(?=\"[A-Za-z0-9+/])"
    # Characters that no identifier begins with.
    r"|(?P<foreign>(?i:\u043f\u0430\u0440\u043e\u043b\u044c|mot de passe|palavra-passe)"
    r"|\u5bc6\u7801|\u5bc6\u78bc"
    r"|\u53e3\u4ee4|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638)[ \t]{0,2}[:=\uff1a][ \t]{0,4}"
    # In Markdown: the password `x`, Passwort **x**.
    r"|(?P<written>(?i:(?<!sample )(?<!example )password|passwort|passphrase"
    rf"|kennwort|wachtwoord|contrase\u00f1a|mot de passe|{SPOKEN_KEYS}))"
    rf"(?:{_WHOSE}[ \t](?:is|ist))?:?[ \t](?:(?=`)|\*\*)"
    r"|(?<!\$)(?:"
    rf"(?:\$(?i:env|script|global):)?(?P<any>{_WORD})(?:\[\w{{0,30}}\])?"
    rf"(?:\]?{GAP}{_ANNOTATION}|{GAP}{_PROPERTY}{GAP}(?==)"
    rf"|{_CLOSE}(?:\]|\)(?={GAP}(?:\|\||\?[?:]))|\){{1,2}}(?=\.(?:unwrap_or|(?:or|getOr)Else)))?{GAP})"
    # The symbol in Ruby's `set :session_secret, "..."` is a name of its own.
    r"(?!(?<=[ \t]):[a-z_]\w{0,60},)"
    rf"(?:=>|:=|\?=|\+=|==?(?!=)|!==?(?={GAP}[\"'`])|===(?={GAP}[\"'`])|<-"
    rf"|(?<=[\"'])[ \t](?:to|->)(?=[ \t][\"'])|{_INSTEAD}|::?(?!//|\?|\+)|\|\|=?|\?\?=?|\?:)"
    rf"(?:\*\*(?=[ \t]))?{GAP}"
    rf"(?:\r?\n[ \t]{{0,60}}(?=[\"'`\\]))?(?:\[{GAP}(?=\\{{0,3}}[\"'`]))?"
    rf"|(?P<typed>{NAME})[\]\"'`]{{1,3}}\)\.(?i:send_?keys|fill|type)\({GAP}(?=[\"'`])"
    rf"|(?P<given>{NAME})\([ \t]{{0,4}}\)[^\n{{;\"']{{0,40}}\{{\s{{0,40}}return[ \t]{{1,4}}(?=[\"'])"
    rf"|(?P<quoted>{NAME}){_CLOSE}{GAP}[(,]{GAP}(?=\\{{0,3}}[\"'`]))))"
)
NAMED = lazy_pattern(_PLAINLY_NAMED)
# Twice as slow: only where a command's or call's word occurs.
_NAMED_OR_COMMAND = lazy_pattern(rf"(?P<command>{COMMAND})|(?P<logon>{LOGON})|{_PLAINLY_NAMED}")
_CALLS = "|".join(rf"(?P<{name}>{pattern})" for name, pattern in foreigncalls.PATTERNS.items())
_NAMED_OR_CALL = lazy_pattern(
    rf"{_CALLS}|(?P<command>{COMMAND}|{foreigncalls.INSIDE})|(?P<logon>{LOGON})|{_PLAINLY_NAMED}"
)
# `requirepass x` (redis), `password x` (netrc): only in files that consist of such lines.
DIRECTIVE = lazy_pattern(
    rf"(?m:^)[ \t]*(?P<any>{NAME})[ \t]{{1,8}}(?=[^\s=:])"
    r"|\b(?:login|machine)[ \t]{1,8}\S{1,100}[ \t]{1,8}(?P<spoken>password|passwd|account)[ \t]{1,8}(?=[^\s=:])"
)


def seeking(text: str, low: int, high: int, pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The pattern, or a slower one that also finds commands and calls if the part contains one of their words."""
    if pattern is not NAMED:
        return pattern
    if foreigncalls.may_hold_call(text, low, high):
        return _NAMED_OR_CALL
    return _NAMED_OR_COMMAND if WORDS.search(text, low, high) else NAMED
