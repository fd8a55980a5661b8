"""Stands for `docker compose up`: what each service of a compose file gets, by the rules of the compose specification.

It is started as the rewritten file says: by the real `unhardcode run` with the file of references, where there is one.
https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
"""

import json
import os
import re
import subprocess
import sys

import yaml

_VARIABLE = re.compile(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?])([^}]*))?\})")


class Stopped(Exception):
    """Compose refuses to start."""


def started(path):
    """Environment and command of each service."""
    references = re.sub(r"\.ya?ml$", "", path) + ".secrets.env"
    if not os.path.exists(references):
        return services(path, dict(os.environ))
    words = [sys.executable, "-I", "-m", "unhardcode", "run", "--env-file", references, "--", sys.executable, "-c"]
    done = subprocess.run([*words, "import json, os; print(json.dumps(dict(os.environ)))"], capture_output=True)
    if done.returncode:
        raise Stopped(f"run ended with status {done.returncode}")
    return services(path, json.loads(done.stdout))


def plainly(path):
    """The same without `unhardcode run`: the first word of what compose says where it stops."""
    try:
        return services(path, {"PATH": os.environ["PATH"]})
    except Stopped as stopped:
        return str(stopped)


def services(path, environment):
    folder = os.path.dirname(path)
    beside = os.path.join(folder, ".env")
    known = {**(_read(beside) if os.path.exists(beside) else {}), **environment}
    with open(path, encoding="utf-8-sig") as stream:
        document = _filled(yaml.safe_load(stream), known)
    found = {}
    for name, service in document["services"].items():
        given = {}
        files = service.get("env_file") or []
        for each in [files] if isinstance(files, str) else files:
            given.update(_read(os.path.join(folder, each)))
        own = service.get("environment") or {}
        pairs = own.items() if isinstance(own, dict) else [each.partition("=")[::2] for each in own]
        given.update({key: "" if value is None else str(value) for key, value in pairs})
        found[name] = (sorted(given.items()), service.get("command"), service.get("healthcheck"))
    return found


def _filled(node, known):
    if isinstance(node, dict):
        return {key: _filled(value, known) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(each, known) for each in node]
    return _VARIABLE.sub(lambda found: _value(found, known), node) if isinstance(node, str) else node


def _value(found, known):
    if found[1]:
        return "$"
    name, how = found[2] or found[3], found[4] or ""
    value = known.get(name)
    if value or (value is not None and ":" not in how):
        return value
    if how.endswith("?"):
        raise Stopped(f"required variable {name} is missing a value: {found[5]}")
    return found[5] if how.endswith("-") else ""


def _read(path):
    with open(path, encoding="utf-8") as stream:
        pairs = [line.strip().partition("=")[::2] for line in stream if line.strip() and not line.startswith("#")]
    return {key: value.strip("\"'") for key, value in pairs}
