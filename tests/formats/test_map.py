"""`--map` in logs of every format: paths, JSON text, usages, constants (spec 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from log_files import call, write_lines
from own_rows import STORAGES, store, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

ASKED = ("--usage", "input_tokens", "--usage", "output_tokens", "--calls", "call_count", "-g", "total")
AT = "2026-06-03T12:00:00Z"


def mapped(*words: str) -> list[str]:
    """`--map` before each word."""
    return [item for word in words for item in ("--map", word)]


def tokens(done: Outcome) -> dict[str | None, tuple[int, int]]:
    """Model → sums of input and output tokens."""
    return {row["model"]: (row["sum_input_tokens"], row["sum_output_tokens"]) for row in done.usage}


@pytest.mark.parametrize("storage", ["json_lines", "json_array", "parquet"])
@pytest.mark.parametrize("path", ['attributes."event.at"', "attributes.event.at"])
def test_keys_with_dots(path: str, storage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [{"attributes": {"event.at": AT, "event.name": "reply"}, "in_tokens": 5, "model": "m"}]
    log = store(storage, tmp_path, rows)
    done = run_cli.query(log, *mapped(f"started_at={path}"), *ASKED)
    assert (tokens(done), done.answer["start"]) == ({"m": (5, 0)}, AT)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("nested", [False, True])
def test_members_of_json_text(nested: bool, storage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    said: dict[str, Any] = {"tokensIn": 7, "tokensOut": 3}
    rows = [
        {"ts": AT, "model": "m", "text": json.dumps({"counts": said} if nested else said)},
        {"ts": AT, "model": "m", "text": "no JSON"},
    ]
    words = [f"{field}=text.{'counts.' if nested else ''}{name}" for field, name in
             (("input_tokens", "tokensIn"), ("output_tokens", "tokensOut"))]  # fmt: skip
    done = run_cli.query(store(storage, tmp_path, rows), *mapped(*words), *ASKED)
    assert (tokens(done), done.counted) == ({"m": (7, 3)}, 2)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("path", ["used", "result.used", "text.used"])
def test_a_usage_somewhere_else(path: str, storage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    used = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    row: dict[str, Any] = {"ts": AT, "model": "m"}
    if path == "used":
        row["used"] = json.dumps(used) if storage == "csv" else used
    elif path == "result.used":
        row["result"] = json.dumps({"used": used}) if storage == "csv" else {"used": used}
    else:
        row["text"] = json.dumps({"used": used})
    done = run_cli.query(store(storage, tmp_path, [row]), *mapped(f"usage={path}"), *ASKED)
    assert tokens(done) == {"m": (7, 3)}


def transcript(name: str, folder: str, second: int) -> dict[str, Any]:
    """An assistant's line of a Claude Code transcript."""
    usage = {"input_tokens": 8, "output_tokens": 2}
    return {
        "type": "assistant", "cwd": folder, "gitBranch": "main", "sessionId": "s", "uuid": name,
        "timestamp": f"2026-06-03T12:00:{second:02}Z", "requestId": f"r-{name}",
        "message": {"id": name, "role": "assistant", "model": "claude-opus-4-5", "usage": usage},
    }  # fmt: skip


def test_columns_of_claude_code(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [transcript("a", "/home/ann/tea", 1), transcript("b", "/home/ann/jam", 2)]
    log = write_lines(tmp_path / "s.jsonl", lines)
    done = run_cli.query(log, *mapped("project_id=cwd"), "-p", "/home/ann/jam", *ASKED)
    assert (tokens(done), done.counted) == ({"claude-opus-4-5": (8, 2)}, 1)
    done = run_cli.query(log, *mapped("wb_user_id='ann'", "thread_id=gitBranch"), *ASKED,
                         "--user", "ann", "--thread", "main")  # fmt: skip
    assert done.counted == 2
    assert run_cli.query(log, "--thread", "s", *ASKED).counted == 2
    (found,) = json.loads(run_cli("inspect", log, "--map", "project_id=cwd", "--json").stdout)[
        "formats"
    ]
    assert (found["format"], found["columns"]["project_id"]) == ("claude-code", "cwd")


def test_columns_of_weave(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"gpt-4o": {"prompt_tokens": 5, "completion_tokens": 1}}
    lines = [
        call("a", AT, usage=usage, attributes={"stage": "test"}),
        call("b", AT, usage=usage, attributes={"stage": "live"}),
    ]
    log = write_lines(tmp_path / "a.jsonl", lines)
    text = write_csv(tmp_path / "a.csv", [
        {name: json.dumps(value) if isinstance(value, dict) else value for name, value in line.items()}
        for line in lines
    ])  # fmt: skip
    for path in (log, text):
        done = run_cli.query(path, *mapped("thread_id=attributes.stage"), "--thread", "live", *ASKED)
        assert (tokens(done), done.counted) == ({"gpt-4o": (5, 1)}, 1)


@pytest.mark.parametrize("path", ["attributes.team", 'attributes."team"', "attributes.team.name"])
def test_attributes_of_spans(path: str, run_cli: CommandLine, tmp_path: Path) -> None:
    key = path.removeprefix("attributes.").replace('"', "")
    attributes = [
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "5"}},
    ]
    spans = [
        {
            "traceId": "0a", "spanId": f"0{team}", "name": "chat",
            "startTimeUnixNano": "1780488000000000000", "endTimeUnixNano": "1780488001000000000",
            "attributes": [*attributes, {"key": key, "value": {"stringValue": team}}],
        }
        for team in ("red", "blue")
    ]  # fmt: skip
    log = write_lines(tmp_path / "a.jsonl", [{"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}])
    done = run_cli.query(log, *mapped(f"project_id={path}"), "-p", "red", *ASKED)
    assert (tokens(done), done.counted) == ({"gpt-4o": (5, 0)}, 1)
    done = run_cli.query(log, *mapped("op_name='x'"), "--op", "x", *ASKED)
    assert done.counted == 2


def test_a_flat_log_that_lacks_a_field_is_one_of_ones_own(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [call("a", AT, usage={"gpt-4o": {"prompt_tokens": 5}}, engine="m", sent=9)]
    log = write_lines(tmp_path / "a.jsonl", lines)
    done = run_cli.query(log, *mapped("model=engine", "input_tokens=sent"), *ASKED)
    assert tokens(done) == {"m": (9, 0)}


def test_where_that_cannot_be_it_is_an_error(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "s.jsonl", [transcript("a", "/", 1)])
    assert run_cli("query", log, *mapped("status=cwd"), *ASKED).error(2) == (
        "--map status: not all of it is read of claude-code logs; "
        "--log-format columns reads them as a log of one's own"
    )
    assert run_cli("query", log, *mapped("project_id=cwdd"), *ASKED).error(2) == (
        "--map project_id: no column 'cwdd' in the log; did you mean 'cwd'?"
    )
