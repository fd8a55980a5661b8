"""The real AWS CLI, an emulated AWS that notes each call, and a watch on what stands in /proc/*/cmdline."""

from __future__ import annotations

import functools
import http.client
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fixers.emulator import embedded_aws
from fixers.model import Member, PlannedSecret
from fixers.stores.model import Store
from fixers.stores.registry import connect
from scanner.model import SecretValue

# Stands in for `unhardcode value` where a test is about the script: values of any form, without a scan each.
VALUE_OF_A_FILE = """\
#!{python} -IS
import base64, json, sys
value = open("{folder}/" + sys.argv[-1].encode().hex(), "rb").read()
if "--check" not in sys.argv:
    sys.stdout.buffer.write(value)
    sys.exit(0)
answer = json.loads(sys.stdin.buffer.read() or b"null")
if answer is None:
    sys.exit(3)
if "Parameter" in answer:
    found = answer["Parameter"]["Value"].encode()
elif "SecretString" in answer:
    found = answer["SecretString"].encode()
else:
    found = base64.b64decode(answer["SecretBinary"])
sys.exit(0 if found == value else 1)
"""

# Stands in for the AWS CLI in the fast tests: the calls of upload.sh and nothing else, in a tenth of the time.
CLI = """\
#!{python} -IS
import base64, json, os, socket, sys
group, command, *options = sys.argv[1:]
if group == "configure":
    sys.exit(1)
given = dict(option.partition("=")[::2] for option in options)
def file(option):
    scheme, path = given[option].split("://")
    with open(path, "rb") as stream:
        return stream.read() if scheme == "fileb" else stream.read().decode().replace("\\r\\n", "\\n")
service = "AmazonSSM" if group == "ssm" else "secretsmanager"
action = "".join(word.capitalize() for word in command.split("-"))
body = {{"ClientRequestToken": os.urandom(16).hex()}} if command in ("create-secret", "put-secret-value") else {{}}
names = {{"--name": "Name", "--secret-id": "SecretId", "--description": "Description", "--type": "Type",
         "--tier": "Tier", "--version-stage": "VersionStage", "--resource-type": "ResourceType",
         "--resource-id": "ResourceId", "--kms-key-id": "KmsKeyId"}}
body |= {{names[option]: text for option, text in given.items() if option in names}}
body |= {{"WithDecryption": True}} if "--with-decryption" in given else {{}}
body |= {{"Overwrite": True}} if "--overwrite" in given else {{}}
body |= {{"Tags": json.loads(given["--tags"])}} if "--tags" in given else {{}}
body |= {{"Value": file("--value")}} if "--value" in given else {{}}
body |= {{"SecretString": file("--secret-string")}} if "--secret-string" in given else {{}}
if "--secret-binary" in given:
    body["SecretBinary"] = base64.b64encode(file("--secret-binary")).decode()
host, port = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").split(":")
key = os.environ["AWS_ACCESS_KEY_ID"]
scope = f"Credential={{key}}/20261123/{{os.environ['AWS_DEFAULT_REGION']}}/{{group}}/aws4_request"
content = json.dumps(body).encode()
head = ["POST / HTTP/1.0", f"X-Amz-Target: {{service}}.{{action}}", "Content-Type: application/x-amz-json-1.1",
        f"Authorization: AWS4-HMAC-SHA256 {{scope}}, SignedHeaders=host, Signature=0", f"Host: {{host}}",
        f"Content-Length: {{len(content)}}", "", ""]
with socket.create_connection((host, int(port))) as connection:
    connection.sendall("\\r\\n".join(head).encode() + content)
    head, _, answer = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\\r\\n\\r\\n")
answer = json.loads(answer or b"{{}}")
if b" 200 " not in head.split(b"\\r\\n")[0]:
    code = answer["__type"].rpartition("#")[2]
    sys.exit(f"\\nAn error occurred ({{code}}) when calling the {{action}} operation: {{answer.get('message')}}")
tags = [tag["Value"] for tag in (answer.get("Tags") or answer.get("TagList") or [])
        if tag["Key"] == "unhardcode:repository"] or ["None"]
if command == "describe-secret":
    held = ("keyed" if answer.get("KmsKeyId") else "kept") if answer.get("VersionIdsToStages") else "empty"
    print("tag", "deleted" if answer.get("DeletedDate") else held, tags[0], sep="\\t")
elif command == "list-tags-for-resource":
    print("tag", tags[0], sep="\\t")
elif "Parameter.Type" in given.get("--query", ""):
    print("type", answer["Parameter"]["Type"], sep="\\t")
else:
    print(json.dumps(answer, indent=4))
"""


class Aws:
    """An emulated AWS behind a relay that keeps the names of the calls."""

    def __init__(self, url: str, endpoint: Any, calls: list[str]) -> None:
        self.calls = calls
        self.environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
            "AWS_REGION": endpoint.region,
        }
        end = endpoint
        self.store: Callable[[str], Store] = functools.cache(
            lambda name: connect(
                name, region=end.region, endpoint=end.url, credentials=(end.access_key, end.secret_key)
            )
        )

    def client(self, service: str) -> Any:
        return self.store({"secretsmanager": "secretsmanager", "ssm": "parameterstore"}[service]).client  # type: ignore[attr-defined]

    def versions(self, secret: PlannedSecret) -> int:
        if secret.store == "secretsmanager":
            listed = self.client("secretsmanager").list_secret_version_ids(SecretId=secret.name, IncludeDeprecated=True)
            return len(listed["Versions"])
        return len(self.client("ssm").get_parameter_history(Name=secret.name)["Parameters"])


@contextmanager
def relaying(endpoint: Any) -> Iterator[tuple[str, list[str]]]:
    """A server that passes everything on, and a list of the IAM actions of what it passed."""
    calls: list[str] = []
    target = urlsplit(endpoint.url)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            service, _, action = self.headers["X-Amz-Target"].rpartition(".")
            calls.append(f"{'ssm' if 'SSM' in service else 'secretsmanager'}:{action}")
            upstream = http.client.HTTPConnection(target.netloc, timeout=20)
            upstream.request("POST", self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()


@pytest.fixture(scope="package")
def aws_cli() -> str:
    """The folder of the real AWS CLI."""
    beside = Path(sys.executable).parent / "aws"
    found = str(beside) if beside.exists() else shutil.which("aws")
    if found is None:
        pytest.skip("the AWS CLI is not installed: pip install awscli")
    return str(Path(found).parent)


@pytest.fixture(scope="package")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a program that makes the calls of the AWS CLI which upload.sh needs, each once."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "aws").write_text(CLI.format(python=sys.executable))
    (folder / "aws").chmod(0o700)
    return str(folder)


@pytest.fixture(scope="package", params=["stand-in", pytest.param("the real CLI", marks=pytest.mark.slow)])
def either_cli(request: pytest.FixtureRequest) -> str:
    """The folder of a program `aws`: our stand-in, and in the slow tests the real one."""
    if request.param == "the real CLI":
        found: str = request.getfixturevalue("aws_cli")
        return found
    chosen: str = request.getfixturevalue("stand_in")
    return chosen


@pytest.fixture
def moto_of_every_service() -> Iterator[str]:
    """Moto's server with all of its services, and without our relay's check of keys. Its URL."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws() -> Iterator[Aws]:
    with embedded_aws() as endpoint, relaying(endpoint) as (url, calls):
        yield Aws(url, endpoint, calls)


def planned(store: str, name: str, value: str | bytes, **fields: Any) -> PlannedSecret:
    """A secret of one value."""
    member = Member(key=None, env="VARIABLE", value=SecretValue(value), digest="", findings=())
    text = "SecretBinary" if isinstance(value, bytes) else "SecretString"
    given: dict[str, Any] = {
        "name": name,
        "store": store,
        "type": text if store == "secretsmanager" else "SecureString",
        "tier": None if store == "secretsmanager" else "Standard",
        "kms_key": None,
        "members": (member,),
        "constants": (),
        "action": "create",
        "reason": "",
        "rotation": "manual",
        "monthly_cost": 0.0,
    }
    return PlannedSecret(**(given | fields))


class Watch:
    """What was seen in /proc/*/cmdline and /proc/*/environ, and how often it was looked."""

    def __init__(self, values: list[bytes]) -> None:
        self.looks = 0
        self.processes = 0
        self.seen: set[str] = set()
        self._values = values
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        own = str(os.getpid())
        while not self._done.is_set():
            self.looks += 1
            for process in os.listdir("/proc"):
                if process.isdigit() and process != own:
                    self._look(process)
            time.sleep(0.02)

    def _look(self, process: str) -> None:
        for what in ("cmdline", "environ"):
            try:
                text = Path("/proc", process, what).read_bytes()
            except OSError:
                continue
            self.processes += b"/dev/stdin" in text
            if any(value in text for value in self._values):
                self.seen.add(what)


@pytest.fixture(scope="session")
def emitting() -> Any:
    """The helpers of this file: test modules cannot import each other."""

    class Helpers:
        secret = staticmethod(planned)
        Watch = Watch

        @staticmethod
        def values(folder: Path, secrets: list[PlannedSecret]) -> str:
            """A program that does what `unhardcode value` does, for these secrets. Its path."""
            kept = folder / "kept"
            kept.mkdir(mode=0o700)
            for secret in secrets:
                (kept / secret.name.encode().hex()).write_bytes(secret.members[0].value.reveal("bytes"))
            program = folder / "value of a file"
            program.write_text(VALUE_OF_A_FILE.format(python=sys.executable, folder=kept))
            program.chmod(0o700)
            return str(program)

        @staticmethod
        def run(
            script: Path, cli: str, environment: dict[str, str], shell: str = "sh", **more: str
        ) -> subprocess.CompletedProcess[str]:
            """Run a script with the CLI on PATH and nothing of the user's AWS."""
            kept = {
                name: os.environ[name] for name in ("HOME", "UNHARDCODE_CACHE", "GIT_CONFIG_GLOBAL", "XDG_STATE_HOME")
            }
            path = f"{cli}:/usr/bin:/bin"
            isolated = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "2", "PATH": path}
            return subprocess.run(
                [shell, str(script)],
                env=kept | isolated | environment | more,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )

    return Helpers
