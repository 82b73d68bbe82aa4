"""The range of an answer, and what of the files must be read for it; half-open, in microseconds since
1970-01-01T00:00:00Z."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.request.zones import is_supported
from callstats_cli.survey import relations

if TYPE_CHECKING:
    from callstats_cli.engines.engine import Engine
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.relations import CallsRelation

Range = tuple[int, int]
Starts = tuple[int | None, int | None]


def range_of_request(request: CallStatsRequest, now_us: int) -> Range | None:
    """The range that a request names; null without a start."""
    if request.start is None:
        return None
    return request.start, max(request.start, now_us) if request.end is None else request.end


def range_of_answer(
    request: CallStatsRequest,
    relation: CallsRelation,
    starts: Starts | None,
    engine: Engine,
    now_us: int,
) -> Range | None:
    """The request's range; without a start that of the calls, null where there is none. `starts` are
    the first and last of the project's calls, where they are known.

    A start in a year that no zone supports is left out unless all are such.
    """
    if request.start is not None:
        return range_of_request(request, now_us)
    first, last = starts or _range_of_calls(request, relation, engine, within_years=False)
    if first is not None and last is not None and not (is_supported(first) and is_supported(last)):
        first, last = _range_of_calls(request, relation, engine, within_years=True)
    if request.end is not None:
        return (request.end if first is None else min(first, request.end)), request.end
    return None if first is None or last is None else (first, last + 1)


def whole_milliseconds(span: Range | None) -> Range | None:
    """The span widened to whole milliseconds, since lines merge by them (spec 6); null: all."""
    if span is None:
        return None
    return span[0] // 1_000 * 1_000, -(-span[1] // 1_000) * 1_000


def _range_of_calls(
    request: CallStatsRequest, relation: CallsRelation, engine: Engine, *, within_years: bool
) -> Starts:
    chain = relations.range_chain(relation, request.project_id, within_years=within_years)
    (found,) = engine.rows(chain)
    return found["first_us"], found["last_us"]
