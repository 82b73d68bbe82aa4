"""Prices of models as cells: ranges of time and of request size, each with its rates (spec 9).

Prices are found once per model that a log names; the engine then prices each call from the cells of
`PricedModel`. Nothing here is imported for a question that asks for no cost.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Match = Literal["exact", "version", "pattern"]

LIST_NAME = "genai-prices"
"""The price list, as `source` names it."""

OPEN_END = 2**62
"""A bound beyond every instant and every count."""
DAY_US = 86_400_000_000
BEDROCK_ID = (
    r"(?i)(arn:aws.*|.*bedrock/.*|((us-gov|us|eu|apac|au|jp|ca|sa|global)\.)?"
    r"(ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia"
    r"|openai|qwen|stability|twelvelabs|writer|zai)\..+)"
)
"""The names of models at Amazon Bedrock: `[region.]vendor.model`, an ARN, or after `bedrock/`."""


class Rates(NamedTuple):
    """Dollars per token of each kind, per request and per web search. Null where there is no price for
    such. Audio and images without a price of their own have that of text."""

    input: float | None
    cache_read: float | None
    cache_write: float | None
    cache_write_1h: float | None
    output: float | None
    request: float = 0.0
    input_audio: float | None = None
    input_image: float | None = None
    cache_read_audio: float | None = None
    cache_read_image: float | None = None
    output_audio: float | None = None
    output_image: float | None = None
    web_search: float | None = None


class PriceCell(NamedTuple):
    """Rates and where they hold: [from_us, until_us) in microseconds since 1970-01-01T00:00:00Z,
    [day_from_us, day_until_us) in microseconds since midnight UTC, and requests of more than
    `tokens_above` and at most `tokens_up_to` gross input tokens."""

    rates: Rates
    from_us: int = -OPEN_END
    until_us: int = OPEN_END
    day_from_us: int = 0
    day_until_us: int = DAY_US
    tokens_above: int = -1
    tokens_up_to: int = OPEN_END

    def within(self, start_us: int, end_us: int, most_input: float | None) -> PriceCell | None:
        """The cell as it holds for requests of [start_us, end_us) that have at most `most_input` gross
        input tokens, null where that is not known: without the bounds that none of them crosses. Null
        where it holds for none."""
        if self.until_us <= start_us or self.from_us >= end_us:
            return None
        cell = self
        if self.from_us <= start_us:
            cell = cell._replace(from_us=-OPEN_END)
        if self.until_us >= end_us:
            cell = cell._replace(until_us=OPEN_END)
        if most_input is None:
            return cell
        if self.tokens_above >= most_input:
            return None
        return cell._replace(tokens_up_to=OPEN_END) if self.tokens_up_to >= most_input else cell


Key = tuple[str | None, str | None, str | None]
"""The key of a price: model, provider and price context as a log names them, null where it names
none."""


class PricedModel(NamedTuple):
    """A model, provider and price context as a log names them, and the prices found for them.

    `cells` do not overlap. `source` says where they come from, `matched` which entry there was taken,
    `match` how: by its exact name, by a pattern that leaves a date or version over, or by a pattern
    that leaves more. Without prices `reason` says why. `assumed` are the kinds of tokens without a
    price of their own, which are charged as others. `comment` is the price list's. Calls before
    `context_start_us` (microseconds since 1970) are priced at the first rates that the list has for the
    context; null where it says nothing of when those began to hold. `modifiers` are what of the context
    changes the price, null for the standard price: as the list spells them, or as the log does where
    the list has no price for them.
    """

    model: str | None
    provider: str | None
    price_context: str | None = None
    cells: tuple[PriceCell, ...] = ()
    source: str | None = None
    matched: str | None = None
    match: Match | None = None
    reason: str | None = None
    assumed: tuple[str, ...] = ()
    comment: str | None = None
    context_start_us: int | None = None
    modifiers: str | None = None

    @property
    def key(self) -> Key:
        """The model, provider and price context."""
        return self[:3]

    def why(self, reason: str) -> str:
        """The reason why a call has no cost: the model's own where that is `no_price`."""
        return self.reason if reason == "no_price" and self.reason else reason


REASONS = {
    "unknown_model": "the price list does not know the model",
    "no_model": "the log names no model",
    "no_price": "the price list has the model without a price",
    "unsupported_price_rule": "the price list's rule for the model cannot be applied",
    "no_price_yet": "the call started before the price given for the model",
    "no_price_for_unit": "there is no price for a kind of token that the call used",
    "no_price_for_tier": "the price list has no price for its service tier, speed or geography",
    "no_counts": "the log has no token count of the call",
    "unreadable_counts": "token counts could not be read",
    "no_recorded_cost": "the log recorded no cost",
}
"""Reasons why a call has no cost: the values of `reason` in `meta.unpriced`, and their words."""
