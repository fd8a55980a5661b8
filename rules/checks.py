"""Offline checks: can a text of a provider's shape be a credential of that provider?

PASS is given only where a random text of the same shape would fail, FAIL only where the scheme is documented or
follows from a format's definition; everything else is UNKNOWN. A check sees the secret and returns no part of it.
"""

from __future__ import annotations

from collections.abc import Callable

from rules import checksums, structures
from rules.model import Verdict

CHECKS: dict[str, Callable[[str], Verdict]] = {
    "age-bech32": checksums.age_bech32,
    "atlassian-crc32": checksums.atlassian_crc32,
    "atlassian-data-center": structures.atlassian_data_center,
    "aws-access-key-id": structures.aws_access_key_id,
    "azure-signature": structures.azure_signature,
    "azure-storage-key": structures.azure_storage_key,
    "cloudflare-crc32": checksums.cloudflare_crc32,
    "discord-bot": structures.discord_bot,
    "github-crc32": checksums.github_crc32,
    "gitlab-routable": checksums.gitlab_routable,
    "grafana-cloud": structures.grafana_cloud,
    "grafana-crc32": checksums.grafana_crc32,
    "grafana-key": structures.grafana_key,
    "groq-marker": structures.groq_marker,
    "jfrog-reference": structures.jfrog_reference,
    "jwt": structures.jwt,
    "mapbox": structures.mapbox,
    "npm-crc32": checksums.npm_crc32,
    "onepassword-service-account": structures.onepassword_service_account,
    "openai-marker": structures.openai_marker,
    "pem": structures.pem,
    "pypi-macaroon": structures.pypi_macaroon,
    "sentry-organization": structures.sentry_organization,
}
"""The checks by the name that a rule's `check` gives."""
