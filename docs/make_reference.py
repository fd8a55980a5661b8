"""Write docs/reference.md from the code: python docs/make_reference.py

Nothing here says anything that the code does not say; tests/docs/test_reference.py holds the page to it.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import unhardcode  # noqa: E402 - this tree's, whatever else is installed
from fixers import manual_steps, rewriting  # noqa: E402
from fixers.model import RefusalReason  # noqa: E402
from rules.load import load_rules  # noqa: E402
from scanner import config_check, judge, scan_request  # noqa: E402
from scanner.config import DEFAULT_BASELINE, HONOURS, Config  # noqa: E402
from scanner.errors import Exit, UsageError  # noqa: E402

PAGE = ROOT / "docs" / "reference.md"
STATUSES = {
    Exit.OK: "done, or clean",
    Exit.FINDINGS: "findings, or something that was not done: the command's own text says what. Python itself ends "
    "so where it cannot start, as with a folder for its standard input",
    Exit.USAGE: "options, configuration, a plan, a rule or a baseline that cannot be used",
    Exit.NOT_SEEN: "something that was asked for could not be seen, or a store failed",
    Exit.BUG: "a bug in unhardcode: it prints places in its own code, and no text of yours",
    Exit.RUN_FAILED: "`unhardcode run`: a value cannot be read, and nothing was started",
    Exit.INTERRUPTED: "interrupted",
    Exit.OUTPUT_GONE: "whoever read the output was gone before its end, as `head` is",
}
VARIABLES = (
    ("UNHARDCODE_POLICY", "the policy file of an outside gate, as `--policy`; set but empty it is a mistake (2)"),
    (
        "UNHARDCODE_CACHE",
        "the folder of the compiled rules, instead of the user's cache folder; empty it is as if unset",
    ),
    ("NO_COLOR", "no colours, as `--no-color`, unless it is empty"),
    ("AWS_*", "as boto3 reads them: region, profile, credentials, AWS_ENDPOINT_URL"),
)


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made from the code by `docs/make_reference.py`; a test says when it is out of date. The other pages explain:"
    yield "[how it judges](judging.md), [configuration](configuration.md), [JSON](json.md), [hooks](hooks.md),"
    yield "[baseline](baseline.md), [history](history.md), [styles](styles.md), [wiring](wiring.md),"
    yield "[rotation](rotation.md), [what it never does with a value](values.md), [other tools](comparison.md),"
    yield "[emulators](emulators.md), [a newcomer's first minutes](newcomer.md)."
    yield ""
    yield from _section("Commands", _of_command(unhardcode.cli(), "unhardcode", None))
    yield from _section(
        "Exit status", _table(("status", "says"), ((str(int(key)), STATUSES[key]) for key in sorted(Exit)))
    )
    yield from _section(
        "Variables of the environment", _table(("variable", "says"), ((f"`{a}`", b) for a, b in VARIABLES))
    )
    yield from _section("Keys of the configuration", _keys())
    yield from _section("Report formats", _formats())
    yield from _section("Why a place is not rewritten", _reasons())
    yield from _section("Evidence", _evidence())
    yield from _section("Rules", _rules())


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield from lines
    yield ""


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield "| " + " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in row) + " |"


def _of_command(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """A command's usage, text and options; of a group those of its commands."""
    context = click.Context(command, info_name=name, parent=parent, max_content_width=10_000)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _of_command(found, child, context)
        return
    yield f"### {context.command_path}"
    yield ""
    yield f"`{context.command_path} {' '.join(command.collect_usage_pieces(context))}`"
    yield ""
    for paragraph in (command.help or "").split("\n\n"):
        yield re.sub(r"\s+", " ", paragraph).strip().replace("<", "\\<")
        yield ""
    records = [record for option in command.get_params(context) if (record := option.get_help_record(context))]
    rows = [(f"`{names}`", text) for names, text in records if text and "--help" not in names]
    if rows:
        yield from _table(("option", ""), iter(rows))
        yield ""


def _keys() -> Iterator[str]:
    yield "Of `[tool.unhardcode]` and `.unhardcode.toml`; [configuration.md](configuration.md) says what each is for."
    yield ""
    default = Config()
    rows = []
    for key, reader in config_check._READERS.items():  # noqa: SLF001 - the only list of them
        value = DEFAULT_BASELINE if key == "baseline" else getattr(default, key.replace("-", "_"))
        rows.append((f"`{key}`", _takes(key, reader), f"`{_toml(value)}`" if value not in (None, ()) else ""))
    yield from _table(("key", "takes", "default"), iter(rows))
    yield ""
    yield f"A policy also has `honour`, a list of {', '.join(f'`{word}`' for word in HONOURS)}."


def _takes(key: str, reader: config_check.Reader) -> str:
    """What the configuration's own complaint says that a key is."""
    where = config_check.Where(file="x", path=Path(os.devnull), key=key)
    try:
        reader(object(), where)
    except UsageError as error:
        return error.message.removeprefix(f"{where} is ").removeprefix(f"{where} holds ")
    raise AssertionError(f"{key} takes anything")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'


def _formats() -> Iterator[str]:
    rows = []
    for form in scan_request.FORMATS:
        module = importlib.import_module(f"scanner.reports.{form.replace('-', '_')}")
        text = (module.__doc__ or "").split("\n\n")[0]
        rows.append((f"`{form}`", re.sub(r"^`--format [\w-]+`: ", "", text)))
    return _table(("format", ""), iter(rows))


def _reasons() -> Iterator[str]:
    found: dict[str, dict[tuple[str, str], None]] = {reason.name: {} for reason in RefusalReason}
    for path in sorted((ROOT / "fixers").rglob("*.py")):
        for reason, detail, step in _refusals(ast.parse(path.read_text("utf-8"))):
            found[reason][detail, step] = None
    by_kind = {what: step for _, what, step in manual_steps._BY_PATH}  # noqa: SLF001 - the only list of them
    found["KIND_NOT_SUPPORTED"] = {(f"it is in {what}", step): None for what, step in by_kind.items()}
    yield "A reason in reports and plans, what is said beside it (… stands for a name or a place), and the next step."
    yield ""
    rows = []
    for reason in RefusalReason:
        known = [pair for pair in found[reason.name] if pair[0] != "…"] or list(found[reason.name])
        rows += [(f"`{reason}`" if not at else "", *pair) for at, pair in enumerate(known)]
    yield from _table(("reason", "because", "what to do"), iter(rows))


class _Names:
    """Texts with a name in a module: what was said last above a line."""

    def __init__(self, module: ast.Module) -> None:
        shared = {"BY_HAND": rewriting.BY_HAND, "READ_IN_CODE": rewriting.READ_IN_CODE}
        self._said = {name: [(0, False, text)] for name, text in shared.items()}
        for node in ast.walk(module):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(node, ast.Assign | ast.AugAssign) and isinstance(target, ast.Name):
                text = _text(node.value, self)
                if text is not None:
                    self._said.setdefault(target.id, []).append((node.lineno, isinstance(node, ast.AugAssign), text))

    def at(self, name: ast.Name) -> str | None:
        """The text of a name on its line: an assignment, with what was added to it below."""
        text = None
        for line, is_added, said in sorted(self._said.get(name.id, ())):
            if line <= name.lineno:
                text = (text or "") + said if is_added else said
        return text


def _refusals(module: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Reason, detail and step of every refusal that a module can make, also by a helper of its own."""
    names = _Names(module)
    helpers: dict[str, tuple[list[str], list[ast.expr | None], list[ast.expr]]] = {}
    for node in ast.walk(module):
        for parts in _triples(node):
            reason = _reason(parts[0])
            if reason and not isinstance(parts[1], ast.Name):
                yield reason, _text(parts[1], names) or "…", _text(parts[2], names) or "…"
        if isinstance(node, ast.FunctionDef):
            arguments = [argument.arg for argument in node.args.args]
            padding: list[ast.expr | None] = [None] * (len(arguments) - len(node.args.defaults))
            for inner in ast.walk(node):
                for parts in _triples(inner):
                    if isinstance(parts[1], ast.Name) and parts[1].id in arguments:
                        helpers[node.name] = (arguments, [*padding, *node.args.defaults], parts)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in helpers:
            arguments, defaults, parts = helpers[node.func.id]
            given = dict(zip(arguments, [*node.args, *defaults[len(node.args) :]], strict=False))
            bound = [given.get(part.id, part) if isinstance(part, ast.Name) else part for part in parts]
            reason = _reason(bound[0])
            if reason:
                yield reason, _text(bound[1], names) or "…", _text(bound[2], names) or "…"


def _triples(node: ast.AST) -> Iterator[list[ast.expr]]:
    """The three parts of a refusal: a tuple, or what CannotRewriteError is made of."""
    parts = node.elts if isinstance(node, ast.Tuple) else node.args if isinstance(node, ast.Call) else []
    if len(parts) == 3 and (_reason(parts[0]) or (isinstance(parts[0], ast.Name) and parts[0].id == "reason")):
        yield parts


def _reason(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "RefusalReason":
        return node.attr
    return None


def _text(node: ast.expr | None, names: _Names) -> str | None:
    """A text as far as it is written down; what is put in when it runs is an ellipsis."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, names) or "…" for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, names)
    return names.at(node) if isinstance(node, ast.Name) else None


def _evidence() -> Iterator[str]:
    levels = f"{judge.HIGH:g} and more is high, {judge.MEDIUM:g} medium, {judge.LOW:g} low"
    yield f"Points add up: {levels}; below, a finding is suppressed."
    yield "`unhardcode explain` prints them for a line. From `rules/judge.toml`; [judging.md](judging.md) explains."
    yield ""
    weights = sorted(load_rules().weights.values(), key=lambda weight: -weight.weight)
    yield from _table(
        ("evidence", "points", "says"),
        ((f"`{one.name}`", f"{one.weight:+g}" if one.weight else "0", one.text) for one in weights),
    )


def _rules() -> Iterator[str]:
    known = load_rules()
    checked, calls = (sum(one.check is not None for one in known.providers), sum(len(one.calls) for one in known.sinks))
    providers, libraries = ({one.provider for one in known.providers}, {one.library for one in known.sinks})
    rows = [
        ("shapes of providers' credentials", len(known.providers), f"of {len(providers)} providers"),
        ("of these checked offline", checked, "by a checksum or structure"),
        ("rules for calls", len(known.sinks), f"{calls} calls, {len(libraries)} libraries"),
        ("rules for settings", len(known.settings), "assignments and key paths that configure a credential"),
        ("names", len(known.names.heads), "words and pairs of words that make a name suspicious"),
    ]  # fmt: skip
    yield "`unhardcode rules list` prints them, `unhardcode rules show RULE` all of one."
    yield ""
    yield from _table(("", "number", ""), ((what, str(count), more) for what, count, more in rows))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
