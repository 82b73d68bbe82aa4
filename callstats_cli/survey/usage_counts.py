"""The token counts of usage entries, read once whatever a log calls them and made disjoint (spec 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.chain import filled, step
from callstats_cli.pricing.prices import BEDROCK_ID
from callstats_cli.request.token_counts import TOKEN_COUNTS

if TYPE_CHECKING:
    from callstats_cli.chain.chain import Step


def counting_steps(
    keys: tuple[str, ...] = ("bucket",), written: tuple[str, ...] = ()
) -> tuple[Step, Step]:
    """The steps that read the counts of usage entries and make them disjoint. `keys` are the columns
    that they keep of `bucketed_calls`, `written` those that they also keep as written, as `raw_`."""
    counts = filled("usage/usage_counts", keys=keys, written=written, counts=TOKEN_COUNTS)
    return counts, step("usage/disjoint_counts", bedrock_id=BEDROCK_ID)
