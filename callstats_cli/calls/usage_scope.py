"""Whose usage counts: what is written, or what is left of it without the calls below (SPEC 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.calls import relations
from callstats_cli.chain.statements import join_steps, step, template_statement

if TYPE_CHECKING:
    from callstats_cli.calls.merging import Calls
    from callstats_cli.calls.options import UsageScope
    from callstats_cli.calls.relations import CallsRelation
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.request.filters import CallFilter
    from callstats_cli.request.request import CallStatsRequest


class Repeats(NamedTuple):
    """How many usage entries of the range repeat what lies below them, and how many tokens of input and
    output."""

    entries: int = 0
    tokens: int | float = 0


class Meaning(NamedTuple):
    """Whose usage counts: `relation` are the calls with the usage that counts, `own` with theirs less
    what repeats that of calls below."""

    relation: CallsRelation
    own: CallsRelation
    repeats: Repeats


def find_meaning(
    calls: Calls, request: CallStatsRequest, scope: UsageScope, engine: DuckDBEngine
) -> Meaning:
    """The usage that counts; creates the table `repeats` where calls name calls above them."""
    relation, repeats, own = calls.relation, Repeats(), calls.relation
    is_loaded = calls.access.loader is not None
    if calls.access.needs.own_usage and calls.range and is_loaded and names_parents(relation, engine):
        repeats = find_repeats(relation, calls.range, scope_filter(scope, request.filter), engine)
        own = relations.own_usage(relation) if repeats.entries else relation
    return Meaning(relation if scope == "recorded" else own, own, repeats)


def find_repeats(
    relation: CallsRelation,
    span: tuple[int, int],
    asked: CallFilter | None,
    engine: DuckDBEngine,
) -> Repeats:
    """Creates the table `repeats` for the entries that start in `span`, half-open, in microseconds
    since 1970. Only calls that match the filter take part; null: all."""
    search = search_span(relation, span, engine)
    engine.run(relations.repeats_statement(relation, asked, span, search))
    ((entries, tokens),) = engine.run(template_statement("usage/repeated_tokens"))
    return Repeats(entries, int(tokens) if tokens == int(tokens) else tokens)


def names_parents(relation: CallsRelation, engine: DuckDBEngine) -> bool:
    """Does any call name a call above it?"""
    ((named,),) = engine.run(join_steps(relation.steps, step("usage/parents_named")))
    return bool(named)


def search_span(
    relation: CallsRelation, span: tuple[int, int], engine: DuckDBEngine
) -> tuple[int, int]:
    """Where calls below those of the range may start: half-open, in microseconds since 1970."""
    body = step("usage/search_span", range_start=span[0], range_end=span[1])
    ((last_start,),) = engine.run(join_steps(relation.steps, body))
    return span[0] - relations.EARLIEST_BELOW_US, max(span[1], (last_start or span[0]) + 1)


def scope_filter(scope: UsageScope, asked: CallFilter) -> CallFilter | None:
    """The filter that calls must match to take part; null under `own`, where all do."""
    return None if scope == "own" else asked
