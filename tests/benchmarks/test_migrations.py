"""The shop with its past goes through all that benchmarks/migrations.py does with real repositories."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def migrations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("migrations", ROOT / "benchmarks" / "migrations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_shop_with_its_past_is_migrated_undone_and_once_more_by_the_emitted_script(
    migrations: ModuleType, tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    subprocess.run([sys.executable, str(ROOT / "examples" / "shop" / "history.py"), str(shop)], check=True)
    told, held = migrations.migrated(shop, tmp_path, ())
    stored, proven = map(int, re.findall(r"(\d+) (?:stored|proven)", told))
    assert (stored, proven) == (len(held), proven)
    assert stored >= proven >= 5
    assert told.endswith("status 0, byte for byte True")
    told = migrations.emitted(shop, tmp_path, (), held)
    assert f"{stored} stored, equal to migrate's True" in told
    assert told.endswith(f"status 0, {stored} kept, unchanged True; fix --write: status 0")
