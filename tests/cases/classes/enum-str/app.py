from enum import Enum


class Keys(str, Enum):
    A_TOKEN = "<<a>>"
    B_TOKEN = "<<b>>"
    C_TOKEN = "<<a>>"

    @property
    def header(self): return f"Bearer {self.value}"
