"""What a path is for, as the scanner judges it: tests, examples and docs are refused, never uploaded."""

from __future__ import annotations

from scanner.roles import PathRole, in_words, role_of

__all__ = ["PathRole", "in_words", "role_of"]
