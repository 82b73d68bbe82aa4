"""Price contexts: service tier, speed, geography and batch processing, which change a request's price.

A log's price context is `name=value` parts joined by `&` (macro `price_context`); the price list has
variants for some of them (spec 9).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from genai_prices.types import StartDateConstraint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genai_prices.types import ModelInfo, PriceVariant

    from callstats_cli.pricing.matching import Entry

STANDARD = frozenset({"default", "standard", "auto", "on_demand", "global", "not_available"})
"""Values that mean the standard price, unless the list has a variant of that very name."""

_SYNONYMS = {("service_tier", "batch"): ("processing", "batch")}
"""Part of a context as logs write it → as the list writes it."""


def listed_context(entry: Entry, written: str | None) -> dict[str, str] | None:
    """A log's price context as the list spells it, empty for the standard price; null where the list
    has no price for a part of it."""
    # The library reads variants of the provider's own models alone.
    is_own = any(entry.model is model for model in entry.provider.models)
    variants = (entry.model.price_variants or []) if is_own else []
    listed = {
        (name.lower(), value.lower()): (name, value)
        for variant in variants
        for name, value in variant.when.items()
    }
    context: dict[str, str] = {}
    for part in (written or "").lower().split("&") if written else ():
        name, _, value = part.partition("=")
        spelled = listed.get((name, value)) or listed.get(_SYNONYMS.get((name, value), (name, value)))
        if spelled is not None:
            context[spelled[0]] = spelled[1]
        elif value not in STANDARD:
            return None
    priced = {name for variant in _chosen(variants, context) for name in variant.when}
    return context if priced == context.keys() else None


def chosen_variants(model: ModelInfo, context: Mapping[str, str]) -> list[PriceVariant]:
    """The variants of a model that a context of the list's own spelling chooses, whatever the time."""
    return _chosen(model.price_variants or [], context)


def with_first_rates(model: ModelInfo) -> ModelInfo:
    """The entry with the first rates of each context in force before their date, too: many variants
    begin on the day on which somebody looked."""
    variants = model.price_variants or []
    return replace(
        model,
        price_variants=[
            replace(variant, constraint=None)
            if isinstance(variant.constraint, StartDateConstraint)
            and _start(variant) == _first(variant.when, variants)
            else variant
            for variant in variants
        ],
    )


def context_start(model: ModelInfo, context: Mapping[str, str]) -> date | None:
    """The day from which the list has rates for a context; null where it does not say, and for the
    standard price."""
    variants = model.price_variants or []
    starts = {_first(variant.when, variants) for variant in chosen_variants(model, context)}
    latest = max(starts, default=date.min)
    return None if latest == date.min else latest


def _chosen(variants: Sequence[PriceVariant], context: Mapping[str, str]) -> list[PriceVariant]:
    return [variant for variant in variants if variant.when.items() <= context.items()]


def _first(when: Mapping[str, str], variants: Sequence[PriceVariant]) -> date:
    return min(_start(variant) for variant in variants if variant.when == when)


def _start(variant: PriceVariant) -> date:
    """The day from which a variant holds; the first of all where it is not bounded by one."""
    if isinstance(variant.constraint, StartDateConstraint):
        return variant.constraint.start_date
    return date.min
