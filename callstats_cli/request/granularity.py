"""Widths of buckets as people write them."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.request.zones import FIRST_YEAR, LAST_YEAR

Word = Literal["auto", "total", "1w", "1mo", "1q", "1y"]


Granularity = int | Word


DAY_SECONDS: Final = 86_400


_WIDEST_SECONDS: Final = (LAST_YEAR - FIRST_YEAR + 1) * 366 * DAY_SECONDS


_WORDS: Final[tuple[Word, ...]] = get_args(Word)


_UNIT_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": DAY_SECONDS}


_SAME_LENGTH: Final = {"3mo": "1q", "12mo": "1y", "4q": "1y"}


_UNIT_BY_PREFIX: Final = {
    "sec": "s", "min": "m", "mon": "mo", "h": "h", "d": "d", "w": "w", "q": "q", "y": "y"
}  # fmt: skip


_NAMED: Final[dict[str, Granularity]] = {
    "minute": 60, "hour": 3_600, "hourly": 3_600, "day": DAY_SECONDS, "daily": DAY_SECONDS,
    "week": "1w", "weekly": "1w", "month": "1mo", "monthly": "1mo", "quarter": "1q",
    "quarterly": "1q", "year": "1y", "yearly": "1y",
}  # fmt: skip


def parse_granularity(text: str) -> Granularity:
    """The width that `--granularity` names: seconds, a number of `s m h d`, a calendar unit, a word.

    One of a unit may be a word (`day`, `daily`); weeks, months, quarters and years are the calendar's.
    Raises RequestError for anything else.
    """
    stripped = text.strip()
    word = next((word for word in _WORDS if word == stripped), None)
    if word is not None:
        return word
    if stripped in _NAMED:
        return _NAMED[stripped]
    match = re.fullmatch(r"(-?[0-9]{1,18})([A-Za-z]*)", stripped)
    if match is None:
        raise RequestError(
            f"unknown granularity {quoted(text)}",
            hint=did_you_mean(stripped, [*_WORDS, *_NAMED])
            or "whole seconds, a whole number of s m h d (90s, 5m, 6h, 1d), minute hour day week month "
            "quarter year, "
            + ", ".join(_WORDS),
        )
    number, unit = int(match[1]), match[2]
    if number > 0 and unit not in _UNIT_SECONDS:
        raise _unit_error(number, unit)
    return checked_seconds(number * _UNIT_SECONDS.get(unit, 1), stripped)


def _unit_error(number: int, unit: str) -> RequestError:
    """The error for a number with a unit that is not one of fixed length."""
    text = f"{number}{unit}"
    if unit == "w":
        return RequestError(
            f"granularity {text}: only 1w is a calendar week",
            hint=f"{number * 7}d has the length of {text}, without starting on Mondays",
        )
    if unit in ("mo", "q", "y"):
        same = _SAME_LENGTH.get(text)
        return RequestError(
            f"granularity {text}: calendar units come one at a time",
            hint=f"did you mean {same!r}?" if same else "1mo, 1q, 1y, or days such as 60d",
        )
    folded = unit.lower()
    meant = next(
        (short for prefix, short in _UNIT_BY_PREFIX.items() if folded.startswith(prefix)), None
    )
    return RequestError(
        f"unknown unit {quoted(unit)} in granularity {quoted(text)}",
        hint=f"did you mean '{number}{meant}'?"
        if meant
        else "s m h d are seconds, minutes, hours, days; calendar units are 1w 1mo 1q 1y",
    )


def checked_seconds(seconds: int, text: str) -> int:
    if seconds < 1:
        raise RequestError(
            f"granularity must be at least 1 second, got {text}", hint="for example 3600, 5m or 1d"
        )
    if seconds > _WIDEST_SECONDS:
        raise RequestError(
            f"granularity {text} is wider than the years {FIRST_YEAR} to {LAST_YEAR}",
            hint="'total' makes one bucket of the whole range",
        )
    return seconds
