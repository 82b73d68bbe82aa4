"""Sparklines below the tables of a terminal."""

from __future__ import annotations

import pytest

from answer_rows import call_row, usage_row
from callstats_cli.answer.rows import CallStats, Number, Totals
from callstats_cli.render.sparklines import sparkline, trend_lines
from callstats_cli.render.table import render_table
from callstats_cli.render.terminal import Terminal
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.request import MetricRequest

HOUR = 3_600_000_000
COLUMNS = output_columns(
    "usage", [MetricRequest("input_tokens"), MetricRequest("output_tokens", ("avg",))]
)
ROWS = [
    usage_row(COLUMNS, hour * HOUR, model, 1, (hour * scale, None if hour == 1 else 5.0))
    for hour in range(4)
    for model, scale in (("a", 1), (None, -1))
]


def terminal(width: int | None = 80, *, is_terminal: bool = True, unicode: bool = True) -> Terminal:
    return Terminal(is_terminal=is_terminal, width=width, color=False, unicode=unicode)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([7, None, 0], "█ ▁"),
        ([0, 0, 0], "▁▁▁"),
        ([1_000_000, 1_000_001], "██"),
        ([-7, 0], "▁█"),
        ([None, None], "  "),
        ([], ""),
    ],
)
def test_a_bar_per_value(values: list[Number], expected: str) -> None:
    assert sparkline(values) == expected


def test_a_line_per_model_and_a_column_per_metric() -> None:
    assert trend_lines(ROWS, COLUMNS, terminal()) == [
        "trend       input  output avg",
        "a           ▁▃▆█   █ ██",
        "(no model)  █▆▃▁   █ ██",
    ]


def test_columns_that_do_not_fit_are_left_out() -> None:
    assert trend_lines(ROWS, COLUMNS, terminal(28)) == [
        "trend       input",
        "a           ▁▃▆█",
        "(no model)  █▆▃▁",
    ]
    assert trend_lines(ROWS, COLUMNS, terminal(16)) == []


def test_nothing_where_there_is_little_to_show() -> None:
    assert trend_lines(ROWS[:4], COLUMNS, terminal()) == []
    assert trend_lines(ROWS, COLUMNS, terminal(unicode=False)) == []
    assert trend_lines([], COLUMNS, terminal()) == []


def test_they_stand_below_the_table_of_a_terminal_alone() -> None:
    columns = output_columns("call", [MetricRequest("error_count")])
    rows = [call_row(columns, hour * HOUR, 1, (hour,)) for hour in range(3)]
    stats = CallStats(0, 3 * HOUR, 3600, "UTC", (), (), columns, rows)
    totals = Totals((), None, call_row(columns, 0, 3, (3,)))
    lines = render_table(stats, totals, terminal(), trends=True).splitlines()
    assert lines[-3:] == ["", "trend      errors", "all calls  ▁▅█"]
    assert "trend" not in render_table(stats, totals, terminal())
    assert "trend" not in render_table(stats, totals, terminal(None, is_terminal=False), trends=True)
