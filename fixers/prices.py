"""List prices of the two stores, in US dollars, with the day they were checked."""

from __future__ import annotations

# us-east-1; other regions and agreements differ. https://aws.amazon.com/secrets-manager/pricing/ and
# https://aws.amazon.com/systems-manager/pricing/ are the sources of truth. The first is quoted word for word, as it was
# on 2026-09-20, in https://github.com/api-evangelist/amazon-secrets-manager/blob/main/plans (plans-pricing.yml); what
# parameters cost is as others quote it. Update the day with the figures.
CHECKED = "2026-11-23"
SECRET_A_MONTH = 0.40
SECRET_10_000_CALLS = 0.05
STANDARD_PARAMETER_A_MONTH = 0.0
ADVANCED_PARAMETER_A_MONTH = 0.05


def reads_note() -> str:
    """A sentence on the cost of reads."""
    return (
        f"Reads cost ${SECRET_10_000_CALLS:.2f} for 10,000 calls (the generated module caches for 300 s, boto3 alone "
        f"does not); list prices of us-east-1, noted {CHECKED}: check yours."
    )
