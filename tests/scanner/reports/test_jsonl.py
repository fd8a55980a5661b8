from __future__ import annotations

import json

from scanner.model import Skipped
from scanner.reports import json as whole
from scanner.reports import jsonl


def test_a_clean_scan_still_says_what_was_skipped(make):
    result = make.result(skipped=(Skipped(path="a.bin", reason="binary"),))

    lines = "".join(jsonl.render(result, make.context())).splitlines()

    assert [json.loads(line)["coverage"]["skipped"] for line in lines] == [[{"path": "a.bin", "reason": "binary"}]]


def test_the_lines_are_the_parts_of_the_whole_object(make):
    case = make.hostile()
    context = make.context(case.texts, show_suppressed=True)

    head, *findings = [json.loads(line) for line in "".join(jsonl.render(case.result, context)).splitlines()]

    assert head | {"findings": findings} == json.loads("".join(whole.render(case.result, context)))
