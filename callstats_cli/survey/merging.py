"""One call per key: lines that are the same call, or parts of one, are merged (spec 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import alone
from callstats_cli.survey import relations
from callstats_cli.survey.access import ids_repeat
from callstats_cli.survey.ranges import range_of_answer

if TYPE_CHECKING:
    from callstats_cli.engines.engine import Engine
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.access import Access
    from callstats_cli.survey.options import SurveyOptions
    from callstats_cli.survey.ranges import Range
    from callstats_cli.survey.relations import CallsRelation


class Calls(NamedTuple):
    """The calls as recorded, each once, and the range of the answer, null where there is no call.
    `merged` counts the lines that were merged, `reused_ids` the ids with several starts."""

    access: Access
    relation: CallsRelation
    range: Range | None
    is_merged: bool = False
    merged: int = 0
    reused_ids: int = 0

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
    if access.tables:
        repeats = needs.merge and (options.dedupe == "always" or ids_repeat(relation, engine))
        if repeats or needs.parts:
            engine.keep("merged", relations.merge_chain(access.tables, merge=repeats))
            (found,) = engine.rows(alone("calls/merge_counts"))
            counts = (found["merged_lines"], found["reused_ids"])
            calls = Calls(access, relations.merged_calls(access.tables), None, True, *counts)
    return calls._replace(range=range_of_answer(request, calls.relation, engine, now_us))
