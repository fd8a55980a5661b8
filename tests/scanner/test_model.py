"""A value shows itself to nobody, and those who may ask for it are on a list."""

from __future__ import annotations

import ast
import copy
import json
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.model import MASK, SecretValue

ROOT = Path(__file__).parents[2]
# Whoever reveals a value, and what for. A new line here is a decision: say why the module needs it.
CALLERS = {
    "scanner/acceptance.py": "looks for it under an allowlist's expressions",
    "scanner/analysis.py": "looks for provider shapes in what a literal says",
    "scanner/baseline.py": "digests it for a row",
    "scanner/baseline_import.py": "compares it with another tool's finding",
    "scanner/detectors/auth.py": "looks for a scheme and a password in a header",
    "scanner/detectors/encoded.py": "decodes it",
    "scanner/detectors/named.py": "judges what stands at a suspicious name",
    "scanner/detectors/provider.py": "matches shapes, verifies checksums",
    "scanner/detectors/sink.py": "measures a literal for its span",
    "scanner/detectors/url.py": "finds the password in a URL",
    "scanner/serialization.py": "sees whether it stands in the text as it is, so that it need not cross a process",
    "scanner/identity.py": "makes keyed digests",
    "scanner/judge.py": "compares it with words and with its siblings",
    "scanner/value_evidence.py": "measures randomness, matches forms",
    "scanner/readers/dotenv.py": "finds variables inside a variable",
    "scanner/readers/notebook.py": "finds the places of a cell's literals",
    "scanner/readers/parts.py": "finds literals inside strings",
    "scanner/readers/structured.py": "tells a template from its default",
    "scanner/reports/masking.py": "finds what must not be shown",
    "scanner/sharing.py": "finds its place in the text, so that it need not cross a process",
    "scanner/history/presence.py": "looks whether HEAD still has it",
    "scanner/surroundings.py": "sees whether it is a digest that a table keeps",
    "fixers/storing.py": "compares what is stored with what is planned",
    "fixers/leaks.py": "keeps every spelling of it out of journals and reports",
    "fixers/choice.py": "measures it for a store",
    "fixers/compose.py": "compares a variable's value with the literal",
    "fixers/configuration.py": "sees whether a setting is a list",
    "fixers/connections.py": "takes connection strings apart",
    "fixers/copies.py": "finds other places that hold it",
    "fixers/dotenv.py": "checks that a variable holds nothing else",
    "fixers/dotenv_beside.py": "sees whether a variable is put together from another",
    "fixers/dotenv_by_hand.py": "sees whether other loaders read the same",
    "fixers/emit/awscli.py": "sees whether a shell's pipe keeps its line ends",
    "fixers/emit/files.py": "measures it for a store",
    "fixers/extension.py": "answers as the Lambda extension, to a proof",
    "fixers/grouping.py": "makes text of bytes that are text, merges equal ones",
    "fixers/incident.py": "compares the new value with the old one, makes its proofs",
    "fixers/ledger.py": "finds the places of the tree that still hold it",
    "fixers/naming.py": "keeps names free of values",
    "fixers/notebook.py": "looks for it in outputs",
    "fixers/payload.py": "makes what is uploaded",
    "fixers/placing.py": "finds the places that hold all of it",
    "fixers/purge.py": "writes its spellings into a pipe",
    "fixers/python.py": "chooses the call: text or bytes",
    "fixers/python_expression.py": "compares the literal with what is stored",
    "fixers/python_insert.py": "rebuilds the spelling that its literal has",
    "fixers/refusals.py": "recognises AWS's own keys and examples",
    "fixers/masked_diff.py": "finds what a diff must not show",
    "fixers/run.py": "puts it into the environment of the program that it becomes",
    "fixers/spelling.py": "writes down how it was spelled, gives it back",
    "fixers/splicing.py": "compares what is read again with it",
    "fixers/status.py": "compares it with what is stored",
    "fixers/stores/parameterstore.py": "uploads it",
    "fixers/stores/secretsmanager.py": "uploads it",
    "fixers/strength.py": "measures how hard it is to guess",
    "fixers/styles.py": "sees whether bytes are text",
    "fixers/value_search.py": "looks for it in every spelling",
    "fixers/value.py": "writes it into a pipe",
}


def callers() -> dict[str, int]:
    """How often each of our modules names the way out; the definition itself does not count."""
    found: dict[str, int] = {}
    for path in sorted(path for package in ("rules", "scanner", "fixers") for path in (ROOT / package).rglob("*.py")):
        names = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if named(node)]
        if names and path.name != "model.py":
            found[path.relative_to(ROOT).as_posix()] = len(names)
    return found


def named(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in ("reveal", "_SecretValue__value")
    return isinstance(node, ast.Constant) and node.value in ("reveal", "_SecretValue__value")


def test_whoever_reveals_a_value_is_on_the_list() -> None:
    assert set(callers()) == set(CALLERS)


def test_nothing_but_reveal_gives_it_away(made: Callable[..., str]) -> None:
    plain = made()
    value = SecretValue(plain)
    public = {name for name in dir(value) if not name.startswith("_")}
    assert public - {"is_bytes"} == {"reveal"}
    shown = [repr(value), str(value), f"{value}", f"{value!r:>40}", f"{value}", "{} {!r}".format(value, value)]  # noqa: UP032
    shown += [repr([value]), repr({"a": value}), str(ValueError(value)), str(KeyError(value))]
    record = logging.LogRecord("a", 10, "b", 1, "%s %r", (value, value), None)
    assert not [text for text in (*shown, record.getMessage()) if plain in text]
    assert repr(value) == MASK


@pytest.mark.parametrize(
    "leave", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy, vars, iter, bytes], ids=lambda leave: leave.__name__
)
def test_it_does_not_leave_its_process_or_become_something_else(
    leave: Callable[[Any], object], made: Callable[..., str]
) -> None:
    plain = made()
    with pytest.raises(TypeError) as caught:
        leave(SecretValue(plain))
    leaked = plain in str(caught.value)
    assert not leaked


def test_each_form_of_text_and_of_bytes() -> None:
    assert (SecretValue("é").reveal(), SecretValue("é").reveal("text")) == ("é", "é")
    assert SecretValue("é\udc80").reveal("bytes") == b"\xc3\xa9\xed\xb2\x80"
    assert (SecretValue(b"\xff").reveal(), SecretValue(b"\xff").reveal("bytes")) == (b"\xff", b"\xff")
    assert SecretValue(b"\xff").reveal("text") == "\xff"
    assert (SecretValue("a") == SecretValue(b"a"), SecretValue(b"a").is_bytes) == (False, True)
