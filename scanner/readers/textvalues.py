"""Extract the value after a name in any text: an element's content, a quoted text, or a bare word."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rules.lazy_patterns import lazy_pattern
from scanner import foreigncalls
from scanner.model import Span

WINDOW = 300
"""Characters before a hit in which the name of its value can begin."""
LONGEST = 4096
"""Characters of a value that is not a PEM block."""
NAME = r"[A-Za-z_$][\w.\-]{0,100}+"
"""Expression of a name in any language."""
GAP = r"[ \t]{0,20}"
"""Expression of what may stand between a name, its operator and the value."""

_CALLED = {
    "command": "password",
    "logon": "password",
    **{name: name for name in foreigncalls.PATTERNS},
    "login": "password",
    "characters": "password",
    "foreign": "password",
    "asked": "password",
    "secured": "secret",
}
_RETURN = lazy_pattern(r"(?:\\[rn])+\Z")
# A password that is not a plain word.
_MADE_UP = lazy_pattern(r"(?=[^\s`]{0,60}[\d!#$%&*+=?@^~])[^\s`]{4,60}")
_SCHEME = lazy_pattern(
    r"(?:Bearer|Basic|Digest|Token|ApiKey|token|bearer|basic|Bot|GenieKey|SSWS|Key)[ \t]+(?=[^\s\"'])"
)
# `Some("x")`, `new Secret('x')`, `Base64.decode("x")`: the value is inside.
_WRAPPER = lazy_pattern(
    r"(?:ConvertTo-SecureString[ \t]{1,4}(?:-String[ \t]{1,4})?(?=[\"'])"
    r"|(?:new[ \t]{1,4}[A-Za-z_][\w.]{0,60}|[A-Z][A-Za-z]{0,30}(?:\.of|::from)?|\[\]byte"
    r"|Buffer\.from|[A-Za-z0-9_.:]{0,40}(?i:[de][en]code|bytes|string|secret|hex|quote|md5|sha|hash(?:sync)?|utf8\.parse)[A-Za-z0-9]{0,12})"
    r"\([ \t]{0,4}(?=\\{0,3}[\"'`]))"
)
# N is SQL Server's: https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql
_PREFIX = lazy_pattern(r"[rbuRBULNf@$]{0,2}(?=[\"'`])")
_QUOTED = (
    ('"""', lazy_pattern(r'"""((?:[^"\\]|\\.|"(?!""))*?)"""', re.DOTALL)),
    ("'''", lazy_pattern(r"'''((?:[^'\\]|\\.|'(?!''))*?)'''", re.DOTALL)),
    ('"', lazy_pattern(r'"((?:[^"\\\r\n]|\\[^\r\n])*)"')),
    ("'", lazy_pattern(r"'((?:[^'\\\r\n]|\\[^\r\n])*)'")),
    ("``", lazy_pattern(r"``([^`\r\n]+)``")),
    ("`", lazy_pattern(r"`([^`\r\n]*)`")),
    # Inside a string of another language.
    ('\\"', lazy_pattern(r'\\"((?:[^"\\\r\n]|\\\\.)*)\\"')),
    ("\\'", lazy_pattern(r"\\'((?:[^'\\\r\n]|\\\\.)*)\\'")),
)
_BARE = lazy_pattern(
    r"(?:\{\{[^\r\n]{0,200}?\}\}|\$\{[^}\r\n]{0,200}\}|\$\([^)\r\n]{0,200}\)|%\([^)\r\n]{0,60}\)s|<(?!/)[^<>\r\n\"=]{0,100}>"
    r"|(?<=[=\d])\|(?=\w)|[^\s\"'`<>;&|\\]|\\[^\s\"'`])+"
)
# No part of it begins a longer one in `_BARE`.
_RUN = lazy_pattern(r"[^\s\"'`<>;&|\\{$%]+")
_ELEMENT = lazy_pattern(r"\s{0,60}(<!\[CDATA\[)?([^<>]*?)\s{0,60}(?:\]\]>|</)")
# https://docs.docker.com/reference/compose-file/interpolation/, POSIX shells, and Spring's `${NAME:value}`
# (https://docs.spring.io/spring-boot/reference/features/external-config.html); no part of a shell's `${NAME:0:8}`.
DEFAULT = lazy_pattern(r"\$\{([A-Za-z_][\w.]*)(?:[-=]|:[-=]|:(?![?+/\s]|-?\d+(?::\d+)?\}))([^${}]+)\}")
"""Expression of a variable with its default: group 1 is the name, 2 the default."""
_SEVERAL_WORDS = lazy_pattern(r"[ \t]")
_NAMED_ELEMENT = lazy_pattern(rf"[ \t](?:name|key)=[\"'](?P<name>{NAME})[\"']")
_DIGIT = lazy_pattern(r"\d")
_NO_WORD = lazy_pattern(r"\S*\d\S*|\S{20,}")
# `<Password><Value>` of Windows' answer files.
_IN_ELEMENT = lazy_pattern(rf"<(?:\w{{1,20}}:)?({NAME})>\s{{0,60}}\Z")
_TWICE = lazy_pattern(r"(\\?[\"'])([\w+/=~!#%^&*?@:\-]{6,200})\1")
# `flag.String("password", "...", "what it is for")` of Go, fields of Android's builds, .NET's `Environment`.
_TAKES_MORE = lazy_pattern(
    r"(?:\b[fF]lags?(?:\(\))?\.String\w{0,4}\((?:[&\w.]{1,60},[ ])?"
    r"|\bSetEnvironmentVariable\("
    r"|\b(?:buildConfigField|resValue)[ \t(]{1,4}[\"'][Ss]tring[\"'],[ ]?)"
    r"[\"']\Z"
)
# The content of a field: `txtPassword.Text == "..."`.
_HELD = lazy_pattern(r"\.(?:[Tt]ext|[Vv]alue)\Z")
_EQUALS = lazy_pattern(r"\.(?:equals|equalsIgnoreCase|contentEquals)\Z")
# `name: DB_PASSWORD` before `value: ...`; `<name>` before `<value>`.
_NAME_OF_VALUE = lazy_pattern(
    rf"\b(?:name|key|Name|Key)[\"']?(?:{GAP}[:=]{GAP}[\"']?|>)(?:\w{{1,20}}:)?(?P<name>{NAME})[\"']?"
    r"(?:[ \t]\w{1,30}=[\"'][\w.]{0,30}[\"'])?,?>?\s{0,60}"
    r"(?:</[\w.\-]{1,20}>\s{0,60})?<?[\"']?\Z"
)
_PASSWORD_FIELD = lazy_pattern(r"(?i)\btype=[\"']?password[\"']?(?:[ \t][^<>\n]{0,200})?[ \t]\Z")
# https://developer.hashicorp.com/terraform/language/block/variable
_VARIABLE_BLOCK = lazy_pattern(rf"\bvariable[ \t]+\"(?P<name>{NAME})\"[ \t]*\{{[^{{}}]*\Z")

# Text after a string that ended: `"&password=" + encrypt(...)`, PHP's `'password:' . HASH`.
_GOES_ON = lazy_pattern(r"[ \t]*(?:[+.&][ \t]*[$A-Za-z_(]|[,)])")
# A few letters before a variable: `"AWS4" + secretKey` derives a key, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
_TO_VARIABLE = lazy_pattern(r"[ \t]*(?:\+[ \t]*[$A-Za-z_(]|\.[ \t]*\$)")
_PREFIX_LENGTH = 6
# `[MD5 hash]` in a manual, with a blank inside.
_BRACKETED = lazy_pattern(r"\[[^\[\]\r\n]{1,60}\]")
_DRAWS = lazy_pattern(r"(?:Form|Html)\w{0,10}::\Z")
# A link in Markdown: `[https://x?pwd=ab](https://x?pwd=ab)`.
_LINK = lazy_pattern(r"\]\([^\s()]+\)")
_CLOSED = lazy_pattern(r"[\"'`][ \t]*,")
_AFTER_PAIR = lazy_pattern(r"\s{0,20},?\s{0,60}([)\]}])")
_BEFORE_PAIR = lazy_pattern(r"([(\[{])\s{0,20}\\?[\"'`]?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A value with its name: `span` as written with quotes, `inner` without, `within` the mapping that it is from."""

    name: str | None
    span: Span
    inner: Span
    within: str = ""


@dataclass(slots=True, kw_only=True)
class Bares:
    """The unquoted values of a text. The end of a run of characters is searched once for all values in it."""

    text: str = field(repr=False)
    _known: dict[int, tuple[Span, Span] | None] = field(default_factory=dict, repr=False)
    _run: tuple[int, int] = (0, 0)

    def at(self, start: int) -> tuple[Span, Span] | None:
        """The unquoted value at an offset, as written and as meant, which are the same; None if none begins there."""
        if start not in self._known:
            bracketed = _BRACKETED.match(self.text, start)
            end = max(self._end(start), bracketed.end() if bracketed else start)
            link = _LINK.search(self.text, start, end)
            value = Span(start, start + len(_trimmed(self.text[start : link.start() if link else end])))
            self._known[start] = (value, value) if end > start else None
        return self._known[start]

    def _end(self, start: int) -> int:
        limit = min(len(self.text), start + LONGEST)
        if not self._run[0] <= start < self._run[1]:
            run = _RUN.match(self.text, start)
            self._run = (start, run.end() if run else start)
        end = min(self._run[1], limit)
        rest = _BARE.match(self.text, end, limit)
        return rest.end() if rest else end


def value_of(text: str, named: re.Match[str], bares: Bares, *, quoted: bool) -> Shape | None:
    """The value after a name and its operator, or None; with `quoted` only one in quotes."""
    way = named.lastgroup
    if way in ("element", "listed"):
        return _of_element(text, named)
    name, at = _called(named), named.end()
    wrapper = _WRAPPER.match(text, at)
    if wrapper is not None and wrapper[0].upper() == "PASSWORD(":  # SQL's `... = PASSWORD('...')`
        name = "password"
    found = _quoted(text, wrapper.end() if wrapper else at)
    if found is None and not quoted:
        found = bares.at(at)
    if found is None or found[1].start == found[1].end:
        return None
    span, inner = found
    if span != inner and _is_no_value(text, named, name, inner):
        return None
    if span != inner and inner.end - inner.start <= _PREFIX_LENGTH and _TO_VARIABLE.match(text, span.end):
        return None
    if way == "logon":
        span = inner = Span(at, text.index("@", at))
    elif way == "asked":
        inner = Span(inner.start, inner.start + len(_RETURN.sub("", text[inner.start : inner.end])))
    # Double backquotes are reStructuredText: `to reset the password (``update-login-profile``)`.
    if text.startswith("``", span.start) and way != "written":
        return None
    default = DEFAULT.fullmatch(text, inner.start, inner.end) if text.startswith("${", inner.start) else None
    if default is not None:
        span = inner = Span(*default.span(2))
        name = max(name, default[1], key=len)
    if way == "written" and text[at] != "`":
        span = inner = Span(at, max(at, text.find("**", at, at + WINDOW)))
    if _is_prose(text, named, span, inner):
        return None
    span, inner = _without_scheme(text, span, inner)
    # A string of another language inside a string: `"\\"x\\""` of Gradle, `'"x"'` of webpack.
    quotes = _TWICE.fullmatch(text, inner.start, inner.end)
    if quotes is not None:
        inner = Span(*quotes.span(2))
    return Shape(name=_real_name(text, name, named.start(), quoted=span != inner), span=span, inner=inner)


def _called(named: re.Match[str]) -> str:
    """The name that a match contains, or the name implied by the group that matched."""
    way = named.lastgroup or ""
    name = _CALLED.get(way, named[way or 0].lstrip("$"))
    if way == "any" and named[0].rstrip().endswith(("==", "!=", "===", "!==")):
        return _HELD.sub("", name)
    # `API key` and `access token` are specific.
    return name.replace(" ", "_") if way == "written" and name[-1:].lower() in "yn" else name


def _is_no_value(text: str, named: re.Match[str], name: str, inner: Span) -> bool:
    """Whether the quoted text after a name is not its value, such as text after a closing quote, or a label."""
    if _GOES_ON.match(text, inner.start, inner.end) and _closes(text, named, text[inner.start - 1]):
        return True
    # `Form::password("confirmation", $old["confirmation"])` and Razor's `Html.Password("Senha", null)` create a field.
    helper = name.startswith("Html.") or _DRAWS.search(text, max(0, named.start() - 20), named.start()) is not None
    return helper and named.lastgroup == "quoted" and _CLOSED.match(text, inner.end) is not None


def _closes(text: str, named: re.Match[str], quote: str) -> bool:
    """Whether the quote after a name closes a string that began earlier on the line."""
    at = named.start()
    low = max(0, at - WINDOW)
    line = max(low, text.rfind("\n", low, at) + 1)
    return quote not in named[0] and text.count(quote, line, at) % 2 == 1


def _of_element(text: str, named: re.Match[str]) -> Shape | None:
    """The content of an XML element: `<password>...</password>`, or the one after a `<key>` of a property list."""
    element = _ELEMENT.match(text, named.end(), named.end() + LONGEST)
    if element is None or not element[2]:
        return None
    inner = Span(*element.span(2))
    # A property list also contains display texts.
    if named.lastgroup == "listed" and not _NO_WORD.fullmatch(text, inner.start, inner.end):
        return None
    # `<string name="app_secret">` of Android; without a digit it is a display text.
    attribute = _NAMED_ELEMENT.search(named[0])
    with_digit = attribute is not None and _DIGIT.search(text, inner.start, inner.end) is not None
    name = attribute["name"] if attribute is not None and with_digit else _called(named)
    return Shape(name=_real_name(text, name, named.start(), quoted=False), span=inner, inner=inner)


def _is_prose(text: str, named: re.Match[str], span: Span, inner: Span) -> bool:
    """Whether a name and the text after it are only words of a sentence or a list."""
    # "the password `is`" is prose; `login("Sign in", "main")` draws a form, `wait("[name=pwd]", "visible")` waits.
    if named.lastgroup in ("written", "told", "foreign", "login", "selected"):
        return _MADE_UP.fullmatch(text, inner.start, inner.end) is None
    symbol = text[max(0, named.start() - 5) : named.start()] == "set :"  # Sinatra's and Capistrano's settings
    if named.lastgroup != "quoted" or symbol or not named[0].rstrip().endswith(","):
        return False
    # `say("edit your password", "info")`: the name ends a sentence.
    if _CLOSED.search(named[0]) and text[named.start() - 1 : named.start()].isspace():
        return True
    closed = ")" if _TAKES_MORE.search(text, max(0, named.start() - 60), named.start()) else None
    closed = closed or _closed_by(text, named.start(), span.end)
    # `["password", "totp"]` are two ways to log in, (`password`, `port`) are two things in a sentence.
    doubtful = closed == "]" or text.startswith("`", inner.end)
    return closed is None or (doubtful and _MADE_UP.fullmatch(text, inner.start, inner.end) is None)


def _without_scheme(text: str, span: Span, inner: Span) -> tuple[Span, Span]:
    """The span as written and the value's own, without an HTTP authentication scheme: `Bearer ...`."""
    scheme = _SCHEME.match(text, inner.start, inner.end + 60)
    if scheme is None:
        return span, inner
    token = _BARE.match(text, scheme.end(), min(len(text), scheme.end() + LONGEST))
    end = inner.end if inner.end > scheme.end() else token.end() if token else scheme.end()
    return Span(scheme.end(), end), Span(scheme.end(), end)


def _closed_by(text: str, start: int, end: int) -> str | None:
    """The bracket after a name and its value that ends a call, or a list of only these two.

    None otherwise: `set("token", "x")` has one, words in a row have none.
    """
    after = _AFTER_PAIR.match(text, end)
    before = _BEFORE_PAIR.search(text, max(0, start - 20), start)
    if after is None or (after[1] != ")" and (before is None or before[1] + after[1] not in ("[]", "{}"))):
        return None
    return after[1]


def _quoted(text: str, at: int) -> tuple[Span, Span] | None:
    prefix = _PREFIX.match(text, at)
    start = prefix.end() if prefix else at
    for quotes, pattern in _QUOTED:
        if text.startswith(quotes, start):
            found = pattern.match(text, start, min(len(text), start + LONGEST))
            if found is not None:
                return Span(at, found.end()), Span(*found.span(1))
    return None


def _trimmed(value: str) -> str:
    """The value without unmatched closing brackets, and without a comma or full stop at its end."""
    # The signature of a function: `def login(user, password=None):`
    value = value[:-1] if value.endswith("):") else value
    while value and not value.endswith("..."):  # an ellipsis shows that something was left out
        closes = value[-1] in ")]}" and value.count("([{"[")]}".index(value[-1])]) == 0
        if value[-1] not in ",." and not closes:
            break
        value = value[:-1]
    return value


def _real_name(text: str, name: str, start: int, *, quoted: bool) -> str:
    """The name for a `value: ...`, taken from the pair before it."""
    if name == "default":
        variable = _VARIABLE_BLOCK.search(text, max(0, start - WINDOW), start)
        return variable["name"] if variable else name
    if name.lower() == "value" and (element := _IN_ELEMENT.search(text, max(0, start - WINDOW), start)):
        return element[1]
    if name.lower() not in ("value", "content", "defaultvalue", "default_value") and not name.endswith("-value"):
        # SQL's `IDENTIFIED BY` says what follows; npm's key ends in `:_authToken`.
        return "password" if _SEVERAL_WORDS.search(name) else _EQUALS.sub("", name.rpartition(":")[2])
    before = text[max(0, start - WINDOW) : start]
    if _PASSWORD_FIELD.search(before):
        return "password"
    found = _NAME_OF_VALUE.search(before)
    # `{name: "password", value: encrypted}` of a script: on one line, an unquoted value is a variable.
    return found["name"] if found and (quoted or "\n" in found[0] or ">" in found[0]) else name
