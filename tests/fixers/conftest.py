"""What the tests of the plan share: small trees, findings made by hand, a rewriter that replaces literals."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import random
import socket
import string
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from fixers.drafting import STRUCTURED
from fixers.grouping import own_key
from fixers.model import Edit, Plan, Proof, RefusalReason
from fixers.plan import PlanOptions, context_of, make_plan
from fixers.rewrite_context import rewrite_context
from fixers.rewriting import Placement, RewriteContext, Rewritten, overlapping, splice, unique_edits
from fixers.rewriting import rewriters as all_rewriters
from fixers.structured import whole_values
from fixers.workspace import Workspace, open_workspace
from scanner.identity import digest, fingerprint, place
from scanner.model import (
    Argument,
    Confidence,
    Coverage,
    CredentialKind,
    Document,
    Finding,
    Kind,
    Literal,
    Role,
    ScanResult,
    SecretValue,
    Sibling,
    Source,
    Span,
)
from scanner.readers.kinds import kind_of
from scanner.text import decode, line_starts, position

KEY = bytes(range(32))
QUOTES = "\"'"


def strong(seed: str, length: int = 24) -> str:
    """A random value, the same for the same seed."""
    chosen = random.Random(seed)
    return "".join(chosen.choice(string.ascii_letters + string.digits) for _ in range(length))


def tree(root: Path, files: Mapping[str, str]) -> Workspace:
    """Files on disk, with a project that is called shop unless one is given."""
    for path, text in {"pyproject.toml": '[project]\nname = "shop"\n', **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return open_workspace(root, {"pyproject.toml", *files})


def siblings(**values: str) -> tuple[Sibling, ...]:
    """Literals beside a credential."""
    return tuple(Sibling(name=name, value=SecretValue(value), span=Span(0, 0)) for name, value in values.items())


def finding(
    path: str,
    value: str | bytes,
    *,
    text: str | None = None,
    name: str | None = None,
    kind: CredentialKind = CredentialKind.PASSWORD,
    role: Role = Role.ASSIGNMENT,
    whole: str | None = None,
    at: int = 0,
    literal: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Finding:
    """A finding of `value` in `path`; with the file's `text` its spans are those of the value in it, from `at` on."""
    shown = value.decode("latin-1") if isinstance(value, bytes) else value
    start = text.index(shown, at) if text is not None else at
    body = Span(start, start + len(shown))
    outer = body
    if text is not None and whole is not None:
        outer = Span(text.index(whole), text.index(whole) + len(whole))
    if text is not None and text[outer.start - 1 : outer.start] in (*QUOTES,):
        outer = Span(outer.start - 1, outer.end + 1)
    inside: bytes | str = value if whole is None else whole
    reads = Argument(callees=("os.getenv",), index=1, keyword=None, call=outer)
    more = {"arguments": (reads,) if role is Role.ENV_DEFAULT else (), **(literal or {})}
    made = Literal(span=outer, value=SecretValue(inside), role=role, name=name, body=start, **more)
    starts = line_starts(text or "")
    return Finding(
        **{
            "rule": "password",
            "title": "Password",
            "kind": kind,
            "severity": "high",
            "path": path,
            "span": body,
            "start": position(starts, start),
            "end": position(starts, body.end),
            "literal": made,
            "value": SecretValue(value),
            "confidence": Confidence.HIGH,
            "fingerprint": fingerprint(KEY, kind=str(kind), value=SecretValue(value), path=path, symbol=str(start)),
            "place": place(kind=str(kind), path=path, symbol=f"{name}", ordinal=start),
            "tracked": True,
            **fields,
        }
    )


def result(*findings: Finding) -> ScanResult:
    """A scan's result."""
    return ScanResult(findings=findings, coverage=Coverage(files=1, bytes=1))


def rewriter(refuse: Callable[[Placement], RefusalReason | None] = lambda placement: None) -> Any:
    """A rewriter that replaces the whole literal by a call, or refuses where `refuse` says so."""

    def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
        refused, edits, proofs = {}, [], []
        for index, placement in enumerate(placements):
            in_text = placement.finding.literal.role is Role.TEXT  # the Python rewriter finds no string there
            reason = refuse(placement) or (RefusalReason.COMMENT if in_text else None)
            span = placement.finding.literal.span
            names = [placement.name, *([placement.key] if placement.key else [])]
            call = f"get_secret_value({', '.join(map(repr, names))}, env={placement.env!r})"
            if document.kind is Kind.DOTENV:
                call = "{{resolve:" + ":".join(names) + "}}"
            edit = Edit(
                path=document.path, span=span, expects=digest(KEY, document.text[span.start : span.end]), new=call
            )
            proof = Proof(
                path=document.path, line=1, expression=call, digest=digest(KEY, placement.stored), variables=()
            )
            if reason is not None:
                refused[index] = (reason, "cannot be rewritten here", "do it by hand")
            edits.append((edit,) if reason is None else ())
            proofs.append((proof,) if reason is None else ())
        imports = (Edit(path=document.path, span=Span(0, 0), expects="", new="import get_secret_value\n"),)
        return Rewritten(edits=tuple(edits), proofs=tuple(proofs), refused=refused, imports=imports)

    return rewrite


def rewriters(refuse: Callable[[Placement], RefusalReason | None] = lambda placement: None) -> dict[Kind, Any]:
    """Rewriters for Python and `.env` made of the fake one."""
    return {Kind.PYTHON: rewriter(refuse), Kind.DOTENV: rewriter(refuse)}


def one(path: str = "a.py", value: str = "hunter2", **fields: Any) -> tuple[str, Finding]:
    """A file of one assignment and its finding."""
    name = fields.pop("name", "password")
    text = f'{name} = "{value}"\n'
    return text, finding(path, value, text=text, name=name, **fields)


def planned(
    root: Path,
    files: dict[str, str],
    *findings: Finding,
    refuse: Any = lambda placement: None,
    overrides: Any = None,
    **options: Any,
) -> Plan:
    """The plan for these findings in these files."""
    return make_plan(
        result(*findings),
        PlanOptions(**options),
        context_of(tree(root, files), PlanOptions(**options), KEY),
        rewriters=rewriters(refuse),
        overrides=overrides,
    )


@pytest.fixture(scope="session")
def making() -> SimpleNamespace:
    """The helpers of this file: test modules cannot import each other."""
    return SimpleNamespace(
        KEY=KEY,
        strong=strong,
        tree=tree,
        siblings=siblings,
        finding=finding,
        result=result,
        rewriters=rewriters,
        one=one,
        planned=planned,
    )


class Relay:
    """What stands between a client and an AWS, and what it does with the calls it sees.

    A fault is an error to answer with (code, message, status), or one of the words below. `faults` are for the next
    calls of an action, `always` for all of them, `at` for a call by its number (from 1) whatever it is, and
    `ever_after` (a number and a fault) from a call on.
    """

    AFTER = "no answer after it took effect"
    DROP = "hangs up after it took effect"
    MIDDLE = "lost in the middle of the request"

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.url = ""
        self.forget()

    def forget(self) -> None:
        """Pass everything on from now."""
        closing, self.closing = getattr(self, "closing", None), threading.Event()
        if closing is not None:
            closing.set()
        self.faults: dict[str, list[Any]] = {}
        self.always: dict[str, Any] = {}
        self.at: dict[int, Any] = {}
        self.ever_after: tuple[int, Any] | None = None
        self.calls: Counter[str] = Counter()
        self.order: list[str] = []

    def fault(self, action: str) -> Any:
        """Count a call; what is to happen to it, None where it is passed on."""
        self.calls[action] += 1
        self.order.append(action)
        number = len(self.order)
        if number in self.at:
            return self.at[number]
        if self.ever_after is not None and number >= self.ever_after[0]:
            return self.ever_after[1]
        queue = self.faults.get(action)
        return queue.pop(0) if queue else self.always.get(action)

    def passed_on(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """What the AWS behind answers."""
        upstream = http.client.HTTPConnection(self.upstream, timeout=10)
        upstream.request("POST", path, body, dict(headers))
        answer = upstream.getresponse()
        return answer.status, answer.read()


@contextmanager
def relay_to(upstream: str) -> Iterator[Relay]:
    """A relay on loopback before the AWS at a URL."""
    relay = Relay(upstream)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fault = relay.fault((self.headers["X-Amz-Target"] or "sts.GetCallerIdentity").rpartition(".")[2])
            if fault == Relay.MIDDLE:
                self.rfile.read(10)
                self.connection.close()
                return
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            if isinstance(fault, tuple):
                status, content = error(*fault)
            else:
                status, content = relay.passed_on(self.path, body, dict(self.headers.items()))
            if fault == Relay.AFTER:
                relay.closing.wait(5)
                return
            if fault == Relay.DROP:
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # whoever gave up waiting has closed the connection

    def error(code: str, message: str, status: int = 400) -> tuple[int, bytes]:
        return status, json.dumps({"__type": code, "message": message}).encode()

    with Server(("127.0.0.1", 0), Handler) as server:
        relay.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield relay
        relay.forget()
        server.shutdown()


@contextmanager
def ministack(folder: Path, *, auth: bool = False) -> Iterator[SimpleNamespace]:
    """The second emulator, which shares no code with moto, on loopback: `url`, its owner's `keys`, `forget()`.

    With `auth` it evaluates IAM policies, by resource. https://pypi.org/project/ministack/
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    keys = ("owner" + "0" * 15, "owner-secret")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": str(auth).lower(),
        "LOG_LEVEL": "ERROR",
        "AWS_ACCESS_KEY_ID": keys[0],
        "AWS_SECRET_ACCESS_KEY": keys[1],
    }
    url = f"http://127.0.0.1:{port}"
    with (
        (folder / "ministack.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, cwd=folder, stdout=log, stderr=log
        ) as process,
    ):
        try:
            _until_it_answers(f"{url}/_ministack/health", process)
            reset = urllib.request.Request(f"{url}/_ministack/reset", method="POST")
            yield SimpleNamespace(url=url, keys=keys, forget=lambda: urllib.request.urlopen(reset).close())
        finally:
            process.terminate()


def _until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        assert process.poll() is None, "ministack has ended"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("ministack does not answer")


@pytest.fixture(scope="session")
def emulators() -> SimpleNamespace:
    """Emulators that run beside the tests: `emulators.ministack(folder)`."""
    return SimpleNamespace(ministack=ministack)


@pytest.fixture(scope="session")
def relaying() -> SimpleNamespace:
    """Relays with faults: `relaying.to(url)` is one."""
    return SimpleNamespace(to=relay_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of it: `after` are all files as they would be, new ones included."""

    result: Rewritten
    after: dict[str, str]

    @property
    def refusals(self) -> list[RefusalReason]:
        return [self.result.refused[index][0] for index in sorted(self.result.refused)]

    @property
    def detail(self) -> str:
        return self.result.refused[0][1]


@pytest.fixture
def tried() -> Callable[..., Tried]:
    """`tried(path, text, secret, ..., files=...)`: rewrite a file; each place of a secret is a finding."""

    def run(path: str, text: str, *secrets: str, files: dict[str, str] | None = None, **given: Any) -> Tried:
        texts = {path: text, **(files or {})}
        raws = {name: content.encode() for name, content in texts.items()}

        def read(name: str) -> bytes:
            if name not in raws:
                raise FileNotFoundError(name)
            return raws[name]

        document = decode(Source(path=path, raw=raws[path]), kind_of(path, raws[path]))
        seen = whole_values(document) if document.kind in STRUCTURED else lambda finding: finding
        placements = [
            _placement(seen(finding), number, given)
            for number, secret in enumerate(secrets)
            for finding in _findings(path, document.text, secret, given)
        ]
        workspace = Workspace(root=Path("/nonexistent"), files=tuple(sorted(raws)), read=read)
        result = all_rewriters()[document.kind](document, placements, rewrite_context(workspace, key=KEY))
        edits = unique_edits([*(edit for each in result.edits for edit in each), *result.imports])
        assert overlapping(edits) is None
        after = {
            name: splice(content, [edit for edit in edits if edit.path == name]) for name, content in texts.items()
        }
        return Tried(result=result, after=after | {new.path: new.content for new in result.new_files})

    return run


def _findings(path: str, text: str, secret: str, given: dict[str, Any]) -> list[Finding]:
    found = []
    at = text.find(secret)
    while at >= 0:
        span, value = Span(at, at + len(secret)), SecretValue(given.get("value", secret))
        whole = SecretValue(given.get("whole", value.reveal("text")))
        literal = Literal(span=span, value=whole, role=given.get("role", Role.ENTRY), name="password", body=at)
        found.append(
            Finding(
                rule="made",
                title="made",
                kind=given.get("kind", CredentialKind.PASSWORD),
                severity="high",
                path=path,
                span=span,
                start=(text.count("\n", 0, at) + 1, 1),
                end=(1, 1),
                literal=literal,
                value=value,
            )
        )
        at = text.find(secret, at + len(secret))
    return found


def _placement(finding: Finding, number: int, given: dict[str, Any]) -> Placement:
    whole = finding.literal.role is Role.VARIABLE
    return Placement(
        finding=finding,
        name=given.get("name", "prod/shop/db" if number == 0 else f"/prod/shop/p{number}"),
        key=given.get("key", "password") if number == 0 else None,
        env=given.get("env", "DB_PASSWORD") if number == 0 else own_key(finding) or f"P{number}",
        value=finding.literal.value if whole else None,
    )


@pytest.fixture
def calls_made() -> Callable[[Callable[[], object]], int]:
    """How many functions of Python some work calls, whoever calls them: how much it is, alike on every machine."""

    def counted(work: Callable[[], object]) -> int:
        made = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal made
            made += event == "call"

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            work()
        finally:
            sys.setprofile(before)
        return made

    return counted
