"""The store of the generated module in the style `extension`; the rest of that module is `module.py`'s."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from fixers.runtime.module import SecretUnavailable, _NoAnswer

# The store, by the AWS Parameters and Secrets Lambda Extension.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
_TTL = {
    "secretsmanager": os.environ.get("SECRETS_MANAGER_TTL", ""),
    "ssm": os.environ.get("SSM_PARAMETER_STORE_TTL", ""),
}
# How long an answer is kept here: the extension keeps it too, and both together are 300 seconds.
_SECONDS = {service: max(10, 300 - int(ttl)) if ttl.isdecimal() else 10 for service, ttl in _TTL.items()}
_ADVICE: dict[int | None, str] = {
    None: "is the layer AWS-Parameters-and-Secrets-Lambda-Extension there, and this an invocation?",
    400: "it must exist, the function be allowed {} (and kms:Decrypt), and the call in the handler",
}


def _fetch(service: str, name: str, stage: str, version: str) -> str:
    import urllib.parse
    import urllib.request

    if service == "ssm":
        bare, _, number = name.rpartition(":")
        picked = {"name": bare, "version": number} if bare and number.isdigit() else {"name": name}
        asked = {**picked, "withDecryption": "true"}
        path = "/systemsmanager/parameters/get"
    else:
        asked = {"secretId": name, **({"versionId": version} if version else {"versionStage": stage or "AWSCURRENT"})}
        path = "/secretsmanager/get"
    port = os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") or "2773"
    address = f"http://localhost:{port}{path}?{urllib.parse.urlencode(asked, quote_via=urllib.parse.quote, safe='')}"
    token = os.environ.get("AWS_SESSION_TOKEN", "")
    request = urllib.request.Request(address, headers={"X-Aws-Parameters-Secrets-Token": token})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine, whatever the proxy
    try:
        with direct.open(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
        if service == "ssm":
            return str(found["Parameter"]["Value"])
        raw = base64.b64decode(found.get("SecretBinary") or "") or found["SecretString"].encode()
        return raw.decode("utf-8", "surrogateescape")
    except (OSError, ValueError, KeyError) as error:  # not its text: it may quote the value
        status, region = getattr(error, "code", None), os.environ.get("AWS_REGION") or "no region"
        advice = _ADVICE.get(status, "the function needs AWS_SESSION_TOKEN, {} and, with a key of its own, kms:Decrypt")
        advice = advice.format("ssm:GetParameter" if service == "ssm" else "secretsmanager:GetSecretValue")
        found, told = {}, f"{name} cannot be read ({region}): {status or type(error).__name__}: {advice}"
        raise (SecretUnavailable if status and status < 500 else _NoAnswer)(told) from None
