"""Prove that a rewritten expression still gives the value, in a process that can get it from nowhere else.

This is the proof of level `expression`. `fixers.python_check.same_outside` checks, during the rewrite, that nothing
outside the expression changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fixers.extension import extension_stand_in
from fixers.model import Proof
from fixers.payload import environment_text
from fixers.stores.model import Endpoint, Stores
from fixers.stores.registry import stores_at

# What an interpreter needs to start and to read files; no other variable of the user's is passed.
_ALLOWED = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ")
_KEY_PAIR = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
# What real AWS needs in addition, if no endpoint is given; botocore also trusts what REQUESTS_CA_BUNDLE names.
_REAL_AWS = (
    "HOME", "USERPROFILE", "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """The result of one proof: equal with its variables unset, equal with them set. `error` is a message or None.

    `unavailable` says that the store could not be read, so that nothing is known about the expression.
    """

    proof: Proof
    unset: bool
    set: bool
    error: str | None
    unavailable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAws:
    """The AWS that expressions ask: the variables by which an interpreter finds it, and its stores for this process.

    `bare` are the variables that an interpreter needs without any AWS.
    """

    bare: Mapping[str, str]
    variables: Mapping[str, str] = field(repr=False)
    stores: Stores


def emulated_aws(endpoint: Endpoint, environ: Mapping[str, str] = os.environ) -> AskedAws:
    """An emulator, isolated from the user's AWS configuration."""
    bare = _bare(environ)
    emulated = {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_DEFAULT_REGION": endpoint.region,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return AskedAws(bare=bare, variables=bare | emulated, stores=stores_at(endpoint))


def users_aws(
    stores: Stores,
    *,
    region: str | None = None,
    profile: str | None = None,
    credentials: Mapping[str, str] = MappingProxyType({}),
    environ: Mapping[str, str] = os.environ,
) -> AskedAws:
    """The AWS that boto3 finds in `environ`, unless `region`, `profile` and `credentials` (variables) override it."""
    bare = _bare(environ)
    found = bare | {name: value for name, value in environ.items() if name in _REAL_AWS or name.startswith("AWS_")}
    if not region and "AWS_REGION" in found:
        # boto3 reads only the other region variable. Where values were stored is known, and not part of the expression.
        found.setdefault("AWS_DEFAULT_REGION", found["AWS_REGION"])
    return AskedAws(bare=bare, variables={**asked_for(found, region, profile), **credentials}, stores=stores)


def prove(
    proofs: Sequence[Proof],
    aws: AskedAws,
    *,
    module_source: str,
    key: bytes,
    python: str = sys.executable,
    timeout: float = 120.0,
) -> tuple[ProofResult, ...]:
    """Evaluate each expression in a fresh isolated interpreter and compare it with its digest, in the given order.

    `timeout` is in seconds, for all of them together. If the process fails, every proof fails, with a reason. In the
    style `extension` the interpreter gets no AWS: a stand-in for the Lambda extension asks the same stores.
    """
    if not proofs:
        return ()
    request = {"module": module_source, "key": key.hex(), "proofs": [_request(proof) for proof in proofs]}
    with _environment(proofs, aws) as environment:
        answers = _ask(json.dumps(request).encode(), python, environment, timeout)
    if isinstance(answers, str) or len(answers) != len(proofs):
        reason = answers if isinstance(answers, str) else "the proof's interpreter gave no answer"
        return tuple(ProofResult(proof=proof, unset=False, set=False, error=reason) for proof in proofs)
    return tuple(
        ProofResult(
            proof=proof,
            unset=one["unset"] is True,
            set=one["set"] is True,
            error=one["error"],
            unavailable=one["unavailable"] is True,
        )
        for proof, one in zip(proofs, answers, strict=True)
    )


def _request(proof: Proof) -> dict[str, Any]:
    variables = {name: environment_text(value) for name, value in proof.variables}
    return {"expression": proof.expression, "digest": proof.digest, "variables": variables}


def _ask(request: bytes, python: str, environment: Mapping[str, str], timeout: float) -> list[dict[str, Any]] | str:
    """Run the child process; returns its answers, or the reason why there are none."""
    child = str(Path(__file__).with_name("_prove_child.py"))
    # UTF-8 regardless of the locale, because the variables may hold text in any script.
    command = [python, "-I", "-B", "-X", "utf8", "-W", "ignore", child]
    try:
        done = subprocess.run(
            command,
            input=request,
            capture_output=True,
            env=environment,
            timeout=timeout,
            check=False,
            cwd=os.path.dirname(child),
        )
    except subprocess.TimeoutExpired:
        return f"the proof took longer than {timeout:g} seconds"
    except OSError:
        return "the proof's interpreter does not start"
    if done.returncode != 0:
        return f"the proof's interpreter ended with status {done.returncode}"
    try:
        answers = json.loads(done.stdout)
    except ValueError:
        return "the proof's interpreter gave no answer"
    return answers if isinstance(answers, list) else "the proof's interpreter gave no answer"


@contextmanager
def _environment(proofs: Sequence[Proof], aws: AskedAws) -> Iterator[Mapping[str, str]]:
    if all(proof.style != "extension" for proof in proofs):
        yield aws.variables
        return
    with extension_stand_in(aws.stores) as variables:
        yield {**aws.bare, "AWS_REGION": aws.variables.get("AWS_REGION", ""), **variables}


def _bare(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in _ALLOWED if name in environ}


def asked_for(environment: Mapping[str, str], region: str | None, profile: str | None) -> dict[str, str]:
    """The variables with --region and --profile applied. A key pair in the environment would outrank a profile."""
    changed = dict(environment)
    if region:
        changed |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if profile:
        changed["AWS_PROFILE"] = profile
        for name in _KEY_PAIR:
            changed.pop(name, None)
    return changed
