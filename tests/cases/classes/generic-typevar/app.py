from typing import Generic, TypeVar

T = TypeVar("T")


class S(Generic[T]):
    api_key: str = "<<a>>"
