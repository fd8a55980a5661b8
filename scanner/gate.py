"""Decide what fails a scan: the configuration, overridden by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.config import SEVERITIES, Config
from scanner.config_check import date
from scanner.policy import rank
from scanner.running import policy_refuses
from scanner.source import Confidence

if TYPE_CHECKING:
    from scanner.scan_request import GateOptions


def decided(config: Config, honour: frozenset[str] | None, options: GateOptions) -> Config:
    """The configuration with the given options applied. Raises UsageError for an option that would relax a policy."""
    asked = config
    if options.min_confidence is not None:
        asked = asked._replace(min_confidence=Confidence(options.min_confidence))
    if options.fail_on is not None:
        asked = asked._replace(fail_on=None if options.fail_on == "never" else Confidence(options.fail_on))
    if options.fail_on_severity is not None:
        asked = asked._replace(fail_on_severity=options.fail_on_severity)
    if options.fail_on_old is not None:
        asked = asked._replace(fail_on_old=options.fail_on_old)
    if options.fail_on_gone is not None:
        asked = asked._replace(fail_on_gone=options.fail_on_gone)
    if options.fail_since is not None:
        asked = asked._replace(fail_since=date(options.fail_since, "--fail-since"))
    if honour is not None:
        _check(config, asked)
    return asked


def _check(policy: Config, asked: Config) -> None:
    if rank(asked.fail_on) > rank(policy.fail_on):
        raise policy_refuses("--fail-on", f'fail-on = "{asked.fail_on or "never"}"')
    if SEVERITIES.index(asked.fail_on_severity) > SEVERITIES.index(policy.fail_on_severity):
        raise policy_refuses("--fail-on-severity", f'fail-on-severity = "{asked.fail_on_severity}"')
    if policy.fail_on_old and not asked.fail_on_old:
        raise policy_refuses("--no-fail-on-old", "fail-on-old = false")
    if policy.fail_on_gone and not asked.fail_on_gone:
        raise policy_refuses("--no-fail-on-gone", "fail-on-gone = false")
    if asked.fail_since is not None and (policy.fail_since is None or asked.fail_since > policy.fail_since):
        raise policy_refuses("--fail-since", f"fail-since = {asked.fail_since}")
