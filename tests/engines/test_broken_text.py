"""Text that is not as it should be: each kind has one outcome, and every line is a call or counted."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from log_files import call

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

COUNT = ("--calls", "call_count", "--usage", "input_tokens", "-g", "total", "--meta")
BOM = b"\xef\xbb\xbf"
START = "2026-03-01T10:00:00Z"


def line(name: str, tokens: int = 1, **columns: Any) -> bytes:
    return json.dumps(call(name, usage={"m": {"input_tokens": tokens}}, **columns)).encode()


A, B = line("a", 1), line("b", 2)
HALF = line("h", 4, thread_id="\ud83d")
"""A line that the engine refuses and Python reads."""


@pytest.mark.parametrize(
    ("content", "tokens", "quality"),
    [
        (A + b"\r\n" + B + b"\r\n", 3, {}),
        (A + b"\r\n\r\n" + HALF + b"\r\n", 5, {}),
        (BOM + A + b"\n" + BOM + B + b"\n", 3, {}),
        # The engine counts a line that holds a byte order mark alone, Python's strip does not.
        (BOM + b"\n" + A + b"\n" + BOM + b"\n" + HALF + b"\n" + B + b"\n", 7, {}),
        (A + b"\n\x0c\n\x0b\n" + HALF + b"\nx\n" + B, 7, {"not_json": 1}),
        (A + b"\n\0\n" + HALF + b"\n", 5, {"not_json": 1}),
        (A + b"\n" + B + b"\n" + b"\0" * 4096, 3, {"torn": 1}),
        (A + b"\n" + B.replace(b'"b"', b'"b\0"') + b"\n", 1, {"not_json": 1}),
        (A + b"\n" + B.replace(b'"b"', b'"b\\u0000"') + b"\n", 3, {}),
        (A + b"\n" + B.replace(b'"chat"', b'"\xff"') + b"\n", 1, {"not_json": 1}),
        (A + b"\n" + B.replace(b'"chat"', b'"\xed\xa0\x80"') + b"\n", 1, {"not_json": 1}),
        (A + b"\n\xc2\xa0\n\xe2\x80\xa8\n" + HALF + b"\n", 5, {"not_json": 2}),
        (A + b"\n[" + B + b"]\n5\nnull\n" + HALF, 5, {"not_an_object": 3}),
        (A + b" " + B + b"\n" + HALF + b"\n", 4, {"not_json": 1}),
        (A + b"\n" + HALF[:-2] + b',"x":1e999,"y":NaN,"z":' + b"9" * 5000 + b"}}\n", 5, {}),
        (A + b"\n" + HALF[:-1] + b',"deep":' + b"[" * 5000 + b"]" * 5000 + b"}\n", 1, {"not_json": 1}),
        (A + b"\n" + B[:30], 1, {"torn": 1}),
        (A + b"\n" + B, 3, {}),
        (gzip.compress(A + b"\n") + gzip.compress(B + b"\n"), 3, {}),
        (gzip.compress(A + b"\n" + B[:30]), 1, {"torn": 1}),
        (b"\n \n[" + A + b",\n" + HALF + b"]\n", 5, {}),
        (BOM + b"[" + A + b",\r\n5, null, {}, " + B + b"]", 3, {"not_an_object": 2, "undated": 1}),
        (b"[" + A + b",\n{}\n,[" + B + b"]," + HALF + b"]", 5, {"not_an_object": 1, "undated": 1}),
    ],
    ids=range(23),
)
def test_every_line_is_a_call_or_counted(
    content: bytes, tokens: int, quality: dict[str, int], run_cli: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    done = run_cli.query(tmp_path / "a.jsonl", *COUNT, "--rejects", tmp_path / "r")
    malformed = sum(count for kind, count in quality.items() if kind != "undated")
    assert done.quality == ({"malformed": malformed} if malformed else {}) | quality
    assert sum(row["sum_input_tokens"] for row in done.usage) == tokens
    rejected = [json.loads(text)["kind"] for text in (tmp_path / "r").read_text().split("\n")[:-1]]
    assert {kind: rejected.count(kind) for kind in rejected} == quality


def test_durations_that_are_none(run_cli: CommandLine, tmp_path: Path) -> None:
    texts = ["1.5", "NaN", "inf", "1e300", "zz", "", "-2"]
    (tmp_path / "a.csv").write_text("ts,duration_ms\n" + "".join(f"{START},{t}\n" for t in texts))
    done = run_cli.query(tmp_path / "a.csv", "--calls", "latency_ms:sum,count", "-g", "total", "--meta")
    assert done.calls == [
        {"timestamp": START, "sum_latency_ms": 1.5, "count_latency_ms": 1, "count": 7}
    ]
    assert done.quality == {"unreadable_times": 4, "running": 5, "negative_latency": 1}


def test_stored_durations_that_are_none(run_cli: CommandLine, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    took = [1.5, float("nan"), float("inf"), 1e300, None, -2.0]
    times = pa.array([1772359200] * len(took), pa.timestamp("s", "UTC"))
    pq.write_table(pa.table({"ts": times, "duration": took}), tmp_path / "a.parquet")
    done = run_cli.query(
        tmp_path / "a.parquet", "--calls", "latency_ms:sum,count", "-g", "total", "--meta"
    )
    assert (done.calls[0]["sum_latency_ms"], done.calls[0]["count_latency_ms"]) == (1.5, 1)
    assert done.quality == {"unreadable_times": 3, "running": 4, "negative_latency": 1}


@pytest.mark.parametrize("others", [{"input_tokens": 1}, 5], ids=["objects", "a number"])
def test_usage_that_is_json_text_counts_whatever_the_lines_beside_it(
    others: object, run_cli: CommandLine, tmp_path: Path
) -> None:
    usages = [{"input_tokens": 2}, {"input_tokens": 2}, others, json.dumps({"input_tokens": 8})]
    rows = [{"ts": START, "usage": usage} for usage in usages]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run_cli.query(tmp_path / "a.jsonl", *COUNT)
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (4, 12 + (others != 5))


@pytest.mark.parametrize("value", [5, "x", [1], [{"prompt_tokens": 3}], None])
def test_what_has_another_type_than_the_lines_before_is_not_there(
    value: object, run_cli: CommandLine, tmp_path: Path
) -> None:
    usage = {"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": 1}}
    rows = [{"ts": START, "usage": usage}] * 2
    rows += [{"ts": START, "usage": usage | {"prompt_tokens_details": value}}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("--usage", "cache_read_input_tokens", "--rejects", tmp_path / "r")
    done = run_cli.query(tmp_path / "a.jsonl", *COUNT, *words)
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (3, 3)
    assert done.usage[0]["sum_cache_read_input_tokens"] == 2
