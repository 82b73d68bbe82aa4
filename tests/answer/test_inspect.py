"""`callstats inspect`: what a source is and holds (spec 3, 12)."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from callstats_cli.formats.registry import FORMATS
from log_files import WRITERS, call, write, write_lines, write_parquet_map

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

START = "2026-03-01T10:00:00Z"
NESTED = [
    call(
        "root",
        project_id="p",
        ended_at="2026-03-01T10:00:09Z",
        usage={"gpt-4o": {"input_tokens": 10, "output_tokens": 2}},
    ),
    call(
        "child",
        "2026-03-02T10:00:00.5Z",
        project_id="p",
        parent_id="root",
        ended_at="2026-03-02T10:00:01Z",
        usage={"gpt-4o": {"input_tokens": 10, "output_tokens": 2}},
    ),
]
NESTED[0]["ended_at"] = "2026-03-02T10:00:09Z"


def inspected(run_cli: CommandLine, *words: object) -> dict[str, Any]:
    done = run_cli("inspect", *words, "--json")
    assert (done.code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_everything_that_is_found(run_cli: CommandLine, tmp_path: Path) -> None:
    odd = [
        call("x", None, project_id="p"),
        call("y", usage={"m": {"input_tokens": "many"}, "n": 5}, feedback=1),
    ]
    log = write_lines(tmp_path / "a.jsonl", [*NESTED, *odd, "{"])
    found = inspected(run_cli, log)
    assert list(found) == [
        "files", "left_out_files", "formats", "lines", "calls", "range", "projects", "ops", "models",
        "usage", "quality", "query",
    ]  # fmt: skip
    assert (found["files"], found["left_out_files"], found["lines"], found["calls"]) == (1, [], 4, 3)
    (written,) = found["formats"]
    assert written == {
        "format": "weave",
        "why": "its columns are those of a Weave export, such as op_name, summary and started_at",
        "kind": "jsonl",
        "compression": "none",
        "files": 1,
        "columns": {
            "id": "id", "project_id": "project_id", "op_name": "op_name", "parent_id": "parent_id",
            "started_at": "started_at", "ended_at": "ended_at", "usage": "summary.usage",
        },
        "units": {},
        "unmapped": ["feedback"],
    }  # fmt: skip
    assert found["range"] == {"first": START, "last": "2026-03-02T10:00:00.500000Z"}
    assert found["projects"] == {
        "different": 2,
        "top": [{"name": "p", "calls": 2}, {"name": None, "calls": 1}],
    }
    assert found["ops"] == {"different": 1, "top": [{"name": "chat", "calls": 3}]}
    first, second = found["models"]
    price = first.pop("price")
    assert (price["match"], price["reason"]) == ("exact", None)
    assert first == {
        "model": "gpt-4o",
        "calls": 1,
        "input_tokens": 10,
        "output_tokens": 2,
        "total_tokens": 12,
        "cache_read_input_tokens": 0,
        "cache_creation_input_tokens": 0,
        "share_of_tokens": 1.0,
    }
    assert (second["model"], second["calls"], second["input_tokens"]) == ("m", 1, 0)
    assert second["price"]["reason"] == "unknown_model"
    usage = found["usage"]
    assert (usage["repeating_entries"], usage["repeated_tokens"]) == (1, 12)
    assert (usage["recorded"]["total_tokens"], usage["own"]["total_tokens"]) == (24, 12)
    assert {kind: count for kind, count in found["quality"].items() if count} == {
        "malformed": 1,
        "not_json": 1,
        "undated": 1,
        "unreadable_counts": 1,
        "unusable_usage_entries": 1,
        "running": 1,
    }
    assert found["query"] == (
        f"callstats query {log} -s 2026-03-01 -u 2026-03-03 -g 1h --usage input_tokens "
        "--usage output_tokens --calls call_count --calls error_count --calls latency_ms:p50,p95"
    )


@pytest.mark.parametrize("kind", WRITERS)
def test_the_query_runs_and_counts_every_call(kind: str, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(kind, tmp_path / "a log's folder", NESTED)
    found = inspected(run_cli, log)
    assert (found["calls"], found["usage"]["repeating_entries"]) == (2, 1)
    assert (found["usage"]["recorded"]["total_tokens"], found["usage"]["own"]["total_tokens"]) == (
        24,
        12,
    )
    words = shlex.split(found["query"])
    assert words[:2] == ["callstats", "query"]
    done = run_cli.query(*words[2:])
    assert done.counted == 2
    assert sum(row["sum_input_tokens"] for row in done.usage) == 10


def test_a_log_of_ones_own(run_cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("when,Tokens_In,who\n1772359200,5,x\n1772362800,7,\n")
    found = inspected(run_cli, path, "--map", "started_at=when", "--map", "thread_id=who")
    (written,) = found["formats"]
    assert (written["format"], written["why"]) == ("columns", "--map names its columns")
    assert written["columns"] == {"thread_id": "who", "started_at": "when", "input_tokens": "Tokens_In"}
    assert written["unmapped"] == []
    assert found["models"][0]["model"] is None
    assert found["models"][0]["share_of_tokens"] == 1.0
    assert found["query"] == (
        f"callstats query {path} --map started_at=when --map thread_id=who -s 2026-03-01 -u 2026-03-02 "
        "-g 5m --usage input_tokens --usage output_tokens --calls call_count"
    )
    assert run_cli.query(*shlex.split(found["query"])[2:]).counted == 2


def test_files_of_several_kinds_in_one_folder(run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [call("a")])
    write_lines(tmp_path / "b.jsonl", [{**call("b"), "extra": 1}])
    (tmp_path / "date=2026-03-01").mkdir()
    write_parquet_map(tmp_path / "date=2026-03-01" / "c.parquet", [call("c", usage={})])
    (tmp_path / "d.json").write_text('{"colour": "red"}')
    (tmp_path / "e.jsonl").touch()
    found = inspected(run_cli, tmp_path)
    shapes = [(item["kind"], item["files"], item["unmapped"]) for item in found["formats"]]
    assert shapes == [("jsonl", 2, ["extra"]), ("parquet", 1, [])]
    assert (found["files"], found["left_out_files"]) == (5, [str(tmp_path / "d.json")])


def test_nothing_to_inspect(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    found = inspected(run_cli, tmp_path / "a.jsonl")
    assert (found["formats"], found["calls"], found["range"], found["models"]) == ([], 0, None, [])
    assert found["query"] == f"callstats query {tmp_path / 'a.jsonl'} --calls call_count"
    assert run_cli.query(*shlex.split(found["query"])[2:]).code == 0
    assert run_cli("inspect").error(2).startswith("no SOURCE given; name a file or folder")
    assert run_cli("inspect", tmp_path / "no").error(1).startswith("no such file or folder")


def test_times_without_a_zone_are_in_the_configured_one(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a", "2026-03-01T10:00:00")])
    monkeypatch.setenv("CALLSTATS_LOG_TIMEZONE", "America/New_York")
    found = inspected(run_cli, log)
    assert found["range"]["first"] == "2026-03-01T15:00:00Z"
    assert found["query"] == (
        f"callstats query {log} --log-timezone America/New_York"
        " -s 2026-03-01 -u 2026-03-02 -g 5m --calls call_count --calls error_count"
    )
    assert inspected(run_cli, log, "--log-timezone", "UTC")["range"]["first"] == "2026-03-01T10:00:00Z"


def test_the_report(run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "a.jsonl", [*NESTED, "{"])
    done = run_cli("inspect", "a.jsonl")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout == (
        """\
Source
  1 file of JSON Lines, format weave: its columns are those of a Weave export, such as op_name, summary and started_at
  2 lines, 2 calls
  2026-03-01T10:00:00Z to 2026-03-02T10:00:00.500000Z

Columns
  read: id, project_id, op_name, parent_id, started_at, ended_at, usage = summary.usage

Projects
  p  2

Ops
  chat  2

Models
  model   calls  input  output   share  price
  gpt-4o      1     10       2  100.0%  openai:gpt-4o

Usage
  1 usage entry repeats 12 tokens of the calls below
            input  output  total  cache read  cache creation
  recorded     20       4     24           0               0
  own          10       2     12           0               0

Odd
  1  malformed line skipped
  1  line that is not JSON

Ask
  callstats query a.jsonl -s 2026-03-01 -u 2026-03-03 -g 1h --usage input_tokens --usage output_tokens --calls call_count --calls error_count --calls latency_ms:p50,p95
"""
    )


def test_strict_and_rejects(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a"), call("b", ended_at="never"), "{"])
    done = run_cli("inspect", log, "--strict", "--rejects", tmp_path / "r")
    assert (done.code, done.stdout[:6]) == (3, "Source")
    lines = [json.loads(line) for line in (tmp_path / "r").read_text().splitlines()]
    assert [(line["line"], line["kind"]) for line in lines] == [
        (2, "unreadable_times"),
        (3, "not_json"),
    ]
    assert run_cli("inspect", write_lines(tmp_path / "b.jsonl", [call("a")]), "--strict").code == 0


def test_hostile_names_move_no_cursor(run_cli: CommandLine, tmp_path: Path) -> None:
    text = "\x1b[31m\u202e\nx"
    item = {
        **call(text, usage={text: {"input_tokens": 1}}),
        "project_id": text,
        "op_name": text,
        text: 1,
    }
    done = run_cli("inspect", write_lines(tmp_path / "a.jsonl", [item]))
    assert done.code == 0
    assert all(line.isprintable() for line in done.stdout.split("\n"))
    assert done.stdout.count(r"\x1b[31m\u202e\nx") == 4


def test_every_format_says_what_it_is_told_by() -> None:
    assert [log_format.name for log_format in FORMATS if not log_format.told_by] == []


def test_long_lines_are_folded_between_words_on_a_narrow_terminal() -> None:
    from callstats_cli.render.inspection import _folded
    from callstats_cli.render.terminal import Terminal

    narrow = Terminal(is_terminal=True, width=20, color=False, unicode=True)
    assert _folded("read: id, project_id, op_name", narrow) == [
        "  read: id,",
        "    project_id,",
        "    op_name",
    ]
    assert _folded("read: id", narrow) == ["  read: id"]
