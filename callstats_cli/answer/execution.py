"""A question compiled and run: its rows, its totals, and counts of its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.answer.rows import CallStats, Totals, rows_of
from callstats_cli.errors import COPIES, RequestError, shown
from callstats_cli.plan import compiler
from callstats_cli.plan.compiler import TopModels
from callstats_cli.request.dimensions import USAGE_DIMENSIONS
from callstats_cli.request.output_columns import output_columns
from callstats_cli.sources.states import check_unchanged
from callstats_cli.survey.relations import range_chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.question import Question
    from callstats_cli.answer.rows import Row, Unpriced
    from callstats_cli.engines.engine import Engine
    from callstats_cli.plan.compiler import CompiledQuery
    from callstats_cli.request.filters import CallFilter


def run(question: Question, engine: Engine) -> CallStats:
    """The rows of the answer; raises RequestError for an answer that is too large, SourceError where a
    file changed meanwhile."""
    compiled = compiler.compile_query(question.basis, question.top)
    usage: Sequence[Row] = ()
    calls: Sequence[Row] = ()
    unpriced: Sequence[Unpriced] = ()
    quality = dict(question.survey.quality)
    if not question.is_empty:
        usage = _usage_rows(compiled, question, engine)
        if question.pricing is not None:
            from callstats_cli.answer.costs import unpriced_calls

            unpriced = unpriced_calls(question, usage, engine)
        quality["unpriced"] = sum(item.calls for item in unpriced)
        if compiled.calls is not None:
            found = engine.rows(compiled.calls)
            calls = rows_of(found, (), compiled.call_columns)
            if any(column.metric.name == "latency_ms" for column in compiled.call_columns):
                measured = sum(count for (count,) in found.each("measured"))
                if measured or question.survey.logs_ends:
                    quality["running"] = sum(row.count for row in calls) - measured
                quality["negative_latency"] = sum(count for (count,) in found.each("negative"))
        check_unchanged(question.survey.states)
    return CallStats(
        start=question.plan.start_us,
        end=question.plan.end_us,
        granularity=question.plan.granularity,
        timezone=question.plan.timezone,
        usage_columns=compiled.usage_columns,
        usage=usage,
        call_columns=compiled.call_columns,
        calls=calls,
        quality=quality,
        unpriced=unpriced,
    )


def run_totals(question: Question, engine: Engine) -> Totals:
    """The totals rows of the table: the same question with one bucket, computed by the engine."""
    if question.is_empty:
        return Totals((), None, None)
    whole = question.in_total
    compiled = compiler.compile_query(whole.basis, whole.top)
    usage = _usage_rows(compiled, whole, engine)
    of_all = None
    if len(usage) > 1:
        (of_all,) = usage_of_all_models(whole, engine)
    calls = None
    if compiled.calls is not None:
        (calls,) = rows_of(engine.rows(compiled.calls), (), compiled.call_columns) or (None,)
    check_unchanged(question.survey.states)
    return Totals(usage, of_all, calls)


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
    whole = question.in_total
    compiled = compiler.compile_query(whole.basis)
    rows = _usage_rows(compiled, whole, engine)
    first = compiled.usage_columns[0].name
    rows.sort(
        key=lambda row: (row.values[first] is not None, row.values[first], row.count), reverse=True
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


def input_excludes_cache(question: Question, stats: CallStats, engine: Engine) -> bool:
    """Whether some of the answer's input counts leave cached tokens out (Anthropic-style logs)."""
    has_input = any(column.metric.name == "input_tokens" for column in stats.usage_columns)
    if question.is_empty or not has_input:
        return False
    (row,) = engine.rows(compiler.input_excludes_cache_chain(question.basis))
    return bool(row["found"])


def script_of(question: Question, engine: Engine) -> str:
    """The answer as a script for the engine's own shell: what the survey changed, then the answer's
    chains."""
    compiled = compiler.compile_query(question.basis, question.top)
    # The copy of what can be read only once is gone when the script runs.
    names = {path: shown(path) for path in (*question.survey.files, *COPIES)}
    return engine.script(
        [chain for chain in (compiled.usage, compiled.calls) if chain],
        {path: "/dev/stdin" if name == "-" else name for path, name in names.items() if name != path},
    )


def _usage_rows(compiled: CompiledQuery, question: Question, engine: Engine) -> list[Row]:
    if compiled.usage is None:
        return []
    found = engine.rows(compiled.usage)
    if len(found) > compiler.MAX_USAGE_ROWS:
        raise _too_large(question)
    usage = rows_of(found, USAGE_DIMENSIONS, compiled.usage_columns)
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
