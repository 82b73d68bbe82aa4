"""What a source holds, for `callstats inspect`: plain objects as JSON has them, instants in UTC."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from callstats_cli.answer.ask import answer, priced
from callstats_cli.calls.quality import ODD_KINDS
from callstats_cli.formats.recognition import together
from callstats_cli.pricing.book import open_book
from callstats_cli.query import compiler
from callstats_cli.request.buckets import DAY_US
from callstats_cli.request.metrics import USAGE_METRICS
from callstats_cli.request.request import CallStatsRequest, MetricRequest
from callstats_cli.request.times import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.ask import Question
    from callstats_cli.answer.rows import CallStats
    from callstats_cli.calls.relations import CallsRelation
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.pricing.prices import PricedModel

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
    question: Question, engine: DuckDBEngine, sources: Sequence[str], flags: Sequence[str]
) -> tuple[dict[str, Any], CallStats]:
    """What the sources of `REQUEST` hold; `flags` are the words that say how they are read."""
    survey, stats = question.survey, answer(question, engine)
    calls = sum(row.count for row in stats.calls)
    formats = [
        item._asdict() | {"unmapped": list(item.unmapped)} for item in together(survey.recognised)
    ]
    found = {
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
    return found, stats


def _shares(column: str, question: Question, engine: DuckDBEngine) -> dict[str, Any]:
    if question.is_empty:
        return {"different": 0, "top": []}
    rows = engine.run(compiler.shares_statement(question.basis, column, MOST_SHOWN))
    return {
        "different": rows[0][2] if rows else 0,
        "top": [{"name": name, "calls": calls} for name, calls, _ in rows],
    }


def _models(question: Question, stats: CallStats, engine: DuckDBEngine) -> list[dict[str, Any]]:
    """Each model's calls, tokens, share of all tokens and price, most tokens first."""
    known = priced(question, open_book(None), engine).models
    # Of a model with several providers or tiers the one that the log says least of is shown.
    prices = {found.model: _price(found) for found in reversed(known)}
    at = _TOKENS.index("total_tokens")
    total = sum(row.values[at] or 0 for row in stats.usage)
    models = [
        {
            "model": row.model,
            "calls": row.count,
            **dict(zip(_TOKENS, row.values, strict=True)),
            "share_of_tokens": (row.values[at] or 0) / total if total else None,
            "price": prices.get(row.model),
        }
        for row in stats.usage
    ]
    return sorted(models, key=lambda model: -(model["total_tokens"] or 0))


def _price(found: PricedModel) -> dict[str, Any]:
    """What a model's price was found by, or why there is none."""
    return {
        "matched": found.matched,
        "match": found.match,
        "source": found.source,
        "reason": found.reason,
    }


def _totals(
    question: Question, relation: CallsRelation, engine: DuckDBEngine
) -> dict[str, int | float | None]:
    """The tokens of all models together."""
    if question.is_empty:
        return dict.fromkeys(_TOKENS, 0)
    rows = engine.run(compiler.compile_usage_total(question.basis._replace(relation=relation)))
    return dict(zip(_TOKENS, rows[0][3:], strict=False)) if rows else dict.fromkeys(_TOKENS, 0)


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
    if any(row.values[-1] for row in stats.calls):
        words += ["--calls", "latency_ms:p50,p95"]
    return shlex.join(words)
