"""Span exports of Phoenix and others that follow OpenInference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, text, time
from callstats_cli.formats.spans import TEMPLATE, attribute_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callstats_cli.formats.log_format import Path, Sample

_NESTED = ("llm.", "embedding.", "session.", "user.", "openinference.")


def _is_export(sample: Sample) -> bool:
    names = sample.names
    return "context.span_id" in names or ("context" in names and "span_kind" in names)


def _paths(name: str) -> Iterator[Path]:
    """An attribute in a column of its own, under its dotted key, or key inside key."""
    yield (f"attributes.{name}",)
    yield ("attributes", name)
    if name.startswith(_NESTED):
        yield ("attributes", *name.split("."))


def _of_context(name: str) -> tuple[Path, ...]:
    return ((f"context.{name}",), ("context", name))


_COLUMNS = attribute_columns(_paths)

OPENINFERENCE = LogFormat(
    name="openinference",
    about="span exports of Phoenix: dotted columns in Parquet, flat or nested JSON Lines",
    told_by="its rows have a span's context and kind",
    template=TEMPLATE,
    is_format_of=_is_export,
    raw={
        **_COLUMNS,
        "trace_id": text(*_of_context("trace_id")),
        "span_id": text(*_of_context("span_id")),
        "parent_span_id": text("parent_id"),
        "name": text("name"),
        "operation": text("span_kind", *_COLUMNS["operation"].paths),
        "started_at": time("start_time"),
        "ended_at": time("end_time"),
        "status": text("status_code"),
    },
)
