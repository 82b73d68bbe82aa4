"""What each call used of a model, and what that cost, as steps (SPEC 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.pricing import BEDROCK_ID, OPEN_END, PriceCell, Rates
from callstats_cli.statements import Step, fill_slot, step
from callstats_cli.templates import template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.pricing.book import Pricing
    from callstats_cli.request import CallStatsRequest

_BOUNDS = {
    "from_us": "epoch_us(counts.started_at) >= cells.from_us",
    "until_us": "epoch_us(counts.started_at) < cells.until_us",
    "day_from_us": "time_of_day(counts.started_at) >= cells.day_from_us",
    "day_until_us": "time_of_day(counts.started_at) < cells.day_until_us",
    "tokens_above": "coalesce(counts.request_tokens, 0) > cells.tokens_above",
    "tokens_up_to": f"coalesce(counts.request_tokens, {OPEN_END}) <= cells.tokens_up_to",
}
"""Bound of a price cell → what it asks of a call. A request of unknown size has a price where its model
has one for all sizes."""


def usage_values_steps(request: CallStatsRequest, pricing: Pricing | None) -> tuple[Step, ...]:
    """The steps from `bucketed_calls` to `usage_values`; without prices, where no cost is asked for."""
    counts, disjoint_counts = counting_steps()
    if pricing is None:
        if any(asked.metric == "cache_hit_rate" for asked in request.usage_metrics):
            return (counts, disjoint_counts._replace(name="usage_values"))
        return (counts._replace(name="usage_values"),)
    if pricing.is_recorded:
        return (counts, disjoint_counts, step("usage_values", "recorded_usage"))
    cells = [(model, cell) for model in pricing.models for cell in model.cells]
    rates = {
        f"rates_{name}": tuple(getattr(cell.rates, name) for _, cell in cells) for name in Rates._fields
    }
    return (
        counts,
        disjoint_counts,
        step(
            "price_cells",
            price_models=tuple(model.model for model, _ in cells),
            price_providers=tuple(model.provider for model, _ in cells),
            price_from=tuple(cell.from_us for _, cell in cells),
            price_until=tuple(cell.until_us for _, cell in cells),
            price_day_from=tuple(cell.day_from_us for _, cell in cells),
            price_day_until=tuple(cell.day_until_us for _, cell in cells),
            price_tokens_above=tuple(cell.tokens_above for _, cell in cells),
            price_tokens_up_to=tuple(cell.tokens_up_to for _, cell in cells),
            **rates,
        ),
        Step("usage_values", fill_slot(template("priced_usage"), "bounds", _bounds(pricing))),
    )


def counting_steps(*keys: str) -> tuple[Step, Step]:
    """The steps that read the counts of usage entries and make them disjoint; `keys` are the columns
    that they keep of `bucketed_calls`, its bucket unless said otherwise."""
    counts = fill_slot(template("usage_counts"), "keys", ", ".join(keys or ("bucket",)))
    return Step("usage_counts", counts), step("disjoint_counts", bedrock_id=BEDROCK_ID)


def _bounds(pricing: Pricing) -> str:
    """What must hold beside the model for a cell to apply, as far as any cell is bounded."""
    cells = [cell for model in pricing.models for cell in model.cells]
    bounds = [bound for name, bound in _BOUNDS.items() if _is_bounded(cells, name)]
    if any(model.provider is not None for model in pricing.models):
        bounds.append("counts.provider is not distinct from cells.provider")
    return "\n    ".join(f"and {bound}" for bound in bounds)


def _is_bounded(cells: Iterable[PriceCell], name: str) -> bool:
    open_end = PriceCell._field_defaults[name]
    return any(getattr(cell, name) != open_end for cell in cells)
