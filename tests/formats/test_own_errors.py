"""Errors of logs: told by their columns, unknown where nothing tells them (spec 5, 8)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from log_files import call, write_lines
from own_rows import STORAGES, store, write_csv, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

ERRORS = ("--calls", "error_count", "--calls", "error_rate", "-g", "total")
NOTE = (
    "callstats: errors are not known of columns logs: nothing in them tells whether a call failed; "
    "--map error=COLUMN names what does\n"
)


def rows_of(column: str, values: list[Any]) -> list[dict[str, Any]]:
    """A row for each value, a minute apart."""
    return [
        {"ts": f"2026-04-02T08:{minute:02}:00Z", "llm_model": "m", column: value}
        for minute, value in enumerate(values)
    ]


WORDS_FOR_FAILURES = [
    "error", "errored", "fail", "failed", "FAILURE", "exception", "Timeout", "timed_out", "cancelled",
    "canceled", "aborted", "rejected", " rate_limited ",
]  # fmt: skip
NO_FAILURES = [
    "none", "null", "nil", "n/a", "-", "no", "OK", "success", "succeeded", "Succeed", "completed",
    "complete", "done", "finished", "stop", "end_turn", "length", "max_tokens", "tool_calls",
    "tool_use", "unset", "pending", "running", "processing", "queued", "0", "false", "399", "",
]  # fmt: skip


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize(
    ("column", "values", "failed"),
    [
        ("status", [*WORDS_FOR_FAILURES, *NO_FAILURES, "odd", "1", "true"], 13),
        ("error", [*WORDS_FOR_FAILURES, *NO_FAILURES, "odd", "1", "true", "502"], 17),
        ("exception", ["KeyError: 'x'", *NO_FAILURES], 1),
        ("error_type", ["APIConnectionError", None, "none"], 1),
        ("error_message", ["", None, "the socket was closed"], 1),
        ("errorCode", [400, 1, 2, 0, None], 2),
        ("status_code", [200, 301, 399, 400, 429, 503, 1, None], 3),
        ("HTTP Status", ["200", "404", "500.0", "1"], 2),
        ("is_error", [True, False, None], 1),
        ("failed", [0, 1, 1], 2),
        ("success", [True, False, None, True], 1),
        ("ok", ["1", "0", "True", "False", "failed"], 3),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_columns_that_tell_errors(
    column: str, values: list[Any], failed: int, storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    done = run_cli.query(store(storage, tmp_path, rows_of(column, values)), *ERRORS)
    (row,) = done.calls
    assert (row["count"], row["sum_error_count"]) == (len(values), failed)
    assert row["error_rate"] == failed / len(values)
    assert done.stderr == ""


@pytest.mark.parametrize("storage", STORAGES)
def test_several_columns_are_ored(storage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"ts": "2026-04-02T08:00:00Z", "status": "ok", "error": None, "http_status": 200},
        {"ts": "2026-04-02T08:01:00Z", "status": "ok", "error": "boom", "http_status": 200},
        {"ts": "2026-04-02T08:02:00Z", "status": "ok", "error": None, "http_status": 504},
        {"ts": "2026-04-02T08:03:00Z", "status": "failed", "error": None, "http_status": None},
    ]
    (row,) = run_cli.query(store(storage, tmp_path, rows), *ERRORS).calls
    assert row["sum_error_count"] == 3


@pytest.mark.parametrize("storage", STORAGES)
def test_an_empty_column_for_errors_tells_that_there_were_none(
    storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = store(storage, tmp_path, rows_of("error", [None, None]))
    done = run_cli.query(log, *ERRORS, "-s", "2026-04-02", "-u", "2026-04-04T00:00", "-g", "1d")
    assert [(row["sum_error_count"], row["error_rate"]) for row in done.calls] == [(0, 0.0), (0, None)]
    assert run_cli("check", log, "--fail-if", "error_rate > 5%").code == 0


@pytest.mark.parametrize("storage", STORAGES)
def test_what_nothing_tells_is_null_everywhere(
    storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = store(storage, tmp_path, rows_of("input_tokens", [3, 4]))
    asked = ("--calls", "error_count:sum,avg,max,count", "--calls", "error_rate")
    done = run_cli.query(log, *asked, "-s", "2026-04-02", "-u", "2026-04-04T00:00", "-g", "1d")
    nothing = {
        "sum_error_count": None,
        "avg_error_count": None,
        "max_error_count": None,
        "count_error_count": 0,
        "error_rate": None,
    }
    assert [row | nothing for row in done.calls] == done.calls
    assert [row["count"] for row in done.calls] == [2, 0]
    assert done.stderr == NOTE
    table = run_cli("query", log, *ERRORS).stdout.splitlines()
    assert table[-1].split() == ["total", "2", "·", "·"]
    written = run_cli("query", log, *ERRORS, "-f", "csv").stdout.splitlines()
    assert written[-1].split(",")[-2:] == ["", ""]
    assert run_cli("check", log, "--fail-if", "error_rate > 5%").code == 99
    assert run_cli("check", log, "--fail-if", "sum_error_count > 0").code == 99
    assert run_cli("check", log, "--fail-if", "error_rate > 5%", "--no-data", "pass").code == 0


def test_one_line_that_tells_is_enough_whatever_the_range(run_cli: CommandLine, tmp_path: Path) -> None:
    # No error among the first 200 lines, where columns are looked for, and none on the first day.
    rows: list[dict[str, Any]] = [{"ts": "2026-04-02T08:00:00Z", "input_tokens": 1}] * 300
    log = write_lines(tmp_path / "a.jsonl", [*rows, {"ts": "2026-04-03T08:00:00Z", "error": "boom"}])
    done = run_cli.query(log, *ERRORS, "-g", "1d")
    assert [row["sum_error_count"] for row in done.calls] == [0, 1]
    first = run_cli.query(log, *ERRORS, "-s", "2026-04-02", "-u", "2026-04-03T00:00")
    assert (first.calls[0]["sum_error_count"], first.calls[0]["error_rate"]) == (0, 0.0)


def test_files_of_one_format_tell_for_each_other(run_cli: CommandLine, tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", rows_of("error", ["boom", None]))
    write_parquet(tmp_path / "b.parquet", rows_of("input_tokens", [1, 2]))
    (row,) = run_cli.query(tmp_path, *ERRORS).calls
    assert (row["count"], row["sum_error_count"], row["error_rate"]) == (4, 1, 0.25)


def test_formats_do_not_tell_for_each_other(run_cli: CommandLine, tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", rows_of("input_tokens", [1, 2]))
    weave = [call("a", "2026-04-03T08:00:00Z", exception="boom"), call("b", "2026-04-03T09:00:00Z")]
    write_lines(tmp_path / "b.jsonl", weave)
    done = run_cli.query(tmp_path, *ERRORS, "-g", "1d", "-s", "2026-04-02", "-u", "2026-04-05T00:00")
    # A day of calls that cannot tell, a day of Weave's, a day without any.
    assert [(row["sum_error_count"], row["error_rate"]) for row in done.calls] == [
        (None, None), (1, 0.5), (0, None),
    ]  # fmt: skip
    (row,) = run_cli.query(tmp_path, *ERRORS).calls
    assert (row["count"], row["sum_error_count"], row["error_rate"]) == (4, 1, 0.5)


def test_codex_tells_nothing_and_claude_code_all(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}
    info = {"last_token_usage": usage, "total_token_usage": usage}
    lines = [
        {"timestamp": "2026-04-02T08:00:00Z", "type": "session_meta", "payload": {"id": "s"}},
        {"timestamp": "2026-04-02T08:01:00Z", "type": "turn_context", "payload": {"model": "gpt-5"}},
        {
            "timestamp": "2026-04-02T08:02:00Z",
            "type": "event_msg",
            "payload": {"type": "token_count", "info": info},
        },
    ]
    done = run_cli.query(write_lines(tmp_path / "rollout.jsonl", lines), *ERRORS)
    assert done.calls[0] | {"count": 1, "sum_error_count": None, "error_rate": None} == done.calls[0]
    assert done.stderr == (
        "callstats: errors are not known of codex logs: nothing in them tells whether a call failed\n"
    )
    message = {"id": "m", "role": "assistant", "model": "claude-opus-4-5", "usage": usage}
    line = {
        "type": "assistant", "timestamp": "2026-04-02T08:00:00Z", "sessionId": "s", "uuid": "u",
        "requestId": "r", "message": message,
    }  # fmt: skip
    done = run_cli.query(write_lines(tmp_path / "session.jsonl", [line]), *ERRORS)
    assert (done.calls[0]["sum_error_count"], done.calls[0]["error_rate"]) == (0, 0.0)


def exchange(name: str, **response: Any) -> dict[str, Any]:
    """A request and its response."""
    return {
        "request_id": name,
        "ts": "2026-04-02T08:00:00Z",
        "request": {"model": "gpt-4o", "messages": []},
        "response": response,
    }


def test_a_status_inside_an_openai_style_response(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [
        exchange("a", status=200, usage={"prompt_tokens": 3, "completion_tokens": 1}),
        exchange("b", status=500),
        exchange("c", status_code="429"),
        exchange("d", status="failed"),
        exchange("e", status="completed", output=[]),
        exchange("f", error={"message": "no"}),
        {**exchange("g"), "http_status": 403},
    ]
    done = run_cli.query(write_lines(tmp_path / "a.jsonl", lines), *ERRORS)
    assert (done.counted, done.calls[0]["sum_error_count"]) == (7, 5)


@pytest.mark.parametrize("named", [True, False])
def test_gateways_without_a_status_do_not_tell(
    named: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    row = {"request_id": "r", "spend": 0.1, "startTime": "2026-04-02T08:00:00Z", "model": "gpt-4o"}
    row |= {"prompt_tokens": 3, "completion_tokens": 1} | ({"status": "success"} if named else {})
    done = run_cli.query(write_lines(tmp_path / "a.jsonl", [row]), *ERRORS)
    assert done.calls[0]["sum_error_count"] == (0 if named else None)
    access = {
        "start_time": "2026-04-02T08:00:00Z", "x-request-id": "x", "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": "3",
    } | ({"response_code": 503} if named else {})  # fmt: skip
    done = run_cli.query(write_lines(tmp_path / "b.jsonl", [access]), *ERRORS)
    assert done.calls[0]["sum_error_count"] == (1 if named else None)


def test_objects_for_errors(run_cli: CommandLine, tmp_path: Path) -> None:
    values: list[object] = [{"message": "no"}, {}, [], ["no"], None]
    log = write_lines(tmp_path / "a.jsonl", rows_of("error", values))
    assert run_cli.query(log, *ERRORS).calls[0]["sum_error_count"] == 2
    rows = rows_of("error", [None if value is None else json.dumps(value) for value in values])
    csv = write_csv(tmp_path / "a.csv", rows)
    assert run_cli.query(csv, *ERRORS).calls[0]["sum_error_count"] == 2
