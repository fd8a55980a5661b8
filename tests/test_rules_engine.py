"""Every example of every rule through the whole engine: prefilter, reader, detectors, judge.

tests/rules/ holds each pattern against its examples; here an example is a file that somebody scans. All are one scan,
a folder each. What fails is named by rule and number: a text of an example never gets into a message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from rules.examples import expand
from rules.load import load_rules
from rules.model import ProviderRule, RuleSet, Setting
from rules.patterns import compile_pattern
from scanner import engine, session
from scanner.model import Confidence, CredentialKind, Finding
from scanner.source import Settings, Source

# Shapes that prove nothing without a name or a sink (strength "weak"), in an example that has neither: they are for
# tests of the pattern, and a user sees them only together with more.
BARE = {
    "dropbox-long-lived-token match 1",
    "mollie-access-token match 0",
}
# A fixed part in the middle: with it, the rest repeats less.
MARKED = {
    "groq-api-key", "openai-key", "pem-encrypted-private-key", "pem-base64-private-key", "aws-bedrock-short-term-key",
}  # fmt: skip
RANDOM = re.compile(r"\{(alnum|alpha|b64|b64url|base32|digit|hex|HEX|lower|loweralnum|upper):(\d+)\}")
# What other detectors say of the value itself; they name it where no provider does.
BY_VALUE = {"url-password", "dsn-password", "bearer-token", "basic-auth"}
# Another rule's shape is the same, and as telling.
SAME_SHAPE = {
    "paystack-secret-key": {"stripe-live-key"},
    "clerk-secret-key": {"stripe-live-key"},
    "snowflake-access-token": {"jwt"},
    "pyhive-presto": {"pyhive-connect"},
    "redis-other-clients": {"redis-client"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example as a file: `name` is what messages say, `template` and `text` stay out of them."""

    name: str
    rule: str
    group: str
    wanted: bool
    path: str
    template: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    examples: tuple[Example, ...]
    findings: dict[str, list[Finding]]
    rules: RuleSet

    def of(self, group: str, *, wanted: bool) -> list[Example]:
        return [each for each in self.examples if each.group == group and each.wanted is wanted]


def has_strings(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) for node in ast.walk(tree))


def file_for(rule: object, text: str) -> str:
    """The kind of file in which an example is at home."""
    if isinstance(rule, Setting) and rule.files:
        return rule.files[0].replace("*", "shop")
    if not isinstance(rule, ProviderRule) or has_strings(text):
        return "shop/app.py"
    if re.match(r"(?:export )?[A-Z][A-Z0-9_]*=", text):
        return ".env"
    return "config/app.yml" if re.match(r"[\w.\"-]+:\s", text) else "notes.txt"


def examples(rules: RuleSet) -> Iterator[Example]:
    number = 0
    for group, rows in (("provider", rules.providers), ("sink", rules.sinks), ("setting", rules.settings)):
        for rule in rows:
            for wanted, templates in ((True, rule.match), (False, rule.reject)):
                for at, template in enumerate(templates):
                    number += 1
                    name = f"{rule.id} {'match' if wanted else 'reject'} {at}"
                    text = expand(template, name)
                    yield Example(
                        name=name,
                        rule=rule.id,
                        group=group,
                        wanted=wanted,
                        path=f"e{number}/{file_for(rule, text)}",
                        template=template,
                        text=text,
                    )


@pytest.fixture(scope="module")
def scanned() -> Scanned:
    rules = load_rules()
    made = tuple(examples(rules))
    sources = (Source(path=each.path, raw=each.text.encode()) for each in made)
    result = engine.scan(
        sources, engine.Setup(session.load_prefilter(), lambda: rules, lambda: Settings(key=bytes(32)))
    )
    findings: dict[str, list[Finding]] = {each.path: [] for each in made}
    for finding in result.findings:
        if finding.suppressed is None and finding.confidence is not Confidence.LOW:
            findings[finding.path].append(finding)
    return Scanned(examples=made, findings=findings, rules=rules)


def test_no_text_that_a_provider_rule_rejects_is_a_finding_of_that_rule(scanned: Scanned) -> None:
    wrong = [
        each.name
        for each in scanned.of("provider", wanted=False)
        if any(finding.rule == each.rule for finding in scanned.findings[each.path])
    ]
    assert wrong == []


@pytest.mark.parametrize("group", ["sink", "setting"])
def test_no_text_that_a_sink_or_a_setting_rejects_is_a_finding(scanned: Scanned, group: str) -> None:
    wrong = [each.name for each in scanned.of(group, wanted=False) if scanned.findings[each.path]]
    assert wrong == []


def test_every_text_that_a_provider_rule_matches_is_a_finding_at_that_place(scanned: Scanned) -> None:
    rules = {rule.id: rule for rule in scanned.rules.providers}
    by_others = BY_VALUE | {f"named-{kind}" for kind in CredentialKind}
    missed = []
    for each in scanned.of("provider", wanted=True):
        rule = rules[each.rule]
        found = compile_pattern(rule.pattern).search(each.text)
        assert found is not None, each.name
        start, end = found.span("secret")
        rest = {each.rule} | SAME_SHAPE.get(each.rule, set())
        if not any(
            finding.span.start < end
            and start < finding.span.end
            and (finding.rule in rest or (rule.strength == "weak" and finding.rule in by_others))
            for finding in scanned.findings[each.path]
        ):
            missed.append(each.name)
    assert set(missed) == BARE


def test_no_provider_shape_filled_with_one_character_is_a_finding() -> None:
    rules = load_rules()
    made: dict[str, str] = {}
    for rule in (rule for rule in rules.providers if rule.id not in MARKED):
        for at, template in enumerate(rule.match):
            filled, fields = RANDOM.subn(lambda found: "xX0"[len(found[1]) % 3] * int(found[2]), template)
            if fields and compile_pattern(rule.pattern).search(filled) and not re.search(r"\{\w+(?::|\})", filled):
                made[f"{len(made)}-{rule.id}-{at}/app.py"] = filled
    sources = (Source(path=path, raw=text.encode()) for path, text in made.items())
    result = engine.scan(
        sources, engine.Setup(session.load_prefilter(), lambda: rules, lambda: Settings(key=bytes(32)))
    )
    by_provider = {rule.id for rule in rules.providers}
    wrong = {
        finding.path
        for finding in result.findings
        if finding.suppressed is None and finding.confidence is not Confidence.LOW and finding.rule in by_provider
    }
    assert len(made) > 150
    assert wrong == set()


@pytest.mark.parametrize("group", ["sink", "setting"])
def test_every_text_that_a_sink_or_a_setting_matches_is_a_finding_of_a_made_value(scanned: Scanned, group: str) -> None:
    more_specific = {rule.id for rule in scanned.rules.providers} | BY_VALUE
    missed = []
    for each in scanned.of(group, wanted=True):
        rest = {each.rule} | more_specific | SAME_SHAPE.get(each.rule, set())
        if not any(
            finding.rule in rest and finding.value is not None and finding.value.reveal("text") not in each.template
            for finding in scanned.findings[each.path]
        ):
            missed.append(each.name)
    assert missed == []


def test_each_example_has_a_file_of_its_own(scanned: Scanned) -> None:
    assert len(scanned.findings) == len(scanned.examples) > 2_000
