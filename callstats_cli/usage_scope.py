"""Whose usage counts: what is written, or what is left of it without the calls below (SPEC 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from callstats_cli import relations
from callstats_cli.buckets import DAY_US
from callstats_cli.metrics import AMOUNTS, COUNTS
from callstats_cli.request import CallFilter
from callstats_cli.statements import join_steps, step

if TYPE_CHECKING:
    from callstats_cli.engines.duckdb import DuckDBEngine
    from callstats_cli.relations import CallsRelation, UsageScope
    from callstats_cli.request import CallStatsRequest


class Scope(NamedTuple):
    """Whose usage counts, and why. `below` are the counts that the engine's table `below` has for calls
    with usage below them, none where it was not made."""

    used: Literal["own", "recorded"]
    why: str
    below: tuple[str, ...] = ()


def as_recorded(request: CallStatsRequest, asked: UsageScope) -> Scope:
    """Usage as it is written, where nothing can lie below anything."""
    if asked == "recorded":
        return Scope("recorded", "asked for")
    if not request.usage_metrics:
        return Scope("recorded", "no usage metric was asked for")
    return Scope("recorded", "no call names a call above it")


def usage_scope(
    relation: CallsRelation,
    span: tuple[int, int] | None,
    request: CallStatsRequest,
    asked: UsageScope,
    engine: DuckDBEngine,
) -> Scope:
    """What the log itself says of calls above others, unless the user said `own`. Creates `below` where
    calls name parents."""
    if span is None or not names_parents(relation, engine):
        return as_recorded(request, asked)
    search = search_span(relation, span, engine)
    counts = _present_counts(relation, engine)
    engine.run(relations.usage_below_statement(relation, CallFilter(), search, counts))
    below = tuple(counts)
    if asked == "own":
        return Scope("own", "asked for", below)
    rolled_up = relations.rolled_up_statement(relation, span, search, counts)
    ((above, containing),) = engine.run(rolled_up)
    if above == 0:
        return Scope("recorded", "no call with usage lies above another of the same model", below)
    share = f"{containing} of {above} calls above others contain their usage"
    if 2 * containing < above:
        return Scope("recorded", f"the log does not roll usage up: {share}", below)
    if request.filter.active():
        engine.run(relations.usage_below_statement(relation, request.filter, search, counts))
    return Scope("own", f"the log rolls usage up: {share}", below)


def counts_twice(
    relation: CallsRelation,
    whole: CallsRelation,
    span: tuple[int, int],
    asked: CallFilter,
    engine: DuckDBEngine,
    *,
    placed: bool,
) -> bool:
    """Do the asked sums of what was recorded count tokens more than once? Told by the first calls of
    the range: enough to know a log that rolls usage up, and no burden on a large one. `whole` are the
    calls of all ranges; `placed` says whether calls have their place in reading order yet."""
    if not names_parents(whole, engine):
        return False
    engine.run(relations.sample_statement(relation, span, placed=placed))
    sample = relations.sampled_calls()
    search = search_span(sample, span, engine)
    counts = _present_counts(sample, engine)
    engine.run(relations.usage_below_statement(sample, asked, search, counts))
    ((above, containing),) = engine.run(relations.rolled_up_statement(sample, span, search, counts))
    return bool(0 < above <= 2 * containing)


def names_parents(relation: CallsRelation, engine: DuckDBEngine) -> bool:
    """Does any call name a call above it?"""
    ((named,),) = engine.run(join_steps(relation.steps, step("parents_named")))
    return bool(named)


def search_span(
    relation: CallsRelation, span: tuple[int, int], engine: DuckDBEngine
) -> tuple[int, int]:
    """Where calls below those of the range may lie, in microseconds."""
    body = step("search_span", range_start=span[0], range_end=span[1])
    ((latest_end, running),) = engine.run(join_steps(relation.steps, body))
    latest = max(span[1], (latest_end or span[0]) + 1)
    return span[0], max(latest, span[1] + DAY_US) if running else latest


def _present_counts(relation: CallsRelation, engine: DuckDBEngine) -> list[str]:
    """The amounts that any call has; one count at least, so that no list of counts is empty."""
    (there,) = engine.run(relations.present_counts_statement(relation))
    present = [amount for amount, found in zip(AMOUNTS, there, strict=True) if found]
    return present if set(present) & set(COUNTS) else [COUNTS[0], *present]
