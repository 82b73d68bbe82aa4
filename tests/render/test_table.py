"""The table output of spec 11: exact texts, and that no width ever cuts a number."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import datetime
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from answer_rows import call_row, usage_row
from callstats_cli.answer.rows import CallStats, Number, Row, Totals
from callstats_cli.render.table import render_table
from callstats_cli.render.terminal import Terminal, terminal_of
from callstats_cli.render.words import bucket_texts, column_titles, span_words
from callstats_cli.request.buckets import plan_buckets
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.request import MetricRequest

if TYPE_CHECKING:
    from callstats_cli.request.granularity import Granularity
    from callstats_cli.request.output_columns import OutputColumn

PIPE = Terminal(is_terminal=False, width=None, color=False, unicode=True)
ASCII_PIPE = Terminal(is_terminal=False, width=None, color=False, unicode=False)
HOUR = 3_600_000_000

TOKENS = output_columns(
    "usage",
    [
        MetricRequest(metric="input_tokens"),
        MetricRequest(
            metric="output_tokens",
            aggregations=(
                "sum",
                "avg",
            ),
        ),
        MetricRequest(metric="cache_read_input_tokens", percentiles=(95,)),
    ],
)
INPUT = TOKENS[:1]
LATENCIES = output_columns(
    "call",
    [
        MetricRequest(metric="call_count"),
        MetricRequest(metric="error_count"),
        MetricRequest(
            metric="latency_ms",
            aggregations=("avg",),
            percentiles=(
                50,
                99.9,
            ),
        ),
    ],
)
ERRORS = LATENCIES[1:2]


def screen(width: int, *, color: bool = False, unicode: bool = True) -> Terminal:
    return Terminal(is_terminal=True, width=width, color=color, unicode=unicode)


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def stats(
    start: str,
    end: str,
    granularity: int | str = 3600,
    timezone: str = "UTC",
    *,
    usage_columns: tuple[OutputColumn, ...] = (),
    usage: tuple[Row, ...] = (),
    call_columns: tuple[OutputColumn, ...] = (),
    calls: tuple[Row, ...] = (),
) -> CallStats:
    return CallStats(
        us(start), us(end), granularity, timezone, usage_columns, usage, call_columns, calls
    )


def lines(text: str) -> str:
    return dedent(text).removeprefix("\n")


AT_17 = us("2026-03-05T17:00Z")
AFTERNOON = stats(
    "2026-03-05T17:00Z",
    "2026-03-05T20:00Z",
    timezone="America/New_York",
    usage_columns=TOKENS,
    usage=(
        usage_row(
            TOKENS, AT_17, "claude-sonnet-4-5-20250929", 40, (27720, 12191, 304.775, 73920, 4800.0)
        ),
        usage_row(TOKENS, AT_17, "gpt-4o-mini-2024-07-18", 3, (1400, 0, 0.0, 0, 0.0)),
        usage_row(TOKENS, AT_17, None, 1, (7, 1, 1.0, 0, 0.0)),
        usage_row(TOKENS, AT_17 + HOUR, "claude-sonnet-4-5-20250929", 2, (1200, 80, 40.0, 0, 0.0)),
        usage_row(TOKENS, AT_17 + HOUR, "gpt-4o-mini-2024-07-18", 0, (0, 0, None, 0, None)),
        usage_row(TOKENS, AT_17 + HOUR, None, 0, (0, 0, None, 0, None)),
    ),
    call_columns=LATENCIES,
    calls=(
        call_row(LATENCIES, AT_17, 1044, (1044, 3, 12031.3994, 4329.2664, 79221.39)),
        call_row(LATENCIES, AT_17 + HOUR, 2, (2, 0, 0.25, 0.25, 0.5)),
        call_row(LATENCIES, AT_17 + 2 * HOUR, 0, (0, 0, None, None, None)),
    ),
)
AFTERNOON_TOTALS = Totals(
    usage=(
        usage_row(
            TOKENS, AT_17, "claude-sonnet-4-5-20250929", 42, (28920, 12271, 292.167, 73920, 4500.5)
        ),
        usage_row(TOKENS, AT_17, "gpt-4o-mini-2024-07-18", 3, (1400, 0, 0.0, 0, 0.0)),
        usage_row(TOKENS, AT_17, None, 1, (7, 1, 1.0, 0, 0.0)),
    ),
    usage_of_all_models=usage_row(TOKENS, AT_17, None, 46, (30327, 12272, 266.7826, 73920, 4000.0)),
    calls=call_row(LATENCIES, AT_17, 1046, (1046, 3, 12008.4, 4300.0, 79220.125)),
)
ONE_HOUR = stats(
    "2026-03-01T00:00Z",
    "2026-03-01T01:00Z",
    usage_columns=INPUT,
    usage=(usage_row(INPUT, us("2026-03-01T00:00Z"), "gpt-5", 2, (1234567,)),),
)


def test_pipe() -> None:
    assert render_table(AFTERNOON, AFTERNOON_TOTALS, PIPE, note_input_excludes_cache=True) == lines(
        """
        Usage per hour and model · 2026-03-05 12:00 to 15:00 · America/New_York
        bucket            model                       calls  input  output sum  output avg  cache read sum  cache read p95
        2026-03-05 12:00  claude-sonnet-4-5-20250929     40  27720       12191     304.775           73920          4800.0
        2026-03-05 12:00  gpt-4o-mini-2024-07-18          3   1400           0       0.000               0             0.0
        2026-03-05 12:00  (no model)                      1      7           1       1.000               0             0.0
        2026-03-05 13:00  claude-sonnet-4-5-20250929      2   1200          80      40.000               0             0.0
        2026-03-05 13:00  gpt-4o-mini-2024-07-18          0      0           0           ·               0               ·
        2026-03-05 13:00  (no model)                      0      0           0           ·               0               ·
        total             claude-sonnet-4-5-20250929     42  28920       12271     292.167           73920          4500.5
        total             gpt-4o-mini-2024-07-18          3   1400           0       0.000               0             0.0
        total             (no model)                      1      7           1       1.000               0             0.0
        total             (all models)                   46  30327       12272     266.783           73920          4000.0
        Note: input excludes cached tokens for some models (Anthropic-style logs)

        Calls per hour · 2026-03-05 12:00 to 15:00 · America/New_York
        bucket            calls  errors  latency avg ms  latency p50 ms  latency p99.9 ms
        2026-03-05 12:00   1044       3       12031.399        4329.266         79221.390
        2026-03-05 13:00      2       0           0.250           0.250             0.500
        2026-03-05 14:00      0       0               ·               ·                 ·
        total              1046       3       12008.400        4300.000         79220.125
        """
    )


def test_wide_terminal() -> None:
    assert render_table(AFTERNOON, AFTERNOON_TOTALS, screen(200)) == lines(
        """
        Usage per hour and model · 2026-03-05 12:00 to 15:00 · America/New_York
        bucket            model                       calls   input  output sum  output avg  cache read sum  cache read p95
        ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        2026-03-05 12:00  claude-sonnet-4-5-20250929     40  27,720      12,191       304.8          73,920         4,800.0
                          gpt-4o-mini-2024-07-18          3   1,400           0         0.0               0             0.0
                          (no model)                      1       7           1         1.0               0             0.0
        2026-03-05 13:00  claude-sonnet-4-5-20250929      2   1,200          80        40.0               0             0.0
                          gpt-4o-mini-2024-07-18          0       0           0           ·               0               ·
                          (no model)                      0       0           0           ·               0               ·
        ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        total             claude-sonnet-4-5-20250929     42  28,920      12,271       292.2          73,920         4,500.5
                          gpt-4o-mini-2024-07-18          3   1,400           0         0.0               0             0.0
                          (no model)                      1       7           1         1.0               0             0.0
                          (all models)                   46  30,327      12,272       266.8          73,920         4,000.0

        Calls per hour · 2026-03-05 12:00 to 15:00 · America/New_York
        bucket            calls  errors  latency avg ms  latency p50 ms  latency p99.9 ms
        ─────────────────────────────────────────────────────────────────────────────────
        2026-03-05 12:00  1,044       3        12,031.4         4,329.3          79,221.4
        2026-03-05 13:00      2       0             0.2             0.2               0.5
        2026-03-05 14:00      0       0               ·               ·                 ·
        ─────────────────────────────────────────────────────────────────────────────────
        total             1,046       3        12,008.4         4,300.0          79,220.1
        """
    )


def test_80_columns_shorten_names_and_leave_the_last_columns_out() -> None:
    assert render_table(
        AFTERNOON, AFTERNOON_TOTALS, screen(80), note_input_excludes_cache=True
    ) == lines(
        """
        Usage per hour and model · 2026-03-05 12:00 to 15:00 · America/New_York
        bucket            model                    calls   input  output sum  output avg
        ────────────────────────────────────────────────────────────────────────────────
        2026-03-05 12:00  claude-sonn…-5-20250929     40  27,720      12,191       304.8
                          gpt-4o-mini-2024-07-18       3   1,400           0         0.0
                          (no model)                   1       7           1         1.0
        2026-03-05 13:00  claude-sonn…-5-20250929      2   1,200          80        40.0
                          gpt-4o-mini-2024-07-18       0       0           0           ·
                          (no model)                   0       0           0           ·
        ────────────────────────────────────────────────────────────────────────────────
        total             claude-sonn…-5-20250929     42  28,920      12,271       292.2
                          gpt-4o-mini-2024-07-18       3   1,400           0         0.0
                          (no model)                   1       7           1         1.0
                          (all models)                46  30,327      12,272       266.8
        Note: input excludes cached tokens for some models (Anthropic-style logs)
        Not shown: cache read sum, cache read p95
        a wider terminal or --json shows them

        Calls per hour · 2026-03-05 12:00 to 15:00 · America/New_York
        bucket            calls  errors  latency avg ms  latency p50 ms
        ───────────────────────────────────────────────────────────────
        2026-03-05 12:00  1,044       3        12,031.4         4,329.3
        2026-03-05 13:00      2       0             0.2             0.2
        2026-03-05 14:00      0       0               ·               ·
        ───────────────────────────────────────────────────────────────
        total             1,046       3        12,008.4         4,300.0
        Not shown: latency p99.9 ms · a wider terminal or --json shows them
        """
    )


def test_ascii_terminal_of_40_columns_keeps_the_least_whole() -> None:
    terminal = screen(40, unicode=False)
    assert render_table(AFTERNOON, AFTERNOON_TOTALS, terminal, note_input_excludes_cache=True) == lines(
        """
        Usage per hour and model
        2026-03-05 12:00 to 15:00
        America/New_York
        bucket            model         calls   input
        ---------------------------------------------
        2026-03-05 12:00  claud...0929     40  27,720
                          gpt-4...7-18      3   1,400
                          (no model)        1       7
        2026-03-05 13:00  claud...0929      2   1,200
                          gpt-4...7-18      0       0
                          (no model)        0       0
        ---------------------------------------------
        total             claud...0929     42  28,920
                          gpt-4...7-18      3   1,400
                          (no model)        1       7
                          (all models)     46  30,327
        Note: input excludes cached tokens for
        some models (Anthropic-style logs)
        Not shown: output sum, output avg, cache
        read sum, cache read p95
        a wider terminal or --json shows them

        Calls per hour
        2026-03-05 12:00 to 15:00
        America/New_York
        bucket            calls  errors
        -------------------------------
        2026-03-05 12:00  1,044       3
        2026-03-05 13:00      2       0
        2026-03-05 14:00      0       0
        -------------------------------
        total             1,046       3
        Not shown: latency avg ms, latency p50
        ms, latency p99.9 ms
        a wider terminal or --json shows them
        """
    )


def test_colour_is_weight_alone() -> None:
    calls = stats(
        "2026-03-01T00:00Z",
        "2026-03-01T01:00Z",
        call_columns=ERRORS,
        calls=(call_row(ERRORS, us("2026-03-01T00:00Z"), 3, (0,)),),
    )
    assert render_table(calls, Totals((), None, None), screen(80, color=True)) == (
        "\x1b[1mCalls per hour · 2026-03-01 00:00 to 01:00 · UTC\x1b[0m\n"
        "\x1b[1mbucket          \x1b[0m  \x1b[1mcalls\x1b[0m  \x1b[1merrors\x1b[0m\n"
        f"\x1b[2m{'─' * 31}\x1b[0m\n"
        "2026-03-01 00:00      3  \x1b[2m     0\x1b[0m\n"
    )


def test_colour_in_a_pipe_leaves_its_layout() -> None:
    painted = Terminal(is_terminal=False, width=None, color=True, unicode=True)
    text = render_table(AFTERNOON, AFTERNOON_TOTALS, painted)
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m"):
        text = text.replace(code, "")
    assert text == render_table(AFTERNOON, AFTERNOON_TOTALS, PIPE)


def test_single_model_has_one_totals_row() -> None:
    totals = Totals(ONE_HOUR.usage, None, None)
    assert render_table(ONE_HOUR, totals, screen(80)) == lines(
        """
        Usage per hour and model · 2026-03-01 00:00 to 01:00 · UTC
        bucket            model  calls      input
        ─────────────────────────────────────────
        2026-03-01 00:00  gpt-5      2  1,234,567
        ─────────────────────────────────────────
        total             gpt-5      2  1,234,567
        """
    )


def test_total_is_its_own_totals_row() -> None:
    start = us("2026-03-05T17:00Z")
    rows = (usage_row(INPUT, start, "a", 2, (10,)), usage_row(INPUT, start, "b", 1, (5,)))
    answer = stats(
        "2026-03-05T17:00Z", "2026-03-06T17:00Z", "total",
        usage_columns=INPUT, usage=rows, call_columns=ERRORS, calls=(call_row(ERRORS, start, 3, (0,)),),
    )  # fmt: skip
    totals = Totals(rows, usage_row(INPUT, start, None, 3, (15,)), call_row(ERRORS, start, 3, (0,)))
    assert render_table(answer, totals, PIPE) == lines(
        """
        Usage per model in total · 2026-03-05 17:00 to 2026-03-06 17:00 · UTC
        bucket  model         calls  input
        total   a                 2     10
        total   b                 1      5
        total   (all models)      3     15

        Calls in total · 2026-03-05 17:00 to 2026-03-06 17:00 · UTC
        bucket  calls  errors
        total       3       0
        """
    )


def test_nothing_matched() -> None:
    start, empty = us("2026-03-01T00:00Z"), (0, 0, None, None, None)
    answer = stats(
        "2026-03-01T00:00Z",
        "2026-03-03T00:00Z",
        86400,
        usage_columns=TOKENS,
        call_columns=LATENCIES,
        calls=(call_row(LATENCIES, start, 0, empty), call_row(LATENCIES, start + 24 * HOUR, 0, empty)),
    )
    totals = Totals((), None, call_row(LATENCIES, start, 0, empty))
    assert render_table(answer, totals, PIPE) == lines(
        """
        Usage per day and model · 2026-03-01 00:00 to 2026-03-03 00:00 · UTC
        No call in this range has usage.

        Calls per day · 2026-03-01 00:00 to 2026-03-03 00:00 · UTC
        bucket      calls  errors  latency avg ms  latency p50 ms  latency p99.9 ms
        2026-03-01      0       0               ·               ·                 ·
        2026-03-02      0       0               ·               ·                 ·
        total           0       0               ·               ·                 ·
        """
    )


def test_range_of_no_length() -> None:
    answer = stats("2026-03-01T00:00Z", "2026-03-01T00:00Z", 300, call_columns=ERRORS)
    assert render_table(answer, Totals((), None, None), screen(80)) == lines(
        """
        Calls per 5 minutes · 2026-03-01 00:00 to 00:00 · UTC
        No calls in this range.
        """
    )


def test_no_metrics() -> None:
    answer = stats("2026-03-01T00:00Z", "2026-03-02T00:00Z")
    assert render_table(answer, Totals((), None, None), PIPE) == "No metrics were asked for.\n"


HOSTILE_NAMES = (
    "",
    " gpt",
    "(no model)",
    "[bold red]markup[/]",
    "a\nb\tc\r",
    "ansi \x1b[31mred\x1b[0m\x07",
    "bidi \u202eabc\u2066",
    "zero\u200bwidth",
    "lone \ud83d half",
    "模型",
)


def test_hostile_model_names() -> None:
    at = us("2026-03-01T00:00Z")
    rows = tuple(usage_row(INPUT, at, name, 1, (1,)) for name in HOSTILE_NAMES)
    answer = stats("2026-03-01T00:00Z", "2026-03-01T01:00Z", usage_columns=INPUT, usage=rows)
    assert render_table(answer, Totals((), None, None), PIPE) == lines(
        r"""
        Usage per hour and model · 2026-03-01 00:00 to 01:00 · UTC
        bucket            model                        calls  input
        2026-03-01 00:00  ""                               1      1
        2026-03-01 00:00  " gpt"                           1      1
        2026-03-01 00:00  "(no model)"                     1      1
        2026-03-01 00:00  [bold red]markup[/]              1      1
        2026-03-01 00:00  a\nb\tc\r                        1      1
        2026-03-01 00:00  ansi \x1b[31mred\x1b[0m\x07      1      1
        2026-03-01 00:00  bidi \u202eabc\u2066             1      1
        2026-03-01 00:00  zero\u200bwidth                  1      1
        2026-03-01 00:00  lone \ud83d half                 1      1
        2026-03-01 00:00  模型                             1      1
        """
    )
    ascii_text = render_table(answer, Totals((), None, None), ASCII_PIPE)
    assert ascii_text.isascii()
    assert r"\u6a21\u578b" in ascii_text


def test_absurdly_long_name_is_shortened_in_a_pipe_too() -> None:
    name = "x" * 100_000
    row = usage_row(INPUT, us("2026-03-01T00:00Z"), name, 1, (1,))
    answer = stats("2026-03-01T00:00Z", "2026-03-01T01:00Z", usage_columns=INPUT, usage=(row,))
    text = render_table(answer, Totals((), None, None), PIPE)
    assert max(map(len, text.splitlines())) < 250


def test_names_are_not_shortened_into_each_other() -> None:
    at = us("2026-03-01T00:00Z")
    names = [f"accounts/{version}/models/llama" for version in ("one", "two")]
    answer = stats(
        "2026-03-01T00:00Z",
        "2026-03-01T01:00Z",
        usage_columns=INPUT,
        usage=tuple(usage_row(INPUT, at, name, 1, (1,)) for name in names),
    )
    text = render_table(answer, Totals((), None, None), screen(20))
    shown = [line.split()[-3] for line in text.splitlines()[-2:]]
    assert shown == ["accounts/o…els/llama", "accounts/t…els/llama"]


def call_buckets(
    start: str, end: str, granularity: Granularity, timezone: str
) -> tuple[CallStats, list[str]]:
    """An answer with every bucket of a range, and their texts."""
    plan = plan_buckets(us(start), us(end), granularity, timezone)
    calls = tuple(call_row(ERRORS, bucket, 1, (0,)) for bucket in plan.starts())
    answer = stats(start, end, plan.granularity, timezone, call_columns=ERRORS, calls=calls)
    return answer, list(bucket_texts(plan.starts(), plan.granularity, timezone).values())


def test_repeated_hour_has_offsets() -> None:
    answer, _ = call_buckets("2026-11-01T04:00Z", "2026-11-01T08:00Z", 3600, "America/New_York")
    assert render_table(answer, Totals((), None, call_row(ERRORS, 0, 4, (0,))), PIPE) == lines(
        """
        Calls per hour · 2026-11-01 00:00 to 03:00 · America/New_York
        bucket                  calls  errors
        2026-11-01 00:00            1       0
        2026-11-01 01:00-04:00      1       0
        2026-11-01 01:00-05:00      1       0
        2026-11-01 02:00            1       0
        total                       4       0
        """
    )


def test_range_in_the_repeated_hour_has_offsets() -> None:
    answer = stats(
        "2026-11-01T05:30Z", "2026-11-01T06:30Z", 300, "America/New_York", call_columns=ERRORS
    )
    text = render_table(answer, Totals((), None, None), PIPE)
    assert "2026-11-01 01:30-04:00 to 01:30-05:00 ·" in text


BUCKET_CASES: dict[str, tuple[str, str, Granularity, str, list[str]]] = {
    "days, one of 23 hours": (
        "2026-03-07T05:00Z", "2026-03-10T04:00Z", 86400, "America/New_York",
        ["2026-03-07", "2026-03-08", "2026-03-09"],
    ),
    "days, one of which begins at 01:00": (
        "2018-11-03T03:00Z", "2018-11-06T02:00Z", 86400, "America/Sao_Paulo",
        ["2018-11-03", "2018-11-04", "2018-11-05"],
    ),
    "days, one of which begins with a midnight that comes twice": (
        "2024-11-02T04:00Z", "2024-11-04T05:00Z", 86400, "America/Havana",
        ["2024-11-02", "2024-11-03"],
    ),
    "months": (
        "2026-03-05T17:00Z", "2026-05-01T00:00Z", "1mo", "Europe/Berlin",
        ["2026-03-01", "2026-04-01", "2026-05-01"],
    ),
    "weeks": ("2026-03-04T00:00Z", "2026-03-10T00:00Z", "1w", "UTC", ["2026-03-02", "2026-03-09"]),
    "an hour at midnight is no day": (
        "2026-03-01T00:00Z", "2026-03-01T01:00Z", 3600, "UTC", ["2026-03-01 00:00"],
    ),
    "seconds, where one bucket has them": (
        "2026-03-01T00:00Z", "2026-03-01T00:02Z", 90, "UTC",
        ["2026-03-01 00:00:00", "2026-03-01 00:01:30"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BUCKET_CASES)
def test_bucket_texts(case: str) -> None:
    start, end, granularity, timezone, expected = BUCKET_CASES[case]
    _, texts = call_buckets(start, end, granularity, timezone)
    assert texts == expected


def test_bucket_texts_below_a_second() -> None:
    assert list(bucket_texts([1_500_000, 2_000_000], 1, "UTC").values()) == [
        "1970-01-01 00:00:01.500",
        "1970-01-01 00:00:02.000",
    ]
    assert list(bucket_texts([1], 1, "UTC").values()) == ["1970-01-01 00:00:00.000001"]


@pytest.mark.parametrize(
    ("granularity", "words"),
    [
        (1, "second"), (60, "minute"), (90, "90 seconds"), (900, "15 minutes"), (3600, "hour"),
        (5400, "90 minutes"), (21600, "6 hours"), (86400, "day"), (90000, "25 hours"),
        (604800, "7 days"), ("1w", "week"), ("1mo", "month"), ("1q", "quarter"), ("1y", "year"),
        ("total", None),
    ],
)  # fmt: skip
def test_granularity_in_words(granularity: int | str, words: str | None) -> None:
    assert span_words(granularity) == words


@pytest.mark.parametrize(
    ("metrics", "titles"),
    [
        ([{"metric": "input_tokens"}, {"metric": "total_tokens"}], ["input", "total"]),
        ([{"metric": "cache_creation_input_tokens", "aggregations": ["avg"]}], ["cache write avg"]),
        (
            [{"metric": "output_tokens", "aggregations": ["sum", "count"], "percentiles": [99.9]}],
            ["output sum", "output count", "output p99.9"],
        ),
    ],
)
def test_usage_titles(metrics: list[dict[str, Any]], titles: list[str]) -> None:
    columns = output_columns("usage", [MetricRequest(**metric) for metric in metrics])
    assert list(column_titles(columns).values()) == titles


@pytest.mark.parametrize(
    ("metrics", "titles"),
    [
        ([{"metric": "latency_ms"}], ["latency sum ms"]),
        (
            [{"metric": "latency_ms", "aggregations": ["count", "max"], "percentiles": [5]}],
            ["latency count", "latency max ms", "latency p5 ms"],
        ),
        (
            [{"metric": "error_count", "aggregations": ["count_true", "count_false", "avg"]}],
            ["errors = 1", "errors = 0", "errors avg"],
        ),
    ],
)
def test_call_titles(metrics: list[dict[str, Any]], titles: list[str]) -> None:
    columns = output_columns("call", [MetricRequest(**metric) for metric in metrics])
    assert list(column_titles(columns).values()) == titles


@pytest.mark.parametrize(
    ("values", "terminal", "in_pipe"),
    [
        ([1.5, None, 2.25], ["1.5", "·", "2.2"], ["1.50", "·", "2.25"]),
        ([1234.0, 10.0], ["1,234", "10"], ["1234", "10"]),
        ([-0.001, 1e21], ["0", "1,000,000,000,000,000,000,000"],
         ["-0.001", "1000000000000000000000.000"]),
        ([-1500.04], ["-1,500"], ["-1500.04"]),
        ([None], ["·"], ["·"]),
    ],
)  # fmt: skip
def test_digits_of_latencies(values: list[Number], terminal: list[str], in_pipe: list[str]) -> None:
    columns = output_columns("call", [MetricRequest(metric="latency_ms")])
    answer = stats(
        "2026-03-01T00:00Z",
        "2026-03-02T00:00Z",
        call_columns=columns,
        calls=tuple(call_row(columns, hour * HOUR, 1, (value,)) for hour, value in enumerate(values)),
    )
    for wanted, where in ((terminal, screen(200)), (in_pipe, PIPE)):
        text = render_table(answer, Totals((), None, None), where)
        assert [line.split()[-1] for line in text.splitlines()[-len(values) :]] == wanted


def test_whole_tokens_beside_a_fraction_keep_their_digits() -> None:
    at = us("2026-03-01T00:00Z")
    rows = (usage_row(INPUT, at, "a", 1, (2**60 + 1,)), usage_row(INPUT, at, "b", 1, (0.5,)))
    answer = stats("2026-03-01T00:00Z", "2026-03-01T01:00Z", usage_columns=INPUT, usage=rows)
    assert "1152921504606846977.0" in render_table(answer, Totals((), None, None), PIPE)


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class OldScreen(Screen):
    encoding = "cp437"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return monkeypatch


def test_terminal_of_streams(environment: pytest.MonkeyPatch) -> None:
    assert terminal_of(io.StringIO(), no_color=False) == PIPE
    assert terminal_of(Screen(), no_color=False) == screen(80, color=True)
    assert terminal_of(Screen(), no_color=True) == screen(80)
    assert terminal_of(OldScreen(), no_color=True) == screen(80, unicode=False)
    environment.setenv("COLUMNS", "123")
    assert terminal_of(Screen(), no_color=True) == screen(123)
    assert terminal_of(io.StringIO(), no_color=False).width is None


@pytest.mark.parametrize(
    ("variables", "on_screen", "in_pipe"),
    [
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colour_variables(
    environment: pytest.MonkeyPatch, variables: dict[str, str], on_screen: bool, in_pipe: bool
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert terminal_of(Screen(), no_color=False).color == on_screen
    assert terminal_of(io.StringIO(), no_color=False).color == in_pipe


NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**18),
    st.floats(-1e12, 1e12, allow_nan=False),
)
ANSWER_COLUMNS = output_columns(
    "usage",
    [
        MetricRequest(metric="input_tokens", aggregations=("avg",), percentiles=(50,)),
        MetricRequest(
            metric="cache_creation_input_tokens",
            aggregations=(
                "sum",
                "max",
            ),
        ),
        MetricRequest(metric="output_tokens"),
    ],
)
TITLES = list(column_titles(ANSWER_COLUMNS).values())


@st.composite
def usage_answers(draw: st.DrawFn) -> CallStats:
    endings = draw(st.lists(st.text("abc-é模\n", max_size=40), min_size=1, max_size=4))
    names = [f"{number}{ending}" for number, ending in enumerate(endings)]
    values = st.tuples(*(NUMBERS for _ in TITLES))
    rows = [
        usage_row(ANSWER_COLUMNS, hour * HOUR, name, draw(st.integers(0, 10**7)), draw(values))
        for hour in range(draw(st.integers(1, 3)))
        for name in names
    ]
    timezone = draw(st.sampled_from(["UTC", "America/Argentina/Buenos_Aires"]))
    return stats(
        "1970-01-01T00:00Z",
        "1970-01-01T03:00Z",
        timezone=timezone,
        usage_columns=ANSWER_COLUMNS,
        usage=tuple(rows),
    )


@settings(max_examples=300, deadline=None)
@given(usage_answers(), st.integers(20, 250), st.booleans())
def test_no_number_is_ever_cut(answer: CallStats, width: int, unicode: bool) -> None:
    terminal = screen(width, unicode=unicode)
    written = render_table(answer, Totals((), None, None), terminal).splitlines()
    dash = "─" if unicode else "-"
    top = next(at for at, line in enumerate(written) if len(line) > 3 and set(line) == {dash})
    header, rule, *rows = written[top - 1 : top + 1 + len(answer.usage)]
    title, notes = written[: top - 1], written[top + 1 + len(answer.usage) :]

    shown = next(
        count
        for count in range(len(TITLES), 0, -1)
        if " ".join(header.split()).endswith(" ".join(["calls", *TITLES[:count]]))
    )
    left_out = f"Not shown: {', '.join(TITLES[shown:])}"
    assert " ".join(notes).startswith(left_out) if shown < len(TITLES) else not notes

    cells = [line.split()[-1 - shown :] for line in rows]
    for row, line_cells in zip(answer.usage, cells, strict=True):
        for value, cell in zip((row.count, *row.values.values()), line_cells, strict=False):
            assert_shows(cell, value, terminal)

    assert all(cell_len(line) <= width for line in (*title, *notes))
    assert all(cell_len(line) == len(rule) for line in rows)
    if len(rule) > width:
        number_widths = [
            max(map(len, column)) for column in zip(["calls", TITLES[0]], *cells, strict=False)
        ]
        assert shown == 1
        assert len(rule) - len("  1970-01-01 00:00") - sum(number_widths) - 4 <= 12


def assert_shows(cell: str, value: Number, terminal: Terminal) -> None:
    if value is None:
        assert cell == terminal.no_data
    else:
        assert abs(float(cell.replace(",", "")) - value) <= 0.0501 + abs(value) * 1e-15


IMPORTS = """
import sys
from callstats_cli.request.output_columns import OutputColumn
from callstats_cli.request.metrics import USAGE_METRICS
from callstats_cli.render.table import render_table
from callstats_cli.render.terminal import terminal_of
from callstats_cli.answer.rows import CallStats, Row, Totals

columns = (OutputColumn("sum_input_tokens", USAGE_METRICS["input_tokens"], "sum", None),)
rows = (Row(0, {"model": "gpt-5"}, 1, {"sum_input_tokens": None}),)
stats = CallStats(0, 3_600_000_000, 3600, "UTC", columns, rows, (), ())
terminal = terminal_of(sys.stdout, no_color=False)
sys.stdout.write(render_table(stats, Totals((), None, None), terminal))
sys.exit(any(name.partition(".")[0] == "rich" for name in sys.modules))
"""


def test_neither_import_nor_pipe_takes_rich(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PYTHONUTF8", "1")
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout == lines(
        """
        Usage per hour and model · 1970-01-01 00:00 to 01:00 · UTC
        bucket            model  calls  input
        1970-01-01 00:00  gpt-5      1      ·
        """
    )
