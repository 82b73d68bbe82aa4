"""Checks that a log can answer a filter: some source has what the filter is about (spec 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.errors import RequestError
from callstats_cli.request.filters import FILTER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_format import LogFormat
    from callstats_cli.request.filters import CallFilter, FilterField


def check_filter(groups: Sequence[Group], asked: CallFilter) -> None:
    """Raises RequestError for a filter on something that none of the files can have.

    Where only some can, the calls of the others do not match. Of a log of one's own every call is a
    root unless it says otherwise.
    """
    for field in map(FILTER_FIELDS.__getitem__, asked):
        if not groups or any(_can_have(group, field) for group in groups):
            continue
        families = " and ".join(dict.fromkeys(group.format.family for group in groups))
        own = next((group.format for group in groups if group.format.open_ended), None)
        raise RequestError(
            f"{field.name}: {families} logs name no {field.notion}",
            hint=f"name the column with --map {field.column}=COLUMN"
            if own
            else "leave this filter out",
        )


def _can_have(group: Group, field: FilterField) -> bool:
    if group.format.open_ended:
        return field.matches == "root" or group.has(field.column)
    return has_notion(group.format, field.column)


def has_notion(log_format: LogFormat, column: str) -> bool:
    """Whether a call of this format can ever have a column that a filter restricts.

    A call that is joined of several lines gets its id by that.
    """
    if column == "id" and log_format.joined is not None:
        return True
    return log_format.gives(column) and any(
        log_format.raw[raw].paths for raw in log_format.raw_of(column)
    )
