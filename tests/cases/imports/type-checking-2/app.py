from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app_secrets import get_secret_value
else:
    Mapping = dict

KEY: str = "<<a>>"
API_KEY = KEY


def f(password: str | None = "<<b>>", more: Mapping[str, str] | None = None) -> str | None:
    return password
