"""What fails a build: the configuration, and what the command line says over it."""

from __future__ import annotations

from scanner.config import SEVERITIES, Config
from scanner.config_check import date
from scanner.policy import rank
from scanner.running import policy_refuses
from scanner.source import Confidence


def decided(
    config: Config,
    honour: frozenset[str] | None,
    *,
    min_confidence: str | None,
    fail_on: str | None,
    fail_on_severity: str | None,
    fail_on_old: bool | None,
    fail_on_gone: bool | None,
    fail_since: str | None,
) -> Config:
    """The configuration with the options that were given. Raises UsageError for one that a policy is stricter than."""
    asked = config
    if min_confidence is not None:
        asked = asked._replace(min_confidence=Confidence(min_confidence))
    if fail_on is not None:
        asked = asked._replace(fail_on=None if fail_on == "never" else Confidence(fail_on))
    if fail_on_severity is not None:
        asked = asked._replace(fail_on_severity=fail_on_severity)
    if fail_on_old is not None:
        asked = asked._replace(fail_on_old=fail_on_old)
    if fail_on_gone is not None:
        asked = asked._replace(fail_on_gone=fail_on_gone)
    if fail_since is not None:
        asked = asked._replace(fail_since=date(fail_since, "--fail-since"))
    if honour is not None:
        _check(config, asked)
    return asked


def _check(told: Config, asked: Config) -> None:
    if rank(asked.fail_on) > rank(told.fail_on):
        raise policy_refuses("--fail-on", f'fail-on = "{asked.fail_on or "never"}"')
    if SEVERITIES.index(asked.fail_on_severity) > SEVERITIES.index(told.fail_on_severity):
        raise policy_refuses("--fail-on-severity", f'fail-on-severity = "{asked.fail_on_severity}"')
    if told.fail_on_old and not asked.fail_on_old:
        raise policy_refuses("--no-fail-on-old", "fail-on-old = false")
    if told.fail_on_gone and not asked.fail_on_gone:
        raise policy_refuses("--no-fail-on-gone", "fail-on-gone = false")
    if asked.fail_since is not None and (told.fail_since is None or asked.fail_since > told.fail_since):
        raise policy_refuses("--fail-since", f"fail-since = {asked.fail_since}")
