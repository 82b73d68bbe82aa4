"""`--plot`: a column of the answer as a chart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from answer_rows import call_row, usage_row
from callstats_cli.answer.rows import CallStats, Number, Row
from callstats_cli.cli.completion import columns
from callstats_cli.render import plot
from callstats_cli.render.plot import render_plot
from callstats_cli.render.terminal import Terminal
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.request import MetricRequest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

HOUR = 3_600_000_000
PIPE = Terminal(is_terminal=False, width=None, color=False, unicode=True)
NARROW = replace(PIPE, is_terminal=True, width=40)


COST = output_columns("usage", [MetricRequest("total_cost")])


def usage(*rows: Row) -> CallStats:
    return CallStats(0, 4 * HOUR, 3600, "UTC", COST, rows, (), ())


def calls(*values: Number) -> CallStats:
    asked = tuple(output_columns("call", [MetricRequest("latency_ms", (), (95.0,))]))
    rows = [call_row(asked, hour * HOUR, 1, (value,)) for hour, value in enumerate(values)]
    return CallStats(0, len(values) * HOUR, 3600, "UTC", (), (), asked, rows)


TWO_MODELS = usage(
    *(
        usage_row(
            COST, hour * HOUR, model, 1, (hour * scale,), {"total_cost": 1} if model is None else {}
        )
        for hour in range(4)
        for model, scale in (("a", 0.5), (None, 1.0))
    )
)


def test_a_line_per_model() -> None:
    assert (
        render_plot(TWO_MODELS, NARROW)
        == """\
cost $ · Usage per hour and model
1970-01-01 00:00 to 04:00 · UTC
   ┌───────────────────────────────────┐
3.0┤                                 ++│
   │                              +++  │
   │                           +++     │
   │                        +++        │
2.0┤                     +++           │
   │                  +++              │
   │              ++++          *******│
1.0┤           +++        ******       │
   │        +++     ******             │
   │     +++ *******                   │
   │  +++****                          │
0.0┤++*                                │
   └┬──────────────────────────────────┘
    1970-01-01 00:00
* a
+ ≥(no model)
"""
    )


def test_without_unicode_it_is_ascii() -> None:
    text = render_plot(TWO_MODELS, replace(NARROW, unicode=False))
    expected = render_plot(TWO_MODELS, NARROW).replace("≥", ">=").replace("·", "-")
    for plain, box in {"-": "─", "|": "│", "+": "┌┐└┘┤┬"}.items():
        expected = "".join(plain if char in box else char for char in expected)
    assert text == expected
    assert text.isascii()


def test_a_bucket_without_a_value_interrupts_the_line() -> None:
    assert (
        render_plot(calls(1000.0, None, 500.0, 250.0), NARROW)
        == """\
latency p95 ms · Calls per hour
1970-01-01 00:00 to 04:00 · UTC
     ┌─────────────────────────────────┐
1,000┤*                                │
     │                                 │
     │                                 │
  750┤                                 │
     │                                 │
     │                                 │
  500┤                     *****       │
     │                          ****   │
  250┤                              ***│
     │                                 │
     │                                 │
    0┤                                 │
     └┬────────────────────────────────┘
      1970-01-01 00:00
"""
    )


def test_colours_are_the_only_difference() -> None:
    import plotext

    text = render_plot(TWO_MODELS, replace(NARROW, color=True))
    assert "\x1b[38;5;4m*" in text
    plain = "\n".join(line.rstrip() for line in plotext.uncolorize(text).splitlines()) + "\n"
    assert plain == render_plot(TWO_MODELS, NARROW)


@pytest.mark.parametrize(("width", "cells"), [(80, 80), (200, 200), (None, 80)])
def test_it_is_as_wide_as_the_terminal(width: int | None, cells: int) -> None:
    lines = render_plot(TWO_MODELS, replace(PIPE, width=width)).splitlines()
    assert max(map(len, lines)) == cells


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0, 1e-7, 1e15])
def test_one_bucket(value: float, capsys: pytest.CaptureFixture[str]) -> None:
    text = render_plot(calls(value), NARROW)
    assert text.count("*") == 1
    assert capsys.readouterr() == ("", "")


def test_no_data() -> None:
    title = "latency p95 ms · Calls per hour · 1970-01-01 00:00 to 01:00 · UTC\n"
    assert render_plot(calls(None), PIPE) == title + "No data in this range.\n"


def test_more_models_than_characters() -> None:
    stats = usage(*(usage_row(COST, 0, f"m{index}", 1, (1.0,)) for index in range(10)))
    assert render_plot(stats, PIPE).splitlines()[-3:] == [
        "% m6",
        "& m7",
        "Not shown: 2 models; --top 7 puts them in one line",
    ]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((0, 0), ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        ((0, 4), ["0", "1", "2", "3", "4"]),
        ((0, 70_000), ["0", "20,000", "40,000", "60,000", "80,000"]),
        ((-1, 0.5), ["-1.0", "-0.5", "0.0", "0.5"]),
        ((0, 0.0007), ["0.0000", "0.0002", "0.0004", "0.0006", "0.0008"]),
    ],
)
def test_scale(values: tuple[float, float], texts: list[str]) -> None:
    assert plot._scale(*values)[1] == texts


LOG = "".join(
    f'{{"started_at": "2026-03-0{day}T08:00:00Z", "duration_ms": {day}00, "model": "gpt-4o-mini",'
    f' "input_tokens": {day}}}\n'
    for day in (1, 2, 3)
)


def test_command_line(run_cli: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(LOG)
    asked = ("query", log, "-g", "1d", "-q", "--plot")
    for name in ("latency_ms", "sum_latency_ms"):
        done = run_cli(*asked, name, "-s", "2026-03-01", "-u", "2026-03-04")
        assert (done.code, done.stderr) == (0, "")
        assert (
            done.stdout
            == """\
latency sum ms · Calls per day · 2026-03-01 00:00 to 2026-03-04 00:00 · UTC
   ┌───────────────────────────────────────────────────────────────────────────┐
300┤                                                                     ******│
   │                                                           **********      │
   │                                                 **********                │
   │                                       **********                          │
200┤                             **********                                    │
   │                   **********                                              │
   │         **********                                                        │
100┤*********                                                                  │
   │                                                                           │
   │                                                                           │
   │                                                                           │
  0┤                                                                           │
   └┬────────────────────────────────────┬────────────────────────────────────┬┘
    2026-03-01                       2026-03-02                      2026-03-03
"""
        )
    usage = run_cli(*asked, "input_tokens")
    assert usage.stdout.splitlines()[-1] == "* gpt-4o-mini"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["p95_latncy_ms"],
            "unknown metric 'p95_latncy_ms' in --plot; did you mean 'p95_latency_ms'?",
        ),
        (["nonsense"], "unknown metric 'nonsense' in --plot; such as p95_latency_ms or error_rate"),
        (["error_rate", "-f", "csv"], "--plot is for reading: it does not go with the format csv"),
        (
            ["error_rate", "--calls", "latency_ms"],
            "--plot says what to draw: leave out --usage and --calls",
        ),
        (
            ["error_rate", "-g", "total"],
            "--plot draws buckets of time: give another --granularity than total",
        ),
    ],
)
def test_bad_requests(run_cli: CommandLine, words: list[str], message: str) -> None:
    assert run_cli("query", "nowhere.jsonl", "--plot", *words).error(2) == message


def test_missing_library(run_cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot, "find_spec", lambda _: None)
    assert run_cli("query", "nowhere.jsonl", "--plot", "error_rate").error(2) == (
        "--plot needs the Python library plotext; pip install 'callstats-cli[plot]'"
    )


def test_completion() -> None:
    assert columns("p95_l") == ["p95_latency_ms"]
    assert columns("error") == ["error_rate"]
