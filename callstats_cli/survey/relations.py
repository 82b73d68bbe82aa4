"""Where the calls are to be had, and what a survey asks of them: steps and chains, no engine.

Calls are read straight from files, or from tables that they were loaded into; merged where they repeat;
less the usage below them where parents repeat their children's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, Read, Step, Union, filled, step
from callstats_cli.chain.slots import CallColumn, Column
from callstats_cli.pricing.prices import BEDROCK_ID
from callstats_cli.request.call_columns import COLUMNS, READ_LATE
from callstats_cli.request.filters import FILTER_FIELDS
from callstats_cli.request.token_counts import TOKEN_COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.chain.chain import Part, Value
    from callstats_cli.chain.slots import Item, Slot
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.formats.groups import Group
    from callstats_cli.request.filters import CallFilter, FilterField


class CallsRelation(NamedTuple):
    """Where the calls are to be had: steps whose last is named `calls`, one row per call and model.
    Columns that are not `held` are null throughout."""

    steps: tuple[Part, ...]
    held: frozenset[str] = frozenset(COLUMNS)


def all_of(name: str, table: str) -> Step:
    """The step of all rows of a table or an earlier step."""
    return filled(name, "calls/all_calls", table=table)


def filter_step(asked: CallFilter, *, spans_pass: bool = False) -> Step:
    """The step `filtered_calls` with the filter's values as parameters. With `spans_pass`, spans below
    others pass `trace_roots_only`: they need not roll usage up (spec 10)."""
    if not asked:
        return all_of("filtered_calls", "calls")
    parameters: dict[str, Value] = {}
    for field in FILTER_FIELDS.values():
        parameters[field.name] = asked.get(field.name)
        parameters |= _patterns(field, asked.texts(field.name))
    return step("calls/filtered_calls", **parameters, spans_pass=spans_pass)


def _patterns(field: FilterField, values: Sequence[str]) -> dict[str, Value]:
    """The further parameters of a field whose values match more than themselves."""
    versions = tuple(value[:-1] for value in values if value.endswith(":*"))
    if field.matches == "ref":
        return {f"{field.name.removesuffix('s')}_prefixes": versions}
    if field.matches == "run":
        return {"wb_run_base_ids": tuple(value for value in values if "/" not in value)}
    if field.matches == "op":
        names = tuple(value.removesuffix(":*") for value in values if "://" not in value)
        return {"op_base_names": names, "op_prefixes": tuple(v for v in versions if "://" in v)}
    return {}


def counting_steps(
    keys: tuple[str, ...] = ("bucket",), written: tuple[str, ...] = ()
) -> tuple[Step, Step]:
    """The steps that read the counts of usage entries and make them disjoint. `keys` are the columns
    that they keep of `bucketed_calls`, `written` those that they also keep as written, as `raw_`."""
    counts = filled("usage/usage_counts", keys=keys, written=written, counts=TOKEN_COUNTS)
    return counts, step("usage/disjoint_counts", bedrock_id=BEDROCK_ID)


def direct_calls(
    groups: Sequence[Group], needed: set[str], span: tuple[int, int] | None
) -> CallsRelation:
    """Calls read straight from the files by each statement; for Parquet that needs no merging."""
    available = needed | {"entry"}
    reads = _reads(groups, available, span)
    calls = tuple(
        filled(
            "calls",
            "calls/read_calls",
            lines=read.name,
            columns=call_columns(available, knows_failures=read.group.knows_failures),
        )
        for read in reads
    )
    held = frozenset(name for name in available if any(group.fills(name) for group in groups))
    return CallsRelation((*reads, Union("calls", calls)), held)


def _reads(
    groups: Iterable[Group], columns: set[str], span: tuple[int, int] | None
) -> tuple[Read, ...]:
    """The steps `lines_N` that read the files of groups."""
    read = tuple(sorted(columns))
    return tuple(Read(f"lines_{number}", group, read, span) for number, group in enumerate(groups))


def call_columns(available: Iterable[str], *, knows_failures: bool) -> tuple[CallColumn, ...]:
    """All columns of a call, null where one is not available."""
    there = set(available)
    return tuple(CallColumn(name, name in there, knows_failures) for name in COLUMNS)


def no_calls() -> CallsRelation:
    """The calls of sources without any."""
    columns = call_columns((), knows_failures=False)
    return CallsRelation((filled("calls", "calls/no_calls", columns=columns),))


def lines_of_tables(
    tables: Iterable[LoadedTable], name: str, line_columns: Iterable[str] = ()
) -> Union:
    """The lines that were loaded; columns that were not are null.

    `line_columns` are those of a format whose calls are joined, beyond the columns of a call.
    """
    beyond = [column for column in line_columns if column not in COLUMNS]
    lines = []
    for table in tables:
        columns: tuple[Item, ...] = (
            *call_columns(table.held, knows_failures=table.group.knows_failures),
            *(Column(column, is_read=column in table.columns) for column in beyond),
        )
        lines.append(filled("calls/lines", columns=columns, **table.slots))
    return Union(name, tuple(lines))


def join_chain(tables: Sequence[LoadedTable], joined: LoadedTable) -> Chain:
    """The calls that the loaded lines of one format make, with the columns of the table `joined`."""
    log_format = joined.group.format
    assert log_format.joined is not None  # noqa: S101 - only such formats are joined
    columns = tuple(
        Column("line", "place") if name == "place" else Column(name) for name in joined.columns
    )
    return Chain(
        (
            lines_of_tables(tables, "lines", log_format.line_columns),
            step("joined_calls", log_format.joined),
        ),
        filled("answer", "calls/joined_calls", columns=columns),
    )


def unmerged_calls(tables: Sequence[LoadedTable]) -> CallsRelation:
    """The loaded lines as they are, each a call."""
    return CallsRelation((lines_of_tables(tables, "calls"),), held_by(tables))


def held_by(tables: Sequence[LoadedTable]) -> frozenset[str]:
    """The columns in which some table holds something; where failures are known, a call has failed or
    not."""
    held = {name for table in tables for name in table.held}
    if any(table.group.knows_failures for table in tables):
        held.add("failed")
    return frozenset(held)


def quality_chain(relation: CallsRelation, counts: Sequence[str], **instants: Value) -> Chain:
    """Counts of what is odd about the calls; `counts` are those that the asked metrics are made of."""
    slots: dict[str, Slot] = {"counts": tuple(counts), "totals": "total_tokens" in counts}
    return Chain(relation.steps, Step("quality", "calls/quality", instants, slots))


def unexplained_totals_chain(relation: CallsRelation, start: int, end: int) -> Chain:
    """How many totals of the range are more than their counts explain, as they were recorded."""
    span: dict[str, Value] = {"range_start": start, "range_end": end, "project_id": None}
    steps = (
        *relation.steps,
        step("filtered_calls", "calls/large_totals"),
        step("bucketed_calls", "calls/calls_in_range", **span),
        counting_steps(("entry",))[0],
    )
    return Chain(steps, step("calls/unexplained_totals"))


def nulled_chain(
    relation: CallsRelation, counts: Sequence[str], *, merged: bool, **instants: Value
) -> Chain:
    """The values left out or nulled among the calls, by line, kind and column; `merged` calls have
    their usage in a line of its own."""
    slots: dict[str, Slot] = {"counts": tuple(counts), "usage_line": "usage_line" if merged else "line"}
    return Chain(relation.steps, Step("nulled_calls", "calls/nulled_calls", instants, slots))


def unread_durations_chain(groups: Sequence[Group], span: tuple[int, int] | None) -> Chain:
    """How many stored durations cannot be read, where calls are read straight from the files."""
    reads = _reads(groups, {"unread", "duration"}, span)
    position = str(READ_LATE.index("duration") + 1)
    texts = tuple(filled("calls/unread_texts", lines=read.name, position=position) for read in reads)
    return Chain((*reads, Union("unread_texts", texts)), step("calls/unread_count"))


def stored_extremes_chain(
    relation: CallsRelation, counts: Sequence[str], *, may_be_deleted: bool
) -> Chain:
    """Extremes from statistics: where they show nothing odd, no row has to be looked at."""
    extremes = filled(
        "calls/stored_extremes",
        counts=tuple(counts),
        deleted=may_be_deleted,
        totals="total_tokens" in counts,
    )
    return Chain(relation.steps, extremes)


def range_chain(relation: CallsRelation, project_id: str | None, *, within_years: bool) -> Chain:
    """The first and last start of the project's calls; `within_years` leaves absurd ones out."""
    project = (
        all_of("calls_of_project", "calls")
        if project_id is None
        else step("calls/calls_of_project", project_id=project_id)
    )
    kept = (
        step("project_calls", "calls/calls_within_years")
        if within_years
        else all_of("project_calls", "calls_of_project")
    )
    return Chain((*relation.steps, project, kept), step("calls/range_of_calls"))
