"""Files that grow, change or vanish while they are read (spec 12): never a wrong number silently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from callstats_cli.engines.duckdb.session import DuckDBEngine
from log_files import call, write_lines, write_parquet_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callstats_cli.engines.duckdb.statements import Statement
    from callstats_cli.engines.engine import Rows
    from conftest import CommandLine

COUNT = ("--calls", "call_count", "-g", "total")
HALF = r'{"id":"s","op_name":"\ud83d","started_at":"2026-03-01T10:00:00Z"}'


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[], object], *, after: str | None = None
) -> None:
    """Lets a change happen before the engine's first statement, or after one that begins so."""
    run = DuckDBEngine._execute
    changes = [change]

    def changing(engine: DuckDBEngine, statement: Statement) -> Rows:
        if after is None and changes:
            changes.pop()()
        rows = run(engine, statement)
        if after is not None and changes and statement.sql.startswith(after):
            changes.pop()()
        return rows

    monkeypatch.setattr(DuckDBEngine, "_execute", changing)


LOADED = "create or replace temp table loaded_0"


def test_a_log_that_grows_is_what_it_was_when_it_was_read(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [HALF, call("a"), "x", HALF.replace('"s"', '"t"')])

    def grow() -> None:
        with log.open("a") as stream:
            stream.write('{"torn\nx\n' + json.dumps(call("later")) + "\n")

    meanwhile(monkeypatch, grow, after=LOADED)
    done = run_cli.query(log, *COUNT, "--meta", "--rejects", tmp_path / "r")
    assert done.counted == 3
    assert done.quality == {"malformed": 1, "not_json": 1}
    assert [json.loads(line)["line"] for line in (tmp_path / "r").read_text().splitlines()] == [3]


def test_a_torn_last_line_that_is_completed_is_not_read_twice(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.dumps(call("b"))
    log = write_lines(tmp_path / "a.jsonl", ["x", call("a")])
    with log.open("a") as stream:
        stream.write(whole[:20])

    def complete() -> None:
        with log.open("a") as stream:
            stream.write(whole[20:] + "\n")

    meanwhile(monkeypatch, complete, after=LOADED)
    done = run_cli.query(log, *COUNT, "--meta")
    assert done.counted == 1
    assert done.quality == {"malformed": 2, "not_json": 1, "torn": 1}


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_a_file_that_becomes_another(
    name: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = write_lines if name.endswith("jsonl") else write_parquet_map
    log = writer(tmp_path / name, [call("a", usage={}), call("b")])

    def replace() -> None:
        writer(tmp_path / "new", [call("other", usage={})]).replace(log)

    meanwhile(monkeypatch, replace)
    line = run_cli("query", log, *COUNT).error(1)
    assert line == f"{str(log)!r} changed while it was read; run again, or copy it first"


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_a_file_that_vanishes_before_it_was_read(
    name: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = write_lines if name.endswith("jsonl") else write_parquet_map
    log = writer(tmp_path / name, [call("a", usage={})])
    meanwhile(monkeypatch, log.unlink)
    assert str(log) in run_cli("query", log, *COUNT).error(1)


def test_a_file_that_vanishes_is_skipped_where_that_is_asked(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        write_lines(tmp_path / f"{name}.jsonl", [call(name)])
    meanwhile(monkeypatch, (tmp_path / "a.jsonl").unlink)
    done = run_cli.query(tmp_path, *COUNT, "--skip-bad-files", "--meta")
    assert (done.counted, done.quality) == (1, {"skipped_files": 1})


def test_a_log_that_vanishes_after_it_was_read(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    meanwhile(monkeypatch, log.unlink, after=LOADED)
    assert run_cli.query(log, *COUNT).counted == 1
