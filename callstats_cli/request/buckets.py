"""Range, granularity and zone to the buckets of an answer (spec 7); pure.

Instants are microseconds since 1970-01-01T00:00:00Z. Wall-clock times are microseconds too, counted
from 1970-01-01 00:00 on the clocks of a zone as if they never changed. Zone rules are those of the
tzdata package: the system's and the engine's copies differ from it and from each other.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from math import gcd
from typing import TYPE_CHECKING, Final

from callstats_cli.errors import RequestError
from callstats_cli.request import zones
from callstats_cli.request.granularity import DAY_SECONDS, Granularity, checked_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo


MAX_BUCKETS: Final = 10_000


_WEEK_US: Final = 7 * zones.DAY_US
_FIRST_MONDAY_US: Final = 4 * zones.DAY_US  # 1970-01-01 was a Thursday


# The longest range that auto answers in buckets of each width (spec 7); daily beyond.
_AUTO_SECONDS: Final = (
    (2 * zones.HOUR_US, 300),
    (12 * zones.HOUR_US, 3_600),
    (3 * zones.DAY_US, 21_600),
    (14 * zones.DAY_US, 43_200),
)

_MONTHS: Final = {"1mo": 1, "1q": 3, "1y": 12}


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
    """The width as the response names it: the seconds used, or `total`, `1w`, `1mo`, `1q`, `1y`."""
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
    def cell_us(self) -> int:
        """The largest length in microseconds that every bucket is a whole multiple of, though the last
        may go on; 1 where there is no bucket."""
        gaps = [later - earlier for earlier, later in itertools.pairwise(self.edges_us)]
        return self.width_us or gcd(*gaps) or max(self.end_us - self.first_us, 1)

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
    """The buckets of [start_us, end_us), where start_us <= end_us; the rules are spec 7's.

    Raises RequestError for an unknown zone, a range outside the years 1900 to 2200, a granularity
    shorter than a second or wider than those years, and calendar units above MAX_BUCKETS buckets.
    """
    if not (zones.is_supported(start_us) and zones.is_supported(end_us)):
        raise RequestError(
            f"the range reaches outside the years {zones.FIRST_YEAR} to {zones.LAST_YEAR}",
            hint="give a start and an end within them",
        )
    zone = zones.load_zone(timezone)
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
        next((width for longest, width in _AUTO_SECONDS if range_us <= longest), DAY_SECONDS)
        if granularity == "auto"
        else checked_seconds(granularity, str(granularity))
    )
    if range_us <= MAX_BUCKETS * seconds * zones.SECOND_US:
        return seconds, None
    raised = range_us // (MAX_BUCKETS * zones.SECOND_US) + 1
    if granularity == "auto":
        raised += -raised % DAY_SECONDS
    return raised, seconds


def _fixed_length(
    granularity: Granularity, start_us: int, timezone: str, zone: ZoneInfo
) -> tuple[int, int] | None:
    """Width and origin of buckets of fixed length; None where the zone's clock decides."""
    utc = zones.is_utc(timezone)
    if isinstance(granularity, str):
        return (_WEEK_US, _FIRST_MONDAY_US) if utc and granularity == "1w" else None
    width_us = granularity * zones.SECOND_US
    if utc:
        return width_us, 0
    if width_us > zones.HOUR_US and width_us % zones.HOUR_US == 0:
        return None
    return width_us, -zones.utc_offset(start_us, zone) % width_us


def _edges(start_us: int, end_us: int, granularity: Granularity, zone: ZoneInfo) -> tuple[int, ...]:
    """First instants of the buckets that follow the clocks of a zone."""
    if start_us == end_us:
        return ()
    if granularity == "total":
        return (start_us,)
    edges: list[int] = []
    # A label that the clocks skip has the first instant of the next one. A label that comes back
    # when they are put back has had its first instant: the time belongs to the latest bucket.
    for wall_us in _boundaries(start_us + zones.utc_offset(start_us, zone), granularity):
        first = zones.first_instant(wall_us, zone)
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
        step = granularity * zones.SECOND_US if isinstance(granularity, int) else _WEEK_US
        origin = 0 if isinstance(granularity, int) else _FIRST_MONDAY_US
        yield from itertools.count(wall_us - (wall_us - origin) % step, step)
    else:
        day = zones.wall_date(wall_us)
        for index in itertools.count((day.year * 12 + day.month - 1) // months):
            year, month = divmod(index * months, 12)
            yield zones.wall_midnight(date(year, month + 1, 1))
