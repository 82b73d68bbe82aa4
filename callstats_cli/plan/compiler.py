"""Request, survey and bucket plan → chains; pure: needs no engine and no file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, Step, filled, step
from callstats_cli.plan.aggregates import BUCKETS, aggregate_step, filled_columns
from callstats_cli.plan.costs import usage_values_steps
from callstats_cli.pricing.book import Uses
from callstats_cli.request.metrics import COST_METRICS, ONE_NUMBER
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.token_counts import GROSS_INPUT_COUNTS
from callstats_cli.survey.relations import filter_step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.chain.chain import Part, Value
    from callstats_cli.chain.slots import Slot
    from callstats_cli.plan.aggregates import AnswerRows
    from callstats_cli.pricing.book import Pricing
    from callstats_cli.pricing.prices import Key
    from callstats_cli.request.buckets import BucketPlan
    from callstats_cli.request.metrics import Family
    from callstats_cli.request.output_columns import OutputColumn
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.relations import CallsRelation

MAX_USAGE_ROWS = 2_000_000
MAX_CELLS = 1_000_000
"""How many cells buckets that follow a clock may be made of."""


class CompiledQuery(NamedTuple):
    """The answer's chains; each is None where its metrics were not asked for.

    The rows of `usage` are bucket, model, level, count, the usage columns, and for each metric of
    tokens whether all its values are whole, of dollars how many calls have none; those of `calls` are
    bucket, level, count, how many of the calls have a latency, how many a negative one, and the call
    columns. Buckets are microseconds since 1970-01-01T00:00:00Z; `level` is one of those of
    `aggregates.py`.
    """

    usage: Chain | None
    usage_columns: tuple[OutputColumn, ...]
    calls: Chain | None
    call_columns: tuple[OutputColumn, ...]


class Basis(NamedTuple):
    """The values that an answer's chains are made from: a request, where its calls are to be had, and
    its buckets. `pricing` is needed where costs are asked for, and null where none is. With
    `spans_pass`, usage is also that of spans below roots where only roots are asked for. `unknown` are
    the metrics that no call can have."""

    request: CallStatsRequest
    relation: CallsRelation
    plan: BucketPlan
    pricing: Pricing | None = None
    spans_pass: bool = False
    unknown: frozenset[str] = frozenset()


class TopModels(NamedTuple):
    """The models that an answer shows, largest first, and the name under which it has all others."""

    models: tuple[str | None, ...]
    others: str


def compile_query(
    basis: Basis,
    top: TopModels | None = None,
    usage_rows: AnswerRows = BUCKETS,
    call_rows: AnswerRows = BUCKETS,
) -> CompiledQuery:
    """The chains that answer a request, one per family of metrics that was asked for, with the rows
    wanted of it; `top` is needed where not all models are shown."""
    usage_columns = output_columns("usage", basis.request.usage_metrics)
    call_columns = output_columns("call", basis.request.call_metrics)
    usage = _usage_values(basis, disjoint=usage_rows.totals)
    if top is not None:
        names = tuple(model for model in top.models if model is not None)
        usage = _regrouped(
            usage,
            step(
                "usage_values",
                "answer/usage_values_of_top_models",
                top_models=names,
                no_model_is_top=None in top.models,
                others=top.others,
            ),
        )
    return CompiledQuery(
        usage=_answer("usage", usage, usage_columns, basis, usage_rows) if usage_columns else None,
        usage_columns=usage_columns,
        calls=_answer("call", _bucketed(basis), call_columns, basis, call_rows)
        if call_columns
        else None,
        call_columns=call_columns,
    )


def compile_usage_total(basis: Basis) -> Chain:
    """The usage of all models together, for the last of the totals rows."""
    of_all = _regrouped(_usage_values(basis), step("usage_values", "answer/usage_values_of_all_models"))
    columns = output_columns("usage", basis.request.usage_metrics)
    return _answer("usage", of_all, columns, basis, BUCKETS)


def _regrouped(steps: tuple[Part, ...], models: Step) -> tuple[Part, ...]:
    """The steps up to `usage_values`, followed by one that puts models together."""
    *before, values = steps
    return (*before, values._replace(name="usage_values_by_model"), models)


def _usage_values(basis: Basis, *, disjoint: bool = False) -> tuple[Part, ...]:
    """The steps up to `usage_values`: the counts of each call and model, and what they cost."""
    pricing = basis.pricing and basis.pricing.within(basis.plan.start_us, basis.plan.end_us)
    values = usage_values_steps(basis.request, pricing, disjoint=disjoint)
    return (*_bucketed(basis, basis.spans_pass), *values)


def shares_chain(basis: Basis, column: str, most: int) -> Chain:
    """The values of a column that most calls have; ops are named without their versions."""
    slots = {"column": column, "ops": (column,) if column == "op_name" else ()}
    return Chain(_in_range(basis), Step("shares", "calls/shares", {"most": most}, slots))


def models_chain(basis: Basis) -> Chain:
    """The models to be priced, and what some of their calls used."""
    names_provider, has_context = (
        name in basis.relation.held for name in ("provider", "price_context")
    )
    models = filled(
        "prices/named_models",
        provider=names_provider,
        no_provider=not names_provider,
        context=has_context,
        no_context=not has_context,
        inputs=GROSS_INPUT_COUNTS,
    )
    return Chain(_in_range(basis, basis.spans_pass), models)


def matched_chain(basis: Basis) -> Chain:
    """How many calls there are in the range."""
    return Chain(_in_range(basis), step("calls/matched_calls"))


def unpriced_chain(basis: Basis) -> Chain:
    """The calls of which an asked cost is not known."""
    asked = dict.fromkeys(item.metric for item in basis.request.usage_metrics)
    costs = dict.fromkeys(
        "total_cost" if name in ONE_NUMBER else name for name in asked if name in COST_METRICS
    )
    return Chain(_usage_values(basis), filled("prices/unpriced_calls", costs=tuple(costs)))


def calls_before_chain(basis: Basis, before: Mapping[Key, int]) -> Chain:
    """How many calls have a price though they are older than the instant given for their model."""
    body = step(
        "prices/calls_before",
        models=tuple(model for model, _, _ in before),
        providers=tuple(provider for _, provider, _ in before),
        contexts=tuple(context for _, _, context in before),
        before=tuple(before.values()),
    )
    return Chain(_usage_values(basis), body)


def explained_call_chain(basis: Basis, pricing: Pricing, call_id: str) -> Chain:
    """How one call was priced, by model, with all that calls are priced by."""
    whole = pricing._replace(uses=Uses(*(True for _ in Uses._fields)))
    steps = (*_bucketed(basis, basis.spans_pass), *usage_values_steps(basis.request, whole))
    return Chain(steps, step("prices/explained_call", call_id=call_id))


def _bucketed(basis: Basis, spans_pass: bool = False) -> tuple[Part, ...]:
    """The steps up to `bucketed_calls`."""
    return (*_in_range(basis, spans_pass), *_bucket_steps(basis.plan))


def _in_range(basis: Basis, spans_pass: bool = False) -> tuple[Part, ...]:
    """The steps up to `calls_in_range`: filter, range, project, deletion."""
    request, plan = basis.request, basis.plan
    return (
        *basis.relation.steps,
        filter_step(request.filter, spans_pass=spans_pass),
        step(
            "calls/calls_in_range",
            range_start=plan.start_us,
            range_end=plan.end_us,
            project_id=request.project_id,
        ),
    )


def _bucket_steps(plan: BucketPlan) -> tuple[Part, ...]:
    """The steps `bucketed_calls` and `spine`."""
    starts = plan.starts()
    if plan.width_us is not None:
        spine = step(
            "spine",
            "answer/spine_fixed",
            first_bucket=plan.first_us,
            last_bucket=starts[-1] if starts else plan.first_us - 1,
            width=plan.width_us,
        )
        return (_fixed(plan.width_us, plan.origin_us), spine)
    spine = step("spine", "answer/spine_edges", edges=plan.edges_us)
    width = plan.cell_us
    if len(starts) == 1:
        return (_fixed(width, plan.first_us), spine)
    if (plan.end_us - plan.first_us) // width > MAX_CELLS:
        return (step("bucketed_calls", "answer/bucketed_edges", edges=plan.edges_us), spine)
    cells = step("answer/cells", edges=plan.edges_us, cell_width=width, cells_end=plan.end_us)
    bucketed = step(
        "bucketed_calls", "answer/bucketed_cells", cell_width=width, cells_start=plan.first_us
    )
    return (cells, bucketed, spine)


def _fixed(width: int, origin: int) -> Step:
    return step("bucketed_calls", "answer/bucketed_fixed", width=width, origin=origin)


def _answer(
    family: Family,
    chain: Sequence[Part],
    columns: Sequence[OutputColumn],
    basis: Basis,
    rows: AnswerRows,
) -> Chain:
    aggregates = aggregate_step(family, columns, rows)
    slots: dict[str, Slot] = {
        "columns": filled_columns(aggregates.name, columns, basis.unknown),
        **rows.slots,
    }
    span: dict[str, Value] = {"range_start": basis.plan.start_us}
    if family == "usage":
        # Totals are at most one row more than those of buckets.
        span["row_limit"] = 2 * MAX_USAGE_ROWS + 3
        models = step("answer/models")._replace(shared=True)
        return Chain((*chain, aggregates, models), Step("answer", "answer/usage_buckets", span, slots))
    span["range_end"] = basis.plan.end_us
    steps = (*chain, step("answer/call_values"), aggregates)
    return Chain(steps, Step("answer", "answer/call_buckets", span, slots))
