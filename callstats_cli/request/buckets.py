"""Range, granularity and zone to the buckets of an answer (SPEC 7); pure.

Instants are microseconds since 1970-01-01T00:00:00Z. Wall-clock times are microseconds too, counted
from 1970-01-01 00:00 on the clocks of a zone as if they never changed. Zone rules are those of the
tzdata package: the system's and the engine's copies differ from it and from each other.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from callstats_cli.errors import RequestError, did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Word = Literal["auto", "total", "1w", "1mo", "1q", "1y"]
Granularity = int | Word

MAX_BUCKETS: Final = 10_000
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

SECOND_US: Final = 1_000_000
HOUR_US: Final = 3_600 * SECOND_US
DAY_US: Final = 24 * HOUR_US

_WEEK_US: Final = 7 * DAY_US
_FIRST_MONDAY_US: Final = 4 * DAY_US  # 1970-01-01 was a Thursday
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)

_UTC_NAMES: Final = frozenset(
    {"UTC", "UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"}
)

# The longest range that auto answers in buckets of each width (SPEC 7); daily beyond.
_AUTO_SECONDS: Final = (
    (2 * HOUR_US, 300),
    (12 * HOUR_US, 3_600),
    (3 * DAY_US, 21_600),
    (14 * DAY_US, 43_200),
)
_DAY_SECONDS: Final = 86_400
_WIDEST_SECONDS: Final = (LAST_YEAR - FIRST_YEAR + 1) * 366 * _DAY_SECONDS

_WORDS: Final[tuple[Word, ...]] = ("auto", "total", "1w", "1mo", "1q", "1y")
_MONTHS: Final = {"1mo": 1, "1q": 3, "1y": 12}
_UNIT_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": _DAY_SECONDS}
_SAME_LENGTH: Final = {"3mo": "1q", "12mo": "1y", "4q": "1y"}
_UNIT_BY_PREFIX: Final = {
    "sec": "s", "min": "m", "mon": "mo", "h": "h", "d": "d", "w": "w", "q": "q", "y": "y"
}  # fmt: skip
_NAMED: Final[dict[str, Granularity]] = {
    "minute": 60, "hour": 3_600, "hourly": 3_600, "day": _DAY_SECONDS, "daily": _DAY_SECONDS,
    "week": "1w", "weekly": "1w", "month": "1mo", "monthly": "1mo", "quarter": "1q",
    "quarterly": "1q", "year": "1y", "yearly": "1y",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BucketPlan:
    """Every bucket of one range. All instants are microseconds since 1970-01-01T00:00:00Z.

    A range of no length has no bucket. The first bucket may begin before the range, the last may
    end after it.
    """

    start_us: int
    """First instant of the range."""
    end_us: int
    """First instant after the range."""
    granularity: int | str
    """What the response names: the seconds used, or `total`, `1w`, `1mo`, `1q`, `1y`."""
    timezone: str
    width_us: int | None
    """Length of every bucket: they start at origin_us + k * width_us. None where edges rule."""
    origin_us: int
    """An aligned instant, 0 <= origin_us < width_us; 0 where edges rule."""
    edges_us: tuple[int, ...]
    """First instants of the buckets, ascending, where width_us is None; else empty."""
    requested: int | None
    """The seconds asked for (under auto: chosen), where the cap raised them; else None."""

    @property
    def first_us(self) -> int:
        """Start of the first bucket; the range's start where there is no bucket."""
        if self.start_us == self.end_us:
            return self.start_us
        if self.width_us is None:
            return self.edges_us[0]
        return self.start_us - (self.start_us - self.origin_us) % self.width_us

    @property
    def count(self) -> int:
        """How many buckets there are, empty or not."""
        return len(self.starts())

    def starts(self) -> Sequence[int]:
        """The first instant of every bucket, ascending."""
        if self.width_us is None:
            return self.edges_us
        return range(self.first_us, self.end_us, self.width_us)


def plan_buckets(start_us: int, end_us: int, granularity: Granularity, timezone: str) -> BucketPlan:
    """The buckets of [start_us, end_us), where start_us <= end_us; the rules are SPEC 7's.

    Raises RequestError for an unknown zone, a range outside the years 1900 to 2200, a granularity
    that is no second long or wider than those years, and calendar units above MAX_BUCKETS buckets.
    """
    if not (is_supported(start_us) and is_supported(end_us)):
        raise RequestError(
            f"the range reaches outside the years {FIRST_YEAR} to {LAST_YEAR}",
            hint="give a start and an end within them",
        )
    zone = load_zone(timezone)
    used, requested = _resolve(granularity, end_us - start_us)
    fixed = _fixed_length(used, start_us, timezone, zone)
    edges = _edges(start_us, end_us, used, zone) if fixed is None else ()
    width_us, origin_us = fixed or (None, 0)
    plan = BucketPlan(start_us, end_us, used, timezone, width_us, origin_us, edges, requested)
    if isinstance(used, str) and plan.count > MAX_BUCKETS:
        raise RequestError(
            f"granularity {used} makes {plan.count:,} buckets, more than {MAX_BUCKETS:,}",
            hint="1mo fits",
        )
    return plan


def _resolve(granularity: Granularity, range_us: int) -> tuple[Granularity, int | None]:
    """The granularity used, and the seconds that the cap raised to it, if it did."""
    if isinstance(granularity, str) and granularity != "auto":
        return granularity, None
    seconds = (
        next((width for longest, width in _AUTO_SECONDS if range_us <= longest), _DAY_SECONDS)
        if granularity == "auto"
        else _checked_seconds(granularity, str(granularity))
    )
    if range_us <= MAX_BUCKETS * seconds * SECOND_US:
        return seconds, None
    raised = range_us // (MAX_BUCKETS * SECOND_US) + 1
    if granularity == "auto":
        raised += -raised % _DAY_SECONDS
    return raised, seconds


def _fixed_length(
    granularity: Granularity, start_us: int, timezone: str, zone: ZoneInfo
) -> tuple[int, int] | None:
    """Width and origin of buckets of fixed length; None where the zone's clock decides."""
    utc = is_utc(timezone)
    if isinstance(granularity, str):
        return (_WEEK_US, _FIRST_MONDAY_US) if utc and granularity == "1w" else None
    width_us = granularity * SECOND_US
    if utc:
        return width_us, 0
    if width_us > HOUR_US and width_us % HOUR_US == 0:
        return None
    return width_us, -utc_offset(start_us, zone) % width_us


def _edges(start_us: int, end_us: int, granularity: Granularity, zone: ZoneInfo) -> tuple[int, ...]:
    """First instants of the buckets that follow the clocks of a zone."""
    if start_us == end_us:
        return ()
    if granularity == "total":
        return (start_us,)
    edges: list[int] = []
    # A label that the clocks skip has the first instant of the next one. A label that comes back
    # when they are put back has had its first instant: the time belongs to the latest bucket.
    for wall_us in _boundaries(start_us + utc_offset(start_us, zone), granularity):
        first = first_instant(wall_us, zone)
        if first >= end_us:
            break
        if first <= start_us:
            edges = [first]
        elif first != edges[-1]:
            edges.append(first)
    return tuple(edges)


def _boundaries(wall_us: int, granularity: Granularity) -> Iterator[int]:
    """Wall-clock times at which labels begin, without end, from the one at or before wall_us."""
    months = _MONTHS.get(str(granularity))
    if months is None:
        step = granularity * SECOND_US if isinstance(granularity, int) else _WEEK_US
        origin = 0 if isinstance(granularity, int) else _FIRST_MONDAY_US
        yield from itertools.count(wall_us - (wall_us - origin) % step, step)
    else:
        day = wall_date(wall_us)
        for index in itertools.count((day.year * 12 + day.month - 1) // months):
            year, month = divmod(index * months, 12)
            yield wall_midnight(date(year, month + 1, 1))


def parse_granularity(text: str) -> Granularity:
    """What `--granularity` says: seconds, a number of `s m h d`, a calendar unit, auto or total.

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
    return _checked_seconds(number * _UNIT_SECONDS.get(unit, 1), stripped)


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


def _checked_seconds(seconds: int, text: str) -> int:
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


def is_utc(timezone: str) -> bool:
    """Whether a zone name is UTC or a link to it. GMT is a zone of its own."""
    return timezone in _UTC_NAMES


@lru_cache(maxsize=64)
def load_zone(name: str) -> ZoneInfo:
    """The rules of an IANA zone, from the tzdata package alone.

    Raises RequestError, with close names, for a name that the package does not list.
    """
    from importlib.resources import files

    data = files("tzdata")
    known = data.joinpath("zones").read_text("utf-8").split()
    if name not in known:
        raise RequestError(f"unknown timezone {quoted(name)}", hint=_zone_hint(name, known))
    with data.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def _zone_hint(name: str, known: list[str]) -> str:
    if re.search(r"[+-][0-9]", name):
        return "a fixed offset has its sign turned round: 'Etc/GMT-2' is two hours ahead of UTC"
    return did_you_mean(name, known) or "an IANA name such as 'Europe/Berlin'"


def utc_offset(instant_us: int, zone: ZoneInfo) -> int:
    """How far the clocks of a zone are ahead of UTC at an instant, in microseconds."""
    moment = _EPOCH + timedelta(seconds=instant_us // SECOND_US)
    offset = moment.astimezone(zone).utcoffset()
    return offset // _MICROSECOND if offset else 0


def first_instant(wall_us: int, zone: ZoneInfo) -> int:
    """The first instant at which the clocks of a zone show a wall-clock time, or a later one.

    A time that the clocks skip gives the first instant after the gap, a repeated time the first of
    the two. Raises OverflowError outside the years 1 to 9999.
    """
    # No zone is a day away from UTC: a day earlier the clocks show less. And no zone changes its
    # clocks and takes that back within two days, so that a change can be found by bisection.
    known_us = wall_us - DAY_US
    offset = utc_offset(known_us, zone)
    while utc_offset(wall_us - offset, zone) != offset:
        known_us = _first_change(known_us, wall_us - offset, zone)
        offset = utc_offset(known_us, zone)
        if known_us + offset >= wall_us:
            return known_us
    return wall_us - offset


def _first_change(early_us: int, late_us: int, zone: ZoneInfo) -> int:
    """The instant in (early_us, late_us] from which the offset is no longer that of early_us."""
    offset = utc_offset(early_us, zone)
    seconds = range(early_us // SECOND_US, late_us // SECOND_US + 1)
    index = bisect_left(
        seconds, True, key=lambda second: utc_offset(second * SECOND_US, zone) != offset
    )
    return seconds[index] * SECOND_US


def wall_date(wall_us: int) -> date:
    """The day of a wall-clock time."""
    return date.fromordinal(_EPOCH_DAY + wall_us // DAY_US)


def wall_midnight(day: date) -> int:
    """The wall-clock time at which a day begins, in microseconds."""
    return (day.toordinal() - _EPOCH_DAY) * DAY_US


_SUPPORTED_US: Final = range(
    wall_midnight(date(FIRST_YEAR, 1, 1)), wall_midnight(date(LAST_YEAR + 1, 1, 1))
)


def is_supported(instant_us: int) -> bool:
    """Whether an instant lies in the years 1900 to 2200, counted in UTC (SPEC 2)."""
    return instant_us in _SUPPORTED_US
