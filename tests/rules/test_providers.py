"""Every provider rule against its own examples, in both engines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import hyperscan
import pytest

from rules.checks import CHECKS
from rules.examples import expand
from rules.load import hyperscan_expression, load_rules
from rules.model import ProviderRule, Verdict
from rules.patterns import FORWARD, compile_pattern

ROOT = Path(__file__).parents[2] / "rules"
RULES = load_rules(ROOT).providers
BY_ID = pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
SHAPE_ONLY = ("azure-signature", "azure-storage-key", "groq-marker", "openai-marker")
"""Checks whose scheme a template's characters can show, or that pass nothing."""
HOSTILE = (
    "a",
    "A_",
    "sk_live_",
    "eyJ",
    "eyJhbGciOi.",
    "-----BEGIN PRIVATE KEY-----\n",
    "AKIA",
    "aws_secret=",
    "0",
    "\n",
)
PLAIN = """
import os
from django.conf import settings

API_KEY = os.environ["API_KEY"]
password = getpass.getpass("Password: ")
headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "3f2b8c9e-1111-4222-8333-444455556666"}
commit = "0123456789abcdef0123456789abcdef01234567"  # the release
integrity = "sha512-" + digest
client = stripe.Client(settings.STRIPE_SECRET_KEY)
AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}
aws_secret_access_key: "{{ vault.aws.secret }}"
HEROKU_APP_ID = "3f2b8c9e-1111-4222-8333-444455556666"
url = "https://hooks.slack.com/services/"
-----BEGIN CERTIFICATE-----
"""


def examples(rule: ProviderRule, templates: Sequence[str]) -> Iterator[str]:
    """Expand each template with three seeds: boundaries depend on the characters drawn."""
    for template in templates:
        for seed in ("one", "two", "three"):
            yield expand(template, f"{rule.id}:{seed}")


def secret_of(rule: ProviderRule, text: str) -> str:
    found = compile_pattern(rule.pattern).search(text)
    assert found is not None, f"{rule.id}: an example does not match"
    return found["secret"]


@pytest.fixture(scope="module")
def database() -> hyperscan.Database:
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions = [hyperscan_expression(rule) for rule in RULES]
    made.compile(expressions=expressions, ids=list(range(len(RULES))), flags=[0] * len(RULES))
    return made


def hits(database: hyperscan.Database, text: str) -> dict[str, list[int]]:
    """End offsets of all hits by rule id."""
    found: dict[str, list[int]] = defaultdict(list)
    database.scan(
        text.encode(), match_event_handler=lambda number, _start, end, *_: found[RULES[number].id].append(end)
    )
    return found


@BY_ID
def test_nothing_that_a_rule_rejects_matches_its_pattern(rule: ProviderRule) -> None:
    pattern = compile_pattern(rule.pattern)
    assert not [number for number, text in enumerate(examples(rule, rule.reject)) if pattern.search(text)]


@BY_ID
def test_an_ordinary_file_without_credentials_does_not_match(rule: ProviderRule) -> None:
    assert not compile_pattern(rule.pattern).search(PLAIN)


@BY_ID
def test_the_group_is_the_secret_without_quotes_or_blanks_around(rule: ProviderRule) -> None:
    secrets = [secret_of(rule, text) for text in examples(rule, rule.match)]
    assert secrets[0].startswith(rule.prefix), f"{rule.id}: the first example has not its prefix"
    assert all(secret.strip("\"' \n,") == secret for secret in secrets)


@BY_ID
def test_hyperscan_sees_every_example_and_reach_finds_the_secret_again(
    rule: ProviderRule, database: hyperscan.Database
) -> None:
    pattern = compile_pattern(rule.pattern)
    for text in examples(rule, rule.match):
        ends = hits(database, text)[rule.id]
        assert 1 <= len(ends) <= 4, f"{rule.id}: {len(ends)} hits for one token"
        windows = (pattern.search(text, max(0, end - rule.reach), end + FORWARD) for end in ends)
        assert secret_of(rule, text) in {window["secret"] for window in windows if window}


@BY_ID
def test_reach_covers_the_longest_text_that_hyperscan_can_report(rule: ProviderRule) -> None:
    shortest_form = hyperscan_expression(rule).decode()
    longest = re._parser.parse(shortest_form).getwidth()[1]  # type: ignore[attr-defined]
    assert longest <= rule.reach, f"{rule.id}: needs a reach of {longest}"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.check], ids=lambda rule: rule.id)
def test_the_offline_check_never_fails_a_well_made_example(rule: ProviderRule) -> None:
    assert rule.check is not None
    made = [template for template in rule.match if re.search(r"\{(?:check|json64|pem):", template)]
    assert made or rule.check in SHAPE_ONLY, "give one example that passes the check"
    verdicts = {CHECKS[rule.check](secret_of(rule, text)) for text in examples(rule, made or rule.match)}
    assert Verdict.FAIL not in verdicts


def test_every_named_check_exists_and_every_check_is_used() -> None:
    assert {rule.check for rule in RULES if rule.check} == set(CHECKS)


def test_the_built_in_patterns_are_in_the_common_subset_of_both_engines() -> None:
    assert load_rules(ROOT, validate=True).providers == RULES


def test_hostile_text_gives_hyperscan_few_places_to_look_at(database: hyperscan.Database) -> None:
    for piece in HOSTILE:
        text = piece * (100_000 // len(piece))
        found = sum(map(len, hits(database, text).values()))
        assert found <= 2 * (len(text) // len(piece)) + 10, f"{found} hits on a repeated {piece!r}"


@BY_ID
def test_no_pattern_backtracks_far_on_hostile_text(
    rule: ProviderRule, ratio: Callable[[Callable[[], object], Callable[[], object]], float]
) -> None:
    """Near misses over a whole window take a fifth of what `a+b` takes, which backtracks with the window's square."""
    pattern, square, window = compile_pattern(rule.pattern), re.compile("a+b"), rule.reach + 3_000
    texts = [piece * (window // len(piece)) for piece in HOSTILE]
    assert not any(map(pattern.search, texts))
    assert ratio(lambda: [*map(pattern.search, texts)], lambda: square.search("a" * window)) < 10


def test_titles_say_whose_credential_it_is_without_repeating_each_other() -> None:
    titles = [rule.title for rule in RULES]
    assert len(titles) == len(set(titles))


def test_no_rule_of_a_provider_has_the_id_of_a_sink_or_setting() -> None:
    everything = load_rules(ROOT)
    ids = {row.id for row in (*everything.sinks, *everything.settings)}
    assert ids.isdisjoint(rule.id for rule in RULES)


def test_pages_are_named_without_user_information_or_query_secrets() -> None:
    assert all(
        urlsplit(url).hostname and not urlsplit(url).username for rule in RULES for url in (rule.docs, rule.rotate)
    )
