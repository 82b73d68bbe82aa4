"""From an entry of the price list to cells: its structure says where rates change, the library itself
computes the rates, so that its precedence, fallbacks and tiers are its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from genai_prices import Usage
from genai_prices.data import providers
from genai_prices.types import ModelPrice, StartDateConstraint, TieredPrices, TimeOfDateConstraint

from callstats_cli.pricing.contexts import chosen_variants, with_first_rates
from callstats_cli.pricing.prices import DAY_US, OPEN_END, PriceCell, Rates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, time
    from decimal import Decimal

    from genai_prices.types import ModelInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ("input_mtok", "cache_read_mtok", "cache_write_mtok", "cache_write_1h_mtok", "output_mtok")


class UnsupportedPriceRuleError(Exception):
    """A price of the entry holds under a condition that is not known here."""


def cells_of(model: ModelInfo, context: Mapping[str, str] | None = None) -> tuple[PriceCell, ...]:
    """The cells of an entry; none where it has no price at all. `context` is what changes a request's
    price, as the list spells it; before the first date of such rates these hold all the same.

    Raises UnsupportedPriceRuleError for a condition that is neither a date nor a time of day.
    """
    context = context or {}
    model = with_first_rates(model)
    dates, times = _edges(model, context)
    cells: list[PriceCell] = []
    for from_us, until_us in pairwise((-OPEN_END, *dates, OPEN_END)):
        for day_from_us, day_until_us in pairwise((0, *times, DAY_US)):
            price = model.get_prices(_instant(from_us, dates, day_from_us), context)
            cells += [
                cell._replace(
                    from_us=from_us,
                    until_us=until_us,
                    day_from_us=day_from_us,
                    day_until_us=day_until_us,
                )
                for cell in _cells_of_price(price)
            ]
    merged = _merged(_merged(cells, "day_from_us", "day_until_us"), "from_us", "until_us")
    return tuple(sorted(merged, key=lambda cell: cell[1:]))


def assumed_units(model: ModelInfo) -> tuple[str, ...]:
    """The kinds of tokens that no price of the entry names, and that are charged as others."""
    priced = {unit for price in _all_prices(model) for unit in _UNITS if _has(price, unit)}
    if "input_mtok" not in priced:
        return ()
    return tuple(unit.removesuffix("_mtok") for unit in _UNITS[1:4] if unit not in priced)


def history_start_us() -> int:
    """The first date on which a price of the list changed: before it the oldest prices are all that is
    known."""
    return min(
        date_us(entry.constraint.start_date)
        for provider in providers
        for model in provider.models
        if not isinstance(model.prices, ModelPrice)
        for entry in model.prices
        if isinstance(entry.constraint, StartDateConstraint)
    )


def _all_prices(model: ModelInfo) -> list[ModelPrice]:
    if isinstance(model.prices, ModelPrice):
        return [model.prices]
    return [entry.prices for entry in model.prices]


def _edges(model: ModelInfo, context: Mapping[str, str]) -> tuple[list[int], list[int]]:
    """The bounds of prices: dates in microseconds since 1970, times in those since midnight UTC."""
    dates: set[int] = set()
    times: set[int] = set()
    constraints = [variant.constraint for variant in chosen_variants(model, context)]
    if not isinstance(model.prices, ModelPrice):
        constraints += [entry.constraint for entry in model.prices]
    for constraint in constraints:
        if isinstance(constraint, StartDateConstraint):
            dates.add(date_us(constraint.start_date))
        elif isinstance(constraint, TimeOfDateConstraint):
            times |= {_time_us(constraint.start_time), _time_us(constraint.end_time)}
        elif constraint is not None:
            raise UnsupportedPriceRuleError
    return sorted(dates), sorted(times - {0})


def date_us(start: date) -> int:
    """The first instant of a day in UTC, in microseconds since 1970."""
    midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
    return (midnight - _EPOCH) // timedelta(microseconds=1)


def _time_us(at: time) -> int:
    instant = datetime.combine(_EPOCH.date(), at, tzinfo=at.tzinfo or UTC)
    return (instant - _EPOCH) // timedelta(microseconds=1) % DAY_US


def _instant(from_us: int, dates: list[int], day_from_us: int) -> datetime:
    """A time in the span that begins at `from_us`, at the given time of its first day."""
    day = _EPOCH + timedelta(microseconds=from_us) if from_us != -OPEN_END else None
    if day is None:
        first = _EPOCH + timedelta(microseconds=dates[0]) if dates else _EPOCH + timedelta(days=20_000)
        day = first - timedelta(days=1)
    return day + timedelta(microseconds=day_from_us)


def _cells_of_price(price: ModelPrice) -> list[PriceCell]:
    """The cells of one price, one per tier: a request of more tokens than a tier's start is charged its
    rates for all of its tokens."""
    if not any(value is not None for value in vars(price).values()):
        return []
    starts = {
        tier.start
        for value in vars(price).values()
        if isinstance(value, TieredPrices)
        for tier in value.tiers
    }
    return [
        PriceCell(_rates(price, max(above, 0) + 1), tokens_above=above, tokens_up_to=up_to)
        for above, up_to in pairwise((-1, *sorted(starts), OPEN_END))
    ]


def _rates(price: ModelPrice, tokens: int) -> Rates:
    """The rates for requests of `tokens` gross input tokens: differences of what the library asks."""

    def total(gross: int, **parts: int) -> Decimal:
        return price.calc_price(Usage(input_tokens=gross, **parts))["total_price"]

    alone = total(tokens)
    per_input = total(tokens + 1) - alone

    def rate(general: str, **parts: int) -> float | None:
        """The price of one more token with the given parts; null where such tokens have none."""
        if not _has(price, general):
            return None
        return float((per_input if general == "input_mtok" else 0) + total(tokens, **parts) - alone)

    return Rates(
        input=rate("input_mtok"),
        cache_read=rate("input_mtok", cache_read_tokens=1),
        cache_write=rate("input_mtok", cache_write_tokens=1),
        cache_write_1h=rate("input_mtok", cache_write_tokens=1, cache_write_1h_tokens=1),
        output=rate("output_mtok", output_tokens=1),
        request=float(alone - per_input * tokens),
        input_audio=rate("input_mtok", input_audio_tokens=1),
        input_image=rate("input_mtok", input_image_tokens=1),
        cache_read_audio=rate(
            "input_mtok", cache_read_tokens=1, input_audio_tokens=1, cache_audio_read_tokens=1
        ),
        cache_read_image=rate(
            "input_mtok", cache_read_tokens=1, input_image_tokens=1, cache_image_read_tokens=1
        ),
        output_audio=rate("output_mtok", output_tokens=1, output_audio_tokens=1),
        output_image=rate("output_mtok", output_tokens=1, output_image_tokens=1),
        web_search=rate("web_searches_kcount", web_searches=1),
    )


def _has(price: ModelPrice, unit: str) -> bool:
    return vars(price).get(unit) is not None


def _merged(cells: Iterable[PriceCell], begin: str, end: str) -> tuple[PriceCell, ...]:
    """The cells with those brought together that follow upon each other and are otherwise alike."""
    merged: dict[object, PriceCell] = {}
    for cell in cells:
        alike = _with_bounds(cell, {begin: 0, end: 0})
        before = merged.get((alike, getattr(cell, begin)))
        if before is not None:
            del merged[(alike, getattr(cell, begin))]
            cell = _with_bounds(cell, {begin: getattr(before, begin)})
        merged[(alike, getattr(cell, end))] = cell
    return tuple(merged.values())


def _with_bounds(cell: PriceCell, bounds: dict[str, Any]) -> PriceCell:
    return cell._replace(**bounds)
