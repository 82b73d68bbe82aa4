"""A request with what its sources say of it: ready to be compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.plan.compiler import Basis, TopModels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.pricing.book import PriceBook, Pricing
    from callstats_cli.pricing.prices import PricedModel
    from callstats_cli.request.buckets import BucketPlan
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile
    from callstats_cli.survey.options import SurveyOptions
    from callstats_cli.survey.survey import Survey


class AskOptions(NamedTuple):
    """What is known beside the request: the files, how to read them, what the time is now in
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
    where no cost was asked for, `top` where all models are shown."""

    request: CallStatsRequest
    survey: Survey
    plan: BucketPlan
    now_us: int
    pricing: Pricing | None = None
    top: TopModels | None = None

    @property
    def basis(self) -> Basis:
        """What its chains are compiled from."""
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
        """Whether there is no call at all to make a range of."""
        return self.survey.range is None
