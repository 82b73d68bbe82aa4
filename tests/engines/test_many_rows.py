"""Long answers in tables: empty buckets in one line, and only the largest models (`--top`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from answer_rows import call_row
from callstats_cli.answer import execution
from callstats_cli.answer.rows import CallStats, Totals
from callstats_cli.engines.duckdb.session import DuckDBEngine
from callstats_cli.engines.duckdb.statements import Statement
from callstats_cli.render.rows import without_empty_buckets
from callstats_cli.render.table import render_table
from callstats_cli.render.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

LOG = "".join(
    json.dumps(
        {"started_at": f"2026-03-01T{hour}:00Z", "duration_ms": 1, "model": model, "input_tokens": tokens}
    )
    + "\n"
    for hour, model, tokens in [
        ("01", "small", 1), ("01", "big", 100), ("02", "others", 10), ("06", "medium", 50), ("06", "big", 7),
        ("09", None, 20),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "kept", "gaps"),
    [
        ([], [], {}),
        ([1, 0, 0, 1], [0, 1, 2, 3], {}),
        ([1, 0, 0, 0, 1], [0, 4], {1: 3}),
        ([0, 0, 0, 1, 0, 0, 0, 0], [3], {0: 3, 1: 4}),
        ([0, 0, 0], [], {0: 3}),
        ([0, 0, 0, 1, 1, 0, 0, 0, 2], [3, 4, 8], {0: 3, 2: 3}),
    ],
)
def test_runs_of_empty_buckets(counts: list[int], kept: list[int], gaps: dict[int, int]) -> None:
    rows = [call_row((), bucket, count, ()) for bucket, count in enumerate(counts)]
    assert without_empty_buckets(rows) == ([rows[position] for position in kept], gaps)


def on_terminal(*, all_buckets: bool, unicode: bool = True) -> list[str]:
    rows = [call_row((), hour * 3_600_000_000, hour % 5 // 4, ()) for hour in range(10)]
    stats = CallStats(0, 36_000_000_000, 3600, "UTC", (), (), (), rows)
    from callstats_cli.request.output_columns import output_columns
    from callstats_cli.request.request import MetricRequest

    columns = output_columns("call", [MetricRequest("error_count")])
    rows = [call_row(columns, row.bucket, row.count, (0,)) for row in rows]
    stats = stats._replace(call_columns=columns, calls=rows)
    terminal = Terminal(is_terminal=True, width=80, color=False, unicode=unicode)
    totals = Totals((), None, call_row(columns, 0, 2, (0,)))
    return render_table(stats, totals, terminal, all_buckets=all_buckets).splitlines()


def test_a_terminal_shows_them_in_one_line() -> None:
    assert on_terminal(all_buckets=False)[3:] == [
        "… 4 empty buckets …",
        "1970-01-01 04:00      1       0",
        "… 4 empty buckets …",
        "1970-01-01 09:00      1       0",
        "───────────────────────────────",
        "total                 2       0",
    ]
    assert on_terminal(all_buckets=False, unicode=False)[3] == "... 4 empty buckets ..."
    assert len(on_terminal(all_buckets=True)) == 3 + 10 + 2


def test_markdown_shows_them_in_one_row(run_cli: CommandLine, log: Path) -> None:
    words = [
        "query",
        log,
        "-g",
        "1h",
        "-s",
        "2026-03-01",
        "--calls",
        "call_count",
        "-u",
        "2026-03-01T12:00",
    ]
    lines = run_cli(*words, "-f", "markdown").stdout.splitlines()
    assert lines[6:] == [
        "| 2026-03-01 00:00 | 0 |",
        "| 2026-03-01 01:00 | 2 |",
        "| 2026-03-01 02:00 | 1 |",
        "| … 3 empty buckets … | |",
        "| 2026-03-01 06:00 | 2 |",
        "| 2026-03-01 07:00 | 0 |",
        "| 2026-03-01 08:00 | 0 |",
        "| 2026-03-01 09:00 | 1 |",
        "| 2026-03-01 10:00 | 0 |",
        "| 2026-03-01 11:00 | 0 |",
        "| **total** | 6 |",
    ]
    assert len(run_cli(*words, "-f", "markdown", "--all-buckets").stdout.splitlines()) == 6 + 12 + 1


def test_a_pipe_gets_every_bucket(run_cli: CommandLine, log: Path) -> None:
    done = run_cli("query", log, "-g", "1h", "--calls", "call_count")
    assert len(done.stdout.splitlines()) == 2 + 9 + 1


def test_top_models(run_cli: CommandLine, log: Path) -> None:
    words = ["-g", "total", "--usage", "input_tokens:sum,max,p50"]
    rows = run_cli.query(log, *words, "--top", "2").usage
    assert [list(row.values())[1:] for row in rows] == [
        ["big", 107, 100, 53.5, 2],
        ["medium", 50, 50, 50.0, 1],
        ["all others", 31, 20, 10.0, 3],
    ]
    rows = run_cli.query(log, *words, "--top", "3").usage
    assert [row["model"] for row in rows] == ["big", "medium", None, "all others"]
    rows = run_cli.query(log, *words, "--top", "9").usage
    assert [row["model"] for row in rows] == ["big", "medium", None, "others", "small"]


def test_top_models_in_each_bucket_are_those_of_the_range(run_cli: CommandLine, log: Path) -> None:
    done = run_cli("query", log, "-g", "6h", "--usage", "input_tokens", "--top", "1")
    assert done.stdout.splitlines()[1:] == [
        "bucket            model         calls  input",
        "2026-03-01 00:00  big               1    100",
        "2026-03-01 00:00  all others        2     11",
        "2026-03-01 06:00  big               1      7",
        "2026-03-01 06:00  all others        2     70",
        "total             big               2    107",
        "total             all others        4     81",
        "total             (all models)      6    188",
    ]


def test_top_without_usage_changes_nothing(run_cli: CommandLine, log: Path) -> None:
    words = [log, "--calls", "call_count"]
    assert run_cli.query(*words, "--top", "1") == run_cli.query(*words)


def test_totals_of_a_large_log_are_the_same_in_a_pass_of_their_own(
    run_cli: CommandLine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["query", log, "-g", "6h", "--usage", "input_tokens:sum,p50", "--calls", "latency_ms:p50"]
    together = run_cli(*words).stdout
    monkeypatch.setattr(execution, "MOST_IN_ONE_PASS", 0)
    assert "total             (all models)" in together
    assert run_cli(*words).stdout == together


def test_the_engine_keeps_its_progress_from_stdout() -> None:
    settings = "select current_setting('enable_progress_bar_print') as printed"
    assert DuckDBEngine().run(Statement(settings)) == [(False,)]
