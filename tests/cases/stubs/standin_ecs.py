"""Stands for the ECS agent: the environment that each container of a task definition starts with.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

import json
import os
import re

_SECRET = re.compile(r"(arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[^:]+-\w{6})(?::([^:]*):([^:]*):([^:]*))?")
_PARAMETER = re.compile(r"arn:aws[\w-]*:ssm:[\w-]+:\d{12}:parameter(/.+)|(/.+|[\w.-]+)")


def started(path):
    """Name, image and environment of each container; all that the agent does not fill in stays as it is."""
    with open(path, encoding="utf-8-sig") as stream:
        task = json.load(stream)
    found = []
    for container in task["containerDefinitions"]:
        given = {each["name"]: each["value"] for each in container.pop("environment", [])}
        for each in container.pop("secrets", []):
            assert each["name"] not in given, "a name twice: ECS refuses the task definition"
            given[each["name"]] = _resolved(each["valueFrom"])
        found.append((sorted(given.items()), sorted(container.items())))
    return found, sorted((key, value) for key, value in task.items() if key != "containerDefinitions")


def _resolved(source):
    import boto3

    secret = _SECRET.fullmatch(source)
    if secret is None:
        parameter = _PARAMETER.fullmatch(source)
        assert parameter is not None, "not what ECS takes"
        answer = boto3.client("ssm", os.environ["AWS_REGION"]).get_parameters(Names=[parameter[1] or parameter[2]], WithDecryption=True)
        return answer["Parameters"][0]["Value"]
    arn, key, stage, version = secret.groups()
    picked = {"VersionId": version} if version else {"VersionStage": stage or "AWSCURRENT"}
    answer = boto3.client("secretsmanager", os.environ["AWS_REGION"]).get_secret_value(SecretId=arn, **picked)
    assert answer["ARN"] == arn, "the whole ARN is asked for"
    return json.loads(answer["SecretString"])[key] if key else answer["SecretString"]
