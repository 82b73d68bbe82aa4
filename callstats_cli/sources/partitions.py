"""Leaves out files that lie outside a range, by the date in their folder names (spec 4)."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.sources.finding import SourceFile

_DAY_KEYS = ("date", "dt", "day")
_PARTITION = re.compile(r"([^=]+)=(.*)", re.DOTALL)


def prune(files: Sequence[SourceFile], start_us: int, end_us: int) -> list[SourceFile]:
    """The files whose partition may hold calls of the range, with a day of slack on both sides."""
    first = _day(start_us) - timedelta(days=1)
    last = _day(end_us) + timedelta(days=1)
    return [file for file in files if _may_hold(file.path, first, last)]


def begin_before(files: Sequence[SourceFile], start_us: int) -> bool:
    """Whether there are partitions that a range leaves out because they lie before its start."""
    first = _day(start_us) - timedelta(days=1)
    spans = (_partition_span(partition_values(file.path)) for file in files)
    return any(span is not None and span[1] < first for span in spans)


def partition_values(path: str) -> dict[str, str | None]:
    """The `name=value` folders of a path; Hive's name for null is null."""
    from urllib.parse import unquote

    values: dict[str, str | None] = {}
    if "=" not in path:
        return values
    for part in os.path.dirname(path).replace(os.sep, "/").split("/"):  # noqa: PTH120
        match = _PARTITION.fullmatch(part)
        if match:
            value = unquote(match[2])
            values[match[1]] = None if value == "__HIVE_DEFAULT_PARTITION__" else value
    return values


def _day(instant_us: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant_us)).date()


def _may_hold(path: str, first: date, last: date) -> bool:
    span = _partition_span(partition_values(path))
    return span is None or (span[0] <= last and span[1] >= first)


def _partition_span(values: dict[str, str | None]) -> tuple[date, date] | None:
    """The first and last day of a partition; None where its folders name no date."""
    try:
        if values.get("year") is not None:
            year = int(values["year"] or "")
            if values.get("month") is None:
                return date(year, 1, 1), date(year, 12, 31)
            month = int(values["month"] or "")
            if values.get("day") is None:
                following = date(year + month // 12, month % 12 + 1, 1)
                return date(year, month, 1), following - timedelta(days=1)
            day = date(year, month, int(values["day"] or ""))
            return day, day
        for key in _DAY_KEYS:
            written = values.get(key)
            if written is not None:
                day = date.fromisoformat(written)
                return day, day
    except ValueError:
        return None
    return None
