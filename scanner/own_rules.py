"""Combine a repository's own rules with the built-in ones: one prefilter, one rule set.

Own rules only add: one names a finding where no built-in rule does, and its evidence never lowers a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rules.own import read_own
from rules.patterns import hyperscan_expression
from rules.tables import RuleError
from scanner.config import read_table
from scanner.errors import UsageError
from scanner.prefilter import PROVIDER, Expression, Prefilter, compile_database
from scanner.prefilter import read_table as read_rows

if TYPE_CHECKING:
    from rules.model import ProviderRule, RuleSet


class _Both(NamedTuple):
    """Two databases as one: the second one's ids follow the first one's."""

    first: Any
    second: Any
    shift: int

    def scan(self, data: bytes, match_event_handler: Callable[[int, int, int, int, object], None]) -> None:
        """Scan with both databases."""

        def shifted(number: int, start: int, end: int, flags: int, context: object) -> None:
            match_event_handler(number + self.shift, start, end, flags, context)

        self.first.scan(data, match_event_handler=match_event_handler)
        self.second.scan(data, match_event_handler=shifted)


def load_own(path: Path) -> tuple[ProviderRule, ...]:
    """The rules of a file, none if it does not exist. Raises UsageError with file and line."""
    values = read_table(path, ())
    if values is None:
        return ()
    try:
        return read_own(path, values)
    except RuleError as error:
        said = "".join(character if character.isprintable() else "?" for character in str(error))
        raise UsageError(said, hint=f"`unhardcode rules test {path.name}` checks the file") from None


def beside(
    own: tuple[ProviderRule, ...], prefilter: Prefilter, rules: Callable[[], RuleSet]
) -> tuple[Prefilter, Callable[[], RuleSet]]:
    """The built-in prefilter and rules combined with own ones."""
    if not own:
        return prefilter, rules
    found = [Expression(role=PROVIDER, pattern=hyperscan_expression(rule), caseless=False, ref=rule.id) for rule in own]
    rows = read_rows(prefilter)
    both = _Both(prefilter.database, compile_database(found, calls=False), len(rows))
    table = (*rows, *((expression.role, expression.ref) for expression in found))

    def with_own() -> RuleSet:
        known = rules()
        return replace(known, providers=(*known.providers, *own))

    return prefilter._replace(database=both, table=table), with_own
