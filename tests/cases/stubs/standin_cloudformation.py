"""Stands for CloudFormation and Lambda: what a resource is made with, and what a function returns when it is invoked.

CloudFormation resolves `{{resolve:...}}`, also through a parameter; nothing else. A function sees its variables as they
are after that, which must never be the value where the template holds a reference.
"""

import json
import os
import re
import subprocess
import sys

import yaml

_DYNAMIC = re.compile(r"\{\{resolve:(?:ssm-secure:(/[^:}]+)|secretsmanager:([^:}]+)(?::SecretString(?::([^:}]*))?)?)\}\}")


class _Loader(yaml.SafeLoader):
    pass


class _Ref(str):
    pass


_Loader.add_constructor("!Ref", lambda loader, node: _Ref(node.value))
_Loader.add_constructor("!Sub", lambda loader, node: "sub " + node.value)
_Loader.add_constructor("!GetAtt", lambda loader, node: "attribute " + str(node.value))


def properties(path, name):
    """The properties that a resource is made with."""
    template = _template(path)
    return _deployed(template["Resources"][name]["Properties"], template)


def invoked(path, name):
    """What the handler of a function returns, in a process with its variables."""
    template = _template(path)
    function = properties(path, name)
    common = _deployed(template.get("Globals", {}).get("Function", {}), template)
    variables = {**common.get("Environment", {}).get("Variables", {}), **function.get("Environment", {}).get("Variables", {})}
    module, _, handler = function["Handler"].rpartition(".")
    folder = os.path.join(os.path.dirname(path), function.get("CodeUri", "."))
    code = f"import json, {module} as module; print(json.dumps(module.{handler}({{}}, None)))"
    aws = {key: value for key, value in os.environ.items() if key.startswith("AWS_") or key == "PATH"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder or ".", capture_output=True,
        env={**aws, **{key: str(value) for key, value in variables.items()}},
    )  # fmt: skip
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr[-300:]


def _template(path):
    with open(path, encoding="utf-8-sig") as stream:
        return yaml.load(stream, Loader=_Loader)


def _deployed(node, template):
    if isinstance(node, dict):
        if set(node) == {"Ref"}:
            return _deployed(_Ref(node["Ref"]), template)
        return {key: _deployed(value, template) for key, value in node.items()}
    if isinstance(node, list):
        return [_deployed(each, template) for each in node]
    if isinstance(node, _Ref):
        return _deployed(template.get("Parameters", {}).get(str(node), {}).get("Default", f"ref {node}"), template)
    return _DYNAMIC.sub(_value, node) if isinstance(node, str) else node


def _value(found):
    import boto3

    region = os.environ["AWS_REGION"]
    if found[1]:
        answer = boto3.client("ssm", region).get_parameter(Name=found[1], WithDecryption=True)
        return answer["Parameter"]["Value"]
    text = boto3.client("secretsmanager", region).get_secret_value(SecretId=found[2])["SecretString"]
    return json.loads(text)[found[3]] if found[3] else text
