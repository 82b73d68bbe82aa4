"""Whose usage counts: what is written, or what is left of it without the calls below (spec 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, Step, alone, filled, step
from callstats_cli.request.token_counts import COUNTS, READINGS, RECORDED_COSTS
from callstats_cli.survey.relations import CallsRelation, all_of, counting_steps, filter_step

if TYPE_CHECKING:
    from callstats_cli.chain.chain import Value
    from callstats_cli.engines.engine import Engine
    from callstats_cli.request.filters import CallFilter
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.merging import Calls
    from callstats_cli.survey.options import UsageScope


EARLIEST_BELOW_US = 3_600_000_000
"""How long before a call one below it may start, in microseconds (spec 10)."""

_OTHER_NAMES = (
    "gross_input_tokens",
    "prompt_tokens",
    "completion_tokens",
    "prompt_cached_tokens",
    "input_cached_tokens",
    "cache_creation_5m_input_tokens",
    "detailed_cache_write_tokens",
)
_LEFT = frozenset(
    {
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
    }
)
_READ_AS_ONE = _LEFT | {*_OTHER_NAMES}
"""Where an entry holds only the gross input and the output below it, what is left of all its input, its
output and its caches stands under one name each, and nothing under the others."""


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


def find_meaning(calls: Calls, request: CallStatsRequest, scope: UsageScope, engine: Engine) -> Meaning:
    """The usage that counts; keeps the table `repeats` where calls name calls above them."""
    relation, repeats, own = calls.relation, Repeats(), calls.relation
    if calls.access.needs.own_usage and calls.range and calls.names_parents:
        repeats = find_repeats(relation, calls.range, scope_filter(scope, request.filter), engine)
        own = own_usage(relation) if repeats.entries else relation
    return Meaning(relation if scope == "recorded" else own, own, repeats)


def find_repeats(
    relation: CallsRelation,
    span: tuple[int, int],
    asked: CallFilter | None,
    engine: Engine,
) -> Repeats:
    """Creates the table `repeats` for the entries that start in `span`, half-open, in microseconds
    since 1970. Only calls that match the filter take part; null: all."""
    search = search_span(relation, span, engine)
    engine.keep("repeats", _repeats(relation, asked, span, search))
    (found,) = engine.rows(alone("usage/repeated_tokens"))
    tokens = found["tokens"]
    return Repeats(found["entries"], int(tokens) if tokens == int(tokens) else tokens)


def _repeats(
    relation: CallsRelation,
    asked: CallFilter | None,
    span: tuple[int, int],
    search: tuple[int, int],
) -> Chain:
    """The usage entries of `span` that repeat what lies below them, with what is left of each
    (spec 10), to be kept as `repeats`. Calls below are looked for in `search`; those that do not match
    the filter take no part."""
    searched: dict[str, Value] = {"search_from": search[0], "search_to": search[1]}
    summed = _summed(relation)
    keys = ("line", "entry", "requested_model", "of_span", "started_us", "last_start_us")
    counts, disjoint_counts = counting_steps(keys, written=summed)
    return Chain(
        (
            *relation.steps,
            filter_step(asked, spans_pass=True) if asked else all_of("filtered_calls", "calls"),
            step("bucketed_calls", "usage/entries_searched", **searched),
            counts,
            disjoint_counts._replace(name="usage_entries", shared=True),
            step("usage/links", **searched),
            step("usage/links_without_cycles"),
            step("usage/usage_above"),
            filled("usage/nearest_above", spans="id_scope" in relation.held),
            step("usage/entries_below", earliest_below=EARLIEST_BELOW_US),
            filled("usage/usage_below", counts=summed),
        ),
        Step(
            "answer",
            "usage/repeats",
            {"range_start": span[0], "range_end": span[1]},
            {
                "counts": tuple(name for name in summed if name in COUNTS),
                "other_names": tuple(name for name in _OTHER_NAMES if name in summed),
                "others": tuple(name for name in summed if name not in _READ_AS_ONE),
                "spans": "id_scope" in relation.held,
            },
        ),
    )


def own_usage(relation: CallsRelation) -> CallsRelation:
    """The same calls without what `repeats` says that they repeat."""
    *before, calls = relation.steps
    columns = (*_summed(relation), *READINGS)
    recorded = calls._replace(name="recorded_calls")
    own = filled("calls", "usage/own_calls", columns=columns)
    return CallsRelation((*before, recorded, own), relation.held | _LEFT | {*READINGS})


def _summed(relation: CallsRelation) -> tuple[str, ...]:
    """The counts and costs of usage entries that are compared and summed up: those that any has, and
    those that are left under one name."""
    return tuple(name for name in (*COUNTS, *RECORDED_COSTS) if name in relation.held or name in _LEFT)


def names_parents(relation: CallsRelation, engine: Engine) -> bool:
    """Whether any call names a call above it."""
    (found,) = engine.rows(Chain(relation.steps, step("usage/parents_named")))
    return bool(found["named"])


def search_span(relation: CallsRelation, span: tuple[int, int], engine: Engine) -> tuple[int, int]:
    """Where calls below those of the range may start: half-open, in microseconds since 1970."""
    body = step("usage/search_span", range_start=span[0], range_end=span[1])
    (found,) = engine.rows(Chain(relation.steps, body))
    last_start = found["last_start_us"] or span[0]
    return span[0] - EARLIEST_BELOW_US, max(span[1], last_start + 1)


def scope_filter(scope: UsageScope, asked: CallFilter) -> CallFilter | None:
    """The filter that calls must match to take part; null under `own`, where all do."""
    return None if scope == "own" else asked
