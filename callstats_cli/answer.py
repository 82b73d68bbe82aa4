"""From a request and its sources to the answer: the stages in order (DESIGN: survey → plan → compile
→ execute)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from callstats_cli import compiler
from callstats_cli.buckets import BucketPlan, plan_buckets
from callstats_cli.errors import RequestError
from callstats_cli.response import CallRow, CallStats, Totals, UsageRow, number
from callstats_cli.statements import join_steps, step
from callstats_cli.survey import Survey, SurveyOptions, survey_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.compiler import OutputColumn
    from callstats_cli.engines.duckdb import DuckDBEngine
    from callstats_cli.request import CallStatsRequest
    from callstats_cli.sources import SourceFile


@dataclass(frozen=True, slots=True)
class Question:
    """A request with what its sources say of it: ready to be compiled."""

    request: CallStatsRequest
    survey: Survey
    plan: BucketPlan
    now_us: int

    @property
    def is_empty(self) -> bool:
        """Is there no call at all to make a range of?"""
        return self.survey.range is None


def ask(
    files: Sequence[SourceFile],
    request: CallStatsRequest,
    options: SurveyOptions,
    engine: DuckDBEngine,
    now_us: int,
) -> Question:
    """Surveys the sources and plans the buckets; raises RequestError or SourceError."""
    survey = survey_sources(files, request, options, engine, now_us)
    start, end = survey.range or (now_us, now_us)
    plan = plan_buckets(start, end, request.granularity or "auto", request.timezone)
    return Question(request, survey, plan, now_us)


def answer(question: Question, engine: DuckDBEngine) -> CallStats:
    """Compiles and executes; raises RequestError for an answer that is too large."""
    compiled = compiler.compile_query(question.request, question.survey.relation, question.plan)
    usage, calls = [], []
    if not question.is_empty:
        usage = _usage_rows(compiled, question, engine)
        calls = _call_rows(compiled, engine)
    return CallStats(
        start=question.plan.start_us,
        end=question.plan.end_us,
        granularity=question.plan.granularity,
        timezone=question.plan.timezone,
        usage_columns=compiled.usage_columns,
        usage=usage,
        call_columns=compiled.call_columns,
        calls=calls,
    )


def _usage_rows(
    compiled: compiler.CompiledQuery, question: Question, engine: DuckDBEngine
) -> list[UsageRow]:
    if compiled.usage is None:
        return []
    rows = engine.run(compiled.usage)
    if len(rows) > compiler.MAX_USAGE_ROWS:
        raise _too_large(question)
    columns = compiled.usage_columns
    return [UsageRow(row[0], row[1], row[2], _values(row[3:], columns)) for row in rows]


def _call_rows(compiled: compiler.CompiledQuery, engine: DuckDBEngine) -> list[CallRow]:
    if compiled.calls is None:
        return []
    columns = compiled.call_columns
    return [
        CallRow(row[0], row[1], _values(row[2:], columns)) for row in engine.run(compiled.calls)
    ]


def _values(values: Sequence[Any], columns: Sequence[OutputColumn]) -> tuple[Any, ...]:
    return tuple(number(value, column) for value, column in zip(values, columns, strict=True))


def _too_large(question: Question) -> RequestError:
    plan = question.plan
    width = (plan.end_us - plan.start_us) // 100 // 1_000_000 + 1
    return RequestError(
        f"the answer has more than {compiler.MAX_USAGE_ROWS:,} rows",
        hint=f"ask for wider buckets, such as --granularity {width}, or for fewer models",
    )


def totals(question: Question, engine: DuckDBEngine) -> Totals:
    """The totals rows of the table: the same question with one bucket, computed by the engine."""
    request, relation = question.request, question.survey.relation
    plan = plan_buckets(question.plan.start_us, question.plan.end_us, "total", request.timezone)
    whole = replace(question, plan=plan)
    compiled = compiler.compile_query(request, relation, plan)
    if question.is_empty:
        return Totals((), None, None)
    usage = _usage_rows(compiled, whole, engine)
    of_all = None
    if len(usage) > 1:
        (row,) = engine.run(compiler.compile_usage_total(request, relation, plan))
        of_all = UsageRow(row[0], None, row[2], _values(row[3:], compiled.usage_columns))
    calls = _call_rows(compiled, engine)
    return Totals(usage, of_all, calls[0] if calls else None)


def matched_calls(question: Question, engine: DuckDBEngine) -> int:
    """How many calls the answer is about."""
    if question.is_empty:
        return 0
    plan, request = question.plan, question.request
    steps = (
        *question.survey.relation.steps,
        compiler.filter_step(request.calls),
        compiler.range_step(request.project_id, plan.start_us, plan.end_us),
    )
    ((count,),) = engine.run(join_steps(steps, step("matched_calls")))
    return int(count)
