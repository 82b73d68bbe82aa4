"""An engine that loses or invents rows of a text: the numbers stay right, and the places (spec 12)."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from callstats_cli.engines.duckdb.session import DuckDBEngine
from log_files import call, write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from callstats_cli.engines.duckdb.statements import Statement
    from callstats_cli.engines.engine import Rows
    from conftest import CommandLine

COUNT = ("--calls", "call_count", "--usage", "input_tokens", "-g", "total", "--meta")
NUMBERED = "select *, file_index, row_number() over () as n from {reader}"
WRONG = {
    "drops": f"select * from ({NUMBERED}) where n != 3",
    "adds nothing": f"{NUMBERED} union all by name select 2.5 as n, 0::ubigint as file_index order by n",
    "repeats": f"{NUMBERED} union all by name select * replace (2.5 as n) from ({NUMBERED}) where n = 2 "
    "order by n",
    "swaps": f"{NUMBERED} order by if(n in (3, 4), 7 - n, n)",
}
"""What a reader that is wrong about its rows gives instead of them."""


def misread(monkeypatch: pytest.MonkeyPatch, how: str, *, after_loading: bool = False) -> None:
    """Makes the engine's reader of JSON misbehave, from the beginning or from the second reading on."""
    run = DuckDBEngine._execute

    def wrong(engine: DuckDBEngine, statement: Statement) -> Rows:
        if after_loading and statement.sql.startswith("create or replace temp table"):
            return run(engine, statement)
        sql = re.sub(
            r"read_json\(.*?\n\)",
            lambda reader: "(select * exclude n, n from (" + WRONG[how].format(reader=reader[0]) + "))",
            statement.sql,
            flags=re.DOTALL,
        )
        return run(engine, statement._replace(sql=sql))

    monkeypatch.setattr(DuckDBEngine, "_execute", wrong)


def line(name: str, tokens: int | str, op: str = "chat", start: str = "2026-03-01T10:00:00Z") -> str:
    return json.dumps(call(name, start, op_name=op, usage={"m": {"input_tokens": tokens}}))


REFUSED = line("h", 32, "\ud83d")
"""A line that the engine refuses and Python reads."""
LINES = [line("a", 1), line("b", 2), line("c", 4), line("d", 8), REFUSED, "{", line("e", 16)]


@pytest.mark.parametrize("after_loading", [False, True])
@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("packed", [False, True])
def test_lines(
    packed: bool,
    how: str,
    after_loading: bool,
    run_cli: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = write_lines(tmp_path / "a.jsonl", ["", *LINES])
    if packed:
        log.write_bytes(gzip.compress(log.read_bytes()))
    misread(monkeypatch, how, after_loading=after_loading)
    done = run_cli.query(log, *COUNT, "--rejects", tmp_path / "r")
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (6, 63)
    assert done.quality == {"malformed": 1, "not_json": 1}
    (rejected,) = map(json.loads, (tmp_path / "r").read_text().splitlines())
    assert (rejected["line"], rejected["text"]) == (7, "{")


@pytest.mark.parametrize("how", WRONG)
def test_lines_of_one_start_without_ids(
    how: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f'{{"ts":"2026-03-01","input_tokens":{2**n},"cost":1e-05}}' for n in range(5)]
    refused = r'{"ts":"2026-03-01","input_tokens":64,"note":"\ud83d","cost":1e-05}'
    log = write_lines(tmp_path / "a.jsonl", [*rows[:3], refused, *rows[3:]])
    misread(monkeypatch, how)
    done = run_cli.query(log, *COUNT)
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (6, 95)


@pytest.mark.parametrize("how", WRONG)
def test_an_array(
    how: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [*LINES[:4], "5", *LINES[4:5]]
    (tmp_path / "a.json").write_text("[" + ",\n".join(items) + "]")
    misread(monkeypatch, how)
    done = run_cli.query(tmp_path / "a.json", *COUNT, "--rejects", tmp_path / "r")
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (5, 47)
    assert done.quality == {"malformed": 1, "not_an_object": 1}
    assert json.loads((tmp_path / "r").read_text())["line"] == 5


def batch(*names: str) -> str:
    spans = [
        {
            "traceId": "t",
            "spanId": name,
            "name": "chat",
            "startTimeUnixNano": "1772359200000000000",
            "endTimeUnixNano": "1772359201000000000",
            "attributes": [
                {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1"}},
            ],
        }
        for name in names
    ]
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})


@pytest.mark.parametrize("how", WRONG)
def test_lines_of_several_calls(
    how: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [batch("1", "2"), batch("3"), batch("4", "5"), "x", batch("6").replace('"t"', r'"\ud83d"')]
    log = write_lines(tmp_path / "a.jsonl", [*lines, batch("7")])
    misread(monkeypatch, how)
    done = run_cli.query(log, *COUNT, "--rejects", tmp_path / "r")
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (7, 7)
    assert json.loads((tmp_path / "r").read_text())["line"] == 4


@pytest.mark.parametrize("how", WRONG)
def test_the_places_of_calls_inside_lines(
    how: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = batch("4", "5", "6").replace('"intValue": "1"', '"intValue": "many"')
    log = write_lines(tmp_path / "a.jsonl", [batch("1"), "x", batch("2", "3"), odd, batch("7")])
    misread(monkeypatch, how)
    run_cli.query(log, *COUNT, "--rejects", tmp_path / "r")
    found = [json.loads(text) for text in (tmp_path / "r").read_text().splitlines()]
    assert [(one["line"], one["kind"]) for one in found] == [
        (2, "not_json"),
        *[(4, "unreadable_counts")] * 3,
    ]


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_the_places_of_values_that_cannot_be_read(
    name: str, how: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [line("a", 1), line("b", 2), line("c", 4), line("d", "many"), line("e", 8, start="soon")]
    text = "[" + ",\n".join(items) + "]" if name == "a.json" else "\n".join(items)
    (tmp_path / name).write_text(text)
    misread(monkeypatch, how, after_loading=True)
    done = run_cli.query(tmp_path / name, *COUNT, "--rejects", tmp_path / "r")
    assert done.usage[0]["sum_input_tokens"] == 7
    found = [json.loads(text) for text in (tmp_path / "r").read_text().splitlines()]
    assert [(one["line"], one["kind"]) for one in found] == [
        (4, "unreadable_counts"),
        (5, "undated"),
        (5, "unreadable_times"),
    ]


def test_a_byte_order_mark_alone_moves_no_place(run_cli: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_text(f"\ufeff\n{line('a', 1)}\n\ufeff\n \ufeff\t\n{line('b', 'many')}\n")
    run_cli.query(log, *COUNT, "--rejects", tmp_path / "r")
    assert json.loads((tmp_path / "r").read_text())["line"] == 5


def test_texts_and_numbers_are_compared_whatever_their_writing(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "callstats_cli.engines.duckdb.second_readings.SecondReader._load_lines", None
    )  # what would read them slowly
    texts = ['{"id":"é\\"\\u0061","ts":1772359200.50,"input_tokens":1e1,"cost":1.2e-05,"error":true}']
    texts += ['{"id":"\\u00e9","ts":1772359201,"input_tokens":1E+1,"is_error":false}', "x"]
    done = run_cli.query(
        write_lines(tmp_path / "a.jsonl", texts),
        *COUNT,
        "--prices",
        "recorded",
        "--calls",
        "error_count",
    )
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (2, 20)
