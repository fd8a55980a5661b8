"""`--format junit`: JUnit XML as Jenkins reads it.

https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd

A finding that fails the scan is a failed test, any other a skipped one, and a gap is an error: so a build server's
counts agree with the exit status.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from scanner.model import Finding, ScanResult, Skipped
from scanner.reports.context import ReportContext, shown
from scanner.reports.masking import Net, hide, make_net, printable
from scanner.reports.verdict import failing, gaps
from scanner.reports.words import ignore_hint, rotation_hint, sentence

_SUITE = "unhardcode"


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield the document in chunks: a suite for each file, and one for what could not be scanned."""
    net = make_net(result.findings, context.documents)
    guilty = {id(finding) for finding in failing(result, context)}
    findings, missed = shown(result, context), gaps(result, context)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="{_SUITE}">\n'
    for path, group in itertools.groupby(findings, key=lambda finding: finding.path):
        yield from _suite(path, list(group), guilty, net)
    if missed:
        yield f'<testsuite name="coverage" tests="{len(missed)}" failures="0" errors="{len(missed)}">\n'
        yield from (_gap(one, net) for one in missed)
        yield "</testsuite>\n"
    if not findings and not missed:
        yield f'<testsuite name="{_SUITE}" tests="1" failures="0" errors="0">\n'
        yield f'<testcase classname="{_SUITE}" name="no hardcoded credentials"/>\n</testsuite>\n'
    yield "</testsuites>\n"


def _suite(path: str, findings: Sequence[Finding], guilty: set[int], net: Net) -> Iterator[str]:
    failures = sum(id(finding) in guilty for finding in findings)
    yield (
        f"<testsuite name={_attribute(path, net)} tests={quoteattr(str(len(findings)))} "
        f'failures="{failures}" errors="0" skipped="{len(findings) - failures}">\n'
    )
    for finding in findings:
        yield from _case(finding, net, fails=id(finding) in guilty)
    yield "</testsuite>\n"


def _case(finding: Finding, net: Net, *, fails: bool) -> Iterator[str]:
    place = f"{finding.path}:{finding.start[0]}:{finding.start[1]}"
    commit = f" in {finding.commit.id[:12]}" if finding.commit else ""
    name = _attribute(f"{place}{commit} {finding.title} [{finding.rule}]", net)
    yield f"<testcase classname={_attribute(finding.path, net)} name={name}>"
    if fails:
        message = _attribute(sentence(finding), net)
        yield f"<failure type={_attribute(finding.rule, net)} message={message}>{_advice(finding, net)}</failure>"
    else:
        why = finding.suppressed.text if finding.suppressed is not None else "does not fail this scan"
        yield f"<skipped message={_attribute(why, net)}/>"
    yield "</testcase>\n"


def _advice(finding: Finding, net: Net) -> str:
    lines = [f"{finding.path}:{finding.start[0]}:{finding.start[1]}: {sentence(finding)}"]
    lines.append(f"rotate it: {rotation_hint(finding)}")
    lines.append(f"if it is none: {ignore_hint(finding)}")
    return "\n".join(escape(_clean(line, net)) for line in lines)


def _gap(skipped: Skipped, net: Net) -> str:
    path = _attribute(skipped.path, net)
    reason = _attribute(skipped.reason, net)
    return f'<testcase classname="coverage" name={path}><error type="not-seen" message={reason}/></testcase>\n'


def _attribute(text: str, net: Net) -> str:
    return quoteattr(_clean(text, net))


def _clean(text: str, net: Net) -> str:
    # U+FFFE and U+FFFF are not XML characters (https://www.w3.org/TR/xml/#charsets); `printable` escapes the others.
    return printable(hide(text, net)).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
