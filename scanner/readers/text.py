"""Read any other text, and structured texts that do not parse: find `name = value` and similar around each hit.

Only a bounded window around an offset is searched, so that a line of a megabyte costs no more than a short one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from rules.lazy_patterns import lazy_pattern
from scanner import foreigncalls
from scanner.model import Document, Literal, Role, SecretValue, Span
from scanner.readers import wholefile
from scanner.readers.inserted import defines_column, rows_at, rows_of_table, statements_of
from scanner.readers.textlists import entries_at
from scanner.readers.textnames import DIRECTIVE, NAMED, seeking
from scanner.readers.textvalues import LONGEST, NAME, WINDOW, Bares, Shape, value_of
from scanner.readers.wanted import MayBeNamed, any_name

# Characters of a long line that are searched for names together.
_STEP = 300
_LONGEST_PEM = 20_000

# Values of these names extend to the line end, unless in triple quotes.
_ON_ONE_LINE = frozenset(
    ("any", "quoted", "typed", "selected", "told", "option", "spoken", "sql", "shared", "default", "openssl")
)
# Values of these names are in quotes in any file.
_IN_QUOTES = frozenset(
    (
        "quoted",
        "typed",
        "selected",
        "told",
        "given",
        "defined",
        "asked",
        "secured",
        "sql",
        "shared",
        *foreigncalls.PATTERNS,
    )
)
# The rest of BIND's statement.
_STATEMENT = lazy_pattern(r"\"[A-Za-z0-9+/]{16,200}={0,2}\"[ \t]{0,8};")
# `auth["password"] = value`, `input[type="password"]:focus`: an unquoted value is not text here.
_SUBSCRIPT = lazy_pattern(r"[\"'`]\]")
# `const password = value` of a script in a page, and `user, password = pair`.
_DECLARED = lazy_pattern(r"\b(?:const|let|var)[ \t]{1,4}\Z|(?m:^)[ \t#]*(?:[A-Za-z_]\w{0,40},[ \t]{0,4}){1,9}\Z")
_QUOTED_KEY = lazy_pattern(r"[\"'`][ \t]*(?::|=>)[ \t]*\Z")
_VARIABLE_NAME = lazy_pattern(r"[A-Za-z]+(?:[_.][A-Za-z]+|(?<=[a-z])[A-Z][a-z]+)+")
# These match a call or a command together with its value, which does not begin inside another value.
_WHOLE = frozenset(("command", "logon", *foreigncalls.PATTERNS))
# `class="copy-pass" :title="..."` of Vue: the colon begins another name.
_ATTRIBUTE = lazy_pattern(r"[a-z][\w.\-]{0,40}=[\"']")
# Ansible's plugin `password` makes one: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/password_lookup.html
# In `ternary("password", "token")` both are values.
_PLUGIN = lazy_pattern(r"(?:lookup|query|ternary)\([ \t]?\Z")
# Results of tests: `--- PASS: TestLogin (0.00s)`, or a mark before the word.
_AFTER_WORD = frozenset(" *_:'\"`")
_VERDICT = lazy_pattern(r"(?:--- |[\u2705\u2713\u2714\u2611]\ufe0f?[ \t]?[*_]{0,2})\Z")
# The token in a badge's URL only grants access to the image. https://docs.codecov.com/docs/status-badges
_BADGES = lazy_pattern(r"://(?:codecov\.io|img\.shields\.io)/")
# Before a value in a comment: `// mqtt password: ...`, ` * token: ...`, or in the middle of `/* ... */`.
_COMMENTED = lazy_pattern(r"[ \t]*(?://|\*|#|--)")
_TIGHT = lazy_pattern(r"\w=\Z")
_COMMENT = 2_000  # how far before it the comment may begin
# The last word on its line, and not a plain word.
_NOTED = lazy_pattern(r"(?=[^\s]{0,60}\d)(?=[^\s]{0,60}[A-Za-z])[\w+/=@!#$%^*&~?-]{8,200}[ \t]*(?:\r?$|\*/)", re.M)
# `- "API_PASSWORD": User password` in a string of code.
_PROSE = lazy_pattern(r"[A-Za-z]+[ \t]+[A-Za-z][a-z]+\b(?![=:])")
_DESCRIBED = lazy_pattern(
    r":(?:param|parameter|arg|argument|key|keyword|type|ivar|cvar|var|raises)(?:[ \t]+[\w.\[\], |]{1,60})?[ \t]+\Z"
)
_DIRECTIVE_FILES = lazy_pattern(r"(?i).*(?:\.conf|\.cnf|\.cfg|netrc|\.properties|\.rc|config)\Z")
# How far before a hit such a value may begin.
_REACH = 200
_BACKWARD = lazy_pattern(
    r"(?:(?P<q>[\"'])|\bvalue[ \t]{0,20}=[ \t]{0,20}(?P<v>[\"']))(?P<value>[^\s\"']{4,80})(?(q)(?P=q)|(?P=v))"
    r"(?(q)\.(?i:equals(?:IgnoreCase)?)\(\s{0,9}(?:[\w.]{1,60}\(\s{0,9}[\"'])?"
    r"|\s{1,40}(?:key|name)[ \t]{0,20}=[ \t]{0,20}[\"'](?:[\w.\-]{0,60}/){0,9})"
    rf"(?P<name>{NAME})"
)
_TOKEN = lazy_pattern(r"[^\s\"'`<>]*")
# `docker run mongo -p 27017:27017`, `find / -name mysql -print`
_OTHER_FLAG = lazy_pattern(r"\d+:\d+(?!\w)|(?<=-p)(?:rint0?|rune)(?!\w)")
# A name that begins another name's value, in quotes: `body = "access_token=..."`, `-e "DB_PASSWORD=..."`.
_VARIABLE = lazy_pattern(
    r"[A-Z][A-Z0-9_]{2,}=|(?i:[a-z_.]{0,30}(?:token|secret|passw(?:or)?d|pwd|api_?key|sess(?:ion)?_?id|connect\.sid)[a-z_]{0,20}=)[^=]"
    r"|(?i:[a-z\-]{0,40}(?:token|secret|key|password|authorization):[ \t])"
)
_PEM = lazy_pattern(r"-----BEGIN [A-Z0-9 ]{0,40}-----")
_PEM_END = lazy_pattern(r"-----END [A-Z0-9 ]{0,40}-----")
_OF_SQL = lazy_pattern(r"(?i)\b(?:user|role|login|account|grant|identified|to)\b")
# Languages in which unquoted text is not a value: `password: true`, `e.pass = n`, `password: String!`.
_CODE = frozenset(
    (".js .jsx .mjs .cjs .ts .tsx .mts .cts .vue .svelte .java .kt .kts .scala .groovy .gradle .go .rs .c .h .cc .cpp"
     " .cxx .hpp .cs .fs .vb .swift .m .mm .php .rb .rake .pl .pm .lua .dart .ex .exs .erl .clj .hs .jl .graphql .gql"
     " .sol .ino .zig .nim .ps1 .psm1 .psd1 .proto .thrift .prisma .css .scss .sass .less").split()
)  # fmt: skip
# Pages with scripts in them, and suffixes of templates of anything: `shop.ini.j2` is no page.
_PAGES = frozenset((".html", ".htm", ".xhtml", ".ejs", ".hbs", ".jsp", ".aspx"))
_TEMPLATES = frozenset((".jinja", ".jinja2", ".j2", ".erb"))


def read(
    document: Document, offsets: Sequence[int], may_be_named: MayBeNamed = any_name, *, code: bool = False
) -> Iterator[Literal]:
    """Yield a literal for each place with a hit. Values are taken verbatim, as the escapes of the language are unknown.

    In `code`, which some file names imply too, a value must be in quotes. `may_be_named` is asked about SQL columns.
    """
    whole = wholefile.literal_of(document)
    if whole is not None:
        yield whole
        return
    path = PurePosixPath(document.path)
    directives = _DIRECTIVE_FILES.match(path.name) is not None
    code = code or path.suffix.lower() in _CODE
    filled = path.with_suffix("") if path.suffix.lower() in _TEMPLATES else path
    page = filled.suffix.lower() in _PAGES
    for shape in shapes(document.text, offsets, may_be_named, directives=directives, code=code, page=page):
        yield Literal(
            span=shape.span,
            value=SecretValue(document.text[shape.inner.start : shape.inner.end]),
            role=Role.TEXT,
            name=shape.name,
            symbol=shape.within,
            body=shape.inner.start,
        )


@dataclass(slots=True, kw_only=True)
class _Way:
    """How many names of a part were `followed` for a hit, and the value `found`; the next hit continues from there.

    Only a hit up to `reach` can: there the first of the values passed on the way ends.
    """

    offset: int = 0
    followed: int = 0
    found: Shape | None = None
    reach: int = sys.maxsize


@dataclass(slots=True, kw_only=True)
class _Part:
    """Everything that looks like a name in a part of a text, in order."""

    names: list[re.Match[str]] = field(repr=False)
    way: _Way = field(default_factory=_Way)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """State shared by the hits of a text: names are searched once per part of a long line, values once per name."""

    text: str = field(repr=False)
    code: bool
    page: bool
    bares: Bares = field(repr=False)
    window: tuple[int, int] = (-1, 0)
    run: tuple[Span, bool] = (Span(-1, -1), False)
    parts: dict[tuple[int, bool], _Part] = field(default_factory=dict, repr=False)
    values: dict[tuple[int, int, str | None], Shape | None] = field(default_factory=dict, repr=False)


def shapes(
    text: str,
    offsets: Sequence[int],
    may_be_named: MayBeNamed = any_name,
    *,
    directives: bool = False,
    bare: bool = True,
    code: bool = False,
    page: bool = False,
) -> Iterator[Shape]:
    """Yield one literal for each offset: the named value there, else (with `bare`) the run of characters.

    In `code` a value after an operator must be in quotes, or inside a quoted string; in a `page` it is no identifier.
    """
    done: set[Span] = set()
    read_to = 0
    seen = _Seen(text=text, code=code, page=page, bares=Bares(text=text))
    pem = "-----BEGIN " in text
    statements: dict[str, list[int]] | None = None
    for offset in offsets:
        table = defines_column(text, offset)
        if (table or text.startswith("(", offset - 1)) and offset > read_to:
            if table:
                statements = statements_of(text) if statements is None else statements
                rows, read_to = rows_of_table(text, offset, statements, may_be_named)
            else:
                rows, read_to = rows_at(text, offset, may_be_named)
            new = [Shape(name=each.column, span=each.span, inner=each.inner) for each in rows]
            yield from (shape for shape in new if shape.inner not in done)
            done.update(shape.inner for shape in new)
            if rows:
                continue
        entries = [shape for shape in entries_at(text, offset) if shape.inner not in done]
        if entries:
            yield from entries
            done.update(shape.inner for shape in entries)
            continue
        found = (_pem(text, offset) if pem else None) or _before_name(text, offset) or _named(seen, offset, NAMED)
        if found is None and directives:
            found = _named(seen, offset, DIRECTIVE)
        if found is None and bare:
            found = _token(seen, offset)
        if found is not None and found.inner not in done:
            done.add(found.inner)
            yield found


def _before_name(text: str, offset: int) -> Shape | None:
    """A value before its name, which is at the hit: `"...".equals(password)`, `value="..." key="password"`."""
    low = max(0, offset - _REACH)
    if text.find(".equals", low, offset) < 0 and text.find("value", low, offset) < 0:
        return None
    for found in _BACKWARD.finditer(text, low, min(len(text), offset + 100)):
        if found.start("name") < offset <= found.end():
            start, end = found.span("value")
            return Shape(name=found["name"], span=Span(start - 1, end + 1), inner=Span(start, end))
    return None


def _named(seen: _Seen, offset: int, pattern: re.Pattern[str]) -> Shape | None:
    """The last `name =` before a hit whose value extends to the hit."""
    part = _part(seen, offset, pattern)
    way = part.way if part.way.offset <= offset <= part.way.reach else _Way()
    for at in range(way.followed, len(part.names)):
        named = part.names[at]
        start = named.start(named.lastgroup or 0)
        if start >= offset:
            break
        way.followed += 1
        if _ends_before(seen.text, named, offset):
            continue
        # The next field of a URL's query, directly after the hit.
        inside = way.found is not None and named.lastgroup not in _WHOLE
        if inside and way.found is not None and not _stands_alone(seen.text, start, way.found):
            continue
        key = (named.start(), named.end(), named.lastgroup)
        value = seen.values[key] if key in seen.values else seen.values.setdefault(key, _value_at(seen, named, start))
        if value is not None and (value.span.end + 1 >= offset or _is_piped(seen.text, named, value, offset)):
            way.found, way.reach = value, min(way.reach, value.span.end + 1)
    way.offset = offset
    part.way = way
    return way.found


def _ends_before(text: str, named: re.Match[str], offset: int) -> bool:
    """Whether a value ends before a hit because its line ends; true for most names of the line before."""
    at = named.end()
    line = text.find("\n", at, offset - 1)
    return (
        line >= 0
        and named.lastgroup in _ON_ONE_LINE
        and text.find('"""', at, line) < 0
        and text.find("'''", at, line) < 0
    )


def _part(seen: _Seen, offset: int, pattern: re.Pattern[str]) -> _Part:
    """Everything that looks like a name in the window before a hit."""
    text, low = seen.text, _window_start(seen, offset)
    # A hit can be up to two characters into the value, or directly before it.
    if offset - low < WINDOW:
        high = min(len(text), offset + 2)
        return _Part(names=list(seeking(text, low, high, pattern).finditer(text, low, high)))
    low -= low % _STEP
    key = (low, pattern is NAMED)  # hashing a pattern would hash all its code
    if key not in seen.parts:
        high = min(len(text), low + _STEP + WINDOW + 2)
        seen.parts[key] = _Part(names=list(seeking(text, low, high, pattern).finditer(text, low, high)))
    return seen.parts[key]


def _value_at(seen: _Seen, named: re.Match[str], start: int) -> Shape | None:
    """The value after a name that begins at an offset; None if the name means something else."""
    text = seen.text
    if _is_about_another(seen, named, start) or _in_url(text, start):
        return None
    value = value_of(text, named, seen.bares, quoted=_needs_quotes(seen, named, start))
    if value is None or (named.lastgroup == "command" and _OTHER_FLAG.match(text, value.inner.start)):
        return None
    # `{'password': admin_password}` in a Jinja template is code, as is `value: newPassword` in a page.
    bare_in_code = value.span == value.inner and (seen.page or _QUOTED_KEY.search(named[0]) is not None)
    return None if bare_in_code and _VARIABLE_NAME.fullmatch(text, value.inner.start, value.inner.end) else value


def _is_about_another(seen: _Seen, named: re.Match[str], start: int) -> bool:
    """Whether a name is a word of prose, or part of something that never holds a credential."""
    text, found = seen.text, named[0]
    low = max(0, start - WINDOW)
    # `:param token: what the service gave` and `ok ? 'PASS' : 'FAIL'`
    if _is_described(text, start) or (text[start - 3 : start - 1] == "? " and text[start - 1] in "\"'`"):
        return True
    if named.lastgroup == "quoted" and _PLUGIN.search(text, max(0, start - 12), start - 1):
        return True
    if found[:4].lower() == "pass" and found[4:5] in _AFTER_WORD and _VERDICT.search(text, max(0, start - 6), start):
        return True
    if found[-1] == ":" and _ATTRIBUTE.match(text, named.end()):
        return True
    if seen.code and ":" in found[-4:] and _PROSE.match(text, named.end()):
        return True
    # `expression identified by "state"` is prose.
    if named.lastgroup == "sql" and named["sql"][-2:].lower() == "by" and not _OF_SQL.search(text, low, start):
        return True
    # `secret "shop" not found` is prose.
    if named.lastgroup == "shared" and not _STATEMENT.match(text, named.end()):
        return True
    # `# The password cannot be changed` is prose.
    if named.lastgroup == "spoken" and text[text.rfind("\n", low, start) + 1 : start].lstrip().startswith("#"):
        return True
    # `-v "$PWD:/docs"` mounts a folder.
    if found[0] == "$" and found.rstrip()[-1] == ":" and found.rstrip()[-2:-1] != ":":
        return True
    # `/etc/passwd:22:postgres:x:...`
    return text.endswith("/etc/", low, start)


def _needs_quotes(seen: _Seen, named: re.Match[str], start: int) -> bool:
    """Whether a value without quotes after a name would be a variable."""
    text, found = seen.text, named[0]
    # `{{ $password := randAlphaNum 16 }}` of a Go template is code in any file.
    go_template = found.startswith("$") and ":=" in found and named.lastgroup != "default"
    return (
        named.lastgroup in _IN_QUOTES
        or go_template
        or _SUBSCRIPT.search(found) is not None
        or ("=" in found[-3:] and _DECLARED.search(text, max(0, start - WINDOW), start) is not None)
        or (
            seen.code
            and named.lastgroup == "any"
            and text[start - 1] not in "?&#"
            and not _in_quotes(text, start, named.end())
            and not _is_noted(text, named, start)
        )
    )


def _is_piped(text: str, named: re.Match[str], value: Shape, offset: int) -> bool:
    """Whether a hit at the end of a pipeline refers to the value at its beginning: `echo x | sudo -S`."""
    return named.lastgroup in ("command", "logon", "characters") and "\n" not in text[value.span.end : offset]


def _is_described(text: str, start: int) -> bool:
    """Whether a name on a line follows a field of a docstring or of reStructuredText."""
    low = max(0, start - 100)
    line = max(low, text.rfind("\n", low, start) + 1)
    colon = text.find(":", line, start)
    return colon >= 0 and _DESCRIBED.match(text, colon, start) is not None


def _stands_alone(text: str, start: int, outer: Shape) -> bool:
    """Whether a name inside another name's value is a name and not part of that value (`password: "ab:cd"`)."""
    if start >= outer.inner.end:
        return True
    if start <= outer.inner.start:
        # `a_key=b_key=c_key=...` over a megabyte would be as many values of the greatest length as it has names.
        return outer.inner.end - outer.inner.start < LONGEST and _VARIABLE.match(text, start) is not None
    return text[start - 1] in " \t\r\n\"'`?&;,({[-"


def _in_url(text: str, start: int) -> bool:
    """Whether a name is inside a URL before its query (`https://user:...`), or inside a badge's URL."""
    if text.find("://", max(0, start - WINDOW), start) < 0:
        return False
    url = text[start - _run_before(text, start, WINDOW) : start]
    return "://" in url and (url[-1] not in "?&;#" or _BADGES.search(url) is not None)


def _window_start(seen: _Seen, offset: int) -> int:
    """The start of the line before the hit's line, at most a window away."""
    low = max(0, offset - WINDOW)
    # Hits come in order: if no line ended since the last hit, none began either.
    line, behind = seen.window
    if behind > offset or seen.text.find("\n", behind, offset) >= 0:
        line = seen.text.rfind("\n", low, offset)
    seen.window = (line, offset)
    before = seen.text.rfind("\n", low, line) if line > low else -1
    return low if before < 0 else before + 1


def _in_quotes(text: str, start: int, end: int) -> bool:
    """Whether a quote that was opened earlier on the line is still open after a name: `"host=db password=..."`.

    Nothing is known of a line that began long before, as those of minified code.
    """
    line = text.rfind("\n", max(0, start - WINDOW), start)
    if line < 0 and start > WINDOW:
        return False
    return any(text.count(quote, line + 1, end) % 2 for quote in "\"'`")


def _is_noted(text: str, named: re.Match[str], start: int) -> bool:
    """Whether a value without quotes is in a comment of code: `// mqtt password: ...`, `// app_secret=...`."""
    told = named[0].rstrip().endswith(":") or _TIGHT.search(named[0]) is not None
    if not told or _NOTED.match(text, named.end()) is None:
        return False
    low = max(0, start - _COMMENT)
    line = max(low, text.rfind("\n", low, start) + 1)
    marked = _COMMENTED.match(text, line, start) is not None
    return marked or text.rfind("/*", low, start) > text.rfind("*/", low, start)


def _token(seen: _Seen, offset: int) -> Shape | None:
    """The run of characters around a hit; of a very long one, a part that also serves the hits after it."""
    span, whole = seen.run
    if not span.start <= offset <= (span.end if whole else span.end - LONGEST):
        start = offset - _run_before(seen.text, offset, LONGEST)
        after = _TOKEN.match(seen.text, offset, min(len(seen.text), offset + 2 * LONGEST))
        end = after.end() if after else offset
        whole = end - offset < 2 * LONGEST
        # Four characters of base64 are three bytes: a cut between such groups can still be decoded.
        span = Span(start, end if whole else end - (end - start) % 4)
        seen.run = span, whole
    return Shape(name=None, span=span, inner=span) if span.start < span.end else None


def _run_before(text: str, offset: int, most: int) -> int:
    """The number of characters before an offset without a blank or a quote, at most `most`."""
    before = _TOKEN.match(text[max(0, offset - most) : offset][::-1])
    return before.end() if before else 0


def _pem(text: str, offset: int) -> Shape | None:
    """The PEM block around a hit: https://www.rfc-editor.org/rfc/rfc7468"""
    low = max(0, offset - _LONGEST_PEM)
    begin = text.rfind("-----BEGIN ", low, min(len(text), offset + 2))
    head = _PEM.match(text, begin) if begin >= 0 else None
    last = _PEM_END.search(text, head.end(), begin + _LONGEST_PEM) if head else None
    if last is None or last.end() < offset:
        return None
    span = Span(begin, last.end())
    before = list(NAMED.finditer(text, max(0, begin - 200), begin + 1))
    name = before[-1][before[-1].lastgroup or 0] if before and begin - before[-1].end() <= 40 else None
    return Shape(name=name, span=span, inner=span)
