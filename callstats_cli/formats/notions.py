"""Which filters a log can answer: an error where no source has what a filter is about (SPEC 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.errors import RequestError
from callstats_cli.request.call_columns import FILTER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_format import LogFormat
    from callstats_cli.request.request import CallFilter

WORDS: dict[str, str] = {
    "op_names": "op",
    "input_refs": "input refs",
    "output_refs": "output refs",
    "parent_ids": "parent",
    "trace_ids": "trace",
    "call_ids": "id",
    "thread_ids": "thread",
    "turn_ids": "turn",
    "trace_roots_only": "parent",
    "wb_user_ids": "user",
    "wb_run_ids": "run",
}
"""Filter field → what a log must name for it."""


def check_filter(groups: Sequence[Group], asked: CallFilter) -> None:
    """Raises RequestError for a filter on something that none of the files can have.

    Where only some can, the calls of the others do not match. Of a log of one's own every call is a
    root unless it says otherwise.
    """
    for field in asked.active():
        if not groups or any(_can_have(group, field) for group in groups):
            continue
        families = " and ".join(dict.fromkeys(group.format.family for group in groups))
        own = next((group.format for group in groups if group.format.open_ended), None)
        column = FILTER_COLUMNS[field]
        raise RequestError(
            f"{field}: {families} logs name no {WORDS[field]}",
            hint=f"name the column with --map {column}=COLUMN" if own else "leave this filter out",
        )


def _can_have(group: Group, field: str) -> bool:
    if group.format.open_ended:
        return field == "trace_roots_only" or group.has(FILTER_COLUMNS[field])
    return has_notion(group.format, field)


def has_notion(log_format: LogFormat, field: str) -> bool:
    """Can a call of this format ever have what a filter field is about?

    A call that is joined of several lines gets its id by that.
    """
    column = FILTER_COLUMNS[field]
    if column == "id" and log_format.joined is not None:
        return True
    return log_format.gives(column) and any(
        log_format.raw[raw].paths for raw in log_format.raw_of(column)
    )
