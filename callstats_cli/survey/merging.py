"""One call per key: lines that are the same call, or parts of one, are merged (spec 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, Step, filled, step
from callstats_cli.chain.slots import Column
from callstats_cli.request.call_columns import COLUMNS
from callstats_cli.survey.ranges import range_of_answer
from callstats_cli.survey.relations import CallsRelation, call_columns, held_by, lines_of_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.chain.slots import Item
    from callstats_cli.engines.engine import Engine
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.access import Access
    from callstats_cli.survey.options import SurveyOptions
    from callstats_cli.survey.ranges import Range, Starts


MERGED = ("line", "usage_line", "lines_merged")
"""Further columns of merged calls."""


class Calls(NamedTuple):
    """The calls as recorded, each once, and the range of the answer, null where there is no call. Of
    loaded calls it is known whether any of them `names_parents`. `merged` counts the lines that were
    merged, `reused_ids` the ids with several starts."""

    access: Access
    relation: CallsRelation
    range: Range | None
    is_merged: bool = False
    merged: int = 0
    reused_ids: int = 0
    names_parents: bool = False

    def read_by(self, access: Access) -> Calls:
        """The same calls, read by an access to the same files."""
        is_in_place = access.tables is None
        return self._replace(access=access, relation=access.relation if is_in_place else self.relation)


def find_calls(
    access: Access,
    request: CallStatsRequest,
    options: SurveyOptions,
    engine: Engine,
    now_us: int,
) -> Calls:
    """The calls that are read; creates the table `merged` where lines have to be merged."""
    relation, needs = access.relation, access.needs
    calls = Calls(access, relation, None)
    starts: Starts | None = None
    if access.tables:
        compare = needs.merge and options.dedupe == "auto"
        chain = overview_chain(relation, request.project_id, ids=compare)
        (lines,) = engine.rows(chain)
        starts = lines["first_us"], lines["last_us"]
        calls = calls._replace(names_parents=lines["names_parents"])
        repeats = needs.merge and (not compare or lines["repeated"])
        if repeats or needs.parts:
            chain = merge_chain(access.tables, merge=repeats, all_dated=lines["all_dated"])
            engine.keep("merged", chain)
            merged = merged_calls(access.tables)
            (counts,) = engine.rows(Chain(merged.steps, step("calls/merge_counts")))
            starts = None  # the last line of a call says when it started
            calls = calls._replace(
                relation=merged,
                is_merged=True,
                merged=counts["merged_lines"],
                reused_ids=counts["reused_ids"],
            )
    return calls._replace(range=range_of_answer(request, calls.relation, starts, engine, now_us))


def overview_chain(relation: CallsRelation, project_id: str | None, *, ids: bool) -> Chain:
    """The facts about all loaded lines together; with `ids` also whether any id may repeat."""
    overview = Step("overview", "calls/lines_overview", {"project_id": project_id}, {"ids": ids})
    return Chain(relation.steps, overview)


def merge_chain(tables: Sequence[LoadedTable], *, merge: bool, all_dated: bool) -> Chain:
    """One call per key (spec 6), to be kept as `merged`, with the columns that hold something; unless
    all are dated, lines without a start belong to the call of their id."""
    steps = (
        lines_of_tables(tables, "lines"),
        filled("calls/first_starts", all_dated=all_dated),
        step("calls/keyed_lines", merge=merge),
        step("calls/repeated_keys"),
        step("calls/merged_calls"),
    )
    held = held_by(tables) - {"part"}
    columns = tuple(Column(name) for name in (*COLUMNS, *MERGED) if name in held or name in MERGED)
    kept = filled("answer", "calls/read_calls", lines="calls_with_usage", columns=columns)
    return Chain((*steps, step("calls/calls_with_usage")), kept)


def merged_calls(tables: Sequence[LoadedTable]) -> CallsRelation:
    """The calls of the table `merged`, which some tables were merged into."""
    held = held_by(tables) - {"part"}
    columns: tuple[Item, ...] = (
        *call_columns(held, knows_failures=False),
        *(Column(name) for name in MERGED),
    )
    return CallsRelation((filled("calls", "calls/read_calls", lines="merged", columns=columns),), held)
