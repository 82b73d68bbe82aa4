"""What calls cost: a price list, a file of one's own over it, or what the log recorded (SPEC 9).

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
"""How Amazon Bedrock names a model: `[region.]vendor.model`, an ARN, or after `bedrock/`."""


class Rates(NamedTuple):
    """Dollars per token of each kind, and per request. Null where there is no price for such tokens."""

    input: float | None
    cache_read: float | None
    cache_write: float | None
    cache_write_1h: float | None
    output: float | None
    request: float = 0.0


class PriceCell(NamedTuple):
    """Where rates hold: [from_us, until_us) in microseconds since 1970-01-01T00:00:00Z,
    [day_from_us, day_until_us) in microseconds since midnight UTC, and requests of more than
    `tokens_above` and at most `tokens_up_to` gross input tokens."""

    rates: Rates
    from_us: int = -OPEN_END
    until_us: int = OPEN_END
    day_from_us: int = 0
    day_until_us: int = DAY_US
    tokens_above: int = -1
    tokens_up_to: int = OPEN_END


class PricedModel(NamedTuple):
    """A model and provider as a log names them, and the prices found for them.

    `cells` do not overlap. `source` says where they come from, `matched` which entry there was taken,
    `match` how: by its exact name, by a pattern that leaves a date or version over, or by a pattern
    that leaves more. Without prices `reason` says why. `assumed` are the kinds of tokens without a
    price of their own, which are charged as others. `comment` is the price list's.
    """

    model: str | None
    provider: str | None
    cells: tuple[PriceCell, ...] = ()
    source: str | None = None
    matched: str | None = None
    match: Match | None = None
    reason: str | None = None
    assumed: tuple[str, ...] = ()
    comment: str | None = None

    def why(self, reason: str) -> str:
        """Why a call of the model has no cost: where there is no price, what the model says of that."""
        return self.reason if reason == "no_price" and self.reason else reason


REASONS = {
    "unknown_model": "the price list does not know the model",
    "no_model": "the log names no model",
    "no_price": "the price list has the model without a price",
    "unsupported_price_rule": "the price list's rule for the model cannot be applied",
    "no_price_yet": "the call started before the price given for the model",
    "no_price_for_unit": "there is no price for a kind of token that the call used",
    "unreadable_counts": "token counts could not be read",
    "no_recorded_cost": "the log recorded no cost",
}
"""Why a call has no cost: the values of `reason` in `meta.unpriced`, and their words."""
