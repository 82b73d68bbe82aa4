"""The columns of a call that a question reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.request.metrics import CALL_METRICS, COST_METRICS, USAGE_METRICS
from callstats_cli.request.token_counts import COUNTS, READINGS, RECORDED_COSTS

if TYPE_CHECKING:
    from callstats_cli.request.request import CallStatsRequest


def needed_columns(
    request: CallStatsRequest, *, merge: bool, parts: bool, own_usage: bool, recorded_costs: bool
) -> set[str]:
    """The columns of a call that the question reads; `merge`, `parts` (a call may be logged in parts),
    `own_usage` and `recorded_costs` (instead of prices) say what may apply."""
    needed = {"started_at", "deleted_at"}
    needed |= request.filter.columns
    if "op_names" in request.filter:
        needed.add("operation")
    if "trace_roots_only" in request.filter:
        needed.add("is_span")
    if request.project_id is not None:
        needed.add("project_id")
    if merge or parts:
        needed |= {"id", "id_scope"}
    if parts:
        needed.add("part")
    if request.usage_metrics:
        needed |= {"model", "entry", "usable"}
        needed |= usage_columns(request, recorded_costs=recorded_costs)
        if any(asked.metric == "input_tokens" for asked in request.usage_metrics):
            needed |= {*COUNTS, *READINGS}  # for the table's note on cached tokens
        if own_usage:
            needed |= {"id", "id_scope", "parent_id", "requested_model", "ended_at", "duration"}
            needed |= {*COUNTS, *READINGS}
    for asked in request.call_metrics:
        needed |= set(CALL_METRICS[asked.metric].reads)
    return needed


def usage_columns(request: CallStatsRequest, *, recorded_costs: bool) -> set[str]:
    """The columns that the request's usage metrics are made of."""
    return {
        column
        for asked in request.usage_metrics
        for column in (
            RECORDED_COSTS
            if recorded_costs and asked.metric in COST_METRICS
            else USAGE_METRICS[asked.metric].reads
        )
    }
