"""Partitions are those that botocore knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import pytest

from fixers.stores.partition import is_aws, partition_of, suffix_of

KNOWN = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_bytes())["partitions"]


@pytest.mark.parametrize("partition", KNOWN, ids=[one["id"] for one in KNOWN])
def test_every_region_of_botocore_has_its_partition(partition: Any) -> None:
    outputs = partition["outputs"]
    for region in partition["regions"]:
        if region.endswith("-global"):
            continue
        assert partition_of(region) == partition["id"]
        assert suffix_of(region) == outputs["dnsSuffix"]
    for suffix in (outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]):
        assert is_aws(f"ssm.x-1.{suffix}")
        assert not is_aws(f"ssm.x-1.{suffix}.example")
        assert not is_aws(f"not{suffix}")
