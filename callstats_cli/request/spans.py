"""Spans of time, such as 7d or 1mo, and what lies a span before an instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from callstats_cli.errors import RequestError, quoted
from callstats_cli.request import zones

MINUTE_US: Final = 60 * zones.SECOND_US


_EXACT_US: Final = {"s": zones.SECOND_US, "m": MINUTE_US, "h": zones.HOUR_US}


_DAYS: Final = {"d": 1, "w": 7}


_MONTHS: Final = {"mo": 1, "q": 3, "y": 12}


_UNIT_NAMES: Final = {
    "sec": "s", "second": "s", "min": "m", "minute": "m", "hr": "h", "hour": "h", "day": "d",
    "week": "w", "month": "mo", "quarter": "q", "year": "y",
}  # fmt: skip


_SPAN: Final = r"(?P<count>[0-9]{1,18})(?:(?P<unit>mo|[smhdwqy])| ?(?P<word>[a-z]{2,}))(?: ago)?"


@dataclass(frozen=True)
class Span:
    """A length of time: a count, at least 1, of `s m h` (exact) or `d w mo q y` (calendar)."""

    count: int
    unit: str


def parse_span(text: str) -> Span:
    """The span that `--last` names, such as `7d` or `7 days`; raises RequestError for anything else."""
    span = read_span(text.strip())
    if span is None:
        raise RequestError(
            f"unreadable span {quoted(text)}",
            hint="a whole number of s m h d w mo q y, such as 90s, 24h, 7d or 1mo",
        )
    return span


def read_span(text: str) -> Span | None:
    """The span that a text names, in short (`24h`) or in words (`24 hours`, `24 hours ago`); null for
    other text. Raises RequestError for a span of no length."""
    match = re.fullmatch(_SPAN, text)
    unit = match and (match["unit"] or _UNIT_NAMES.get(match["word"].removesuffix("s")))
    if match is None or unit is None:
        return None
    if int(match["count"]) == 0:
        raise RequestError(f"a span must be at least 1, got {text}")
    return Span(int(match["count"]), unit)


def subtract_span(instant_us: int, span: Span, zone: str) -> int:
    """The instant one span earlier, in microseconds since the epoch.

    `s m h` are exact. `d w mo q y` keep the time of day on the clocks of `zone`; a day that its
    month lacks becomes the month's last. Raises RequestError outside the years 1900 to 2200.
    """
    try:
        earlier_us = _subtract(instant_us, span, zone)
    except (OverflowError, ValueError):
        earlier_us = None
    return supported(earlier_us, f"{span.count}{span.unit} earlier")


def _subtract(instant_us: int, span: Span, zone: str) -> int:
    if span.unit in _EXACT_US:
        return instant_us - span.count * _EXACT_US[span.unit]
    rules = zones.load_zone(zone)
    wall_us = instant_us + zones.utc_offset(instant_us, rules)
    if span.unit in _DAYS:
        wall_us -= span.count * _DAYS[span.unit] * zones.DAY_US
    else:
        day = months_before(zones.wall_date(wall_us), span.count * _MONTHS[span.unit])
        wall_us = zones.wall_midnight(day) + wall_us % zones.DAY_US
    return zones.first_instant(wall_us, rules)


def months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    next_first = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), next_first - timedelta(days=1))


def supported(instant_us: int | None, what: str, *, hint: str | None = None) -> int:
    """The instant itself; raises RequestError where it is null or outside the years allowed."""
    if instant_us is None or not zones.is_supported(instant_us):
        raise RequestError(
            f"{what} lies outside the years {zones.FIRST_YEAR} to {zones.LAST_YEAR}", hint=hint
        )
    return instant_us
