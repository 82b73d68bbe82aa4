"""Data quality: what is odd about the calls of a range, and where it stands (spec 12)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, step
from callstats_cli.errors import SourceError
from callstats_cli.request.token_counts import AMOUNTS
from callstats_cli.survey import relations
from callstats_cli.survey.needed import usage_columns
from callstats_cli.survey.quality import REJECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.engines.engine import Engine
    from callstats_cli.engines.loaded import Rejected
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.merging import Calls
    from callstats_cli.survey.options import SurveyOptions
    from callstats_cli.survey.relations import CallsRelation


class Facts(NamedTuple):
    """Counts of oddities by kind; what was skipped or nulled, where that was asked for; and how many
    lines or rows were read."""

    quality: Counter[str]
    rejected: list[Rejected]
    lines_read: int


def find_facts(
    calls: Calls,
    unreadable: Sequence[Rejected],
    request: CallStatsRequest,
    options: SurveyOptions,
    engine: Engine,
    now_us: int,
) -> Facts:
    """The facts about the calls and the files before them, of which some may be `unreadable`.

    Raises SourceError where calls were read and none has a start.
    """
    access, span = calls.access, calls.range or (0, 0)
    quality = Counter({"skipped_files": len(unreadable)})
    rejected, lines_read = list(unreadable), 0
    asked = usage_columns(request, recorded_costs=options.recorded_costs)
    counts = [amount for amount in AMOUNTS if amount in asked]
    if access.loaded is not None:
        quality.update(access.loaded.quality)
        rejected += access.loaded.rejected
        lines_read = access.loaded.lines_read
        quality.update(merged=calls.merged, reused_ids=calls.reused_ids)
    elif access.tables is None:
        if "duration" in access.needs.columns and any(group.has("duration") for group in access.groups):
            chain = relations.unread_durations_chain(access.groups, access.span)
            (found,) = engine.rows(chain)
            quality["unreadable_times"] += found["unread"]
        if access.groups[0].format.open_ended:
            lines_read, is_clean = _stored_extremes(calls, counts, engine, now_us)
            if is_clean:
                return Facts(quality, rejected, lines_read)
    _count_odd_calls(quality, calls.relation, counts, span, now_us, engine)
    if quality["undated"]:
        (found,) = engine.rows(Chain(access.whole(calls.relation).steps, step("calls/dated_calls")))
        if not found["dated"]:
            raise SourceError(f"none of the {quality['undated']:,} calls has a readable start")
    if options.locate_rejects and access.loaded is not None:
        located = Counter(item.kind for item in rejected)
        if any(quality[kind] != located[kind] for kind in REJECTED):
            chain = relations.nulled_chain(
                calls.relation, counts, merged=calls.is_merged, range_start=span[0], range_end=span[1]
            )
            rejected += engine.nulled(chain)
    return Facts(quality, rejected, lines_read)


def _count_odd_calls(
    quality: Counter[str],
    relation: CallsRelation,
    counts: Sequence[str],
    span: tuple[int, int],
    now_us: int,
    engine: Engine,
) -> None:
    start, end = span
    chain = relations.quality_chain(relation, counts, range_start=start, range_end=end, now=now_us)
    (found,) = engine.rows(chain)
    quality.update({kind: count for kind, count in found.items() if kind != "large_totals"})
    if found["large_totals"]:
        (totals,) = engine.rows(relations.unexplained_totals_chain(relation, start, end))
        quality["unexplained_totals"] = totals["unexplained"]


def _stored_extremes(
    calls: Calls, counts: Sequence[str], engine: Engine, now_us: int
) -> tuple[int, bool]:
    """How many rows the files have, and whether their statistics show that nothing is odd: then no row
    has to be looked at."""
    groups = calls.access.groups
    stored = [count for count in counts if any(group.has(count) for group in groups)]
    may_be_deleted = any(group.has("deleted_at") for group in groups)
    (found,) = engine.rows(
        relations.stored_extremes_chain(
            calls.access.whole(calls.relation), stored, may_be_deleted=may_be_deleted
        )
    )
    in_the_future = found["latest_us"] is not None and found["latest_us"] > now_us
    odd = any(found[kind] for kind in ("undated", "deleted", "large_totals"))
    return found["calls"], not (odd or in_the_future or (found["smallest_count"] or 0) < 0)
