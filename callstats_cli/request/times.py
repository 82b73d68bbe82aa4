"""Times as users write them to instants, and back (spec 2, 3, 11); pure.

Instants are microseconds since 1970-01-01T00:00:00Z and lie in the years 1900 to 2200. The clock is
never read: `now_us` is an argument. Zones are IANA names of the tzdata package.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, NamedTuple

from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.request import zones
from callstats_cli.request.spans import (
    MINUTE_US,
    months_before,
    parse_span,
    read_span,
    subtract_span,
    supported,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
)  # fmt: skip
_WORDS: Final = (
    "now", "today", "yesterday", "this-week", "last-week", "this-month", "last-month", *_WEEKDAYS
)  # fmt: skip
_EPOCH_UNITS: Final = {"milliseconds": 3, "microseconds": 6, "nanoseconds": 9}
_EARLIEST_GUESS: Final = 10**9  # 2001: below it, more than ten digits are a date-time run together

# Patterns stay text: `re` compiles them on first use, and most runs use one of them or none.
_DATE: Final = r"(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})"
_TIME: Final = (
    r"(?P<hour>[0-9]{2})(?:(?P<colon>:?)(?P<minute>[0-9]{2})"
    r"(?:(?P=colon)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?"
)
_OFFSET: Final = r"[Zz]|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?"
_DATE_TIME: Final = rf"{_DATE}(?:[Tt _]{_TIME} ?(?P<offset>{_OFFSET})?)?"


class Instant(NamedTuple):
    """A moment as a user wrote it."""

    us: int
    """Microseconds since 1970-01-01T00:00:00Z."""
    date_only: bool = False
    """Whether the text was a date, so that the moment is the first one of that day."""


class _DateTime(NamedTuple):
    """The parts of a date or date-time text; offset_us is null where it names no offset."""

    wall_us: int
    offset_us: int | None
    date_only: bool


def parse_instant(text: str, *, zone: str, now_us: int) -> Instant:
    """The instant that `--start` or `--end` names (spec 3); texts without an offset are read in `zone`.

    A local time that the clocks skip is the first instant after the gap, a repeated one the first.
    Digits beyond microseconds are cut off. Raises RequestError for text that is not a time, for a time
    outside the years 1900 to 2200 and for an unknown zone.
    """
    stripped = text.strip()
    if stripped in _WORDS:
        return Instant(_first_of(stripped, zone, now_us))
    span = read_span(stripped.removeprefix("-"))
    if span is not None or stripped.startswith("-"):
        return Instant(subtract_span(now_us, span or parse_span(stripped[1:]), zone))
    if re.fullmatch(r"[0-9]{1,19}(\.[0-9]+)?", stripped) and not re.fullmatch("[0-9]{8}", stripped):
        return Instant(_epoch_instant(stripped))
    written = _read_date_time(stripped)
    if written is None:
        raise RequestError(f"unreadable time {quoted(text)}", hint=_time_hint(stripped))
    return Instant(_resolve(written, zone, stripped), written.date_only)


def parse_body_instant(text: str) -> int:
    """The instant that `start` or `end` of a JSON body names (spec 2), in microseconds since the epoch.

    An offset is converted, a text without one is UTC, a date is its midnight. Raises RequestError
    for text that is neither a date nor a date-time and for a time outside the years 1900 to 2200.
    """
    stripped = text.strip()
    written = None if re.fullmatch("[0-9]+", stripped) else _read_date_time(stripped)
    if written is None:
        raise RequestError(
            f"unreadable date-time {quoted(text)}",
            hint="a body takes texts such as '2026-03-01T00:00:00Z'; "
            "epoch seconds, -24h and words go to --start and --end",
        )
    return _resolve(written, "UTC", stripped)


def format_instant(us: int, zone: str) -> str:
    """RFC 3339 text with the zone's offset, `Z` in UTC; six digits of fraction, or none.

    RFC 3339 has no seconds in an offset: an older offset that has them is rounded to minutes, and
    the local time shown with it, so that the text names the exact instant. Raises OverflowError
    outside the years 1 to 9999.
    """
    moment = _EPOCH + timedelta(microseconds=us)
    if zones.is_utc(zone):
        return moment.replace(tzinfo=None).isoformat() + "Z"
    minutes = (zones.utc_offset(us, zones.load_zone(zone)) + MINUTE_US // 2) // MINUTE_US
    return moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()


def _first_of(word: str, zone: str, now_us: int) -> int:
    if word == "now":
        return now_us
    rules = zones.load_zone(zone)
    day = zones.wall_date(now_us + zones.utc_offset(now_us, rules))
    if word.endswith("-week"):
        day -= timedelta(days=day.weekday())
    elif word.endswith("-month"):
        day = day.replace(day=1)
    elif word in _WEEKDAYS:
        day -= timedelta(days=(day.weekday() - _WEEKDAYS.index(word)) % 7)
    if word == "last-month":
        day = months_before(day, 1)
    elif word in ("yesterday", "last-week"):
        day -= timedelta(days=1 if word == "yesterday" else 7)
    return zones.first_instant(zones.wall_midnight(day), rules)


def _epoch_instant(text: str) -> int:
    whole, _, fraction = text.partition(".")
    seconds = int(whole)
    return supported(
        seconds * zones.SECOND_US + _fraction_us(fraction), quoted(text), hint=_epoch_hint(seconds)
    )


def _epoch_hint(seconds: int) -> str:
    """The hint for digits that are too many for epoch seconds."""
    for unit, digits in _EPOCH_UNITS.items():
        whole, rest = divmod(seconds, 10**digits)
        if whole >= _EARLIEST_GUESS and zones.is_supported(whole * zones.SECOND_US):
            return f"epoch times are seconds; if these are {unit}, write {whole}.{rest:0{digits}}"
    return "eight digits are a date, others epoch seconds; a date-time is written 20260301T093000"


def _read_date_time(text: str) -> _DateTime | None:
    """The parts of an ISO 8601 date or date-time, basic or extended; None for other text.

    24:00 is the next midnight and :60 the next minute, as in a log (spec 5). Raises RequestError
    where the parts make no time.
    """
    match = re.fullmatch(_DATE_TIME, text)
    if match is None:
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise RequestError(
            f"{quoted(text)} names a day that no calendar has",
            hint=f"eight digits are a date; epoch seconds can be written {text}.0"
            if text.isdigit()
            else "dates are written year-month-day",
        ) from None
    wall_us = zones.wall_midnight(day)
    if match["hour"] is None:
        return _DateTime(wall_us, None, date_only=True)
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    fraction_us = _fraction_us(match["fraction"] or "")
    if hour > 23 and (hour, minute, second, fraction_us) != (24, 0, 0, 0):
        raise _bad_time(text)
    if minute > 59 or second > 60:
        raise _bad_time(text)
    wall_us += hour * zones.HOUR_US + minute * MINUTE_US + second * zones.SECOND_US + fraction_us
    return _DateTime(wall_us, _offset_us(match["offset"], text), date_only=False)


def _offset_us(offset: str | None, text: str) -> int | None:
    if offset is None:
        return None
    if offset in "Zz":
        return 0
    digits = offset[1:].replace(":", "").ljust(6, "0")
    hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if hour > 23 or minute > 59 or second > 59:
        raise _bad_time(text)
    ahead_us = hour * zones.HOUR_US + minute * MINUTE_US + second * zones.SECOND_US
    return -ahead_us if offset.startswith("-") else ahead_us


def _bad_time(text: str) -> RequestError:
    return RequestError(
        f"{quoted(text)} names a time that no clock shows",
        hint="hours go to 23, minutes to 59, offsets from -23:59 to +23:59",
    )


def _fraction_us(digits: str) -> int:
    return int(digits[:6].ljust(6, "0"))


def _resolve(written: _DateTime, zone: str, text: str) -> int:
    """The instant that a date or date-time names; `zone` is for those that name no offset."""
    if written.offset_us is not None:
        return supported(written.wall_us - written.offset_us, quoted(text))
    rules = zones.load_zone(zone)
    try:
        instant_us = zones.first_instant(written.wall_us, rules)
    except OverflowError:
        instant_us = None
    return supported(instant_us, quoted(text))


def _time_hint(text: str) -> str:
    return did_you_mean(text, list(_WORDS)) or (
        "an ISO date or date-time (2026-03-01T09:30), epoch seconds, 24h or 7d ago, or one of "
        + " ".join(_WORDS)
    )
