"""A question compiled and run: its rows, its totals, and counts of its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.answer.rows import CallStats, Totals, rows_of
from callstats_cli.errors import RequestError, renamed, shown
from callstats_cli.plan import compiler
from callstats_cli.plan.aggregates import OF_ALL, OF_BUCKET, OF_MODEL, TOTALS, AnswerRows
from callstats_cli.plan.compiler import TopModels
from callstats_cli.request.dimensions import USAGE_DIMENSIONS
from callstats_cli.request.output_columns import output_columns
from callstats_cli.sources.states import check_unchanged
from callstats_cli.survey.relations import range_chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.question import Question
    from callstats_cli.answer.rows import Row, Unpriced
    from callstats_cli.engines.engine import Engine, Rows
    from callstats_cli.request.filters import CallFilter
    from callstats_cli.request.output_columns import OutputColumn
    from callstats_cli.request.request import MetricRequest

MOST_IN_ONE_PASS = 20_000_000
"""How many lines may be asked for percentiles of buckets and of the whole range in one pass: each takes
all values into memory."""


class Computed(NamedTuple):
    """What the engine computed: the rows of the buckets, and those of the whole range where they were
    wanted."""

    stats: CallStats
    totals: Totals | None


def run(question: Question, engine: Engine, *, totals: bool = False) -> Computed:
    """The rows of the answer, with its totals where they are wanted, in one pass where both fit into
    memory; raises RequestError for an answer that is too large, SourceError where a file changed
    meanwhile."""
    request = question.request
    usage_apart, calls_apart = (
        totals and _need_their_own_pass(question, asked)
        for asked in (request.usage_metrics, request.call_metrics)
    )
    of_usage, of_calls = (
        AnswerRows(totals=totals and not apart) for apart in (usage_apart, calls_apart)
    )
    found = _found(question, of_usage, of_calls, engine)
    stats = _stats(question, found, engine)
    whole = found
    if usage_apart or calls_apart:
        asked = request._replace(
            usage_metrics=request.usage_metrics if usage_apart else (),
            call_metrics=request.call_metrics if calls_apart else (),
        )
        apart = _found(question._replace(request=asked), TOTALS, TOTALS, engine)
        whole = whole._replace(usage=apart.usage) if usage_apart else whole
        whole = whole._replace(calls=apart.calls) if calls_apart else whole
    if not question.is_empty:
        check_unchanged(question.survey.states)
    return Computed(stats, _totals(question, whole) if totals else None)


def _need_their_own_pass(question: Question, asked: Sequence[MetricRequest]) -> bool:
    """Whether exact percentiles of the whole range would not fit beside those of its buckets."""
    return question.survey.lines_read > MOST_IN_ONE_PASS and any(item.percentiles for item in asked)


class _Found(NamedTuple):
    """The rows that an engine gave for each family; null where it was not asked."""

    usage: Rows | None
    usage_columns: tuple[OutputColumn, ...]
    calls: Rows | None
    call_columns: tuple[OutputColumn, ...]


def _found(question: Question, usage_rows: AnswerRows, call_rows: AnswerRows, engine: Engine) -> _Found:
    compiled = compiler.compile_query(question.basis, question.top, usage_rows, call_rows)
    usage = calls = None
    if compiled.usage is not None and not question.is_empty:
        usage = engine.rows(compiled.usage)
        if len(usage.having("level", OF_BUCKET)) > compiler.MAX_USAGE_ROWS:
            raise _too_large(question)
    if compiled.calls is not None and not question.is_empty:
        calls = engine.rows(compiled.calls)
    return _Found(usage, compiled.usage_columns, calls, compiled.call_columns)


def _stats(question: Question, found: _Found, engine: Engine) -> CallStats:
    usage = _usage_rows(question, found)
    unpriced: Sequence[Unpriced] = ()
    quality = dict(question.survey.quality)
    if question.pricing is not None and not question.is_empty:
        from callstats_cli.answer.costs import unpriced_calls

        unpriced = unpriced_calls(question, usage, engine)
    if not question.is_empty:
        quality["unpriced"] = sum(item.calls for item in unpriced)
    calls: Sequence[Row] = ()
    if found.calls is not None:
        of_buckets = found.calls.having("level", OF_BUCKET)
        calls = rows_of(of_buckets, (), found.call_columns)
        if any(column.metric.name == "latency_ms" for column in found.call_columns):
            measured = sum(count for (count,) in of_buckets.each("measured"))
            if measured or question.survey.logs_ends:
                quality["running"] = sum(row.count for row in calls) - measured
            quality["negative_latency"] = sum(count for (count,) in of_buckets.each("negative"))
    return CallStats(
        start=question.plan.start_us,
        end=question.plan.end_us,
        granularity=question.plan.granularity,
        timezone=question.plan.timezone,
        usage_columns=found.usage_columns,
        usage=usage,
        call_columns=found.call_columns,
        calls=calls,
        quality=quality,
        unpriced=unpriced,
    )


def _totals(question: Question, found: _Found) -> Totals:
    """The rows of the whole range."""
    if not question.plan.count:
        return Totals((), None, None)
    usage: Sequence[Row] = ()
    of_all = calls = None
    excludes_cached = False
    if found.usage is not None:
        usage = _usage_rows(question, found, level=OF_MODEL)
        whole = found.usage.having("level", OF_ALL)
        if len(usage) > 1:
            (of_all,) = rows_of(whole, (), found.usage_columns)
        excludes_cached = any(
            column.metric.name == "input_tokens" for column in found.usage_columns
        ) and any(found for (found,) in whole.each("excludes_cached"))
    if found.calls is not None:
        (calls,) = rows_of(found.calls.having("level", OF_ALL), (), found.call_columns)
    return Totals(usage, of_all, calls, excludes_cached)


def usage_of_all_models(question: Question, engine: Engine) -> list[Row]:
    """The usage rows of the answer with its models put together."""
    if question.is_empty or not question.request.usage_metrics:
        return []
    columns = output_columns("usage", question.request.usage_metrics)
    return rows_of(engine.rows(compiler.compile_usage_total(question.basis)), (), columns)


def with_top_models(question: Question, count: int, engine: Engine) -> Question:
    """The question with only the models that have most of its first usage column over the range; the
    rest is one row, named so that no model is."""
    if question.is_empty or not question.request.usage_metrics:
        return question
    asked = question._replace(request=question.request._replace(call_metrics=()))
    found = _found(asked, TOTALS, TOTALS, engine)
    first = found.usage_columns[0].name
    rows = sorted(
        _usage_rows(question, found, level=OF_MODEL),
        key=lambda row: (row.values[first] is not None, row.values[first], row.count),
        reverse=True,
    )
    others = "others"
    while any(row.model == others for row in rows):
        others = f"all {others}"
    return question._replace(top=TopModels(tuple(row.model for row in rows[:count]), others))


def count_calls(question: Question, asked: CallFilter, engine: Engine) -> int:
    """How many calls the question is about, under another filter."""
    basis = question.basis._replace(request=question.request._replace(filter=asked))
    (found,) = engine.rows(compiler.matched_chain(basis))
    return int(found["matched"])


def matched_calls(question: Question, stats: CallStats, engine: Engine) -> int:
    """How many calls the answer is about."""
    if question.is_empty:
        return 0
    if stats.call_columns:
        return sum(row.count for row in stats.calls)
    return count_calls(question, question.request.filter, engine)


def first_call(question: Question, engine: Engine) -> int | None:
    """When the first call of the question's project started, in microseconds since 1970.

    Null where none was read; partitions outside the question's range were not.
    """
    request, unpruned = question.request, question.survey.unpruned
    (found,) = engine.rows(range_chain(unpruned, request.project_id, within_years=True))
    first: int | None = found["first_us"]
    return first


def script_of(question: Question, engine: Engine) -> str:
    """The answer as a script for the engine's own shell: what the survey changed, then the answer's
    chains."""
    compiled = compiler.compile_query(question.basis, question.top)
    # The copy of what can be read only once is gone when the script runs.
    names = {path: shown(renamed(path, question.typed)) for path in question.survey.files}
    return engine.script(
        [chain for chain in (compiled.usage, compiled.calls) if chain],
        {path: "/dev/stdin" if name == "-" else name for path, name in names.items() if name != path},
    )


def _usage_rows(question: Question, found: _Found, level: int = OF_BUCKET) -> Sequence[Row]:
    if found.usage is None:
        return ()
    usage = rows_of(found.usage.having("level", level), USAGE_DIMENSIONS, found.usage_columns)
    if question.top is not None:
        rank = {model: position for position, model in enumerate(question.top.models)}
        usage.sort(key=lambda row: (row.bucket, rank.get(row.model, len(rank))))
    return usage


def _too_large(question: Question) -> RequestError:
    plan = question.plan
    width = (plan.end_us - plan.start_us) // 100 // 1_000_000 + 1
    return RequestError(
        f"the answer has more than {compiler.MAX_USAGE_ROWS:,} rows",
        hint=f"ask for wider buckets, such as --granularity {width}, or for fewer models",
    )
