"""All formats, in the order in which a file is held against them."""

from __future__ import annotations

from callstats_cli.formats.columns import COLUMNS
from callstats_cli.formats.langfuse import LANGFUSE
from callstats_cli.formats.openinference import OPENINFERENCE
from callstats_cli.formats.otel import FLAT, OTLP, OTLP_LIBRARY, OTLP_MAPPED, OTLP_SNAKE
from callstats_cli.formats.weave import WEAVE, WEAVE_WAL

FORMATS = (
    WEAVE_WAL,
    WEAVE,
    LANGFUSE,
    OPENINFERENCE,
    OTLP_MAPPED,
    OTLP_LIBRARY,
    OTLP_SNAKE,
    FLAT,
    OTLP,
    COLUMNS,
)
FAMILIES = tuple(dict.fromkeys(log_format.family for log_format in FORMATS))
"""What `--log-format` takes."""
