"""From a request and its sources to the answer: survey, plan, compile, execute, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.answer.rows import CallRow, CallStats, Totals, Unpriced, UsageRow, number
from callstats_cli.calls.relations import range_statement
from callstats_cli.calls.survey import Survey, survey_sources
from callstats_cli.chain.chain import Chain, step
from callstats_cli.errors import COPIES, RequestError, shown
from callstats_cli.pricing.prices import LIST_NAME, OPEN_END
from callstats_cli.query import compiler
from callstats_cli.query.compiler import Basis, TopModels
from callstats_cli.request.buckets import BucketPlan, plan_buckets
from callstats_cli.request.filters import CallFilter
from callstats_cli.request.metrics import COST_METRICS
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.times import format_instant
from callstats_cli.sources.sniffing import check_unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.calls.options import SurveyOptions
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.pricing.book import PriceBook, Pricing
    from callstats_cli.pricing.prices import Key, PricedModel
    from callstats_cli.request.output_columns import OutputColumn
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile


class Question(NamedTuple):
    """A request with what its sources say of it: ready to be compiled. `pricing` is null where no cost
    was asked for, `top` where all models are shown."""

    request: CallStatsRequest
    survey: Survey
    plan: BucketPlan
    now_us: int
    pricing: Pricing | None = None
    top: TopModels | None = None

    @property
    def basis(self) -> Basis:
        """What its statements are compiled from."""
        unknown = frozenset() if self.survey.knows_failures else frozenset({"error_count"})
        return Basis(
            self.request,
            self.survey.relation,
            self.plan,
            self.pricing,
            spans_pass=self.survey.usage_scope == "auto",
            unknown=unknown,
        )

    @property
    def in_total(self) -> Question:
        """The same question with one bucket."""
        start, end = self.plan.start_us, self.plan.end_us
        return self._replace(plan=plan_buckets(start, end, "total", self.request.timezone))

    @property
    def loosely_priced(self) -> tuple[PricedModel, ...]:
        """The models that are priced by a pattern which leaves more than a version over."""
        models = self.pricing.models if self.pricing else ()
        return tuple(model for model in models if model.match == "pattern" and model.cells)

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
    book: PriceBook | None = None,
) -> Question:
    """Surveys the sources, plans the buckets and looks up prices; raises RequestError or SourceError.

    `book` is where prices come from, null where the request asks for no cost.
    """
    survey = survey_sources(files, request, options, engine, now_us)
    start, end = survey.range or (now_us, now_us)
    plan = plan_buckets(start, end, request.granularity or "auto", request.timezone)
    question = Question(request, survey, plan, now_us)
    return question if book is None else question._replace(pricing=priced(question, book, engine))


def asks_for_cost(request: CallStatsRequest) -> bool:
    """Is one of the request's metrics in dollars?"""
    return any(asked.metric in COST_METRICS for asked in request.usage_metrics)


def priced(question: Question, book: PriceBook, engine: DuckDBEngine) -> Pricing:
    """The models of the question's calls with their prices."""
    from callstats_cli.pricing.book import Uses, price

    if book.is_recorded or question.is_empty:
        return price(book, ())
    rows = engine.run(compiler.models_statement(question.basis))
    pricing = price(book, [(model, provider, context) for model, provider, context, *_ in rows])
    used = Uses(*(any(column) for column in zip(*(row[4:] for row in rows), strict=True)))
    return pricing._replace(calls=tuple(row[3] for row in rows), uses=used)


def answer(question: Question, engine: DuckDBEngine) -> CallStats:
    """Compiles and executes; raises RequestError for an answer that is too large, SourceError where a
    file changed meanwhile."""
    compiled = compiler.compile_query(question.basis, question.top)
    usage: list[UsageRow] = []
    calls: list[CallRow] = []
    unpriced: list[Unpriced] = []
    quality = dict(question.survey.quality)
    if not question.is_empty:
        usage = _usage_rows(compiled, question, engine)
        unpriced = _unpriced(question, usage, engine)
        quality["unpriced"] = sum(item.calls for item in unpriced)
        rows = engine.run(compiled.calls) if compiled.calls else []
        calls = _call_rows(rows, compiled.call_columns)
        if any(column.metric.name == "latency_ms" for column in compiled.call_columns):
            measured = sum(row[2] for row in rows)
            if measured or question.survey.logs_ends:
                quality["running"] = sum(row[1] for row in rows) - measured
            quality["negative_latency"] = sum(row[3] for row in rows)
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


def with_top_models(question: Question, count: int, engine: DuckDBEngine) -> Question:
    """The question with only the models that have most of its first usage column over the range; the
    rest is one row, named so that no model is."""
    if question.is_empty or not question.request.usage_metrics:
        return question
    whole = question.in_total
    rows = _usage_rows(compiler.compile_query(whole.basis), whole, engine)
    rows.sort(key=lambda row: (row.values[0] is not None, row.values[0], row.count), reverse=True)
    others = "others"
    while any(row.model == others for row in rows):
        others = f"all {others}"
    return question._replace(top=TopModels(tuple(row.model for row in rows[:count]), others))


def _usage_rows(
    compiled: compiler.CompiledQuery, question: Question, engine: DuckDBEngine
) -> list[UsageRow]:
    if compiled.usage is None:
        return []
    rows = engine.run(compiled.usage)
    if len(rows) > compiler.MAX_USAGE_ROWS:
        raise _too_large(question)
    columns = compiled.usage_columns
    usage = [_usage_row(row, columns) for row in rows]
    if question.top is not None:
        rank = {model: position for position, model in enumerate(question.top.models)}
        usage.sort(key=lambda row: (row.bucket, rank.get(row.model, len(rank))))
    return usage


def _call_rows(rows: Sequence[Any], columns: Sequence[OutputColumn]) -> list[CallRow]:
    return [CallRow(row[0], row[1], _values(row[4:], columns)) for row in rows]


def _values(values: Sequence[Any], columns: Sequence[OutputColumn]) -> tuple[Any, ...]:
    return tuple(
        number(value, column, whole=True) for value, column in zip(values, columns, strict=True)
    )


def _usage_row(row: Sequence[Any], columns: Sequence[OutputColumn]) -> UsageRow:
    """A row of the answer; after its values it says of each metric of tokens whether all of them are
    whole, of each of dollars how many calls have none."""
    bucket, model, count, *cells = row
    values, about = cells[: len(columns)], cells[len(columns) :]
    metrics = {
        column.metric.name: column.metric
        for column in columns
        if column.metric.unit in ("tokens", "dollars")
    }
    by_metric = dict(zip(metrics, about, strict=True))
    return UsageRow(
        bucket,
        model,
        count,
        tuple(
            number(value, column, whole=bool(by_metric.get(column.metric.name)))
            for value, column in zip(values, columns, strict=True)
        ),
        {name: n for name, n in by_metric.items() if metrics[name].unit == "dollars" and n},
    )


def _too_large(question: Question) -> RequestError:
    plan = question.plan
    width = (plan.end_us - plan.start_us) // 100 // 1_000_000 + 1
    return RequestError(
        f"the answer has more than {compiler.MAX_USAGE_ROWS:,} rows",
        hint=f"ask for wider buckets, such as --granularity {width}, or for fewer models",
    )


def totals(question: Question, engine: DuckDBEngine) -> Totals:
    """The totals rows of the table: the same question with one bucket, computed by the engine."""
    if question.is_empty:
        return Totals((), None, None)
    whole = question.in_total
    compiled = compiler.compile_query(whole.basis, whole.top)
    usage = _usage_rows(compiled, whole, engine)
    of_all = None
    if len(usage) > 1:
        (of_all,) = usage_of_all_models(whole, engine)
    rows = engine.run(compiled.calls) if compiled.calls else []
    calls = _call_rows(rows, compiled.call_columns)
    check_unchanged(question.survey.states)
    return Totals(usage, of_all, calls[0] if calls else None)


def usage_of_all_models(question: Question, engine: DuckDBEngine) -> list[UsageRow]:
    """The usage rows of the answer with its models put together; null is their model."""
    if question.is_empty or not question.request.usage_metrics:
        return []
    columns = output_columns("usage", question.request.usage_metrics)
    rows = engine.run(compiler.compile_usage_total(question.basis))
    return [_usage_row(row, columns) for row in rows]


def matched_calls(question: Question, stats: CallStats, engine: DuckDBEngine) -> int:
    """How many calls the answer is about."""
    if question.is_empty:
        return 0
    if stats.call_columns:
        return sum(row.count for row in stats.calls)
    return _count(question, question.request.filter, engine)


def _count(question: Question, asked: CallFilter, engine: DuckDBEngine) -> int:
    """The calls that the question is about, under another filter."""
    basis = question.basis._replace(request=question.request._replace(filter=asked))
    ((count,),) = engine.run(compiler.matched_statement(basis))
    return int(count)


def first_call(question: Question, engine: DuckDBEngine) -> int | None:
    """When the first call of the question's project started, in microseconds since 1970.

    Null where none was read; partitions outside the question's range were not.
    """
    request, unpruned = question.request, question.survey.unpruned
    statement = range_statement(unpruned, request.project_id, within_years=True)
    ((first, _),) = engine.run(statement)
    return None if first is None else int(first)


def why_nothing_matched(question: Question, stats: CallStats, engine: DuckDBEngine) -> str | None:
    """Why no call matches, in one line; None where one does or where nothing was asked for."""
    if any(row.count for row in stats.usage) or any(row.count for row in stats.calls):
        return None
    if matched_calls(question, stats, engine):
        return None
    request = question.request
    ((calls, first, last, projects),) = engine.run(
        Chain(question.survey.unpruned.steps, step("calls/calls_overview"))
    )
    if not calls:
        return "no call matches: the source holds no calls"
    read = f"no call matches: {calls:,} {'call' if calls == 1 else 'calls'} read"
    if not question.is_empty and _count(question, CallFilter(), engine):
        return f"{read}, but {_empty_filter(question, engine)}"
    if request.project_id is not None and request.project_id not in projects:
        found = ", ".join(repr(name) for name in projects[:3]) or "none"
        more = f" and {len(projects) - 3} more" if len(projects) > 3 else ""
        return f"{read}, none of the project {request.project_id!r}; projects found: {found}{more}"
    if stats.quality.get("deleted"):
        return f"{read}, those in the range are deleted"
    if first is None:
        return f"{read}, none with a start"
    first_text, last_text = format_instant(first, "UTC"), format_instant(last, "UTC")
    return f"{read}, none in the range; the first is at {first_text}, the last at {last_text}"


def _empty_filter(question: Question, engine: DuckDBEngine) -> str:
    for name, value in question.request.filter.items():
        alone: Any = {name: value}
        if not _count(question, CallFilter(**alone), engine):
            return f"the filter {name} leaves none"
    return "no call passes all filters together"


def finds_no_tokens(question: Question, stats: CallStats, engine: DuckDBEngine) -> bool:
    """Has no call of the range a token, where tokens were asked for and no filter chose calls?

    So it is where a log counts them under names that are not looked for. Counts that cannot be read
    were found, and are told otherwise.
    """
    told = (stats.quality.get(kind) for kind in ("unreadable_counts", "unusable_usage_entries"))
    if question.request.filter or any(told):
        return False
    asked = [
        position
        for position, column in enumerate(stats.usage_columns)
        if column.metric.name in ("input_tokens", "output_tokens", "total_tokens")
        and column.aggregation in ("sum", "avg", "max")
    ]
    if not asked or any(row.values[position] for row in stats.usage for position in asked):
        return False
    return bool(matched_calls(question, stats, engine))


def input_excludes_cache(question: Question, stats: CallStats, engine: DuckDBEngine) -> bool:
    """Do some of the answer's input counts leave cached tokens out (Anthropic-style logs)?"""
    if not any(column.metric.name == "input_tokens" for column in stats.usage_columns):
        return False
    ((found,),) = engine.run(compiler.input_excludes_cache_statement(question.basis))
    return bool(found)


def _unpriced(question: Question, usage: Sequence[UsageRow], engine: DuckDBEngine) -> list[Unpriced]:
    """The calls of which an asked cost is not known, by model and reason."""
    if question.pricing is None or not any(row.without for row in usage):
        return []
    models = question.pricing.by_key()
    found: dict[tuple[str | None, str | None, str], tuple[int, int]] = {}
    for model, provider, context, why, calls, tokens in engine.run(
        compiler.unpriced_statement(question.basis)
    ):
        priced_as = models.get((model, provider, context))
        item = (model, provider, priced_as.why(why) if priced_as else why)
        before = found.get(item, (0, 0))
        found[item] = (before[0] + calls, before[1] + tokens)
    return [Unpriced(*item, *counted) for item, counted in found.items()]


def calls_before_price_history(question: Question, engine: DuckDBEngine) -> int:
    """How many calls are priced at the list's oldest prices, being older than its history."""
    start_us = question.pricing.history_start_us if question.pricing else None
    if start_us is None:
        return 0
    return _calls_before(question, engine, {model.key: start_us for model in _listed_models(question)})


def calls_before_context_prices(question: Question, engine: DuckDBEngine) -> int:
    """How many calls are priced at the first rates that the list has for their service tier, speed or
    batch processing, being older than these."""
    starts = {model.key: model.context_start_us for model in _listed_models(question)}
    return _calls_before(
        question, engine, {key: start for key, start in starts.items() if start is not None}
    )


def _listed_models(question: Question) -> list[PricedModel]:
    """The models that are priced by the list."""
    models = question.pricing.models if question.pricing else ()
    return [model for model in models if model.cells and model.source == LIST_NAME]


def _calls_before(question: Question, engine: DuckDBEngine, starts: Mapping[Key, int]) -> int:
    """How many calls have a price though they started before the instant given for their model."""
    if question.is_empty or question.plan.start_us >= max(starts.values(), default=-OPEN_END):
        return 0
    ((count,),) = engine.run(compiler.calls_before_statement(question.basis, starts))
    return int(count)


def script_of(question: Question, engine: DuckDBEngine) -> str:
    """The answer as a script for the duckdb shell: what the survey changed, then the answer's SQL."""
    compiled = compiler.compile_query(question.basis, question.top)
    # The copy of what can be read only once is gone when the script runs.
    names = {path: shown(path) for path in (*question.survey.files, *COPIES)}
    return engine.script(
        [chain for chain in (compiled.usage, compiled.calls) if chain],
        {path: "/dev/stdin" if name == "-" else name for path, name in names.items() if name != path},
    )
