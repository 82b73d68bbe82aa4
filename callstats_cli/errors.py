"""Errors and their exit codes (spec 12).

Every error that a user can cause is a `CallstatsError`: one line that says what, where and what to
do. `diagnostics` prints it; nothing else writes to stderr.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ExitCode(IntEnum):
    """The process exit codes of spec 12."""

    ANSWERED = 0
    FAILED = 1
    USAGE = 2
    STRICT = 3
    EMPTY = 4
    CROSSED = 99
    INTERRUPTED = 130


class CallstatsError(Exception):
    """Base of all errors that end a run with one line on stderr.

    `hint` is what the user can do about it; it is printed after the message.
    """

    exit_code = ExitCode.FAILED
    code = "error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def rename(self, names: Mapping[str, str]) -> None:
        """Replaces the names in its message that stand in `names`."""
        self.message = renamed(self.message, names)
        self.args = (self.message,)


class RequestError(CallstatsError):
    """Raised when a flag or a request body is wrong; no data has been read."""

    exit_code = ExitCode.USAGE
    code = "invalid_request"


class SourceError(CallstatsError):
    """Raised when a source is missing, unreadable or holds no calls."""

    code = "unreadable_source"


class EngineError(CallstatsError):
    """Raised when the engine fails on a statement of ours."""

    code = "engine_failed"


class OutOfMemoryError(EngineError):
    """Raised when there is not enough memory for the work; `why` are the engine's own words."""

    def __init__(self, why: str = "") -> None:
        reason = why.removeprefix("Out of Memory Error: ")
        super().__init__(
            f"out of memory: {reason}" if reason else "out of memory",
            hint="--memory-limit allows more, fewer --threads need less",
        )


class OutputError(CallstatsError):
    """Raised when the answer cannot be written."""

    code = "unwritable_output"


class PipeClosedError(Exception):
    """Raised when whoever read stdout has closed it: nothing is wrong, and nothing is left to say."""


def did_you_mean(name: str, known: list[str], cutoff: float = 0.5) -> str | None:
    """A hint naming the closest known name, or None where all are less alike than `cutoff`, up to 1."""
    import difflib

    folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold()[:200], list(folded), n=1, cutoff=cutoff)
    if not close:
        close = [fold for fold in folded if len(name) > 2 and name.casefold() in fold]
    return f"did you mean {folded[close[0]]!r}?" if close else None


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with other names in the place of those in `names`."""
    for old, new in names.items():
        text = text.replace(old, new)
    return text


def shown(text: str) -> str:
    """The text as users may see it: web addresses without user and query, which may be
    secret (spec 13)."""
    import re

    if "://" not in text:
        return text
    return re.sub(r"(https?://)(?:[^/\s'\"@]*@)?([^\s'\"?]*)(?:\?[^\s'\"]*)?", r"\1\2", text)


def counted(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def quoted(value: object) -> str:
    """A user's value as an error message shows it: escaped, and cut where it is long."""
    text = repr(value)
    return text if len(text) <= 62 else text[:58] + "...'"
