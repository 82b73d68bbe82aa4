"""Where the calls are to be had, and what a survey asks of them: steps and statements, no engine.

Calls are read straight from files, or from tables that they were loaded into; merged where they repeat;
less the usage below them where parents repeat their children's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.calls.filtering import filter_step
from callstats_cli.calls.usage_counts import counting_steps
from callstats_cli.chain.statements import Statement, Step, fill_slot, join_steps, select_list, step
from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.readers import lines_steps, stored_numbers_step
from callstats_cli.request.call_columns import COLUMNS, NULL_AT_EPOCH, READ_LATE
from callstats_cli.request.metrics import COUNTS, READINGS, RECORDED_COSTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.chain.statements import Value
    from callstats_cli.engines.duckdb.loading import LoadedTable
    from callstats_cli.formats.groups import Group
    from callstats_cli.request.filters import CallFilter

_LARGE_TOTAL = (
    "is_large_total(total_tokens, gross_input_tokens, prompt_tokens, input_tokens,"
    " completion_tokens, output_tokens)"
)

EARLIEST_BELOW_US = 3_600_000_000
"""How long before a call one below it may start, in microseconds (SPEC 10)."""


class CallsRelation(NamedTuple):
    """Where the calls are to be had: steps whose last is named `calls`, one row per call and model."""

    steps: tuple[Step, ...]


def direct_calls(
    groups: Sequence[Group], needed: set[str], span: tuple[int, int] | None
) -> CallsRelation:
    """Calls read straight from the files by each statement; for Parquet that needs no merging."""
    numbered = list(enumerate(groups))
    available = needed | {"entry"}
    selected = [_call_columns(available, knows_failures=group.knows_failures) for group in groups]
    unions = "\nunion all by name\n".join(
        f"select\n{select_list(columns)}\nfrom lines_{number}"
        for number, columns in enumerate(selected)
    )
    return CallsRelation((*lines_steps(numbered, needed | {"entry"}, span), Step("calls", unions)))


def _call_columns(available: Iterable[str], *, knows_failures: bool) -> list[str]:
    """A select list of all columns of a call, null where one is not available."""
    there = set(available)
    return [_call_column(name, name in there, knows_failures) for name in COLUMNS]


def _call_column(name: str, is_there: bool, knows_failures: bool) -> str:
    if name == "failed" and knows_failures:
        return "coalesce(failed, false) as failed" if is_there else "false as failed"
    if not is_there:
        return f"null::{COLUMNS[name]} as {name}"
    return f"unless_epoch({name}) as {name}" if name in NULL_AT_EPOCH else name


def no_calls() -> CallsRelation:
    """The calls of sources without any."""
    columns = [*_call_columns((), knows_failures=False), "null::bigint as line"]
    return CallsRelation((Step("calls", f"select\n    {select_list(columns)}\nwhere false"),))


def largest_stored_statement(group: Group, time: str) -> Statement:
    """The largest integer of a stored time column."""
    return join_steps((stored_numbers_step(group, time),), step("loading/largest_stored"))


def lines_step(tables: Iterable[LoadedTable], line_columns: Iterable[str] = ()) -> Step:
    """The step `lines`: what was loaded, with the columns that were not as null.

    `line_columns` are those of a format whose calls are joined, beyond the columns of a call.
    """
    beyond = [name for name in line_columns if name not in COLUMNS]
    selects = []
    for table in tables:
        own = [name if name in table.columns else f"null as {name}" for name in beyond]
        columns = select_list(
            [*_call_columns(table.columns, knows_failures=table.group.knows_failures), *own]
        )
        selects.append(table.fill(fill_slot(template("calls/lines"), "columns", columns)))
    return Step("lines", "\nunion all\n".join(selects))


def join_statement(tables: Sequence[LoadedTable], joined: LoadedTable) -> Statement:
    """The statement that creates `joined`: the calls that the loaded lines of one format make."""
    log_format = joined.group.format
    assert log_format.joined is not None  # noqa: S101 - only such formats are joined
    columns = ["line as place" if name == "place" else name for name in joined.columns]
    query = join_steps(
        (
            lines_step(tables, log_format.line_columns),
            Step("joined_calls", template(log_format.joined)),
        ),
        Step("answer", f"select\n    {select_list(columns)}\nfrom joined_calls"),
    )
    return Statement(f"create or replace temp table {joined.name} as\n{query.sql}", query.parameters)


def unmerged_calls(tables: Iterable[LoadedTable]) -> CallsRelation:
    """The loaded lines as they are, each a call."""
    return CallsRelation((lines_step(tables), Step("calls", "select * from lines")))


def merge_statement(tables: Iterable[LoadedTable], *, merge: bool) -> Statement:
    """The statement that creates `merged`: one call per key (SPEC 6)."""
    steps = (
        lines_step(tables),
        step("calls/first_starts"),
        step("calls/keyed_lines", merge=merge),
        step("calls/merged_calls"),
    )
    query = join_steps(steps, step("calls/calls_with_usage"))
    return Statement(f"create or replace temp table merged as\n{query.sql}", query.parameters)


def merged_calls() -> CallsRelation:
    """The calls of the table that `merge_statement` creates."""
    return CallsRelation((Step("calls", "select * from merged"),))


def repeats_statement(
    relation: CallsRelation,
    asked: CallFilter | None,
    span: tuple[int, int],
    search: tuple[int, int],
) -> Statement:
    """The statement that creates `repeats`: the usage entries of `span` that repeat what lies below
    them, with what is left of each (SPEC 10). Calls below are looked for in `search`; those that do not
    match the filter take no part."""
    searched: dict[str, Value] = {"search_from": search[0], "search_to": search[1]}
    written = [f"{name} as raw_{name}" for name in (*COUNTS, *RECORDED_COSTS)]
    keys = ("line", "entry", "requested_model", "of_span", "started_us", "last_start_us", *written)
    counts, disjoint_counts = counting_steps(*keys)
    sums = [f"fsum(greatest(raw_{name}, 0)) as below_{name}" for name in (*COUNTS, *RECORDED_COSTS)]
    sql = fill_slot(template("usage/repeats"), "holds", "\n            and ".join(map(_holds, COUNTS)))
    sql = fill_slot(sql, "left", ",\n        ".join(map(_left, (*COUNTS, *RECORDED_COSTS))))
    sql = fill_slot(sql, "counts", ", ".join(COUNTS))
    query = join_steps(
        (
            *relation.steps,
            filter_step(asked, spans_pass=True) if asked else Step("filtered_calls", "from calls"),
            step("bucketed_calls", "usage/entries_searched", **searched),
            counts,
            disjoint_counts._replace(name="usage_entries"),
            step("usage/links", **searched),
            step("usage/links_without_cycles"),
            step("usage/usage_above"),
            step("usage/nearest_above"),
            step("usage/entries_below", earliest_below=EARLIEST_BELOW_US),
            Step("usage_below", fill_slot(template("usage/usage_below"), "sums", select_list(sums))),
        ),
        Step("answer", sql, {"range_start": span[0], "range_end": span[1]}),
    )
    return Statement(f"create or replace temp table repeats as\n{query.sql}", query.parameters)


def _holds(count: str) -> str:
    """The test whether an entry holds what is below it of a count; what is unreadable, below zero, is
    not compared."""
    is_unreadable = f"coalesce(raw_{count} < 0, false)"
    return f"(coalesce(raw_{count}, 0) >= coalesce(below_{count}, 0) or {is_unreadable})"


_LEFT_OF_READING = {
    "input_tokens": "coalesce(left_input, input_tokens, -1)",
    "output_tokens": "coalesce(own_count(output_tokens, below_output), -1)",
    "total_tokens": "own_count(raw_total_tokens, below_total)",
    "cache_read_input_tokens": "coalesce(left_read, -1)",
    "cache_creation_input_tokens": "coalesce(left_written, -1)",
    **dict.fromkeys(
        (
            "gross_input_tokens",
            "prompt_tokens",
            "completion_tokens",
            "prompt_cached_tokens",
            "input_cached_tokens",
            "cache_creation_5m_input_tokens",
            "detailed_cache_write_tokens",
        ),
        "null",
    ),
}
"""Count → what is left of it where an entry holds only the gross input and the output below it: all of
its input, its output and its caches then stand under one name each."""


def _left(count: str) -> str:
    by_count = f"own_count(raw_{count}, below_{count})"
    if count not in _LEFT_OF_READING:
        return f"{by_count} as {count}"
    return f"if(by_count, {by_count}, {_LEFT_OF_READING[count]}) as {count}"


def own_usage(relation: CallsRelation) -> CallsRelation:
    """The same calls without what `repeats` says that they repeat."""
    *before, calls = relation.steps
    replaced = (*COUNTS, *RECORDED_COSTS, *READINGS)
    own = [f"if(repeats.line is null, recorded.{name}, repeats.{name}) as {name}" for name in replaced]
    sql = fill_slot(template("usage/own_calls"), "own", ",\n        ".join(own))
    return CallsRelation(
        (*before, Step("recorded_calls", calls.sql, calls.parameters), Step("calls", sql))
    )


def quality_statement(relation: CallsRelation, counts: Sequence[str], **instants: Value) -> Statement:
    """What is odd about the calls; `counts` are those that the asked metrics are made of."""
    unreadable = [f"coalesce({count} < 0, false)::integer" for count in counts] or ["0"]
    sql = fill_slot(template("calls/quality"), "unreadable", "\n            + ".join(unreadable))
    sql = fill_slot(sql, "large_totals", _large_totals(counts))
    return join_steps(relation.steps, Step("answer", sql, instants))


def _large_totals(counts: Sequence[str]) -> str:
    """How many totals may be unexplained; none where they are not read."""
    return f"count(*) filter ({_LARGE_TOTAL})" if "total_tokens" in counts else "0"


def unexplained_totals_statement(relation: CallsRelation, start: int, end: int) -> Statement:
    """How many totals of the range are more than their counts explain, as they were recorded."""
    span: dict[str, Value] = {"range_start": start, "range_end": end, "project_id": None}
    steps = (
        *relation.steps,
        Step("filtered_calls", fill_slot(template("calls/large_totals"), "large_total", _LARGE_TOTAL)),
        step("bucketed_calls", "calls/calls_in_range", **span),
        counting_steps("entry")[0],
    )
    return join_steps(steps, step("calls/unexplained_totals"))


def nulled_statement(
    relation: CallsRelation, counts: Sequence[str], *, merged: bool, **instants: Value
) -> Statement:
    """What was left out or nulled among the calls, by line, kind and column; `merged` calls have
    their usage in a line of its own."""
    unreadable = [f"if({count} < 0, ['unreadable_counts', '{count}'], null)" for count in counts] or [
        "null"
    ]
    separator = ",\n                    "
    sql = fill_slot(template("calls/nulled_calls"), "counts", separator.join(unreadable))
    sql = fill_slot(sql, "usage_line", "usage_line" if merged else "line")
    return join_steps(relation.steps, Step("answer", sql, instants))


def unread_durations_statement(groups: Sequence[Group], span: tuple[int, int] | None) -> Statement:
    """How many stored durations cannot be read, where calls are read straight from the files."""
    numbered = list(enumerate(groups))
    position = READ_LATE.index("duration") + 1
    durations = "\nunion all\n".join(
        f"select\n    unread[{position}] as text\nfrom lines_{number}" for number, _ in numbered
    )
    steps = (*lines_steps(numbered, {"unread", "duration"}, span), Step("durations", durations))
    return join_steps(steps, Step("answer", "select count(text) as unread\nfrom durations"))


def stored_extremes_statement(
    relation: CallsRelation, counts: Sequence[str], *, may_be_deleted: bool
) -> Statement:
    """What statistics tell of odd calls: where this finds nothing, no row has to be looked at."""
    deleted = "max(deleted_at) is not null" if may_be_deleted else "false"
    minima = ", ".join(f"min({count})" for count in counts) or "null"
    sql = fill_slot(template("calls/stored_extremes"), "minima", minima)
    sql = fill_slot(sql, "deleted", deleted)
    sql = fill_slot(sql, "large_totals", _large_totals(counts))
    return join_steps(relation.steps, Step("answer", sql))


def range_statement(
    relation: CallsRelation, project_id: str | None, *, within_years: bool
) -> Statement:
    """The first and last start of the project's calls; `within_years` leaves absurd ones out."""
    project = (
        Step("calls_of_project", "select * from calls")
        if project_id is None
        else step("calls/calls_of_project", project_id=project_id)
    )
    kept = (
        step("project_calls", "calls/calls_within_years")
        if within_years
        else Step("project_calls", "select * from calls_of_project")
    )
    return join_steps((*relation.steps, project, kept), step("calls/range_of_calls"))
