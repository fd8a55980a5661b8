"""The analysis in several processes: the same findings, and no value on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NoReturn

import pytest

from scanner import session, sharing
from scanner.content import scan_bytes
from scanner.sharing import Outcome, Task
from scanner.source import Settings, Source

SETTINGS = Settings(key=bytes(32))


@pytest.fixture
def tasks(made: Callable[..., str]) -> list[Task]:
    """Documents with hits: some with escapes, with bytes, without a finding, and one that cannot be decoded."""
    one, two, three, four = made(24), made(24), made(24), made(30)
    texts = {
        "a.py": f'import db\nclass A:\n    password = "{one}"\n    user = "é"\ndb.connect(password=A.password)\n',
        "b.py": f'token = b"{two}"\nx = "postgres://u:{three}@db/x"\n',
        "c.py": f'password = "{one}\\x41\\n{two}"\n',
        "d.env": f"API_KEY={four}\nURL=mysql://root:{one}@h/d\n",
        "e.yaml": f"db:\n  password: '{three}'\n",
        "f.py": 'password = input("password: ")\n',
        "g.json": f'{{"secret_key": "{four}"}}',
        "h.py": f'password = "{one}"\nx = (\n',
    }
    raws = {path: text.encode() for path, text in texts.items()}
    raws["i.txt"] = f"password = '{two}'\n".encode("utf-16") + b"\xff"
    found = session.load_prefilter()
    return [Task(Source(path=path, raw=raw), found.find(scan_bytes(raw))) for path, raw in raws.items()]


def outcomes(tasks: Sequence[Task], processes: int) -> list[Outcome]:
    return sharing.analysed(tasks, session.knowledge(), lambda: SETTINGS, processes=processes)


def test_a_value_with_escapes_is_not_told_and_no_other_is_written_out(tasks: list[Task]) -> None:
    told = 0
    for task, outcome in zip(tasks, outcomes(tasks, 1), strict=True):
        if task.source.path == "c.py":
            with pytest.raises(sharing._NotInTextError):
                sharing._serialized(outcome)
            continue
        serialized = sharing._serialized(outcome)
        for finding in outcome.findings:
            assert finding.value is not None
            leaked = any(each.reveal("bytes") in serialized for each in (finding.value, finding.literal.value))
            assert not leaked
            told += 1
        assert sharing._read(serialized, task.source) == outcome._replace(text=outcome.text if outcome.findings else "")
    assert told >= 7


def test_no_outcome_shows_its_text(tasks: list[Task]) -> None:
    for task, outcome in zip(tasks, outcomes(tasks, 1), strict=True):
        shown = repr((task, outcome))
        leaked = any(
            finding.value is not None and finding.value.reveal("text") in shown for finding in outcome.findings
        )
        assert not leaked, task.source.path


@pytest.mark.parametrize("processes", [2, 3])
def test_the_findings_are_the_same_however_many_processes_there_are(tasks: list[Task], processes: int) -> None:
    alone, together = outcomes(tasks * 3, 1), outcomes(tasks * 3, processes)
    assert [each._replace(text="") for each in together] == [each._replace(text="") for each in alone]
    assert [each.text for each in together if each.findings] == [each.text for each in alone if each.findings]
    assert sum(len(each.findings) for each in together) >= 24
    assert [each.undecodable is not None for each in together] == [task.source.path == "i.txt" for task in tasks * 3]


def fail(*_: object) -> NoReturn:
    raise RuntimeError("a value could stand here")


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        pytest.param("_serialized", fail, id="a bug"),
        pytest.param("_work", lambda *_: os._exit(9), id="killed"),
    ],
)
def test_what_a_process_fails_at_the_parent_does_itself(
    tasks: list[Task], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str, instead: object
) -> None:
    alone = outcomes(tasks, 1)
    monkeypatch.setattr(sharing, name, instead)
    assert outcomes(tasks, 2) == alone
    assert capfd.readouterr().err == ""


def test_few_documents_are_not_shared(monkeypatch: pytest.MonkeyPatch, tasks: list[Task]) -> None:
    monkeypatch.setattr(sharing, "_together", fail)
    found = sharing.analysed(tasks, session.knowledge(), lambda: SETTINGS)
    assert len(found) == len(tasks)
