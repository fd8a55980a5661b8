from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    API_KEY: Mapping[str, str]
else:
    API_KEY = {"key": "<<k>>"}


def f() -> Mapping[str, str]:
    return API_KEY
