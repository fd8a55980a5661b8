"""Read what references point to: each secret once, parameters ten at a time, or all parameters below a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from fixers.payload import field_of
from fixers.stores.failures import Call, translated
from fixers.stores.notation import Reference
from scanner.errors import StoreError
from scanner.model import SecretValue

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
AT_ONCE = 10


class UnreadError(StoreError):
    """What one of these references names could not be read. It says what the store's own error says."""

    def __init__(self, error: StoreError, wanted: Sequence[Reference]) -> None:
        super().__init__(error.message, lines=error.lines, hint=error.hint)
        self.wanted = tuple(wanted)


def read_references(wanted: Iterable[Reference], client: Callable[[str], Any]) -> dict[Reference, SecretValue]:
    """The value behind each reference. Raises UnreadError for the first that cannot be read."""
    unique = list(dict.fromkeys(wanted))
    parameters = [each for each in unique if each.store == "parameterstore"]
    found = dict(_parameters(parameters, client)) if parameters else {}
    answers: dict[tuple[str, str, str], SecretValue] = {}
    for each in unique:
        if each.store == "secretsmanager":
            version = (each.name, each.stage, each.version)
            if version not in answers:
                with _about(each):
                    answers[version] = _secret(each, client("secretsmanager"))
            found[each] = _picked(answers[version], each)
    return found


def read_path(path: str, client: Any) -> dict[str, SecretValue]:
    """Every parameter below a path, by its full name."""
    found: dict[str, SecretValue] = {}
    with translated(_call("read all of", path, client, "ssm:GetParametersByPath")):
        pages = client.get_paginator("get_parameters_by_path")
        for page in pages.paginate(Path=path, Recursive=True, WithDecryption=True):
            found.update((each["Name"], SecretValue(each["Value"])) for each in page["Parameters"])
    return found


def _parameters(wanted: list[Reference], client: Callable[[str], Any]) -> Iterator[tuple[Reference, SecretValue]]:
    ssm = client("parameterstore")
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        names = [each.name for each in some]
        with _about(*some), translated(_call("read", ", ".join(names), ssm, "ssm:GetParameters")):
            answer = ssm.get_parameters(Names=names, WithDecryption=True)
        values = {name: each["Value"] for each in answer["Parameters"] for name in _names(each)}
        for each in some:
            if each.name not in values:
                raise UnreadError(
                    StoreError(f"cannot read {each.name} in {ssm.meta.region_name}: it does not exist"), [each]
                )
            yield each, SecretValue(values[each.name])


def _names(parameter: Mapping[str, Any]) -> Iterator[str]:
    """What a parameter can be asked for by: its name or ARN, with the version that was asked for."""
    for name in (parameter["Name"], parameter.get("ARN")):
        if name:
            yield name + parameter.get("Selector", "")


def _secret(wanted: Reference, client: Any) -> SecretValue:
    picked = {"VersionId": wanted.version} if wanted.version else {"VersionStage": wanted.stage or "AWSCURRENT"}
    with translated(_call("read", wanted.name, client, "secretsmanager:GetSecretValue")):
        answer = client.get_secret_value(SecretId=wanted.name, **picked)
        return SecretValue(answer["SecretString"] if "SecretString" in answer else bytes(answer["SecretBinary"]))


def _picked(value: SecretValue, wanted: Reference) -> SecretValue:
    field = field_of(value, wanted.key or None)
    if field is None:
        raise UnreadError(StoreError(f"{wanted.name} is not a JSON object with the key {wanted.key!r}"), [wanted])
    return field


@contextmanager
def _about(*wanted: Reference) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise UnreadError(error, wanted) from None


def _call(doing: str, name: str, client: Any, action: str) -> Call:
    return Call(doing=doing, name=name, region=client.meta.region_name, action=action)
