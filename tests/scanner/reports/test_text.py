from __future__ import annotations

import dataclasses

import pytest

from fixers.model import RefusalReason
from scanner.model import Commit, Confidence, CredentialKind, Evidence, Skipped, SuppressedBy, Suppression
from scanner.reports import text
from scanner.reports.context import FixNote

PATH = "src/shop/db.py"


def rendered(make, *findings, page: str | None = None, result=None, **changes):
    context = make.context({PATH: page} if page is not None else {}, **changes)
    return "".join(text.render(result or make.result(*findings), context))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param("a\x1b[2Jb.py", "a\\x1b[2Jb.py:1:2", id="escape sequences are escaped"),
        pytest.param("a\nb\rc.py", "a\\x0ab\\x0dc.py:1:2", id="line ends are escaped"),
        pytest.param("a\u202eyp.py", "a\\u202eyp.py:1:2", id="bidirectional controls are escaped"),
        pytest.param("a\udcffb.py", "a\\udcffb.py:1:2", id="lone surrogates are escaped"),
        pytest.param("::stop-commands::x", "./::stop-commands::x:1:2", id="no line starts with a GitHub command"),
        pytest.param("##vso[task.x]y", "#\\x23vso[task.x]y:1:2", id="no line holds an Azure command"),
    ],
)
def test_untrusted_paths_cannot_command_a_terminal_or_a_runner(make, path, shown):
    value = make.generated("a")

    output = rendered(make, make.found(f'"{value}"', value, path=path))

    assert output.startswith(f"{shown}  ")
    assert not any(line.startswith("::") or "##vso[" in line or path == line for line in output.splitlines())
    assert all(c == "\n" or c.isprintable() for c in output)


def test_control_characters_of_a_quoted_line_are_escaped(make):
    value = make.generated("b")
    page = f'\tconnect("\x1b]0;x\x07", "{value}")  # \u202e \u2028 x\n'

    output = rendered(make, make.found(page, value), page=page)

    assert '|  connect("\\x1b]0;x\\x07", "…")  # \\u202e \\u2028 x\n' in output


def test_a_suppressed_finding_is_counted_and_shown_only_on_request(make):
    value = make.generated("c")
    finding = make.found(f'"{value}"', value, suppressed=Suppression(SuppressedBy.INLINE, "known"))

    assert rendered(make, finding) == (
        "no findings\n1 finding suppressed: 1 ignored inline (--show-suppressed shows them)\n"
        "scanned 3 files, 4.3 kB\nexit 0: no finding of medium confidence or higher\n"
    )
    shown = rendered(make, finding, show_suppressed=True)
    assert "suppressed: ignored inline: known" in shown
    assert "migrate" not in shown


def test_suppressed_findings_are_counted_by_what_suppressed_them(make):
    value = make.generated("n")
    suppressions = (
        Suppression(SuppressedBy.INLINE, "one"),
        Suppression(SuppressedBy.INLINE, "two"),
        Suppression(SuppressedBy.EVIDENCE),
    )
    findings = [make.found(f'"{value}"', value, suppressed=each) for each in suppressions]

    assert "3 findings suppressed: 2 ignored inline, 1 the evidence against it is stronger (" in rendered(
        make, *findings
    )


def test_lower_findings_are_counted_in_one_line(make):
    value = make.generated("d")
    finding = make.found(f'"{value}"', value, confidence=Confidence.LOW)

    assert rendered(make, finding, finding).splitlines()[:2] == [
        "no findings",
        "2 findings below medium not shown (--min-confidence low shows them)",
    ]


def test_a_whole_finding(make):
    value = make.generated("e")
    page = f'\n    conn = psycopg2.connect(host="db", password="{value}")\n'

    assert rendered(make, make.found(page, value, rotate="https://example.com/rotate"), page=page) == (
        "src/shop/db.py:2:50  PostgreSQL password  [psycopg2-connect]  severity high, confidence high\n"
        '       2 |  conn = psycopg2.connect(host="db", password="…")\n'
        "       why  the argument password of psycopg2.connect; but the path says that this is a test\n"
        "    rotate  https://example.com/rotate\n"
        "    ignore  # unhardcode: ignore[psycopg2-connect] reason\n"
        "       fix  unhardcode migrate src/shop/db.py\n"
        '        or  read it from the environment: os.environ["NAME"]\n'
        "\n"
        "1 finding: 1 high\n"
        "for all evidence: unhardcode explain src/shop/db.py:2\n"
        "scanned 3 files, 4.3 kB\n"
        "exit 1: 1 finding of medium confidence or higher\n"
    )


def test_findings_of_one_file_share_its_fix_line(make):
    one, two = make.generated("one"), make.generated("two")
    page = f'a = "{one}"\nb = "{two}"\n'

    output = rendered(make, make.found(page, one), make.found(page, two), page=page)

    assert output.count("unhardcode migrate") == 1
    assert output.index("src/shop/db.py:1:6") < output.index("src/shop/db.py:2:6") < output.index("unhardcode migrate")


def test_a_refused_finding_says_so_instead_of_offering_to_migrate(make):
    value = make.generated("f")
    finding = make.found(f'"{value}"', value, kind=CredentialKind.PRIVATE_KEY)

    output = rendered(make, finding, fixes={finding.place: FixNote(refusal=RefusalReason.KEY_FILE)})

    assert "1 by hand: key-file" in output
    assert "migrate" not in output


def test_a_finding_of_the_history_names_its_commit_and_cannot_be_migrated(make):
    value = make.generated("g")
    commit = Commit(id="abcdef" + "0" * 34, author="Ann", date="2026-01-02T03:04:05+00:00", path=PATH)

    output = rendered(make, make.found(f'"{value}"', value, commit=commit, in_head=False))

    assert "abcdef000000  2026-01-02T03:04:05+00:00  Ann, no longer in HEAD" in output
    assert "migrate" not in output
    assert "explain" not in output
    assert "unhardcode baseline update --history" in output


def test_whoever_took_a_value_out_by_another_commit_is_told_why_that_is_not_enough(make):
    value = make.generated("n")
    commit = Commit(id="abcdef" + "0" * 34, author="Ann", date="2026-01-02T03:04:05+00:00", path=PATH)
    found = make.found(f'"{value}"', value, commit=commit, in_head=False, introduced="range")
    told = "fix  a later commit does not take it out of abcdef000000: git rebase -i abcdef000000^\n"

    assert told in rendered(make, found)
    for other in (
        make.found(f'"{value}"', value, commit=commit, in_head=False, introduced="before"),
        make.found(
            f'"{value}"',
            value,
            commit=commit,
            introduced="range",
            suppressed=Suppression(SuppressedBy.BASELINE, "known"),
        ),
    ):
        assert "git rebase" not in rendered(make, other, show_suppressed=True)


def test_json_files_are_not_told_to_hold_comments(make):
    value = make.generated("h")

    output = rendered(make, make.found(f'"{value}"', value, path="a/b.JSON"))

    assert "# unhardcode" not in output
    assert "unhardcode baseline update --reason WHY" in output


def test_paths_in_commands_are_quoted_for_a_shell(make):
    value = make.generated("i")

    assert "unhardcode migrate 'a b;c.py'\n" in rendered(make, make.found(f'"{value}"', value, path="a b;c.py"))
    assert "unhardcode migrate ./-x.py\n" in rendered(make, make.found(f'"{value}"', value, path="-x.py"))
    assert "unhardcode migrate %FF.py\n" in rendered(make, make.found(f'"{value}"', value, path="%25FF.py"))


def test_the_strongest_reasons_come_first_and_one_doubt_follows(make):
    value = make.generated("j")
    weights = {"w1": 1.0, "w4": 4.0, "w2": 2.0, "w3": 3.0, "m1": -1.0, "m2": -2.0}
    evidence = tuple(Evidence(name=name, weight=weight, text=name) for name, weight in weights.items())

    output = rendered(make, make.found(f'"{value}"', value, evidence=evidence))

    assert "why  w4; w3; w2; but m2\n" in output


def test_gaps_are_listed_each_and_skipped_files_by_reason(make):
    skipped = (
        Skipped(path="a.png", reason="binary"),
        Skipped(path="b.png", reason="binary"),
        Skipped(path="big.sql", reason="over the size limit"),
        Skipped(path="secret.py", reason="permission denied", gap=True),
    )
    notes = tuple(Skipped(path=f"{n:02}.yml", reason="read as text") for n in range(25))

    output = rendered(make, result=make.result(skipped=skipped, notes=notes))

    assert "skipped 3 (2 binary, 1 over the size limit)\n" in output
    assert "  not scanned  secret.py: permission denied\n" in output
    assert "not fully parsed: 25 read as text\n" in output
    assert "  and 5 more\n" in output
    assert output.endswith("exit 3: 1 item could not be scanned\n")


def quietly(make, *findings, skipped=(), notes=(), **changes):
    result = make.result(*findings, skipped=skipped, notes=notes)
    context = make.context({}, **changes)
    return "".join(text.render_quiet(result, context)), "".join(text.render(result, context))


def test_a_quiet_report_is_the_whole_one_where_there_is_something_to_do(make):
    value = make.generated("o")
    finding = make.found(f'"{value}"', value)
    suppressed = make.found(f'"{value}"', value, suppressed=Suppression(SuppressedBy.INLINE, "known"))
    gap = Skipped(path="secret.py", reason="permission denied", gap=True)

    for quiet, whole in (
        quietly(make, finding),
        quietly(make, finding, fail_on=None),
        quietly(make, suppressed, show_suppressed=True),
        quietly(make, skipped=(gap,)),
    ):
        assert quiet == whole


def test_a_quiet_report_says_what_it_leaves_out_in_one_line_and_nothing_else(make):
    value = make.generated("p")
    low = make.found(f'"{value}"', value, confidence=Confidence.LOW)
    suppressed = make.found(f'"{value}"', value, suppressed=Suppression(SuppressedBy.INLINE, "known"))
    picture, chart = Skipped(path="a.png", reason="binary"), Skipped(path="b.yml", reason="read as text")

    assert quietly(make)[0] == ""
    assert quietly(make, suppressed)[0] == ""
    assert quietly(make, skipped=(picture,))[0] == "unhardcode: nothing to report; skipped 1 (1 binary)\n"
    assert quietly(make, low, suppressed, suppressed, skipped=(picture,), notes=(chart,))[0] == (
        "unhardcode: nothing to report; 1 finding below medium; skipped 1 (1 binary); "
        "not fully parsed: 1 read as text\n"
    )


@pytest.mark.parametrize(
    ("path", "tracked", "way"),
    [
        pytest.param("conf/.env", True, "git rm --cached conf/.env", id="a tracked environment file leaves git"),
        pytest.param(".env.prod", True, "git rm --cached .env.prod", id="one for an environment too"),
        pytest.param(".env", False, None, id="an untracked one is where it should be"),
        pytest.param("a.py", True, 'os.environ["NAME"]', id="Python reads its environment"),
        pytest.param("a.yml", True, None, id="a YAML file has no general way"),
    ],
)
def test_the_way_without_aws_depends_on_the_file(make, path, tracked, way):
    value = make.generated("q")

    output = rendered(make, make.found(f'"{value}"', value, path=path, tracked=tracked))

    assert ("        or  " in output) is (way is not None)
    assert (way or "") in output


def test_color_is_the_only_source_of_escape_characters(make):
    value = make.generated("k")
    page = f'"{value}"'
    finding = make.found(page, value)

    colored, plain = (rendered(make, finding, page=page, color=color) for color in (True, False))

    assert "\x1b[31mhigh\x1b[0m" in colored
    assert "\x1b" not in plain
    for code in ("0", "1", "2", "31", "32", "33"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == plain


def test_marks_say_what_is_untracked_and_what_was_there_before(make):
    value = make.generated("l")
    finding = make.found(f'"{value}"', value, tracked=False, introduced="before")

    output = rendered(make, finding)

    assert "confidence high  (not tracked by git, already there before)\n" in output
    assert output.endswith("exit 0: 1 finding does not fail the scan: 1 already there before (--fail-on-old)\n")


def test_old_commits_and_the_working_tree_are_separate_groups(make):
    value = make.generated("m")
    page = f'"{value}"'
    commit = Commit(id="a" * 40, author="Ann", date="2026-01-02T03:04:05+00:00", path=PATH)
    here = make.found(page, value)

    output = rendered(make, dataclasses.replace(here, commit=commit), here, page=page)

    assert output.count("|") == 1
    assert output.count("migrate") == 1


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        pytest.param(0, "0 bytes", id="nothing"),
        pytest.param(999, "999 bytes", id="under a kilobyte"),
        pytest.param(1000, "1.0 kB", id="a kilobyte"),
        pytest.param(1_400_000, "1.4 MB", id="megabytes"),
        pytest.param(5_100_000_000, "5.1 GB", id="gigabytes"),
        pytest.param(10**16, "10000.0 TB", id="more than there are units for"),
    ],
)
def test_sizes(octets, shown):
    assert text.size(octets) == shown


def test_what_a_migration_would_refuse_is_not_offered_as_the_fix(make):
    value = make.generated("shown")
    said = {
        path: [line.strip() for line in rendered(make, make.found(f'"{value}"', value, path=path)).splitlines()]
        for path in ("tests/test_shop.py", "README.md", "tests/factories.py", "deploy.sh")
    }
    step = "fix  replace it with a value that is not a credential"
    assert step in said["tests/test_shop.py"]
    assert "or  unhardcode migrate tests/test_shop.py --include-tests" in said["tests/test_shop.py"]
    assert step in said["README.md"]
    assert not any("migrate" in line for line in said["README.md"])
    assert "fix  unhardcode migrate tests/factories.py" in said["tests/factories.py"]
    assert "fix  unhardcode plan deploy.sh shows what to do by hand" in said["deploy.sh"]


def test_what_several_findings_have_in_common_is_said_once_behind_them(make):
    values = [make.generated(f"in common {number}") for number in range(3)]
    page = "".join(f'password = "{value}"\n' for value in values)
    one, two, other = (make.found(page, value) for value in values)
    other = dataclasses.replace(other, rule="redis-redis")

    lines = rendered(make, one, two, other, page=page).splitlines()

    assert [line.split()[0] for line in lines if "psycopg2-connect]" in line or "redis-redis]" in line] == [
        f"{PATH}:1:13", f"{PATH}:2:13", "ignore", f"{PATH}:3:13", "ignore",
    ]  # fmt: skip
    make.assert_no_value("\n".join(lines), values)
