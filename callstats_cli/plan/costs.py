"""Counts and costs of each call and model, as steps (spec 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.chain import filled, step
from callstats_cli.pricing.prices import PriceCell, Rates
from callstats_cli.survey.relations import counting_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callstats_cli.chain.chain import Step
    from callstats_cli.pricing.book import Pricing
    from callstats_cli.request.request import CallStatsRequest

_INPUT = {
    "input": "uncached_input_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write": "cache_written_5m",
    "cache_write_1h": "cache_written_1h",
}
_OUTPUT = {"output": "output_tokens"}
_SEARCHES = {"web_search": "web_searches"}
"""Rate → the count that is charged at it, as `disjoint_counts` names it."""

_INPUT_BY_MODALITY = {
    **_INPUT,
    "input": "uncached_text_tokens",
    "input_audio": "uncached_audio_tokens",
    "input_image": "uncached_image_tokens",
    "cache_read": "cached_text_tokens",
    "cache_read_audio": "cached_audio_tokens",
    "cache_read_image": "cached_image_tokens",
}
_OUTPUT_BY_MODALITY = {
    "output": "written_text_tokens",
    "output_audio": "written_audio_tokens",
    "output_image": "written_image_tokens",
}
"""The same where some call has tokens of audio or images, as `counts_by_modality` names it."""

_BOUNDS = ("from_us", "until_us", "day_from_us", "day_until_us", "tokens_above", "tokens_up_to")
"""The bounds of a price cell, which ask something of a call."""


def usage_values_steps(
    request: CallStatsRequest, pricing: Pricing | None, *, disjoint: bool = False
) -> tuple[Step, ...]:
    """The steps from `bucketed_calls` to `usage_values`; without prices, where no cost is asked for.
    With `disjoint` they have the disjoint counts in any case."""
    counts, disjoint_counts = counting_steps()
    if pricing is None:
        if disjoint or any(asked.metric == "cache_hit_rate" for asked in request.usage_metrics):
            return (counts, disjoint_counts._replace(name="usage_values"))
        return (counts._replace(name="usage_values"),)
    if pricing.is_recorded:
        return (counts, disjoint_counts, step("usage_values", "prices/recorded_usage"))
    by_kind = [disjoint_counts]
    if pricing.uses.modalities:
        undivided = disjoint_counts._replace(name="undivided_counts")
        by_kind = [undivided, step("disjoint_counts", "usage/counts_by_modality")]
    return (counts, *by_kind, _price_cells(pricing), _priced_usage(pricing))


def _price_cells(pricing: Pricing) -> Step:
    # Where no price depends on the context, the join does not compare it.
    joined_by = 3 if _context_matters(pricing) else 2
    models = {model.key[:joined_by]: model for model in pricing.models}
    cells = [(model, cell) for model in models.values() for cell in model.cells]
    bounds = {
        f"price_{name.removesuffix('_us')}": tuple(getattr(cell, name) for _, cell in cells)
        for name in _BOUNDS
    }
    rates = {
        f"rates_{name}": tuple(getattr(cell.rates, name) for _, cell in cells) for name in Rates._fields
    }
    return step(
        "prices/price_cells",
        price_models=tuple(model.model for model, _ in cells),
        price_providers=tuple(model.provider for model, _ in cells),
        price_contexts=tuple(model.price_context for model, _ in cells),
        **bounds,
        **rates,
    )


def _priced_usage(pricing: Pricing) -> Step:
    """The step that prices usage; what no cell is bounded by is not compared."""
    uses = pricing.uses
    cells = [cell for model in pricing.models for cell in model.cells]
    unnamed = any(model.model is None and model.cells for model in pricing.models)
    return filled(
        "usage_values",
        "prices/priced_usage",
        named=not unnamed,
        unnamed=unnamed,
        hits=uses.cache_hits,
        input=_charged(_INPUT_BY_MODALITY if uses.modalities else _INPUT),
        output=_charged(_OUTPUT_BY_MODALITY if uses.modalities else _OUTPUT),
        searches=_charged(_SEARCHES if uses.web_searches else {}),
        provider=any(model.provider is not None for model in pricing.models),
        context=_context_matters(pricing),
        **{name: _is_bounded(cells, name) for name in _BOUNDS},
    )


def _charged(counts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Counts with the rates that they are charged at."""
    return tuple((count, rate) for rate, count in counts.items())


def _context_matters(pricing: Pricing) -> bool:
    """Whether the price of some model depends on the price context, as far as the log has one."""
    cells: dict[tuple[str | None, ...], tuple[PriceCell, ...]] = {}
    return any(cells.setdefault(model.key[:2], model.cells) != model.cells for model in pricing.models)


def _is_bounded(cells: Iterable[PriceCell], name: str) -> bool:
    open_end = PriceCell._field_defaults[name]
    return any(getattr(cell, name) != open_end for cell in cells)
