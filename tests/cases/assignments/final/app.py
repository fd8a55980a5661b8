from typing import Final

API_TOKEN: Final[str] = "<<t>>"
