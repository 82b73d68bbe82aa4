"""The failures of the engine that we can do something about, as types of their own."""

from __future__ import annotations

from callstats_cli.errors import EngineError

UNCLEAR_USAGE = "a usage has no known member: it may be no object"
"""The words with which a statement fails that reads usages by their members, where one has none."""


class ObjectTooLargeError(EngineError):
    """Raised when an object of JSON is larger than the statement allows."""


class UnclearUsageError(EngineError):
    """Raised when a usage that is read by its members may be no object: it has to be read whole."""


_BY_WORDS = {"maximum_object_size": ObjectTooLargeError, UNCLEAR_USAGE: UnclearUsageError}
"""Words that only one failure has → its type. The engine has one type for both, and for others."""


def engine_error(message: str) -> EngineError:
    """The error for what the engine says of a statement that failed."""
    for words, error in _BY_WORDS.items():
        if words in message:
            return error(message)
    return EngineError(message)


def first_line(error: Exception) -> str:
    """The engine's own words, without the SQL that it quotes."""
    text = str(error).strip().split("\n", 1)[0]
    return text.removeprefix("IO Error: ").removeprefix("Invalid Input Error: ")
