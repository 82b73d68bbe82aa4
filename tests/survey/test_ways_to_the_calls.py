"""The ways in which calls are read: another way is faster, and never another answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callstats_cli.engines.duckdb import loading
from callstats_cli.plan import compiler
from callstats_cli.survey import access, layout
from log_files import call, write_lines, write_parquet_map

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import CommandLine

QUESTION = ("-g", "total", "--usage", "input_tokens", "--calls", "call_count")
FIRST, SECOND = "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00.001Z"


def own_log(path: Path, rows: Sequence[tuple[str | None, str | None]]) -> Path:
    """A log of one's own in Parquet: a row for each id and start, with ten tokens."""
    starts = [None if start is None else datetime.fromisoformat(start) for _, start in rows]
    table = pa.table(
        {
            "id": pa.array([name for name, _ in rows], pa.string()),
            "started_at": pa.array(starts, pa.timestamp("us", "UTC")),
            "model": ["gpt-4o"] * len(rows),
            "input_tokens": [10] * len(rows),
        }
    )
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize(
    ("rows", "calls", "merged", "reused"),
    [
        ([("a", FIRST), ("b", SECOND)], 2, 0, None),
        ([("a", FIRST), ("a", SECOND)], 2, 0, None),
        ([("a", FIRST), ("a", FIRST), ("b", SECOND)], 2, 1, 0),
        ([("a", FIRST), ("b", FIRST)], 2, 0, 0),
        ([("a", SECOND), ("b", FIRST), ("a", SECOND)], 2, 1, 0),
        ([("a", SECOND), ("a", FIRST)], 2, 0, 1),
        ([("a", FIRST), ("a", None), ("b", SECOND)], 2, 1, 0),
        ([("a", "1969-12-31T23:59:59.9991Z"), ("a", "1969-12-31T23:59:59.9999Z")], 1, 1, 0),
        ([("a", "1969-12-31T23:59:59.9990Z"), ("a", FIRST)], 2, 0, 1),
        ([(None, FIRST), (None, FIRST), ("a", FIRST)], 3, 0, 0),
        ([(None, FIRST), ("a", FIRST), ("a", FIRST)], 2, 1, 0),
    ],
)
def test_starts_that_rise_prove_that_no_line_repeats(
    run_cli: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str | None, str | None]],
    calls: int,
    merged: int,
    reused: int | None,
) -> None:
    log = own_log(tmp_path / "log.parquet", rows)
    compared = run_cli.query(log, *QUESTION, "--meta")
    monkeypatch.setattr(access, "LARGE_BYTES", 0)
    done = run_cli.query(log, *QUESTION, "--meta")
    assert done.counted == compared.counted == calls
    assert done.usage == compared.usage
    assert done.usage[0]["sum_input_tokens"] == 10 * calls
    assert (done.meta["quality"]["merged"], done.meta["quality"]["reused_ids"]) == (merged, reused)
    if reused is not None:
        assert compared.meta["quality"]["reused_ids"] == reused


def test_strict_compares_ids_at_any_cost(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "LARGE_BYTES", 0)
    log = own_log(tmp_path / "log.parquet", [("a", FIRST), ("a", SECOND)])
    done = run_cli("query", log, *QUESTION, "--strict")
    assert (done.code, done.stderr) == (3, "callstats: 1 id with several starts\n")


def test_only_lines_of_a_call_that_repeats_are_merged(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"a": {"input_tokens": 5}, "b": {"output_tokens": 2}}
    lines = [
        call("1", usage=usage, thread_id="t"),
        call("2", usage={"a": {"input_tokens": 7}}, exception="x"),
        call("1", usage={"b": {"output_tokens": 3}}, ended_at="2026-03-01T10:00:01Z"),
        call("3"),
    ]
    words = (*QUESTION, "--calls", "error_count", "--calls", "latency_ms", "--usage", "output_tokens")
    done = run_cli.query(write_lines(tmp_path / "log.jsonl", lines), *words, "--meta")
    assert [tuple(row.values())[1:] for row in done.usage] == [("a", 7, 0, 1), ("b", 0, 3, 1)]
    assert [tuple(row.values())[1:] for row in done.calls] == [(3, 1, 1000.0, 3)]
    assert done.quality == {"merged": 1, "running": 2}


@pytest.mark.parametrize("width", ["1d", "1mo", "6h", "1w"])
def test_buckets_by_cells_are_those_by_their_edges(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    starts = [f"2026-0{month}-{day:02}T0{hour}:59:59.999999Z" for month in (3, 4) for day in (7, 8, 9)
              for hour in (4, 5, 6, 7)]  # fmt: skip
    lines = [call(str(n), start, usage={"a": {"input_tokens": n}}) for n, start in enumerate(starts)]
    log = write_lines(tmp_path / "log.jsonl", lines)
    words = (log, "-g", width, "-z", "America/New_York", *QUESTION[2:])
    by_cells = run_cli.query(*words)
    assert by_cells.counted == len(lines)
    monkeypatch.setattr(compiler, "MAX_CELLS", 0)
    assert run_cli.query(*words).answer == by_cells.answer


def test_a_zone_that_was_off_by_odd_seconds(run_cli: CommandLine, tmp_path: Path) -> None:
    # Monrovia was 44 minutes and 30 seconds behind until 1972: too many cells of 30 seconds.
    starts = [
        "1960-06-01T00:44:29Z",
        "1960-06-01T00:44:30Z",
        "1975-05-31T23:59:59Z",
        "1975-06-01T00:00:00Z",
    ]
    log = write_lines(tmp_path / "log.jsonl", [call(start, start) for start in starts])
    rows = run_cli.query(log, "-g", "1mo", "-z", "Africa/Monrovia", "--calls", "call_count").calls
    counts = {row["timestamp"][:7]: row["count"] for row in rows if row["count"]}
    assert counts == {"1960-05": 1, "1960-06": 1, "1975-05": 1, "1975-06": 1}


def test_many_small_files_are_one_file(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        call(str(n), f"2026-03-01T10:00:{n:02}Z", usage={"a": {"input_tokens": n}}) for n in range(12)
    ]
    texts = [write_lines(tmp_path / f"{n}", [line]).read_bytes() for n, line in enumerate(lines)]
    texts[3] = texts[3][:-5] + b"\n"  # torn
    texts[5] = texts[5].replace(b'"input_tokens": 5', b'"input_tokens": "many"')
    texts[7] = b"\xef\xbb\xbf" + texts[7]
    (tmp_path / "one.jsonl").write_bytes(b"".join(texts))
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jsonl").write_bytes(b"".join(texts[2 * number : 2 * number + 2]))
    one = run_cli.query(tmp_path / "one.jsonl", *QUESTION, "--meta")
    monkeypatch.setattr(loading, "SCATTERED_FILES", 2)
    many = run_cli.query(folder, *QUESTION, "--meta", "--rejects", tmp_path / "rejects")
    assert (many.usage, many.calls, many.quality) == (one.usage, one.calls, one.quality)
    assert many.counted == 11
    rejects = (tmp_path / "rejects").read_text()
    assert re.findall(r'(\d)\.jsonl", "line": (\d)', rejects) == [("1", "2"), ("2", "2")]


def test_columns_that_no_sampled_line_has_are_read(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "LINES_OF_ALL", 3)
    rows: list[dict[str, object]] = [{"timestamp": FIRST, "model": "a"}] * 5
    rows.append({"timestamp": SECOND, "model": "a", "prompt_tokens": 4, "error": "x"})
    for name in ("1.jsonl", "2.jsonl"):
        write_lines(tmp_path / name, rows)
    done = run_cli.query(tmp_path, *QUESTION, "--calls", "error_count")
    assert done.usage[0]["sum_input_tokens"] == 8
    assert done.calls[0]["sum_error_count"] == 2


def statements(run_cli: CommandLine, *words: object) -> int:
    """How many statements `--timings` counts."""
    found = re.search(r"; (\d+) statements; ", run_cli("query", *words, "--timings").stderr)
    assert found is not None
    return int(found[1])


def test_the_default_question_takes_few_statements(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [
        call("1", usage={"a": {"input_tokens": 5}}, ended_at="2026-03-01T10:00:01Z"),
        call("2", usage={"a": {"input_tokens": 5}}, parent_id="1", ended_at="2026-03-01T10:00:01Z"),
    ]
    assert statements(run_cli, write_lines(tmp_path / "log.jsonl", lines)) <= 12
    assert statements(run_cli, write_parquet_map(tmp_path / "log.parquet", lines)) <= 12
    assert statements(run_cli, own_log(tmp_path / "own.parquet", [("a", FIRST), ("b", SECOND)])) <= 8


def test_timings_say_what_was_read(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "log.jsonl", [call("1")])
    done = run_cli("query", log, *QUESTION[-2:], "--timings")
    size = log.stat().st_size
    assert re.fullmatch(
        r"callstats: \d+\.\d\d s \((?:[a-z]+ \d+\.\d\d(?:, )?)+\); \d+ statements; "
        rf"1 row in 1 file of {size:,} bytes\n",
        done.stderr,
    )
    timings = run_cli.query(log, *QUESTION[-2:], "--meta").meta["timings"]
    assert (timings["files"], timings["bytes"], timings["rows"]) == (1, size, 1)
    assert set(timings["stages"]) == {"reading", "calls", "answer", "other"}


def test_rejects_of_a_range_know_the_calls_below_it(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"a": {"prompt_tokens": 10, "completion_tokens": 0}}
    lines = [
        call("above", "2026-03-01T10:00:00Z", ended_at="2026-03-01T12:00:00Z", usage=usage),
        call("below", "2026-03-01T11:30:00Z", parent_id="above", usage=usage),
    ]
    log = write_parquet_map(tmp_path / "log.parquet", lines)
    words = (log, "-s", "2026-03-01T10:00", "-u", "2026-03-01T11:00", *QUESTION)
    done = run_cli.query(*words, "--rejects", tmp_path / "rejects")
    assert (done.usage, done.counted) == (run_cli.query(*words).usage, 1)
    assert done.usage == []
