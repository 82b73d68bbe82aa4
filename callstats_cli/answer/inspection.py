"""The contents of a source, for `callstats inspect`: objects as JSON has them, instants in UTC."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from callstats_cli.answer.costs import priced
from callstats_cli.answer.execution import usage_of_all_models
from callstats_cli.formats.recognition import together
from callstats_cli.plan import compiler
from callstats_cli.pricing.book import open_book
from callstats_cli.request.metrics import USAGE_METRICS
from callstats_cli.request.request import CallStatsRequest, MetricRequest
from callstats_cli.request.times import format_instant
from callstats_cli.request.zones import DAY_US
from callstats_cli.survey.quality import ODD_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.ask import Answer
    from callstats_cli.answer.question import Question
    from callstats_cli.answer.rows import CallStats
    from callstats_cli.engines.engine import Engine
    from callstats_cli.survey.relations import CallsRelation

MOST_SHOWN = 10
"""Projects and ops that are named."""

_TOKENS = tuple(name for name, metric in USAGE_METRICS.items() if metric.unit == "tokens")
_WIDTHS = ((7_200_000_000, "5m"), (3 * DAY_US, "1h"), (92 * DAY_US, "1d"), (730 * DAY_US, "1w"))
REQUEST = CallStatsRequest(
    granularity="total",
    usage_metrics=tuple(MetricRequest(name) for name in _TOKENS),
    call_metrics=(
        MetricRequest("call_count"),
        MetricRequest("error_count"),
        MetricRequest("latency_ms", ("count",)),
    ),
)
"""The question that reads every column in which something can be odd."""


def inspect_log(
    answer: Answer, engine: Engine, sources: Sequence[str], flags: Sequence[str]
) -> dict[str, Any]:
    """The contents of the sources of `REQUEST`; `flags` are the words that say how they are read."""
    question, stats = answer.question, answer.stats
    survey = question.survey
    calls = sum(row.count for row in stats.calls)
    formats = [
        item._asdict() | {"unmapped": list(item.unmapped)} for item in together(survey.recognised)
    ]
    return {
        "files": len(survey.files),
        "left_out_files": list(survey.skipped),
        "formats": formats,
        "lines": survey.lines_read,
        "calls": calls,
        "range": None
        if question.is_empty
        else {
            "first": format_instant(stats.start, "UTC"),
            "last": format_instant(stats.end - 1, "UTC"),
        },
        "projects": _shares("project_id", question, engine),
        "ops": _shares("op_name", question, engine),
        "models": _models(question, stats, engine),
        "usage": {
            "repeating_entries": survey.repeats.entries,
            "repeated_tokens": survey.repeats.tokens,
            "recorded": _totals(question, survey.recorded, engine),
            "own": _totals(question, survey.own, engine),
        },
        "quality": {kind.name: stats.quality.get(kind.name, 0) for kind in ODD_KINDS},
        "query": _query(question, stats, sources, flags),
    }


def _shares(column: str, question: Question, engine: Engine) -> dict[str, Any]:
    if question.is_empty:
        return {"different": 0, "top": []}
    rows = engine.rows(compiler.shares_chain(question.basis, column, MOST_SHOWN))
    return {
        "different": rows[0]["different"] if rows else 0,
        "top": [{"name": row["value"], "calls": row["calls"]} for row in rows],
    }


def _models(question: Question, stats: CallStats, engine: Engine) -> list[dict[str, Any]]:
    """Each model's calls, tokens, share of all tokens and price, most tokens first."""
    known = priced(question, open_book(None), engine).models
    # Of a model with several providers or tiers the one that the log says least of is shown.
    about = ("matched", "match", "source", "reason")
    prices = {item.model: {name: getattr(item, name) for name in about} for item in reversed(known)}
    total = sum(row.values["sum_total_tokens"] or 0 for row in stats.usage)
    models = [
        {
            "model": row.model,
            "calls": row.count,
            **{name: row.values[f"sum_{name}"] for name in _TOKENS},
            "share_of_tokens": (row.values["sum_total_tokens"] or 0) / total if total else None,
            "price": prices.get(row.model),
        }
        for row in stats.usage
    ]
    return sorted(models, key=lambda model: -(model["total_tokens"] or 0))


def _totals(
    question: Question, relation: CallsRelation, engine: Engine
) -> dict[str, int | float | None]:
    """The tokens of all models together."""
    if question.is_empty:
        return dict.fromkeys(_TOKENS, 0)
    survey = question.survey._replace(relation=relation)
    rows = usage_of_all_models(question._replace(survey=survey), engine)
    return {name: rows[0].values[f"sum_{name}"] if rows else 0 for name in _TOKENS}


def _query(question: Question, stats: CallStats, sources: Sequence[str], flags: Sequence[str]) -> str:
    """A question that fits the log: its days, its projects where there is one, what it has."""
    words = ["callstats", "query", *sources, *flags]
    if not question.is_empty:
        span = stats.end - stats.start
        width = next((width for longest, width in _WIDTHS if span <= longest), "1mo")
        end = stats.end + -stats.end % DAY_US
        words += ["-s", format_instant(stats.start, "UTC")[:10]]
        words += ["-u", format_instant(end, "UTC")[:10], "-g", width]
    if any(row.count for row in stats.usage):
        words += ["--usage", "input_tokens", "--usage", "output_tokens"]
    words += ["--calls", "call_count"]
    if question.survey.groups and question.survey.knows_failures:
        words += ["--calls", "error_count"]
    if any(row.values["count_latency_ms"] for row in stats.calls):
        words += ["--calls", "latency_ms:p50,p95"]
    return shlex.join(words)
