"""Errors that end a command, each with its exit status.

UnhardcodeError            70  (never raised itself)
    UsageError              2  bad arguments, configuration, rule, plan or baseline
    NotSeenError            3  something that the user asked for was not seen
    StoreError              3  a store failed or refused
    FixError                1  a fix could not be applied or proven

Messages are ours, name path, line and column and what to do, and never quote source text: text of a scanned
file can be a credential. Raise them `from None` where the cause's own message carries user text.
"""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """The exit statuses of all commands."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NOT_SEEN = 3
    RUN_FAILED = 125
    BUG = 70
    INTERRUPTED = 130
    OUTPUT_GONE = 141


class UnhardcodeError(Exception):
    """Base: `message` says what and where, `lines` lists several items, `hint` says what to do."""

    status = Exit.BUG

    def __init__(self, message: str, *, lines: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__("\n".join((message, *lines)))
        self.message = message
        self.lines = lines
        self.hint = hint


class UsageError(UnhardcodeError):
    """Unusable arguments, configuration, rule, plan or baseline."""

    status = Exit.USAGE


class NotSeenError(UnhardcodeError):
    """Something that the user asked for could not be scanned."""

    status = Exit.NOT_SEEN


class StoreError(UnhardcodeError):
    """A store failed or refused."""

    status = Exit.NOT_SEEN


class FixError(UnhardcodeError):
    """A fix could not be applied, or is unproven."""

    status = Exit.FINDINGS
