from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

passwords: Sequence[str]
password = "<<pw>>"
