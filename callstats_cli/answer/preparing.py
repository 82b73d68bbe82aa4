"""A request and its files to a question: surveyed, planned and priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.answer.question import AskOptions, Question
from callstats_cli.request.buckets import plan_buckets
from callstats_cli.request.metrics import COST_METRICS
from callstats_cli.survey.survey import survey_sources

if TYPE_CHECKING:
    from callstats_cli.engines.engine import Engine
    from callstats_cli.request.request import CallStatsRequest


def prepare(request: CallStatsRequest, options: AskOptions, engine: Engine) -> Question:
    """The request with its sources surveyed, its buckets planned and its models priced; raises
    RequestError or SourceError."""
    book, read = options.book, options.read
    if asks_for_cost(request):
        from callstats_cli.answer.costs import priced
        from callstats_cli.pricing.book import open_book

        book = book or open_book(None)
        read = read._replace(recorded_costs=book.is_recorded)
    survey = survey_sources(options.files, request, read, engine, options.now_us)
    start, end = survey.range or (options.now_us, options.now_us)
    plan = plan_buckets(start, end, request.granularity or "auto", request.timezone)
    question = Question(request, survey, plan, options.now_us)
    if book is not None and asks_for_cost(request):
        question = question._replace(pricing=priced(question, book, engine))
    if options.top is not None:
        from callstats_cli.answer.execution import with_top_models

        question = with_top_models(question, options.top, engine)
    return question


def asks_for_cost(request: CallStatsRequest) -> bool:
    """Whether one of the request's metrics is in dollars."""
    return any(asked.metric in COST_METRICS for asked in request.usage_metrics)
