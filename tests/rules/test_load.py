"""The loader: what it refuses, what it reads, and its cache."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.examples import expand
from rules.load import RuleError, hyperscan_expression, load_rules, load_rules_cached, rules_signature
from rules.model import Head, Names, Parameter, ProviderRule, RuleSet
from rules.patterns import compile_pattern

PROVIDER = """
provider = "Acme"
docs = "https://acme.example/docs"
rotate = "https://acme.example/rotate"
[[rule]]
id = "acme-token"
title = "Acme token"
kind = "api-key"
pattern = '''\\b(?P<secret>acme_[0-9a-z]{20,40})\\b'''
prefix = "acme_"
severity = "high"
strength = "certain"
match = ["ACME=acme_{loweralnum:20}"]
reject = ["ACME=acme_{loweralnum:9}", "acme_"]
"""
SINK = """
library = "acme"
modules = ["acme"]
docs = "https://acme.example/docs"
[[sink]]
id = "acme-connect"
calls = ["acme.connect"]
parameters = [
    { kind = "password", index = [1, 2], name = "password" },
    { kind = "url", name = ["url"], element = 1, key = "auth" },
]
match = ["import acme"]
reject = ["import os"]
[[setting]]
id = "acme-setting"
kind = "signing-key"
paths = ["SECRET"]
files = ["settings*.py"]
match = ["SECRET = 1"]
reject = ["SECRET = None"]
"""
NAMES = """
negative_heads = ["path"]
negative_phrases = ["pad token"]
[[head]]
words = "api key"
kind = "api-key"
strength = "strong"
"""
JUDGE = """
[[weight]]
name = "name-strong"
weight = 2.5
text = "the name says so"
"""


def tree(root: Path, **files: str) -> Path:
    """Write a rules folder: the keyword's `_` is the folder's `/`."""
    for name, text in files.items():
        path = root / f"{name.replace('_', '/', 1)}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


BASE = ProviderRule(
    id="acme-token",
    title="Acme token",
    provider="Acme",
    kind="api-key",
    pattern="",
    prefix="",
    severity="high",
    strength="certain",
    check=None,
    rotation="manual",
    env=None,
    docs="https://acme.example/docs",
    rotate="https://acme.example/rotate",
    reach=300,
    match=(),
    reject=(),
)


def rule(pattern: str) -> ProviderRule:
    return BASE._replace(pattern=pattern)


# --- refusals -----------------------------------------------------------------------------------------------

REFUSED = {
    "a text that is not TOML, with its line": ("providers_acme", PROVIDER + "[[rule\n", "line 15, column"),
    "an unknown key of a file": ("providers_acme", "patern = 'x'\n" + PROVIDER, "patern"),
    "an unknown key of a rule, by the rule's id": (
        "providers_acme",
        PROVIDER + "sevrity = 'x'",
        "rule[acme-token].sevrity",
    ),
    "a file without a rule": ("providers_acme", PROVIDER.partition("[[rule]]")[0], "rule"),
    "a rule without a title": (
        "providers_acme",
        PROVIDER.replace('title = "Acme token"', ""),
        "rule[acme-token].title",
    ),
    "a number where a text belongs": (
        "providers_acme",
        PROVIDER.replace('"Acme token"', "7"),
        "rule[acme-token].title",
    ),
    "an empty text": ("providers_acme", PROVIDER.replace('"Acme token"', '""'), "rule[acme-token].title"),
    "a kind that is no kind": ("providers_acme", PROVIDER.replace('"api-key"', '"apikey"'), "rule[acme-token].kind"),
    "a severity that is none": ("providers_acme", PROVIDER.replace('"high"', '"urgent"'), "rule[acme-token].severity"),
    "an id of another file": ("providers_acme", PROVIDER.replace('"acme-token"', '"acmeX"'), "rule[acmeX].id"),
    "a rule without two rejects": ("providers_acme", PROVIDER.replace(', "acme_"]', "]"), "rule[acme-token].reject"),
    "a page that is not https": ("providers_acme", PROVIDER.replace("https://acme.example/docs", "http://x"), "docs"),
    "a reach below nothing": ("providers_acme", PROVIDER + "reach = -1", "rule[acme-token].reach"),
    "a truth where a number belongs": ("providers_acme", PROVIDER + "reach = true", "rule[acme-token].reach"),
    "two rules with one id": ("providers_acme", PROVIDER + PROVIDER[PROVIDER.index("[[rule]]") :], "acme.toml"),
    "a sink file with neither sink nor setting": ("sinks_acme", SINK.partition("[[sink]]")[0], ""),
    "a sink without calls": (
        "sinks_acme",
        SINK.replace('calls = ["acme.connect"]', "calls = []"),
        "sink[acme-connect].calls",
    ),
    "a sink without parameters": (
        "sinks_acme",
        SINK.replace(SINK[SINK.index("parameters") : SINK.index("match")], ""),
        "sink[acme-connect].parameters",
    ),
    "a parameter with neither index nor name": (
        "sinks_acme",
        SINK.replace('index = [1, 2], name = "password"', "element = 0"),
        "sink[acme-connect].parameters[1]",
    ),
    "a setting with neither targets nor paths": (
        "sinks_acme",
        SINK.replace('paths = ["SECRET"]', ""),
        "setting[acme-setting]",
    ),
    "paths without the files they hold in": (
        "sinks_acme",
        SINK.replace('files = ["settings*.py"]', ""),
        "setting[acme-setting].files",
    ),
    "a head in capitals": ("names_heads", NAMES.replace("api key", "API key"), "head[API key].words"),
    "a head of no kind": ("names_heads", NAMES.replace('"api-key"', '"key"'), "head[api key].kind"),
    "one head twice": ("names_heads", NAMES + NAMES[NAMES.index("[[head]]") :], "heads.toml"),
    "a phrase among single words": ("names_heads", NAMES.replace('"path"', '"file path"'), "negative_heads"),
    "a weight in words": ("judge", JUDGE.replace("2.5", '"much"'), "weight[name-strong].weight"),
    "one weight twice": ("judge", JUDGE + JUDGE, "weight[name-strong]"),
}


@pytest.mark.parametrize(("name", "text", "where"), REFUSED.values(), ids=REFUSED)
def test_the_loader_refuses(tmp_path: Path, name: str, text: str, where: str) -> None:
    root = tree(tmp_path, **{name: text})
    with pytest.raises(RuleError) as refused:
        load_rules(root)
    assert where in refused.value.where
    assert str(refused.value).startswith(str(tmp_path))


def test_the_loader_refuses_what_is_not_utf_8(tmp_path: Path) -> None:
    tree(tmp_path, providers_acme="").joinpath("providers/acme.toml").write_bytes(b"provider = '\xff'")
    with pytest.raises(RuleError, match="UTF-8"):
        load_rules(tmp_path)


PATTERNS_REFUSED = {
    "an open group": (r"(?P<secret>a", "not a pattern for re"),
    "no group": (r"acme_[0-9]{20}", "exactly one group"),
    "two groups": (r"(?P<secret>a)(b)", "exactly one group"),
    "a group of another name": (r"(?P<token>a)", "exactly one group"),
    "look-ahead": (r"(?P<secret>a)(?!b)", "not a pattern for Hyperscan"),
    "a back-reference": (r"(?P<secret>a(?P=secret))", "re"),
    "an unbounded repeat": (r"(?P<secret>a+)", "unbounded"),
    "an unbounded repeat outside the group": (r"a*(?P<secret>b)", "unbounded"),
    "letters that are not ASCII": (r"(?P<secret>é{3})", "ASCII"),
}


@pytest.mark.parametrize(("pattern", "reason"), PATTERNS_REFUSED.values(), ids=PATTERNS_REFUSED)
def test_validation_refuses_a_pattern_with(tmp_path: Path, pattern: str, reason: str) -> None:
    text = PROVIDER.replace(r"\b(?P<secret>acme_[0-9a-z]{20,40})\b", pattern)
    load_rules(tree(tmp_path, providers_acme=text))
    with pytest.raises(RuleError, match=reason) as refused:
        load_rules(tmp_path, validate=True)
    assert refused.value.where == "rule[acme-token].pattern"


def test_whether_a_head_leads_is_true_or_false(tmp_path: Path) -> None:
    row = '{ words = "senha", kind = "password", strength = "strong", leads = %s }'
    rules = load_rules(tree(tmp_path / "a", names_heads=f"head = [{row % 'true'}]"))
    assert [head.leads for head in rules.names.heads] == [True]
    with pytest.raises(RuleError, match="must be true or false"):
        load_rules(tree(tmp_path / "b", names_heads=f"head = [{row % '1'}]"))


# --- reading ------------------------------------------------------------------------------------------------


def test_a_missing_folder_is_an_empty_set_of_rules(tmp_path: Path) -> None:
    rules = load_rules(tmp_path / "none")
    assert (rules.providers, rules.sinks, rules.settings, rules.weights) == ((), (), (), {})
    assert rules.names == Names(heads=(), negative_heads=frozenset(), negative_phrases=frozenset())


def test_every_table_becomes_its_record(tmp_path: Path) -> None:
    rules = load_rules(tree(tmp_path, providers_acme=PROVIDER, sinks_acme=SINK, names_heads=NAMES, judge=JUDGE))
    provider, sink, setting = rules.providers[0], rules.sinks[0], rules.settings[0]
    assert (provider.provider, provider.rotation, provider.reach, provider.check) == ("Acme", "manual", 300, None)
    assert sink.parameters == (
        Parameter(kind="password", indexes=(1, 2), name=("password",), element=None, key=()),
        Parameter(kind="url", indexes=(), name=("url",), element=1, key=("auth",)),
    )
    assert (sink.modules, setting.library, setting.files) == (("acme",), "acme", ("settings*.py",))
    assert rules.names.heads == (Head(words=("api", "key"), kind="api-key", strength="strong"),)
    assert rules.names.negative_phrases == {("pad", "token")}
    assert rules.weights["name-strong"].weight == 2.5


def test_a_rule_may_have_its_own_page_where_the_file_names_another(tmp_path: Path) -> None:
    text = PROVIDER + 'docs = "https://acme.example/tokens"'
    assert load_rules(tree(tmp_path, providers_acme=text)).providers[0].docs == "https://acme.example/tokens"


def test_a_byte_order_mark_is_no_part_of_a_rule_file(tmp_path: Path) -> None:
    assert load_rules(tree(tmp_path, providers_acme="\ufeff" + PROVIDER)).providers


def test_the_digest_changes_with_any_byte_and_any_name(tmp_path: Path) -> None:
    digests = [load_rules(tree(tmp_path / "a", providers_acme=PROVIDER)).digest]
    digests.append(load_rules(tree(tmp_path / "b", providers_acme=PROVIDER + "# more")).digest)
    digests.append(load_rules(tree(tmp_path / "c", sinks_acme=SINK, providers_acme=PROVIDER)).digest)
    assert len(set(digests)) == 3
    assert load_rules(tmp_path / "a").digest == digests[0]


# --- the Hyperscan form -------------------------------------------------------------------------------------

EXPRESSIONS = {
    "the last repeat becomes its lower bound and what follows goes": (
        r"\b(?P<secret>a_[0-9]{24,99})\b",
        rb"\b(?:a_[0-9]{24})",
    ),
    "an exact repeat keeps what follows": (r"\b(?P<secret>a[0-9]{24})(?:[^0-9]|$)", rb"\b(?:a[0-9]{24})(?:[^0-9]|$)"),
    "an optional end goes": (r"(?P<secret>a[0-9]{4,6}={0,2})x", rb"(?:a[0-9]{4})"),
    "an optional group at the end goes": (r"(?P<secret>a[0-9]{4}(?:-[0-9])?)\b", rb"(?:a[0-9]{4})"),
    "a wide repeat cuts the rest": (r"(?P<secret>B-[^-]{64,9000}-E)x", rb"(?:B-[^-]{64})"),
    "an open repeat cuts the rest": (r"(?P<secret>B-[^-]{64,}-E)x", rb"(?:B-[^-]{64})"),
    "a class with brackets and parentheses is one thing": (r"(?P<secret>a[])(]{3,5})\)", rb"(?:a[])(]{3})"),
    "an escaped end is one thing": (r"(?P<secret>a\.{2,3})", rb"(?:a\.{2})"),
    "an inner group is left alone": (r"(?P<secret>(?:a|b){2}c)\b", rb"(?:(?:a|b){2}c)\b"),
}


@pytest.mark.parametrize(("pattern", "expression"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_in_the_hyperscan_form(pattern: str, expression: bytes) -> None:
    assert hyperscan_expression(rule(pattern)) == expression


@given(st.text(alphabet="ab-", min_size=0, max_size=30), st.integers(1, 5), st.integers(0, 5))
def test_whatever_the_pattern_finds_its_hyperscan_form_finds(text: str, least: int, more: int) -> None:
    tight = rule(rf"(?P<secret>a[ab]{{{least},{least + more}}}(?:-b)?)(?:[^ab]|$)")
    if compile_pattern(tight.pattern).search(text):
        loose = tight._replace(pattern=hyperscan_expression(tight).decode().replace("(?:", "(?P<secret>", 1))
        assert compile_pattern(loose.pattern).search(text)


# --- examples -----------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_example_and_another_another() -> None:
    assert expand("{alnum:24}", "a") == expand("{alnum:24}", "a") != expand("{alnum:24}", "b")


def test_doubled_braces_and_braces_of_code_are_text() -> None:
    assert expand('{{user}} {"a": 1} {} f"{{x}}"', "a") == '{user} {"a": 1} {} f"{x}"'


@pytest.mark.parametrize("template", ["{alnun:24}", "{alnum}", "{alnum:x}", "{check:none:x}"])
def test_an_unknown_form_is_an_error(template: str) -> None:
    with pytest.raises(ValueError, match="unknown form"):
        expand(template, "a")


@given(st.integers(1, 60), st.sampled_from(["alnum", "hex", "HEX", "upper", "b64url", "digit", "base32"]), st.text())
def test_a_form_gives_as_many_characters_as_it_says(count: int, form: str, seed: str) -> None:
    assert len(expand(f"{{{form}:{count}}}", seed)) == count


# --- the cache ----------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tree(tmp_path / "rules", providers_acme=PROVIDER, sinks_acme=SINK, names_heads=NAMES, judge=JUDGE)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache"


def kept(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


def plant(cache: Path, root: Path) -> RuleSet:
    """Fill the cache and put a mark into it that only a reader of the cache can see."""
    rules = load_rules_cached(cache, root)
    content = json.loads(kept(cache).read_text())
    content["rules"]["providers"][0][ProviderRule._fields.index("title")] = "from the cache"
    kept(cache).write_text(json.dumps(content))
    return rules


def is_from_cache(cache: Path, root: Path) -> bool:
    return load_rules_cached(cache, root).providers[0].title == "from the cache"


def test_the_cache_is_not_used_if_others_can_write_its_folder(cache: Path, root: Path) -> None:
    plant(cache, root)
    cache.chmod(0o777)
    assert not is_from_cache(cache, root)


def test_the_cache_is_not_used_if_others_can_write_its_file(cache: Path, root: Path) -> None:
    plant(cache, root)
    kept(cache).chmod(0o666)
    assert not is_from_cache(cache, root)


def test_the_cache_is_not_used_through_a_link(cache: Path, root: Path) -> None:
    plant(cache, root)
    moved = cache.parent / "elsewhere"
    kept(cache).rename(moved)
    (cache / load_name(cache, root)).symlink_to(moved)
    assert not is_from_cache(cache, root)


def load_name(cache: Path, root: Path) -> str:
    load_rules_cached(cache, root)
    name = kept(cache).name
    kept(cache).unlink()
    return name


def test_the_cache_is_not_used_if_its_folder_is_a_link(cache: Path, root: Path) -> None:
    plant(cache, root)
    link = cache.parent / "link"
    link.symlink_to(cache)
    assert not is_from_cache(link, root)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"signature": 1}', '{"signature": null, "rules": {}}', "\x00"]
)
def test_a_damaged_cache_is_replaced_in_silence(cache: Path, root: Path, content: str) -> None:
    plant(cache, root)
    kept(cache).write_text(content)
    assert load_rules_cached(cache, root) == load_rules(root)
    assert json.loads(kept(cache).read_text())["signature"] == rules_signature(root)


@pytest.mark.parametrize("rules", [{"providers": [{"id": 1}]}, {"sinks": [[1]]}, {"sinks": [], "providers": [["x"]]}])
def test_a_right_signature_over_damaged_rules_is_replaced_in_silence(
    cache: Path, root: Path, rules: dict[str, object]
) -> None:
    plant(cache, root)
    kept(cache).write_text(json.dumps({"signature": rules_signature(root), "rules": rules}))
    assert load_rules_cached(cache, root) == load_rules(root)


def test_a_changed_rule_is_seen_though_size_and_modification_time_are_the_same(cache: Path, root: Path) -> None:
    plant(cache, root)
    path = root / "providers" / "acme.toml"
    before = path.stat()
    time.sleep(0.01)
    path.write_text(path.read_text().replace("Acme token", "Acme badge"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load_rules_cached(cache, root).providers[0].title == "Acme badge"


def test_a_new_and_a_removed_rule_file_change_the_signature(root: Path) -> None:
    first = rules_signature(root)
    tree(root, providers_other=PROVIDER)
    second = rules_signature(root)
    (root / "names" / "heads.toml").unlink()
    assert len({first, second, rules_signature(root)}) == 3


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, root: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load_rules_cached(tmp_path / "file", root) == load_rules(root)
    assert load_rules_cached(None, root) == load_rules(root)


def test_the_cache_gives_equal_rules_and_is_the_users_own(cache: Path, root: Path) -> None:
    assert plant(cache, root) == load_rules(root)
    assert is_from_cache(cache, root)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept(cache).stat().st_mode) == 0o600


def test_the_built_in_rules_come_back_equal_from_the_cache(cache: Path) -> None:
    load_rules_cached(cache)
    assert load_rules_cached(cache) == load_rules()
