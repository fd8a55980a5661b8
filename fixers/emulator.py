"""An AWS inside this process, for rehearsals: moto's server on loopback, for one random key pair only."""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from fixers.stores.model import Endpoint
from scanner.errors import UsageError

if TYPE_CHECKING:
    from werkzeug.serving import ThreadedWSGIServer

_HOST = "127.0.0.1"
_POLL = 0.02  # seconds until a shutdown is noticed
_FOREIGN = ("AWS_", "BOTO", "MOTO_", "INITIAL_NO_AUTH_ACTION_COUNT")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
_REFUSED = (
    b'{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}'
)

_Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@contextmanager
def embedded_aws(region: str = "us-east-1") -> Iterator[Endpoint]:
    """Serve Secrets Manager and Parameter Store on 127.0.0.1 until the block ends; then everything is discarded.

    Requests with another access key get status 403. Only one at a time in a process, because moto keeps its state in
    globals. Raises UsageError if moto is not installed.
    """
    with _without_the_users_aws():
        server, forget, endpoint = _start(region)
        thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="embedded-aws", daemon=True)
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            forget()


@contextmanager
def _without_the_users_aws() -> Iterator[None]:
    """Hide the user's AWS settings from this process: moto opens boto3 sessions of its own, which would read them."""
    taken = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith(_FOREIGN)}
    isolation = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ.update(isolation, AWS_EC2_METADATA_DISABLED="true")
    try:
        yield
    finally:
        for name in tuple(os.environ):
            if name.startswith(_FOREIGN):
                del os.environ[name]
        os.environ.update(taken)


def _start(region: str) -> tuple[ThreadedWSGIServer, Callable[[], None], Endpoint]:
    try:
        from moto.moto_api._internal.models import moto_api_backend
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
    except ImportError:
        hint = 'pip install "unhardcode[rehearse]"'
        raise UsageError("the rehearsal needs moto, which is not installed", hint=hint) from None

    # Werkzeug logs requests, and errors with a traceback: neither belongs on the user's standard error.
    handler = type("Handler", (WSGIRequestHandler,), {"log": _say_nothing})
    serve = type("Server", (ThreadedWSGIServer,), {"log": _say_nothing, "handle_error": _say_nothing})
    # Random like a key, but in a form that neither a scanner nor AWS would take for one.
    access_key, secret_key = f"rehearsal{secrets.token_hex(12)}", secrets.token_urlsafe(30)
    application = _only_for(access_key, DomainDispatcherApplication(create_backend_app))
    server = serve(_HOST, 0, application, handler)
    url = f"http://{_HOST}:{server.port}"
    endpoint = Endpoint(url=url, region=region, access_key=access_key, secret_key=secret_key)
    return server, moto_api_backend.reset, endpoint


def _say_nothing(*_: Any) -> None:
    pass


def _only_for(access_key: str, application: _Application) -> _Application:
    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        credential = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if credential is None or not secrets.compare_digest(credential[1].encode(), access_key.encode()):
            start_response("403 Forbidden", [("Content-Type", "application/x-amz-json-1.1")])
            return [_REFUSED]
        return application(environ, start_response)

    return guarded
