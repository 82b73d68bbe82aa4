"""The token counts of usage entries, read once whatever a log calls them and made disjoint (SPEC 9)."""

from __future__ import annotations

from callstats_cli.chain.statements import Step, fill_slot, step
from callstats_cli.chain.templates import template
from callstats_cli.pricing.prices import BEDROCK_ID
from callstats_cli.request.metrics import TOKEN_COUNTS


def counting_steps(*keys: str) -> tuple[Step, Step]:
    """The steps that read the counts of usage entries and make them disjoint; `keys` are the columns
    that they keep of `bucketed_calls`, its bucket unless said otherwise."""
    sql = fill_slot(template("usage/usage_counts"), "keys", ", ".join(keys or ("bucket",)))
    sql = fill_slot(sql, "token counts", ", ".join(TOKEN_COUNTS))
    return Step("usage_counts", sql), step("usage/disjoint_counts", bedrock_id=BEDROCK_ID)
