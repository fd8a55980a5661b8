"""Migrate every case for real against an embedded AWS, and judge what became of it. Reports hold no value."""

from __future__ import annotations

import ast
import json
import os
import secrets
import subprocess
import sys
import tokenize
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import lab_driver
from lab_cases import STUBS, Case

from fixers.arn_placeholders import arns_of, waiting, with_arns
from fixers.changes import changed_files, edits_by_path
from fixers.extension import extension_stand_in
from fixers.grouping import own_key
from fixers.masked_diff import render_diff
from fixers.model import Edit, Plan
from fixers.payload import environment_text, payload
from fixers.plan import PlanOptions
from fixers.plan_report import render_plan
from fixers.plan_tables import render_plan_file
from fixers.planning import Planned, planned
from fixers.stores.model import Endpoint, Store
from fixers.stores.registry import connect
from fixers.storing import Ready, store_secret
from scanner.errors import UnhardcodeError
from scanner.model import Confidence

_NOWHERE = "http://127.0.0.1:9"  # the discard port: who asks AWS there fails at once
_OURS = ("get_secret_value", "get_secret_bytes", "aget_secret_value", "quote", "resolve_references")
_PYDANTIC = ("Annotated", "BeforeValidator", "Field")
_PLAIN = frozenset({"boto3", "json", "os"})  # modules that the style `inline` uses


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of one case. `wrong` are sentences; `verdict` is good, refused, broken, partly or not-applicable."""

    case: Case
    folder: Path
    plan: Plan | None = None
    made: Planned | None = None
    changed: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    refused: tuple[str, ...] = ()
    stored: bool = False
    wrong: list[str] = field(default_factory=list)
    verdict: str = ""
    key: bytes = field(default=b"", repr=False)
    before: Sequence[str] = ()


def run_all(cases: Sequence[Case], folder: Path, endpoint: Endpoint, *, git: int = 1) -> dict[str, Report]:
    """Migrate all cases: a report for each, by name. The driver starts once for all before, and twice for all after.

    Every `git`-th case is a git repository, the others are plain folders: git is most of the time.
    """
    key = secrets.token_bytes(32)
    reports = {
        case.name: Report(case=case, folder=written(case, folder / f"{number:04}", git=number % git == 0))
        for number, case in enumerate(cases)
    }
    for report in reports.values():
        prepare(report)
    before = probed(reports.values(), key, _without_aws())
    for name, report in reports.items():
        report.key, report.before = key, before[name]
        if any(answer.startswith("error") for answer in before[name]):
            report.verdict = "not-applicable"
            report.wrong = [f"the probe fails before any change: {before[name]}"]
        elif not report.wrong:
            migrate(report, endpoint)
    living = [report for report in reports.values() if report.stored]
    with _asked(endpoint, living) as environment:
        after = probed(living, key, environment, injected=False, warm=True)
    injected = probed(living, key, _without_aws(), plain=False)
    for report in living:
        name = report.case.name
        count = len(after[name])
        compare(report, "read from the store", before[name][:count], after[name])
        compare(report, "read from the variables", before[name][count:], injected[name])
        check_again(report)
    for report in reports.values():
        report.verdict = report.verdict or verdict(report)
    return reports


def written(case: Case, folder: Path, *, git: bool) -> Path:
    """The case's files in a new folder or git repository."""
    for path, raw in case.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    for words in (["init", "--quiet"], ["add", "-A"]) if git else ():
        subprocess.run(["git", "-c", "init.defaultBranch=main", *words], cwd=folder, check=True, capture_output=True)
    return folder


def prepare(report: Report) -> None:
    """Plan, and compute what the files will hold."""
    try:
        made = planned(report.folder, options_of(report.case))
        report.plan, report.made = made.plan, made
        report.refused = tuple(sorted(refusal.reason.value for refusal in made.plan.refusals))
        report.changed = changed_files(made.plan, made.workspace, made.scanned.key)
    except UnhardcodeError as error:
        report.wrong.append(f"{type(error).__name__}: {error.message}")
        return
    check_outputs(report, made)
    check_outside(report, made)


def migrate(report: Report, endpoint: Endpoint) -> None:
    """Store what the plan says and write the files."""
    if report.plan is None or not report.changed:
        return
    try:
        for secret in report.plan.secrets:
            ready = Ready(secret=secret, payload=payload(secret), action="create")
            store_secret(ready, _store(endpoint, secret.store), app=report.plan.app, token=str(uuid.uuid4()))
    except UnhardcodeError as error:
        report.wrong.append(f"{type(error).__name__}: {error.message}")
        return
    if report.made is not None and waiting(report.plan):
        arns = arns_of(report.plan, lambda store: _store(endpoint, store))
        report.changed = changed_files(with_arns(report.plan, arns), report.made.workspace, report.made.scanned.key)
    for path, raw in report.changed.items():
        (report.folder / path).write_bytes(raw)
    report.stored = True


def options_of(case: Case) -> PlanOptions:
    """The options of a case's plan: an application of its own, medium confidence and what the case says."""
    chosen = {**case.options}
    level = Confidence(chosen.pop("min_confidence", "medium"))
    app = None if chosen.pop("own_name", False) else case.app
    return PlanOptions(app=app, min_confidence=level, **chosen)


def verdict(report: Report) -> str:
    """What became of a case in one word."""
    if report.wrong:
        held = any(hidden.encode() in raw for raw in report.changed.values() for hidden in report.case.hidden())
        return "partly" if held else "broken"
    if report.plan is None or not report.changed:
        return "refused" if report.refused else "not-found"
    return "good"


# --- checks -------------------------------------------------------------------------------------------------


def compare(report: Report, how: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Note every probe that gives another answer than before."""
    if len(before) != len(after):
        report.wrong.append(f"{how}: {after}")
    probes = report.case.probes * (len(before) // len(report.case.probes))
    for probe, one, other in zip(probes, before, after, strict=False):
        if one != other:
            why = other if other.startswith("error") else "another value"
            report.wrong.append(f"{how}: {probe} gives {why}")


def check_outputs(report: Report, made: Planned) -> None:
    """Note a value in a changed file or in anything that is shown."""
    diff = render_diff(made.plan, made.workspace, made.scanned.result.findings)
    shown = render_plan(made.plan) + diff + render_plan_file(made.plan, made.options)
    for hidden in report.case.hidden():
        if len(hidden) >= 6 and hidden in shown:
            report.wrong.append("a value is shown in the plan or the diff")
        for path, raw in report.changed.items():
            if len(hidden) >= 6 and hidden.encode() in raw:
                report.wrong.append(f"{path}: a value is left")
    text = b"\n".join(report.changed.values()).decode("latin-1")
    report.wrong += [f"the rewritten files do not hold {code!r}" for code in report.case.code if code not in text]


def check_outside(report: Report, made: Planned) -> None:
    """Note a file whose bytes or whose syntax tree differ anywhere but in the plan's edits."""
    for path, edits in edits_by_path(made.plan).items():
        old, new = report.case.files[path], report.changed[path]
        if respliced(old, edits, path) != new:
            report.wrong.append(f"{path}: bytes outside the edits differ")
        if path.endswith((".py", ".pyw")):
            try:
                after = ast.parse(new)
            except SyntaxError:
                report.wrong.append(f"{path}: does not parse any more")
                continue
            if not same_tree(ast.parse(old), after):
                report.wrong.append(f"{path}: its syntax tree differs outside the edits")


def respliced(raw: bytes, edits: Sequence[Edit], path: str) -> bytes:
    """The bytes with these edits, in the file's own encoding: another way to what the product does."""
    encoding = tokenize.detect_encoding(BytesIO(raw).readline)[0] if path.endswith(".py") else "utf-8-sig"
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    text = raw.removeprefix(mark).decode(encoding)
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.span.start], edit.new]
        at = edit.span.end
    return mark + "".join([*parts, text[at:]]).encode(encoding)


def same_tree(before: ast.AST, after: ast.AST) -> bool:
    """Whether two trees differ only where a string became a call of ours, and in our import lines."""
    boto3 = any(isinstance(node, ast.Name) and node.id.lstrip("_") == "boto3" for node in ast.walk(after))
    modules = _PLAIN if boto3 else frozenset()
    waiting: list[tuple[object, object]] = [(before, after)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                other = [
                    node
                    for node in other
                    if not (_is_our_import(node, modules) and not any(_same(node, each) for each in one))
                ]
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            unpacked = isinstance(one, ast.Name) and isinstance(other, ast.Dict)
            if (
                ((_may_go(one) or unpacked) and _is_ours(other))
                or _same(one, _annotated(other))
                or _same(one, _given(other))
                or _resolved(one, other)
            ):
                continue
            if type(one) is type(other) and not isinstance(one, ast.JoinedStr):
                waiting += [(getattr(one, name, None), getattr(other, name, None)) for name in one._fields]
            elif not _same(one, other):
                return False
        elif type(one) is not type(other) or one != other:
            return False
    return True


def _same(one: ast.AST, other: object) -> bool:
    return isinstance(other, ast.AST) and ast.dump(one) == ast.dump(other)


def _may_go(node: ast.AST) -> bool:
    """What a call of ours may replace: a string, a sum of strings, a read of a variable, a parser that is handed on."""
    strings = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    loader = isinstance(node, (ast.Attribute, ast.Name)) and ast.unparse(node).rpartition(".")[2] == "load"
    return strings or loader or isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call, ast.Subscript))


def _is_ours(node: ast.AST) -> bool:
    """Whether a node is a call of ours, an f-string or a sum with one in it, or a variable's read before one."""
    match node:
        case ast.Call(keywords=[ast.keyword(arg="default_factory", value=inner), *_]):
            return _is_ours(inner)
        case (
            ast.Call(func=ast.Name(id="SecretStr") | ast.Attribute(attr="SecretStr"), args=[inner])
            | ast.Call(func=ast.Name(id="SecretStr"), keywords=[ast.keyword(value=inner)])
        ):
            return _is_ours(inner)
        case ast.Dict(keys=[None, ast.Constant()], values=[_, inner]):  # a section of INI
            return _is_ours(inner)
        case (
            ast.Call(func=ast.Attribute(value=ast.Dict() as inner, attr="items"), args=[])
            | ast.Call(func=ast.Name(id="list"), args=[ast.Call(func=ast.Attribute(value=ast.Dict() as inner))])
        ):
            return _is_ours(inner)
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name) if name not in ("map", "list"):
            return name.lstrip("_").startswith(_OURS)
        case (
            ast.Call(func=ast.Attribute(value=inner, attr="encode" | "replace"))
            | ast.Call(func=ast.Name(id="map"), args=[inner, _])
            | ast.Call(func=ast.Attribute(attr="db_url_config" | "cache_url_config"), args=[inner])
            | ast.Await(value=inner)
            | ast.Lambda(body=inner)
            | ast.IfExp(orelse=inner)
            | ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[_, inner])
        ):
            return _is_ours(inner)
        case ast.Call(func=ast.Attribute(attr="add_argument"), keywords=keywords):
            return any(each.arg == "type" and _is_ours(each.value) for each in keywords)
        case ast.Subscript(value=ast.Call() | ast.Subscript()) | ast.Call(func=ast.Attribute(attr="loads")):
            return any(isinstance(each, ast.Name) and each.id.lstrip("_") == "boto3" for each in ast.walk(node))
        case ast.JoinedStr() | ast.BinOp() | ast.BoolOp(op=ast.Or()):
            return any(_is_ours(each) for each in ast.walk(node) if not isinstance(each, type(node)))
    return False


def _annotated(node: ast.AST) -> ast.AST | None:
    """What a field was annotated with, before a reference is resolved there."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=[inner, ast.Call(args=[argument])])):
            return inner if name.lstrip("_") == "Annotated" and _is_ours(argument) else None
    return None


def _given(node: ast.AST) -> ast.AST | None:
    """The dictionary in which references are resolved where it is put together."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.Dict() | ast.BinOp() as inner], keywords=[]):
            return inner if name.lstrip("_") == "resolve_references" else None
    return None


def _resolved(one: ast.AST, other: ast.AST) -> bool:
    """Whether references are resolved in what is read of INI: `resolve_references(dict(parser["db"]), "db")`."""
    calls = [node for node in ast.walk(other) if isinstance(node, ast.Call) and len(node.args) > 1 and _is_ours(node)]
    return any(_same(one, part) for call in calls[:1] for part in ast.walk(call.args[0]))


def _is_our_import(node: object, modules: Collection[str]) -> bool:
    if isinstance(node, ast.Try) and node.handlers:  # from the package, or else from beside the program
        return all(_is_our_import(each, ()) for each in (*node.body, *node.handlers[0].body))
    names = (*_OURS, *_PYDANTIC) if isinstance(node, ast.ImportFrom) else modules
    return isinstance(node, (ast.ImportFrom, ast.Import)) and all(alias.name in names for alias in node.names)


def check_again(report: Report) -> None:
    """Note a fix or a finding in what was rewritten."""
    try:
        again = planned(report.folder, options_of(report.case))
    except UnhardcodeError as error:
        report.wrong.append(f"planning again: {error.message}")
        return
    if again.plan.fixes:
        report.wrong.append("a second run would change something")
    # A copy in a comment is known only while the code beside it says what it is a copy of.
    if Counter(refusal.reason.value for refusal in again.plan.refusals) - Counter(report.refused):
        report.wrong.append("a second run finds further places")
    for path in report.changed:
        if (report.folder / path).read_bytes() != report.changed[path]:
            report.wrong.append(f"{path}: changed by planning or by running")


# --- the driver ---------------------------------------------------------------------------------------------


def probed(
    reports: Iterable[Report],
    key: bytes,
    environment: Mapping[str, str],
    *,
    plain: bool = True,
    injected: bool = True,
    warm: bool = False,
) -> dict[str, list[str]]:
    """The digests of all probes, by case: `plain` without variables and in each of its environments, then `injected`.

    Injected are the recorded variables of the plan, each with its value.
    """
    runs: list[dict[str, Any]] = []
    for report in reports:
        given = [{}, *report.case.environments] if plain else []
        if injected and report.changed and report.plan and report.case.injected:
            given.append(recorded(report.plan))
        runs += [_run(report, number, each) for number, each in enumerate(given)]
    request = {"key": key.hex(), "environment": environment, "stubs": str(STUBS), "warm": warm, "runs": runs}
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", lab_driver.__file__],
        input=json.dumps(request).encode(), capture_output=True, check=False, timeout=600, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 0, f"the driver ended with status {done.returncode}"
    answers: dict[str, list[str]] = {report.case.name: [] for report in reports}
    for name, found in json.loads(done.stdout).items():
        answers.setdefault(name.rpartition("#")[0], []).extend(found)
    return answers


def under_run(report: Report, endpoint: Endpoint) -> list[str]:
    """The digests of a case's probes in a program that `unhardcode run --env-file` starts."""
    request = {
        "key": report.key.hex(),
        "environment": None,
        "stubs": str(STUBS),
        "warm": True,
        "runs": [_run(report, 0, {})],
    }
    env_file = str(report.folder / report.case.env_file)
    program = [sys.executable, "-I", "-W", "ignore", lab_driver.__file__]
    done = subprocess.run(
        [sys.executable, "-m", "unhardcode", "run", "--env-file", env_file, "--", *program],
        input=json.dumps(request).encode(), capture_output=True, check=False, timeout=600, env=_with_aws(endpoint),
    )  # fmt: skip
    assert done.returncode == 0, f"{report.case.name}: `unhardcode run` ended with status {done.returncode}"
    (found,) = json.loads(done.stdout).values()
    return found


def recorded(plan: Plan) -> dict[str, str]:
    """The recorded variables of a plan, each with the value that a person would inject."""
    found = {}
    for secret in plan.secrets:
        for member in secret.members:
            for name in {member.env, *filter(None, map(own_key, member.findings))}:
                found[name] = environment_text(member.value)
    return found


def _run(report: Report, number: int, variables: Mapping[str, str]) -> dict[str, Any]:
    case = report.case
    return {
        "id": f"{case.name}#{number}",
        "folder": str(report.folder),
        "paths": case.paths,
        "probes": case.probes,
        "variables": dict(variables),
        "boto3": case.imports_boto3,
    }


def _without_aws() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": _NOWHERE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _with_aws(endpoint: Endpoint) -> dict[str, str]:
    return _without_aws() | {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_DEFAULT_REGION": endpoint.region,  # the only one that boto3 reads by itself
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
    }


@contextmanager
def _asked(endpoint: Endpoint, reports: Sequence[Report]) -> Iterator[dict[str, str]]:
    """The variables of a program that reads the store; in the style `extension` no AWS, but what stands for it."""
    if any(report.case.options.get("style") == "extension" for report in reports):
        with extension_stand_in(lambda store: _store(endpoint, store)) as variables:
            yield _without_aws() | variables
    else:
        yield _with_aws(endpoint)


@cache
def _store(endpoint: Endpoint, store: str) -> Store:
    credentials = (endpoint.access_key, endpoint.secret_key)
    return connect(store, region=endpoint.region, endpoint=endpoint.url, credentials=credentials)


# --- expectations -------------------------------------------------------------------------------------------


def expected(report: Report) -> Iterator[str]:
    """What differs from what the case says should become of it; nothing where all is well."""
    case = report.case
    yield from report.wrong
    if case.expect == "fixed":
        if report.verdict != "good" and not report.wrong:
            yield f"not fixed: {report.verdict} {report.refused}"
        if report.refused != case.left:
            yield f"these stay: {report.refused}"
    elif case.expect == "clean":
        if report.verdict != "not-found":
            yield f"nothing was to be found: {report.verdict}"
    else:
        reason = case.expect.removeprefix("refused:")
        if set(report.refused) != {reason, *case.left}:
            yield f"refused for {report.refused or 'nothing'}"
        if report.changed:
            yield "the tree was changed"


def variant_of(case: Case, name: str, files: Mapping[str, bytes]) -> Case:
    """The same case in another form."""
    return replace(case, name=f"{case.name}@{name}", files=files)
