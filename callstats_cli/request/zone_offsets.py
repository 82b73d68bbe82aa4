"""Local times of a zone as lists that SQL can look up, so that no zone name reaches the engine."""

from __future__ import annotations

from callstats_cli.request.zones import DAY_US, load_zone, utc_offset

_FIRST_US = 0
_LAST_US = 70 * 366 * DAY_US
_STEP_US = 7 * DAY_US
_SECOND_US = 1_000_000


def local_offsets(timezone: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """From which local time on a zone's clocks are how far ahead of UTC, 1970 to 2040.

    Both lists are in microseconds, local times counted as if they were UTC. Of a repeated local time
    the first instant is meant; a skipped one is read with the offset before the gap.
    """
    zone = load_zone(timezone)
    edges, offsets = [-(1 << 62)], [utc_offset(_FIRST_US, zone)]
    at = _FIRST_US
    while at < _LAST_US:
        following = at + _STEP_US
        before, after = offsets[-1], utc_offset(following, zone)
        if before != after:
            low, high = at, following
            while high - low > _SECOND_US:
                middle = (low + high) // 2 // _SECOND_US * _SECOND_US
                if utc_offset(middle, zone) == before:
                    low = middle
                else:
                    high = middle
            edges.append(high + max(before, after))
            offsets.append(after)
        at = following
    return tuple(edges), tuple(offsets)
