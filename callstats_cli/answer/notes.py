"""Notes on a question and its answer, a line each: values, which the command line
prints and others may send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.answer.execution import count_calls, matched_calls
from callstats_cli.chain.chain import Chain, step
from callstats_cli.errors import counted, quoted
from callstats_cli.request.filters import CallFilter
from callstats_cli.request.request import DEFAULT_CALLS
from callstats_cli.request.times import format_instant
from callstats_cli.survey.quality import summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.answer.question import Question
    from callstats_cli.answer.rows import CallStats, Unpriced
    from callstats_cli.engines.engine import Engine
    from callstats_cli.survey.survey import Survey

_TWO_YEARS_US = 2 * 366 * 86_400_000_000


def of_question(question: Question) -> Iterator[str]:
    """The notes that can be made before the calls are counted."""
    survey, plan = question.survey, question.plan
    if question.request.start is None and plan.end_us - plan.start_us > _TWO_YEARS_US:
        first, last = (format_instant(us, "UTC") for us in (plan.start_us, plan.end_us - 1))
        yield f"the range is over two years wide: first call {first}, last {last}"
    if plan.requested is not None:
        yield (
            f"buckets widened from {plan.requested} s to {plan.granularity} s: "
            "an answer has at most 10,000"
        )
    if survey.skipped:
        yield f"no call log, left out: {counted(survey.skipped)}"
    if survey.usage_scope == "recorded" and survey.repeats.entries:
        entries, tokens = survey.repeats
        repeat = "usage entry repeats" if entries == 1 else "usage entries repeat"
        yield (
            f"recorded usage counts tokens more than once: {entries:,} {repeat} {tokens:,} tokens of "
            "the calls below; --usage-scope auto counts each once"
        )
    yield from of_times(survey)


def of_times(survey: Survey) -> Iterator[str]:
    """A line that names the columns of times without a zone, one for those that count from 0."""
    if survey.zoneless:
        names = " and ".join(map(quoted, survey.zoneless))
        yield (
            f"times without a zone in {names} are read as UTC; --log-timezone names another zone, "
            "or UTC to leave this out"
        )
    if survey.near_zero:
        names = " and ".join(map(quoted, survey.near_zero))
        yield (
            f"times in {names} lie in 1970: where they count from the start of a trace, "
            "--time-origin says when that was"
        )


def of_answer(question: Question, stats: CallStats, engine: Engine) -> Iterator[str]:
    """The notes on the rows: on what was odd or is unknown, and on why nothing was found."""
    odd = summary(stats.quality)
    if odd is not None:
        yield odd
    yield from _unknown_failures(question)
    if question.pricing is not None:
        yield from _prices(question, stats, engine)
    reason = _why_nothing_matched(question, stats, engine)
    if reason is not None:
        yield reason
    elif _finds_no_tokens(question, stats, engine):
        yield (
            "no call has a token where callstats looks: `callstats inspect` says what it read, "
            "--map input_tokens=COLUMN names another column"
        )


def _unknown_failures(question: Question) -> Iterator[str]:
    """A line that names the formats of which no call tells whether it failed, where that was asked; the
    default question asks it of every log."""
    metrics, silent = question.request.call_metrics, question.survey.failures_unknown
    asked = {item.metric for item in metrics} & {"error_count", "error_rate"}
    if not silent or not asked or metrics == DEFAULT_CALLS:
        return
    own = any(group.format.open_ended for group in question.survey.groups)
    yield (
        f"errors are not known of {' and '.join(silent)} logs: "
        "nothing in them tells whether a call failed"
        + ("; --map error=COLUMN names what does" if own else "")
    )


def _prices(question: Question, stats: CallStats, engine: Engine) -> Iterator[str]:
    """A line that names the models without a price, one on calls older than the price list, one on
    those older than its rates for their tier."""
    from callstats_cli.answer.costs import calls_before_context_prices, calls_before_price_history

    if stats.unpriced:
        yield _unpriced(stats.unpriced)
    early = calls_before_price_history(question, engine)
    if early and question.pricing and question.pricing.history_start_us is not None:
        since = format_instant(question.pricing.history_start_us, "UTC")[:10]
        yield _older(early, f"the price list ({since}): priced at its oldest prices")
    early = calls_before_context_prices(question, engine)
    if early:
        than = "the list's prices for the service tier: priced at the first of them"
        yield _older(early, than)


def _older(calls: int, than: str) -> str:
    return f"{calls:,} {'call is' if calls == 1 else 'calls are'} older than {than}"


def _unpriced(calls: Sequence[Unpriced]) -> str:
    """The models of calls without a cost, and why; the first five."""
    from callstats_cli.pricing.prices import REASONS

    total = sum(item.calls for item in calls)
    named = [
        f"{'(no model)' if item.model is None else item.model!r} ({REASONS[item.reason]})"
        for item in calls
    ]
    return f"{total:,} {'call has' if total == 1 else 'calls have'} no cost: {counted(named, 5)}"


def _why_nothing_matched(question: Question, stats: CallStats, engine: Engine) -> str | None:
    """Why no call matches; null where one does or where nothing was asked for."""
    if any(row.count for row in stats.usage) or any(row.count for row in stats.calls):
        return None
    if matched_calls(question, stats, engine):
        return None
    request = question.request
    (found,) = engine.rows(Chain(question.survey.unpruned.steps, step("calls/calls_overview")))
    calls, projects = found["calls"], found["projects"]
    if not calls:
        return "no call matches: the source holds no calls"
    read = f"no call matches: {calls:,} {'call' if calls == 1 else 'calls'} read"
    if not question.is_empty and count_calls(question, CallFilter(), engine):
        return f"{read}, but {_empty_filter(question, engine)}"
    if request.project_id is not None and request.project_id not in projects:
        named = counted(list(map(repr, projects))) or "none"
        return f"{read}, none of the project {request.project_id!r}; projects found: {named}"
    if stats.quality.get("deleted"):
        return f"{read}, those in the range are deleted"
    if found["first_us"] is None:
        return f"{read}, none with a start"
    first, last = (format_instant(found[name], "UTC") for name in ("first_us", "last_us"))
    return f"{read}, none in the range; the first is at {first}, the last at {last}"


def _empty_filter(question: Question, engine: Engine) -> str:
    for name, value in question.request.filter.items():
        alone: Any = {name: value}
        if not count_calls(question, CallFilter(**alone), engine):
            return f"the filter {name} leaves none"
    return "no call passes all filters together"


def _finds_no_tokens(question: Question, stats: CallStats, engine: Engine) -> bool:
    """Whether no call of the range has a token, where tokens were asked for and no filter chose calls.

    So it is where a log counts them under names that are not looked for. Counts that cannot be read
    were found, and are in the line on what was odd.
    """
    unread = (stats.quality.get(kind) for kind in ("unreadable_counts", "unusable_usage_entries"))
    if question.request.filter or any(unread):
        return False
    asked = [
        column.name
        for column in stats.usage_columns
        if column.metric.name in ("input_tokens", "output_tokens", "total_tokens")
        and column.aggregation in ("sum", "avg", "max")
    ]
    if not asked or any(row.values[name] for row in stats.usage for name in asked):
        return False
    return bool(matched_calls(question, stats, engine))
