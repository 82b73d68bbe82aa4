"""IANA zones: names, offsets, and the instants that a clock on the wall shows."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from callstats_cli.errors import RequestError, did_you_mean, quoted

FIRST_YEAR: Final = 1900


LAST_YEAR: Final = 2200


SECOND_US: Final = 1_000_000


HOUR_US: Final = 3_600 * SECOND_US


DAY_US: Final = 24 * HOUR_US


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


_MICROSECOND: Final = timedelta(microseconds=1)


_UTC_NAMES: Final = frozenset(
    {"UTC", "UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"}
)


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


_LISTED_US: Final = 70 * 366 * DAY_US


def local_offsets(timezone: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The local times from which on a zone's clocks are so far ahead of UTC, 1970 to 2040: as lists
    that SQL can look up, so that no zone name reaches the engine.

    Both are in microseconds, local times counted as if they were UTC. Of a repeated local time
    the first instant is meant; a skipped one is read with the offset before the gap.
    """
    zone = load_zone(timezone)
    edges, offsets = [-(1 << 62)], [utc_offset(0, zone)]
    for at in range(0, _LISTED_US, 7 * DAY_US):
        following = at + 7 * DAY_US
        before, after = offsets[-1], utc_offset(following, zone)
        if before != after:
            edges.append(_first_change(at, following, zone) + max(before, after))
            offsets.append(after)
    return tuple(edges), tuple(offsets)


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
    """Whether an instant lies in the years 1900 to 2200, counted in UTC (spec 2)."""
    return instant_us in _SUPPORTED_US
