"""Check that a plan or a journal would not hold a value: an edit copies text from around one."""

from __future__ import annotations

import json

from fixers.model import Plan
from fixers.value_search import Search, may_stand, search_for, traces
from scanner.reports.masking import is_distinctive


def leak_search(plan: Plan, written: object) -> Search:
    """A search in `written`, or parts of it, for a plan's values in any spelling, except very common values."""
    values = {member.value for secret in plan.secrets for member in secret.members}
    distinctive = [value for value in values if is_distinctive(value.reveal("text"))]
    return search_for(may_stand(distinctive, _raw(written)))


def leaks(search: Search, written: object) -> bool:
    """Whether one of the values is in `written`, which may be texts in any JSON structure."""
    return bool(traces(search, _raw(written)))


def _raw(written: object) -> bytes:
    return json.dumps(written, ensure_ascii=False).encode("utf-8", "surrogatepass")
