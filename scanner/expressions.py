"""Collect all expressions of the prefilter: from the rules, from names, and from modules that define their own."""

from __future__ import annotations

from collections.abc import Iterable

from rules.load import hyperscan_expression
from rules.model import RuleSet
from scanner import commandlines, decoding, foreigncalls
from scanner.detectors.auth import PREFILTER as AUTH
from scanner.detectors.nameshapes import DEFINITIONS, prefilter_expressions, telling_stems
from scanner.prefilter import BARE, CALL, IMPORT, PROVIDER, QUOTED, URL, Expression
from scanner.readers import delimited, inserted, wholefile

_URL = rb"[a-z][a-z0-9+.\-]{1,30}://[^\s/\"'`<>:]{0,200}:[^\s/\"'`<>@]{1,300}@"
# In Python the URL may be split: the password is the next string, or has the `@` after it.
_SPLIT_URL = (
    rb"[a-z][a-z0-9+.\-]{1,30}://[^\s/\"'`<>@:]{0,200}:"
    rb"(?:[\"']|[^\s/\"'`<>@]{1,300}[\"'][\s+\\]{0,60}[rbuf]{0,2}[\"']@)"
)
# With names between: `"mysql://" + USER + ":" + "..." + "@"`.
_SUM_URL = (
    rb"://[^\s/\"'`<>@:]{0,200}[\"'][)\s]{0,20}\+[\w\s.()\[\]\"'\\]{1,100}\+[\s\\(]{0,60}[\"']"
    rb":(?:[\"'][\s+\\()]{0,60}[rbuf]{0,2}[\"'][^\"']{1,300}[\"'][\s+\\()]{0,60}[\"']|[^\s/\"'`<>@]{1,300})@"
)
# Go's connection string for MySQL, `user:password@tcp(host)/database`.
_GO_DSN = rb"[^\s/\"'`<>@:]:[^\s\"'`<>]{1,200}@(?:tcp6?|unix)\("
# Oracle's `user/password@host:port/service`.
_ORACLE_DSN = (
    rb"jdbc:oracle:(?:thin|oci8?):[\w$#]+/[^\s/@\"'`]{3}",
    rb"[\w$#]/[^\s/@\"'`<>{}$]+@(?://)?[\w.\-]+:15\d\d[/:]",
)
# key=value connection strings: libpq, ADO, ODBC.
_DSN = rb"\b(?:password|pwd)\s{0,3}=\s{0,3}[^\s;\"']{1,3}"


def expressions(rules: RuleSet) -> list[Expression]:
    """All expressions of a rule set, in the order of their ids; those of imports come last."""
    found = [Expression(PROVIDER, hyperscan_expression(rule), ref=rule.id) for rule in rules.providers]
    shapes = prefilter_expressions(rules.names)
    found += _each(QUOTED, shapes["quoted"])
    found += _each(BARE, shapes["bare"])
    found += [Expression(QUOTED, shape.encode(), caseless=True, ref=ref) for ref, shape in DEFINITIONS.items()]
    found += _each(URL, (_URL, _SPLIT_URL, _SUM_URL, _GO_DSN, *_ORACLE_DSN, _DSN, *AUTH))
    found += _each(URL, decoding.expressions(), caseless=False)
    found += _each(BARE, [wholefile.PREFILTER], caseless=False)
    for stems in telling_stems(rules.names):
        # A header line, if the file's kind is not known yet: Python has none.
        found += _each(BARE, [delimited.expression(stems).encode()])
        found += _each(QUOTED, [inserted.expression(stems).encode()])
    found += _each(QUOTED, [shape.encode() for shape in inserted.PREFILTER])
    found += _each(QUOTED, (*commandlines.expressions(), *foreigncalls.expressions()))
    return found + _of_libraries(rules)


def _each(role: int, patterns: Iterable[bytes], *, caseless: bool = True) -> list[Expression]:
    return [Expression(role, pattern, caseless) for pattern in patterns]


def _of_libraries(rules: RuleSet) -> list[Expression]:
    """The calls and settings of libraries, followed by the imports of each."""
    calls: dict[str, set[str]] = {}
    targets: dict[str, set[str]] = {}
    for sink in rules.sinks:
        calls.setdefault(" ".join(sorted(sink.modules)), set()).update(call.rpartition(".")[2] for call in sink.calls)
    for setting in rules.settings:
        leaves = {target.rpartition(".")[2].split("[")[-1].rstrip("]") for target in setting.targets} - {"", "*"}
        if leaves:
            targets.setdefault(" ".join(sorted(setting.modules)), set()).update(leaves)
    # One expression for all words of the same libraries: compile and load time grow with their number, scan time with
    # hits.
    found = [
        Expression(CALL, rb"\b(?:" + _either(leaves) + behind, ref=ref)
        for words, behind in ((calls, rb")\s{0,4}\("), (targets, rb")[\"']?\]?\s{0,4}=\s{0,4}[^=]"))
        for ref, leaves in sorted(_by_owners(words).items())
    ]
    # `from x import connect as c`, on one line or several; a method has its own name anyway.
    parts = (call.split(".") for sink in rules.sinks for call in sink.calls)
    leaves = {leaf for *owners, leaf in parts if not owners[1:] or not owners[-1][:1].isupper()}
    renamed = rb"(?:\bimport[ \t(][\w, \t(]*\b|\n[ \t]+)(?:" + _either(leaves) + rb")[ \t]+as[ \t]+\w"
    found.append(Expression(QUOTED, renamed, ref="renamed"))
    # `from x`, `import x`, `import y, x`: only a prefilter, imports are resolved later.
    found += [
        Expression(IMPORT, rb"(?:\bimport|\bfrom|,)\s{1,4}" + root.encode().replace(b".", rb"\.") + rb"\b", ref=root)
        for root in sorted({root for ref in (*calls, *targets) for root in ref.split(" ") if root})
    ]
    return found


def _by_owners(words: dict[str, set[str]]) -> dict[str, set[str]]:
    """Words grouped by the libraries that share them: `get(` of four libraries gives one hit, not four.

    Words that count without an import are separate.
    """
    owners: dict[str, set[str]] = {}
    for ref, own in words.items():
        for word in own:
            owners.setdefault(word, set()).add(ref)
    found: dict[str, set[str]] = {}
    for word, refs in owners.items():
        for some in (refs & {""}, refs - {""}):
            if some:
                roots = {root for ref in some for root in ref.split(" ")}
                found.setdefault(" ".join(sorted(roots)), set()).add(word)
    return found


def _either(words: set[str]) -> bytes:
    return b"|".join(sorted(word.encode() for word in words))
