from typing import Literal

Token = Literal["<<t>>"]
