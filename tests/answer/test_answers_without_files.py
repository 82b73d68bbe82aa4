"""Rows, totals and notes of an answer, from canned rows of a fake engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from callstats_cli.answer import execution, notes
from callstats_cli.answer.ask import answered
from callstats_cli.answer.comparison import Place, changes, whole_range
from callstats_cli.answer.execution import run, with_top_models
from callstats_cli.answer.question import AskOptions
from callstats_cli.answer.rows import Row
from callstats_cli.errors import RequestError
from callstats_cli.plan import compiler
from callstats_cli.request.filters import CallFilter
from callstats_cli.request.request import CallStatsRequest, MetricRequest
from callstats_cli.survey.options import SurveyOptions
from callstats_cli.survey.usage_scope import Repeats
from fake_engine import FakeEngine, surveyed

if TYPE_CHECKING:
    from callstats_cli.answer.question import Question
    from callstats_cli.engines.engine import Engine

HOUR = 3_600_000_000
USAGE, CALLS = "answer/usage_buckets", "answer/call_buckets"
OPTIONS = AskOptions((), SurveyOptions(), 2 * HOUR)
REQUEST = CallStatsRequest(
    granularity=3600,
    usage_metrics=(MetricRequest("input_tokens", ("sum", "avg")),),
    call_metrics=(MetricRequest("call_count"), MetricRequest("latency_ms", (), (95,))),
)


def question(request: CallStatsRequest = REQUEST, **facts: Any) -> Question:
    return surveyed(request, 0, 2 * HOUR, **facts)


def usage(
    bucket: int, model: str | None, count: int, tokens: float, *, whole: bool = True, level: int = 0
) -> dict[str, Any]:
    return {
        "bucket": bucket,
        "model": model,
        "level": level,
        "excludes_cached": False,
        "count": count,
        "sum_input_tokens": tokens,
        "avg_input_tokens": tokens / count if count else None,
        "whole_input_tokens": whole,
    }


def calls(
    bucket: int, count: int, *, measured: int, negative: int = 0, level: int = 0
) -> dict[str, Any]:
    return {
        "bucket": bucket,
        "level": level,
        "count": count,
        "measured": measured,
        "negative": negative,
        "sum_call_count": count,
        "p95_latency_ms": 1.5 if measured else None,
    }


def test_it_is_an_engine() -> None:
    engine: Engine = FakeEngine({})
    assert engine.name == "fake"


def test_rows_are_reached_by_name_and_numbers_are_whole_where_all_were() -> None:
    engine = FakeEngine(
        {
            USAGE: [[usage(0, "a", 2, 6.0), usage(HOUR, None, 1, 0.5, whole=False)]],
            CALLS: [[calls(0, 3, measured=2, negative=1), calls(HOUR, 0, measured=0)]],
        }
    )
    stats = run(question(quality={"merged": 4}), engine).stats
    assert stats.usage == [
        Row(0, {"model": "a"}, 2, {"sum_input_tokens": 6, "avg_input_tokens": 3.0}),
        Row(HOUR, {"model": None}, 1, {"sum_input_tokens": 0.5, "avg_input_tokens": 0.5}),
    ]
    assert [type(row.values["sum_input_tokens"]) for row in stats.usage] == [int, float]
    assert stats.calls == [
        Row(0, {}, 3, {"sum_call_count": 3, "p95_latency_ms": 1.5}),
        Row(HOUR, {}, 0, {"sum_call_count": 0, "p95_latency_ms": None}),
    ]
    assert stats.quality == {"merged": 4, "unpriced": 0, "running": 1, "negative_latency": 1}


def test_a_log_without_ends_has_no_running_calls() -> None:
    canned = {USAGE: [[usage(0, "a", 1, 1)]], CALLS: [[calls(0, 3, measured=0)]]}
    assert "running" not in run(question(logs_ends=False), FakeEngine(canned)).stats.quality


def test_totals_come_with_the_rows_of_the_buckets() -> None:
    rows = [
        *(usage(0, "a", 2, 6), usage(0, "b", 1, 3)),
        *(usage(0, "a", 2, 6, level=2), usage(0, "b", 1, 3, level=2), usage(0, None, 3, 9, level=3)),
    ]
    engine = FakeEngine(
        {USAGE: [rows], CALLS: [[calls(0, 4, measured=4), calls(0, 4, measured=4, level=3)]]}
    )
    stats, totals = run(question(), engine, totals=True)
    assert [(row.bucket, row.model) for row in stats.usage] == [(0, "a"), (0, "b")]
    assert len(stats.calls) == 1
    assert totals is not None
    assert [row.model for row in totals.usage] == ["a", "b"]
    assert totals.usage_of_all_models == Row(0, {}, 3, {"sum_input_tokens": 9, "avg_input_tokens": 3.0})
    assert totals.calls is not None
    assert totals.calls.count == 4
    assert engine.asked == [USAGE, CALLS]


def test_totals_are_asked_alone_where_percentiles_of_all_need_their_own_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(execution, "MOST_IN_ONE_PASS", 10)
    engine = FakeEngine(
        {
            USAGE: [[usage(0, "a", 2, 6), usage(0, "a", 2, 6, level=2), usage(0, None, 2, 6, level=3)]],
            CALLS: [[calls(0, 2, measured=2)], [calls(0, 2, measured=2, level=3)]],
        }
    )
    _, totals = run(question(lines_read=11), engine, totals=True)
    assert totals is not None
    assert [row.model for row in totals.usage] == ["a"]
    assert totals.calls is not None
    assert engine.asked == [USAGE, CALLS, CALLS]


def test_one_model_is_the_total() -> None:
    rows = [usage(0, "a", 2, 6, level=level) for level in (0, 2, 3)]
    measured = [calls(0, 2, measured=2, level=level) for level in (0, 3)]
    totals = run(question(), FakeEngine({USAGE: [rows], CALLS: [measured]}), totals=True).totals
    assert totals is not None
    assert totals.usage_of_all_models is None


def test_nothing_is_asked_of_an_empty_range() -> None:
    engine = FakeEngine(
        {"calls/calls_overview": [[{"calls": 0, "first_us": None, "last_us": None, "projects": []}]]}
    )
    answer = answered(question(range=None), OPTIONS._replace(totals=True), engine)
    assert (answer.stats.usage, answer.stats.calls) == ((), ())
    assert answer.notes == ["no call matches: the source holds no calls"]
    assert engine.asked == ["calls/calls_overview"]


def test_an_answer_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MAX_USAGE_ROWS", 1)
    engine = FakeEngine({USAGE: [[usage(0, "a", 1, 1), usage(0, "b", 1, 1)]]})
    with pytest.raises(RequestError, match="the answer has more than 1 rows"):
        run(question(), engine)


def test_top_models_by_the_first_column_and_a_name_for_the_rest() -> None:
    of_models = (("a", 9, 1), ("others", 1, 5), (None, 1, 3))
    rows = [usage(0, *of_model, level=2) for of_model in of_models]
    top = with_top_models(question(), 2, FakeEngine({USAGE: [rows]})).top
    assert top is not None
    assert (top.models, top.others) == (("others", None), "all others")


def test_notes_of_a_question() -> None:
    asked = question(
        skipped=("notes.txt",),
        usage_scope="recorded",
        repeats=Repeats(1, 20),
        zoneless=("ts",),
        near_zero=("ts",),
    )
    assert list(notes.of_question(asked)) == [
        "no call log, left out: notes.txt",
        "recorded usage counts tokens more than once: 1 usage entry repeats 20 tokens of the calls below;"
        " --usage-scope auto counts each once",
        "times without a zone in 'ts' are read as UTC; --log-timezone names another zone, or UTC to leave"
        " this out",
        "times in 'ts' lie in 1970: where they count from the start of a trace, --time-origin says when"
        " that was",
    ]


def test_why_a_filter_leaves_nothing() -> None:
    asked = question(
        REQUEST._replace(usage_metrics=(), filter=CallFilter(op_names=("x",), thread_ids=("t",)))
    )
    engine = FakeEngine(
        {
            CALLS: [[calls(0, 0, measured=0)]],
            "calls/calls_overview": [[{"calls": 2, "first_us": 0, "last_us": 1, "projects": ["p"]}]],
            # without a filter, by op alone, by thread alone
            "calls/matched_calls": [[{"matched": 2}], [{"matched": 1}], [{"matched": 0}]],
        }
    )
    assert answered(asked, OPTIONS, engine).notes == [
        "no call matches: 2 calls read, but the filter thread_ids leaves none"
    ]


def test_what_was_odd_is_one_line() -> None:
    engine = FakeEngine(
        {USAGE: [[usage(0, "a", 1, 1)]], CALLS: [[calls(0, 1, measured=1, negative=1)]]}
    )
    answer = answered(question(quality={"merged": 2}), OPTIONS, engine)
    assert answer.notes == ["2 duplicate lines merged; 1 negative latency"]


def test_two_answers_compared() -> None:
    def measured(tokens: int) -> list[Any]:
        rows = {
            USAGE: [[usage(0, "a", 1, tokens, level=level) for level in (0, 2, 3)]],
            CALLS: [[calls(0, 1, measured=1, level=level) for level in (0, 3)]],
        }
        stats, totals = run(question(), FakeEngine(rows), totals=True)
        assert totals is not None
        return list(whole_range(stats, totals))

    compared = {
        (change.new.column.name, change.new.place): (
            change.old.value,
            change.new.value,
            change.percent,
        )
        for change in changes(measured(10), measured(15))
    }
    assert compared[("sum_input_tokens", Place(None, "a", of_all_models=False))] == (10, 15, 50.0)
    assert compared[("p95_latency_ms", Place(None, None, of_all_models=True))] == (1.5, 1.5, 0.0)
