"""Client."""
from ._const import API_KEY, SECRET as _SECRET
from .client import Client

__all__ = ["API_KEY", "Client"]
