"""Formats are known by their own content; what only looks alike is a log of one's own (spec 4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from log_files import WRITERS, call, write, write_lines
from own_rows import STORAGES, store, write_csv, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

ASKED = (
    "--usage", "input_tokens", "--usage", "output_tokens", "--calls", "call_count", "--calls",
    "error_count", "--calls", "latency_ms:count", "-g", "total", "--meta",
)  # fmt: skip
AT = "2026-06-03T12:00:00Z"


def formats(done: Outcome) -> list[str]:
    """The formats that were read."""
    return list(done.meta["formats"])


def tokens(done: Outcome) -> list[int]:
    """Input and output of all models."""
    return [sum(row[f"sum_{name}_tokens"] for row in done.usage) for name in ("input", "output")]


OWN: list[dict[str, Any]] = [
    {"started_at": AT, "model": "m", "summary": "said hello", "prompt_tokens": 9},
    {"started_at": AT, "ended_at": AT, "summary": '"{"', "prompt_tokens": 9, "op_name": "chat"},
    {"started_at": AT, "op_name": "chat", "attributes": "a", "input_tokens": 9, "exception": None},
    {"started_at": AT, "summary": "short", "turn_id": "1", "tokens_in": 9, "inputs": "?"},
]


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("row", OWN)
def test_logs_that_only_resemble_weave(
    row: dict[str, Any], storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    done = run_cli.query(store(storage, tmp_path, [row]), *ASKED)
    assert (formats(done), tokens(done)) == (["columns"], [9, 0])


def test_a_summary_of_something_else(run_cli: CommandLine, tmp_path: Path) -> None:
    row = {"started_at": AT, "summary": {"words": 3}, "duration_ms": 40, "prompt_tokens": 9}
    for log in (
        write_lines(tmp_path / "a.jsonl", [row]),
        write_parquet(tmp_path / "a.parquet", [row]),
        write_csv(tmp_path / "a.csv", [row | {"summary": json.dumps(row["summary"])}]),
    ):
        done = run_cli.query(log, *ASKED)
        assert (formats(done), tokens(done)) == (["columns"], [9, 0])
        assert done.calls[0]["count_latency_ms"] == 1


def test_one_odd_line_makes_no_other_format(run_cli: CommandLine, tmp_path: Path) -> None:
    plain = {"started_at": AT, "model": "m", "prompt_tokens": 3}
    odd = call("odd", AT, usage={"m": {"prompt_tokens": 70}})
    done = run_cli.query(write_lines(tmp_path / "a.jsonl", [odd, plain, plain, plain]), *ASKED)
    assert (formats(done), tokens(done)) == (["columns"], [9, 0])
    plain |= {"request": {"path": "/"}, "response": {"bytes": 1}}
    odd = {"ts": AT, "request": {}, "response": {"usage": {"prompt_tokens": 70}}}
    done = run_cli.query(write_lines(tmp_path / "b.jsonl", [odd, plain, plain, plain]), *ASKED)
    assert (formats(done), tokens(done)) == (["columns"], [9, 0])


RUNNING: dict[str, Any] = {
    "project_id": "e/p", "trace_id": "t", "parent_id": None, "ended_at": None, "inputs": {},
    "output": None, "summary": None,
}  # fmt: skip


def test_exports_of_weave_in_which_all_calls_run(run_cli: CommandLine, tmp_path: Path) -> None:
    calls = [call("a", AT, **RUNNING), call("b", AT, **RUNNING)]
    as_text = [{**item, "inputs": "{}"} for item in calls]
    for log in (
        write_lines(tmp_path / "a.jsonl", calls),
        write_csv(tmp_path / "a.csv", as_text),
        write_parquet(tmp_path / "a.parquet", as_text),
    ):
        done = run_cli.query(log, *ASKED)
        assert (formats(done), done.quality) == (["weave"], {"running": 2})
        assert (done.calls[0]["sum_error_count"], done.calls[0]["count"]) == (0, 2)


@pytest.mark.parametrize("kind", WRITERS)
def test_exports_of_weave_with_few_columns(kind: str, run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"m": {"prompt_tokens": 9}}
    calls = [call("a", AT, ended_at=AT, usage=usage), call("b", AT, ended_at=AT, usage={})]
    done = run_cli.query(write(kind, tmp_path / "log", calls), *ASKED)
    assert (set(formats(done)) <= {"weave", "weave-wal"}, tokens(done)) == (True, [9, 0])


@pytest.mark.parametrize("storage", ["json_lines", "json_array", "parquet"])
@pytest.mark.parametrize(
    "response",
    [
        {"bytes": 88},
        {"status": 200, "headers": {"x": "y"}},
        {"choices": [{"message": {"content": "tea"}}]},
        {"output": "text"},
    ],
)
def test_a_web_servers_log_with_counts_of_its_own(
    response: dict[str, Any], storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    row = {"ts": AT, "request": {"path": "/tea"}, "response": response, "model": "m"}
    rows = [row | {"prompt_tokens": 9, "completion_tokens": 4}]
    done = run_cli.query(store(storage, tmp_path, rows), *ASKED)
    assert (formats(done), tokens(done)) == (["columns"], [9, 4])


def test_an_openai_style_log_of_failures_alone(run_cli: CommandLine, tmp_path: Path) -> None:
    line = {"ts": AT, "request": {"model": "m", "input": "tea?"}, "response": {"status": 500}}
    done = run_cli.query(write_lines(tmp_path / "a.jsonl", [line]), *ASKED)
    assert (formats(done), done.calls[0]["sum_error_count"]) == (["openai"], 1)


def run(
    name: str, above: str | None, model: str | None, tokens_in: int, **fields: Any
) -> dict[str, Any]:
    """A run of LangSmith."""
    metadata = {} if model is None else {"ls_model_name": model, "ls_provider": "openai"}
    return {
        "id": name, "trace_id": "t", "parent_run_id": above, "name": name,
        "run_type": "llm" if model else "chain", "start_time": "2026-06-03T12:00:00.250",
        "end_time": "2026-06-03T12:00:01.250", "prompt_tokens": tokens_in, "completion_tokens": 2,
        "total_tokens": tokens_in + 2, "error": None, "status": "success",
        "extra": {"metadata": metadata},
    } | fields  # fmt: skip


@pytest.mark.parametrize("storage", STORAGES)
def test_runs_of_langsmith(storage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [
        run("root", None, None, 70, completion_tokens=4, total_tokens=74),
        run("one", "root", "gpt-4o", 40),
        run("two", "root", "gpt-4o-mini", 30, error="RateLimitError()", status="error"),
    ]
    if storage in ("csv", "parquet"):
        rows = [row | {"extra": json.dumps(row["extra"])} for row in rows]
    done = run_cli.query(store(storage, tmp_path, rows), *ASKED)
    assert (formats(done), tokens(done)) == (["langsmith"], [70, 4])
    assert [row["model"] for row in done.usage if row["count"]] == ["gpt-4o", "gpt-4o-mini"]
    (row,) = done.calls
    assert (row["count"], row["sum_error_count"], row["count_latency_ms"]) == (3, 1, 3)
    assert done.stderr == ""
    thread = [{**item, "extra": {"metadata": {"thread_id": "th"}}} for item in rows[:1]]
    log = write_lines(tmp_path / "b.jsonl", thread)
    assert run_cli.query(log, "--thread", "th", *ASKED).counted == 1


def test_structs_of_runs(run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [run("one", None, "gpt-4o", 40), run("two", None, "gpt-4o", 30)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    assert tokens(run_cli.query(tmp_path / "a.parquet", *ASKED)) == [70, 4]
