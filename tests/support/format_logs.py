"""Random logs of every format, for tests of what must hold whatever a format looks like.

Counts are there or not, read or unreadable, as numbers or text; calls lie below others.
"""

from __future__ import annotations

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from log_files import as_text, write_lines
from random_logs import random_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
Record = dict[str, Any]


class Writer:
    """What random records are made of; `name` numbers a call, `above` is an earlier one or none."""

    def __init__(self, r: random.Random, number: int) -> None:
        self.r = r
        self.number = number
        self.name = f"{number + 1:016x}"
        self.above = f"{r.randrange(number) + 1:016x}" if number and r.random() < 0.6 else None
        self.start = START + timedelta(seconds=number * 7)
        self.end = self.start + timedelta(milliseconds=r.randrange(1, 90_000))
        self.model = r.choice(["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-pro", None])

    def count(self) -> Any:
        """A count as it may be written."""
        odd = (None, "", "12", 0, -3, "abc", 7.5)
        return self.r.randrange(900) if self.r.random() < 0.8 else self.r.choice(odd)

    def some(self, *names: str) -> Record:
        """Counts under some of the names; half of the time with a total that one of the sums has."""
        counts = {name: self.count() for name in names if self.r.random() < 0.5}
        total = next((name for name in names if "total" in name.lower()), None)
        numbers = [n for name, n in counts.items() if isinstance(n, int) and name != total]
        if total is not None and self.r.random() < 0.5:
            counts[total] = sum(self.r.sample(numbers, self.r.randrange(len(numbers) + 1)))
        return counts

    def iso(self, at: datetime) -> str:
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def nanoseconds(self, at: datetime) -> str:
        return str(round(at.timestamp() * 1000) * 1_000_000)


def usage_object(w: Writer) -> Record:
    """A usage as OpenAI's and Anthropic's APIs have it."""
    names = ("prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens")
    flat = w.some(*names, "cache_read_input_tokens", "cache_creation_input_tokens", "cached_tokens")
    lifetimes = w.some("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
    return flat | {
        key: value
        for key, value in {
            "prompt_tokens_details": w.some("cached_tokens", "cache_write_tokens", "audio_tokens"),
            "completion_tokens_details": w.some("reasoning_tokens", "image_tokens"),
            "cache_creation": lifetimes,
            "service_tier": w.r.choice(["flex", "standard"]),
        }.items()
        if w.r.random() < 0.4
    }


def claude_code(w: Writer) -> Record:
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return {
        "type": "assistant",
        "sessionId": "s",
        "requestId": f"r{w.number}",
        "timestamp": w.iso(w.start),
        "message": {
            "role": "assistant",
            "id": f"m{w.number}",
            "model": w.model or "claude-haiku-4-5",
            "usage": w.some(*names),
        },
    }


def codex(w: Writer) -> Record:
    if w.number == 0:
        return {"timestamp": w.iso(w.start), "type": "session_meta", "payload": {"id": "s"}}
    names = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
    step = {name: w.r.randrange(50) for name in names}
    running = dict.fromkeys((*names, "total_tokens"), 1000 * w.number)
    info = {"last_token_usage": step | w.some("total_tokens"), "total_token_usage": running}
    payload = {"type": "token_count", "info": info}
    return {"timestamp": w.iso(w.start), "type": "event_msg", "payload": payload}


def litellm(w: Writer) -> Record:
    details = {
        "metadata": {"usage_object": usage_object(w)},
        "cache_hit": w.r.choice([True, "True", None]),
    }
    return {
        "id": w.name,
        "litellm_call_id": w.name,
        "call_type": "acompletion",
        "startTime": w.start.timestamp(),
        "endTime": w.end.timestamp(),
        "model": w.model,
        **w.some("prompt_tokens", "completion_tokens", "total_tokens"),
        **details,
    }


def litellm_spend(w: Writer) -> Record:
    row = litellm(w) | {"request_id": w.name, "spend": 0.5, "startTime": w.iso(w.start)}
    del row["id"], row["litellm_call_id"]
    return row | {"endTime": w.iso(w.end), "metadata": json.dumps(row["metadata"])}


def helicone(w: Writer) -> Record:
    parts = ("prompt_cache_read_tokens", "prompt_cache_write_tokens", "prompt_audio_tokens")
    return {
        "request_id": w.name,
        "request_created_at": w.iso(w.start),
        "response_created_at": w.iso(w.end),
        "response_status": 200,
        "response_model": w.model,
        "provider": w.r.choice(["OPENAI", "ANTHROPIC"]),
        **w.some("prompt_tokens", "completion_tokens", "total_tokens", *parts, "reasoning_tokens"),
    }


def bedrock(w: Writer) -> Record:
    return {
        "schemaType": "ModelInvocationLog",
        "timestamp": w.iso(w.start),
        "requestId": w.name,
        "operation": "Converse",
        "modelId": w.model,
        "input": w.some("inputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"),
        "output": w.some("outputTokenCount"),
        "serviceTier": w.r.choice(["flex", {"type": "priority"}, None]),
    }


def envoy(w: Writer) -> Record:
    names = ("input_tokens", "output_tokens", "total_tokens", "reasoning_tokens", "cached_input_tokens")
    counts = w.some(
        *(f"gen_ai.usage.{name}" for name in names), "gen_ai.usage.cache_creation_input_tokens"
    )
    return {
        "start_time": w.iso(w.start),
        "duration": "120",
        "response_code": 200,
        "x-request-id": w.name,
        "gen_ai.request.model": w.model or "-",
        **{name: w.r.choice([str(count), "-"]) for name, count in counts.items()},
    }


def langfuse(w: Writer) -> Record:
    keys = ("input", "output", "total", "input_cached_tokens", "input_cache_creation_5m")
    more = ("input_cache_creation_1h", "output_reasoning_tokens", "input_audio_tokens")
    details = w.some(*keys, *more)
    plain = w.some("promptTokens", "completionTokens", "totalTokens")
    return {
        "id": w.name,
        "traceId": "t",
        "parentObservationId": w.above,
        "startTime": w.iso(w.start),
        "endTime": w.iso(w.end),
        "model": w.model,
        "usageDetails": w.r.choice([details, details, None]),
        **(plain if w.r.random() < 0.3 else {}),
    }


def attributes(w: Writer) -> Record:
    """The attributes of a span in one of the vocabularies."""
    vocabularies = (
        {f"gen_ai.usage.{name}": count for name, count in w.some(
            "input_tokens", "output_tokens", "total_tokens", "cache_read.input_tokens",
            "cache_creation.input_tokens", "reasoning.output_tokens", "details.cache_write_tokens",
        ).items()},
        {f"llm.token_count.{name}": count for name, count in w.some(
            "prompt", "completion", "total", "prompt_details.cache_read",
            "prompt_details.cache_write", "completion_details.reasoning", "prompt_details.audio",
        ).items()},
        {f"ai.usage.{name}": count for name, count in w.some(
            "inputTokens", "outputTokens", "totalTokens", "inputTokenDetails.cacheReadTokens",
            "inputTokenDetails.cacheWriteTokens", "reasoningTokens",
        ).items()},
    )  # fmt: skip
    named = {} if w.model is None else {"gen_ai.request.model": w.model}
    tier = {"openai.response.service_tier": "flex"} if w.r.random() < 0.2 else {}
    return named | tier | w.r.choice(vocabularies)


def span(w: Writer) -> Record:
    """A span of OTLP whose attributes are a map."""
    return {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": w.name,
        "parentSpanId": w.above or "",
        "name": "chat",
        "startTimeUnixNano": w.nanoseconds(w.start),
        "endTimeUnixNano": w.nanoseconds(w.end),
        "attributes": attributes(w),
    }


def paired_span(w: Writer) -> Record:
    """The same with a list of pairs."""
    mapped = span(w)
    pairs = [
        {"key": key, "value": {"stringValue" if isinstance(value, str) else "intValue": value}}
        for key, value in mapped["attributes"].items()
    ]
    return mapped | {"attributes": pairs}


def otlp(w: Writer) -> Record:
    return {"resourceSpans": [{"scopeSpans": [{"spans": [paired_span(w)]}]}]}


def otlp_mapped(w: Writer) -> Record:
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span(w)]}]}]}


def phoenix(w: Writer) -> Record:
    """A row of a Phoenix export, a column per attribute."""
    return {
        "context.span_id": w.name,
        "context.trace_id": "t",
        "parent_id": w.above,
        "name": "llm",
        "span_kind": "LLM",
        "start_time": w.iso(w.start),
        "end_time": w.iso(w.end),
        "status_code": "OK",
        **{f"attributes.{key}": value for key, value in attributes(w).items()},
    }


def openai(w: Writer) -> Record:
    return {
        "request_id": w.name,
        "ts": w.iso(w.start),
        "latency_ms": 250,
        "request": {"model": w.model, "service_tier": w.r.choice(["flex", None])},
        "response": {"object": "chat.completion", "usage": w.r.choice([usage_object(w)] * 4 + [7])},
        "status_code": 200,
    }


def own_row(w: Writer) -> Record:
    """A row of a log of one's own."""
    names = ("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "reasoning_tokens")
    row = {"id": w.name, "ts": w.iso(w.start), "model": w.model, "parent_id": w.above}
    return row | dict.fromkeys((*names, "cache_write_tokens")) | w.some(*names, "cache_write_tokens")


def _write_jsonl(path: Path, rows: Sequence[Record]) -> Path:
    return write_lines(path.with_suffix(".jsonl"), rows)


def _write_csv(path: Path, rows: Sequence[Record]) -> Path:
    path = path.with_suffix(".csv")
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
        table.writeheader()
        table.writerows(as_text(row) for row in rows)
    return path


def _write_parquet(path: Path, rows: Sequence[Record]) -> Path:
    """A column is of text where one of its values is, else of numbers."""
    path = path.with_suffix(".parquet")
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        cells = [as_text(row).get(name) for row in rows]
        if any(isinstance(cell, str) for cell in cells):
            cells = [None if cell is None else str(cell) for cell in cells]
        columns[name] = pa.array(cells)
    pq.write_table(pa.table(columns), path, row_group_size=9)
    return path


Way = tuple["Callable[[Writer], Record]", "Callable[[Path, Sequence[Record]], Path]"]
WAYS: dict[str, Way] = {
    "claude-code": (claude_code, _write_jsonl),
    "codex": (codex, _write_jsonl),
    "litellm": (litellm, _write_jsonl),
    "litellm-spend": (litellm_spend, _write_jsonl),
    "litellm-spend in csv": (litellm_spend, _write_csv),
    "helicone": (helicone, _write_jsonl),
    "bedrock": (bedrock, _write_jsonl),
    "envoy": (envoy, _write_jsonl),
    "langfuse": (langfuse, _write_jsonl),
    "langfuse in parquet": (langfuse, _write_parquet),
    "otel": (otlp, _write_jsonl),
    "otel, mapped": (otlp_mapped, _write_jsonl),
    "otel, flat": (span, _write_jsonl),
    "otel, flat with pairs": (paired_span, _write_jsonl),
    "openinference": (phoenix, _write_jsonl),
    "openinference in parquet": (phoenix, _write_parquet),
    "openai": (openai, _write_jsonl),
    "columns": (own_row, _write_jsonl),
    "columns in csv": (own_row, _write_csv),
    "columns in parquet": (own_row, _write_parquet),
}
"""Format, and how it is stored → how a record of it is made, and how the records are written."""

FORMATS_WRITTEN = (*WAYS, "weave")


def random_log(way: str, seed: int, folder: Path, count: int = 25) -> Path:
    """A log of about so many calls in one of `FORMATS_WRITTEN`."""
    r = random.Random(f"{way} {seed}")
    if way == "weave":
        return write_lines(folder / "log.jsonl", random_lines(r, START, count))
    record, write = WAYS[way]
    return write(folder / "log", [record(Writer(r, number)) for number in range(count)])
