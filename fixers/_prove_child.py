"""Evaluate rewritten expressions and compare what they give by keyed digest. Run alone: `python -I _prove_child.py`.

Reads a JSON object on standard input, {"module", "key", "proofs": [{"expression", "digest", "variables"}]}, and writes
a JSON array of {"unset", "set", "error", "unavailable"}: the last says that the store gave no answer. Only equality and
our own words leave this process: never a value, an exception's text or a traceback. Any Python from 3.9 on can run it:
it imports the standard library, and boto3 where an expression calls it.
"""

from __future__ import annotations

import ast
import hashlib
import hmac
import importlib
import inspect
import json
import os
import sys
from types import CodeType, ModuleType
from typing import Any
from urllib.parse import quote


def answer(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Evaluate every proof of a request, each with nothing kept from the one before."""
    module = ModuleType("app_secrets")
    exec(compile(request["module"], "<generated module>", "exec"), module.__dict__)  # noqa: S102 - our own module
    key = bytes.fromhex(request["key"])
    return [evaluated(module, key, proof) for proof in request["proofs"]]


def evaluated(module: ModuleType, key: bytes, proof: dict[str, Any]) -> dict[str, Any]:
    """Evaluate one expression without its variables, with them, and with each of them changed."""
    result: dict[str, Any] = {"unset": False, "set": False, "error": None, "unavailable": False}
    variables: dict[str, str] = proof["variables"]
    try:
        code = compile(
            proof["expression"].strip(), "<expression>", "eval", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
        result["unset"] = matches(module, key, proof["digest"], code, dict.fromkeys(variables))
        result["set"] = matches(module, key, proof["digest"], code, variables)
    except Exception as error:  # noqa: BLE001 - whatever it is, only its type may leave
        told = isinstance(error, module.SecretUnavailable)
        # Inline code lets through what boto3 raises.
        result["unavailable"] = told or any(kind.__module__.startswith("botocore.") for kind in type(error).__mro__)
        # Only the generated module's own message is known to hold no value.
        result["error"] = str(error) if told else f"the new expression fails with {named(error)}"
        return result
    ignored = [name for name in variables if result["set"] and not heeded(module, key, proof, code, name)]
    if ignored:
        result.update(set=False, error=f"the variable {ignored[0]} has no effect")
    elif not (result["unset"] and result["set"]):
        result["error"] = (
            f"the new expression gives another value with its variables {'set' if result['unset'] else 'unset'}"
        )
    return result


def matches(module: ModuleType, key: bytes, wanted: str, code: CodeType, variables: dict[str, Any]) -> bool:
    """Whether the expression gives the value with this digest while the variables (None: absent) hold."""
    module.refresh()
    for name, text in variables.items():
        os.environ.pop(name, None)
        if text is not None:
            os.environ[name] = text
    try:
        return hmac.compare_digest(keyed_digest(key, value_of(code, module)), wanted)
    finally:
        for name in variables:
            os.environ.pop(name, None)


def value_of(code: CodeType, module: ModuleType) -> Any:
    """Evaluate an expression, also one with `await`."""
    value = eval(code, namespace(module, code))  # noqa: S307 - what it is for
    if not inspect.iscoroutine(value):
        return value
    import asyncio

    return asyncio.run(value)


def named(error: Exception) -> str:
    """Name an exception: its type, and the code that AWS gives its errors, if that is a plain word."""
    # Errors below HTTP have the attribute too, and None in it.
    code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code", "")
    return f"{type(error).__name__} ({code})" if str(code).isalnum() else type(error).__name__


def heeded(module: ModuleType, key: bytes, proof: dict[str, Any], code: CodeType, name: str) -> bool:
    """Whether another text in this variable changes what the expression gives: an equal value could be the store's."""
    try:
        return not matches(
            module, key, proof["digest"], code, {**proof["variables"], name: "another" + os.urandom(16).hex()}
        )
    except Exception:  # noqa: BLE001 - an expression that cannot use another text has read it
        return True


def namespace(module: ModuleType, code: CodeType) -> dict[str, Any]:
    """Make what an expression may use, and nothing else."""
    called = {name: getattr(module, name) for name in ("get_secret_value", "get_secret_bytes", "aget_secret_value")}
    plain: dict[str, Any] = {
        name: importlib.import_module(name) for name in ("boto3", "json", "os") if name in code.co_names
    }
    return {"__builtins__": {}, "quote": quote, **called, **plain}


def keyed_digest(key: bytes, value: Any) -> str:
    """Digest as `scanner.identity.digest` does; TypeError for what is neither text nor bytes."""
    if not isinstance(value, (str, bytes)):
        raise TypeError
    tagged = b"b:" + value if isinstance(value, bytes) else b"s:" + value.encode("utf-8", "surrogatepass")
    return hmac.new(key, tagged, hashlib.sha256).hexdigest()


def main() -> int:
    """Answer one request; status 1 and no words if that fails."""
    try:
        results = answer(json.loads(sys.stdin.buffer.read()))
    except Exception:  # noqa: BLE001 - its text or traceback could hold the request
        return 1
    sys.stdout.write(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
