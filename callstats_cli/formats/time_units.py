"""The unit of epoch numbers, by the largest of them (spec 5)."""

from __future__ import annotations

from callstats_cli.formats.groups import PER_SECOND

YEAR_SECONDS = 31_536_000


def unit_of(largest: float | None) -> str:
    """The unit of epoch numbers, by the largest of them: seconds until the year 5138."""
    if largest is None or largest < 1e11:
        return "s"
    return "ms" if largest < 1e14 else "us" if largest < 1e17 else "ns"


def is_near_zero(largest: float | None, unit: str) -> bool:
    """Whether epoch numbers are all within a year of 1970, by the largest of them."""
    return largest is not None and 0 <= largest < YEAR_SECONDS * PER_SECOND[unit]
