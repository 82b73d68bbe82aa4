"""Runs of LangSmith, as its SDK and its API export them.

Runs are spans under other names. Runs above others sum up what is below them and name no model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, text, time
from callstats_cli.formats.spans import TEMPLATE, attribute_columns

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Path

_METADATA: Path = ("extra", "metadata")
_PLACES: dict[str, tuple[Path, ...]] = {
    "gen_ai.operation.name": (("run_type",),),
    "gen_ai.conversation.id": tuple(
        (*_METADATA, name) for name in ("thread_id", "session_id", "conversation_id")
    ),
    "user.id": ((*_METADATA, "user_id"),),
    "error.type": (("error",),),
    "gen_ai.response.model": ((*_METADATA, "ls_model_name"),),
    "gen_ai.provider.name": ((*_METADATA, "ls_provider"),),
    "gen_ai.usage.input_tokens": (("prompt_tokens",),),
    "gen_ai.usage.output_tokens": (("completion_tokens",),),
    "gen_ai.usage.total_tokens": (("total_tokens",),),
    "llm.token_count.prompt_details.cache_read": (("prompt_token_details", "cache_read"),),
    "llm.token_count.prompt_details.cache_write": (("prompt_token_details", "cache_creation"),),
    "llm.token_count.completion_details.reasoning": (("completion_token_details", "reasoning"),),
    "llm.cost.prompt": (("prompt_cost",),),
    "llm.cost.completion": (("completion_cost",),),
    "llm.cost.total": (("total_cost",),),
}
"""Attribute of a span → where a run has what it says."""


LANGSMITH = LogFormat(
    name="langsmith",
    about="runs of LangSmith: JSON Lines, JSON, CSV, Parquet",
    told_by="its rows have a run's type and the run above it",
    template=TEMPLATE,
    is_format_of=lambda sample: {"run_type", "start_time", "parent_run_id"} <= sample.names,
    raw={
        **attribute_columns(lambda name: _PLACES.get(name, ())),
        "trace_id": text("trace_id"),
        "span_id": text("id"),
        "parent_span_id": text("parent_run_id"),
        "name": text("name"),
        "started_at": time("start_time"),
        "ended_at": time("end_time"),
        "status": text("status"),
    },
    json_text=frozenset({("extra",), _METADATA}),
)
