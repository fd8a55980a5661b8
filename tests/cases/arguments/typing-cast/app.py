import typing as t
from typing import cast

A = cast(str, "<<a>>")
B: "t.Optional[str]" = t.cast("str", "<<b>>")
D = str("<<d>>") or None
