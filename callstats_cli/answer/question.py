"""A request with what its sources say of it: ready to be compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.plan.compiler import Basis, TopModels
from callstats_cli.request.buckets import BucketPlan, plan_buckets
from callstats_cli.request.metrics import COST_METRICS
from callstats_cli.sources.finding import typed_names
from callstats_cli.survey.survey import survey_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.engines.engine import Engine
    from callstats_cli.pricing.book import PriceBook, Pricing
    from callstats_cli.pricing.prices import PricedModel
    from callstats_cli.request.buckets import BucketPlan
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile
    from callstats_cli.survey.options import SurveyOptions
    from callstats_cli.survey.survey import Survey


class AskOptions(NamedTuple):
    """The options beside the request: the files, how to read them, what the time is now in
    microseconds since 1970, the prices (null: the list, where a cost is asked for), whether totals are
    wanted, and how many models are shown (null: all)."""

    files: Sequence[SourceFile]
    read: SurveyOptions
    now_us: int
    book: PriceBook | None = None
    totals: bool = False
    top: int | None = None


class Question(NamedTuple):
    """A request, its sources surveyed, its buckets planned and its models priced. `pricing` is null
    where no cost was asked for, `top` where all models are shown. `typed` is what the user typed,
    by the path of its temporary copy."""

    request: CallStatsRequest
    survey: Survey
    plan: BucketPlan
    pricing: Pricing | None = None
    top: TopModels | None = None
    typed: Mapping[str, str] = {}

    @property
    def basis(self) -> Basis:
        """The basis that its chains are compiled from."""
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
    def loosely_priced(self) -> tuple[PricedModel, ...]:
        """The models that are priced by a pattern which leaves more than a version over."""
        models = self.pricing.models if self.pricing else ()
        return tuple(model for model in models if model.match == "pattern" and model.cells)

    @property
    def is_empty(self) -> bool:
        """Whether there is no call, and so no range."""
        return self.survey.range is None


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
    question = Question(request, survey, plan, typed=typed_names(options.files))
    if book is not None and asks_for_cost(request):
        question = question._replace(pricing=priced(question, book, engine))
    if options.top is not None:
        from callstats_cli.answer.execution import with_top_models

        question = with_top_models(question, options.top, engine)
    return question


def asks_for_cost(request: CallStatsRequest) -> bool:
    """Whether one of the request's metrics is in dollars."""
    return any(asked.metric in COST_METRICS for asked in request.usage_metrics)
