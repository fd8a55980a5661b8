"""Shop."""

from __future__ import annotations

import os

API_TOKEN: str = "<<t>>"
name = os.sep
