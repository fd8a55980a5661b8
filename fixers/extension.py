"""A stand-in for the AWS Parameters and Secrets Lambda Extension, to prove code that is written for it.

It answers on loopback as the extension does, with values from a store:
https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from fixers.stores.kinds import KINDS
from fixers.stores.model import Store
from scanner.errors import StoreError

_HOST = "127.0.0.1"
_TOKEN = "X-Aws-Parameters-Secrets-Token"  # noqa: S105 - a header's name
_POLL = 0.02  # seconds until a shutdown is noticed


@contextmanager
def extension_stand_in(stores: Callable[[str], Store]) -> Iterator[Mapping[str, str]]:
    """Serve until the block ends; yields the variables that a program needs to make requests.

    The session token is random, so that no other user of this machine can read a value.
    """
    token = secrets.token_urlsafe(32)

    class Handler(BaseHTTPRequestHandler):
        """One request; nothing is logged."""

        def do_GET(self) -> None:
            """Answer with what the store gives."""
            if not secrets.compare_digest(self.headers.get(_TOKEN, "").encode(), token.encode()):
                self._send(401, b"")
                return
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            answer = _answer(address.path, asked, stores)
            self._send(400 if answer is None else 200, json.dumps(answer).encode() if answer else b"")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer((_HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="extension", daemon=True)
    thread.start()
    try:
        yield {"PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(server.server_port), "AWS_SESSION_TOKEN": token}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(path: str, asked: Mapping[str, str], stores: Callable[[str], Store]) -> dict[str, object] | None:
    """The extension's JSON answer; None if it would refuse the request."""
    kind = next((kind for kind in KINDS.values() if kind.references.extension == path), None)
    name = None if kind is None else kind.references.extension_name(asked)
    if kind is None or name is None:
        return None
    try:
        value = stores(kind.word).read(name)
    except StoreError:
        return None
    return None if value is None else kind.references.extension_answer(name, value.reveal())
