"""All formats, in the order in which a file is held against them."""

from __future__ import annotations

from callstats_cli.formats.bedrock import BEDROCK
from callstats_cli.formats.claude_code import CLAUDE_CODE
from callstats_cli.formats.codex import CODEX
from callstats_cli.formats.columns import COLUMNS
from callstats_cli.formats.envoy import ENVOY
from callstats_cli.formats.helicone import HELICONE
from callstats_cli.formats.langfuse import LANGFUSE, LANGFUSE_TRACES
from callstats_cli.formats.langsmith import LANGSMITH
from callstats_cli.formats.litellm import LITELLM, LITELLM_SPEND
from callstats_cli.formats.openai import OPENAI
from callstats_cli.formats.openinference import OPENINFERENCE
from callstats_cli.formats.otel import SPANS
from callstats_cli.formats.weave import WEAVE, WEAVE_WAL

FORMATS = (
    CLAUDE_CODE,
    CODEX,
    LITELLM,
    LITELLM_SPEND,
    HELICONE,
    BEDROCK,
    ENVOY,
    WEAVE_WAL,
    WEAVE,
    LANGFUSE_TRACES,
    LANGFUSE,
    LANGSMITH,
    OPENINFERENCE,
    *SPANS,
    OPENAI,
    COLUMNS,
)
FAMILIES = tuple(dict.fromkeys(log_format.family for log_format in FORMATS))
"""The values of `--log-format`."""
