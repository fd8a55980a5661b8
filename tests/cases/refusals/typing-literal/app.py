from typing import Literal

password: Literal["<<key>>"] | None = None
