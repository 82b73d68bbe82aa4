"""Calls written in every way that a log can be: for tests that ask the same of each."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Call = dict[str, Any]

SHARED = Path(__file__).resolve().parents[3] / "shared"

COUNTS = (
    "gross_input_tokens",
    "prompt_tokens",
    "input_tokens",
    "completion_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)
DETAILS = ("prompt_tokens_details", "input_tokens_details")
_START_PART = (
    "id project_id op_name trace_id parent_id thread_id turn_id wb_user_id wb_run_id started_at inputs"
).split()
_END_PART = "id project_id trace_id started_at ended_at exception output summary".split()
_TEXTS = (
    "id project_id op_name trace_id parent_id thread_id turn_id wb_user_id wb_run_id "
    "started_at ended_at deleted_at exception"
).split()


def call(name: str, started_at: str | None = "2026-03-01T10:00:00Z", **columns: Any) -> Call:
    """One call of a Weave export; `usage` is that of its summary."""
    usage = columns.pop("usage", None)
    summary = {} if usage is None else {"summary": {"usage": usage}}
    return {"id": name, "op_name": "chat", "started_at": started_at, **columns, **summary}


def shared(name: str) -> Path:
    """A file or folder that is handed out beside the project; skips the test where it is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def as_text(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its objects and lists as JSON text."""
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in row.items()
    }


def write_lines(path: Path, calls: Sequence[object]) -> Path:
    """JSON Lines; text is written as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [item if isinstance(item, str) else json.dumps(item) for item in calls]
    path.write_bytes("".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass"))
    return path


def write_gzip(path: Path, calls: Sequence[Call]) -> Path:
    """JSON Lines in two gzip members, as appended logs have them."""
    half = len(calls) // 2
    parts = [write_lines(path, part).read_bytes() for part in (calls[:half], calls[half:])]
    path.write_bytes(b"".join(map(gzip.compress, parts)))
    return path


def write_zstd(path: Path, calls: Sequence[Call]) -> Path:
    """JSON Lines, zstd."""
    text = write_lines(path, calls).read_bytes()
    path.write_bytes(pa.compress(text, codec="zstd", asbytes=True))
    return path


def write_array(path: Path, calls: Sequence[Call]) -> Path:
    """A JSON array of calls over several lines."""
    path.write_text(json.dumps(list(calls), indent=1))
    return path


def write_document_lines(path: Path, calls: Sequence[Call]) -> Path:
    """JSON objects that span lines each."""
    path.write_text("\n".join(json.dumps(item, indent=1) for item in calls))
    return path


def write_ahead_log(path: Path, calls: Sequence[Call]) -> Path:
    """The client's write-ahead log: start and end parts, the ends of each four calls first."""
    lines: list[Call] = []
    for first in range(0, len(calls), 4):
        some = calls[first : first + 4]
        lines += [_part("end", _END_PART, item) for item in some if "ended_at" in item]
        lines.append({"type": "obj_create", "req": {"obj": {"object_id": "x", "val": {}}}})
        lines += [_part("start", _START_PART, item) for item in some]
    return write_lines(path, lines)


def _part(kind: str, names: Sequence[str], item: Call) -> Call:
    return {
        "type": f"call_{kind}",
        "req": {kind: {name: item[name] for name in names if name in item}},
    }


def write_parquet_text(path: Path, calls: Sequence[Call]) -> Path:
    """Parquet whose times and `summary` are text."""
    return _write_parquet(path, calls, "summary", [_text(item.get("summary")) for item in calls])


def write_parquet_struct(path: Path, calls: Sequence[Call]) -> Path:
    """Parquet whose `summary` is a STRUCT with a field for each model, as pyarrow infers it."""
    summaries = [item.get("summary") for item in calls]
    return _write_parquet(path, calls, "summary", pa.array(summaries), typed_times=True)


def write_parquet_map(path: Path, calls: Sequence[Call]) -> Path:
    """Parquet whose `summary.usage` is a MAP from model to a STRUCT of counts."""
    details = pa.struct([("cached_tokens", pa.int64())])
    entry = pa.struct([(name, pa.int64()) for name in COUNTS] + [(name, details) for name in DETAILS])
    usages = [(item.get("summary") or {}).get("usage") for item in calls]
    pairs = [None if usage is None else list(usage.items()) for usage in usages]
    summary = pa.StructArray.from_arrays([pa.array(pairs, pa.map_(pa.string(), entry))], ["usage"])
    return _write_parquet(path, calls, "summary", summary, typed_times=True)


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _write_parquet(
    path: Path, calls: Sequence[Call], last: str, values: Any, *, typed_times: bool = False
) -> Path:
    columns: dict[str, Any] = {
        name: pa.array([item.get(name) for item in calls], pa.string())
        for name in _TEXTS
        if any(name in item for item in calls)
    }
    if typed_times:
        for name in ("started_at", "ended_at", "deleted_at"):
            if name in columns:
                columns[name] = columns[name].cast(pa.timestamp("us", "UTC"))
    for name in ("inputs", "output"):
        if any(name in item for item in calls):
            columns[name] = pa.array([_text(item.get(name)) for item in calls], pa.string())
    pq.write_table(pa.table({**columns, last: values}), path, row_group_size=7)
    return path


WRITERS: dict[str, tuple[str, Callable[[Path, Sequence[Call]], Path]]] = {
    "json_lines": ("calls.jsonl", write_lines),
    "gzip": ("calls.jsonl.gz", write_gzip),
    "zstd": ("calls.jsonl.zst", write_zstd),
    "json_array": ("calls.json", write_array),
    "json_objects_over_lines": ("calls.json", write_document_lines),
    "write_ahead_log": ("wal.jsonl", write_ahead_log),
    "parquet_with_json_text": ("calls.parquet", write_parquet_text),
    "parquet_with_struct": ("calls.parquet", write_parquet_struct),
    "parquet_with_map": ("calls.parquet", write_parquet_map),
}
"""Way of writing → the file's name and its writer."""


def write(kind: str, folder: Path, calls: Sequence[Call]) -> Path:
    """The calls in one of the ways of `WRITERS`, in a folder of their own."""
    name, writer = WRITERS[kind]
    folder.mkdir(parents=True, exist_ok=True)
    return writer(folder / name, calls)
