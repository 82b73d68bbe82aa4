"""The `meta` object: what was read, how, and what was odd about it (spec 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.answer.execution import matched_calls
from callstats_cli.errors import renamed, shown
from callstats_cli.request.times import format_instant
from callstats_cli.survey.quality import ODD_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.question import Question
    from callstats_cli.answer.rows import CallStats
    from callstats_cli.engines.engine import Engine
    from callstats_cli.pricing.prices import PricedModel


def timings(question: Question, engine: Engine, seconds: float) -> dict[str, Any]:
    """How long a question took, in all and by stage; `other` is what the engine had no part in, such as
    looking at files. `bytes` are those of the files, null where one has no size."""
    spent = engine.timings.seconds
    by_stage = {**spent, "other": max(seconds - sum(spent.values()), 0)}
    survey = question.survey
    is_sized = len(survey.states) >= len(set(survey.files))
    return {
        "seconds": round(seconds, 3),
        "stages": {stage: round(took, 3) for stage, took in by_stage.items()},
        "statements": engine.timings.statements,
        "files": len(survey.files),
        "bytes": sum(state.size for state in survey.states) if is_sized else None,
        "rows": survey.lines_read,
    }


def describe(question: Question, stats: CallStats, engine: Engine, seconds: float) -> dict[str, Any]:
    """The meta object of an answer; `seconds` is how long it took so far."""
    from importlib.metadata import version

    survey, plan = question.survey, question.plan
    asked = question.request
    request = {
        "project_id": asked.project_id,
        "start": format_instant(plan.start_us, "UTC"),
        "end": format_instant(plan.end_us, "UTC"),
        "granularity": plan.granularity,
        "usage_metrics": [metric._asdict() for metric in asked.usage_metrics],
        "call_metrics": [metric._asdict() for metric in asked.call_metrics],
        "filter": dict(asked.filter),
        "timezone": asked.timezone,
    }
    return {
        "request": request,
        "files": [shown(renamed(path, question.typed)) for path in survey.files],
        "formats": survey.formats,
        "usage_scope": {
            "used": survey.usage_scope,
            "repeating_entries": survey.repeats.entries,
            "repeated_tokens": survey.repeats.tokens,
        },
        "price_source": _price_source(question),
        "prices": _prices(question.pricing.models if question.pricing else ()),
        "unpriced": [item._asdict() for item in stats.unpriced],
        "adjusted_granularity": None
        if plan.requested is None
        else {"requested": plan.requested, "used": plan.granularity},
        "matched_calls": matched_calls(question, stats, engine),
        "quality": {kind.name: stats.quality.get(kind.name, 0) for kind in ODD_KINDS},
        "left_out_files": list(survey.skipped),
        "rows_read": survey.lines_read,
        "seconds": round(seconds, 3),
        "timings": timings(question, engine, seconds),
        "zone_data": version("tzdata"),
        "versions": {name: version(name) for name in ("callstats-cli", engine.name, "genai-prices")},
    }


def _price_source(question: Question) -> str | None:
    """Where the costs come from; null where none was asked for."""
    if question.pricing is None:
        return None
    if question.pricing.is_recorded:
        return "recorded"
    return ", ".join(dict.fromkeys(model.source for model in question.pricing.models if model.source))


def _prices(models: Sequence[PricedModel]) -> list[dict[str, Any]]:
    """How each model was matched; once for all price contexts that are charged alike."""
    distinct = {(model.model, model.provider, model.modifiers): model for model in models}
    return [
        {**matched_entry(model), "reason": model.reason, "comment": model.comment}
        for model in distinct.values()
    ]


def matched_entry(model: PricedModel) -> dict[str, Any]:
    """A model as the log names it, with what of its context changes the price, and the entry of a list
    that was taken for it."""
    return {
        "model": model.model,
        "provider": model.provider,
        "price_context": model.modifiers,
        "source": model.source,
        "matched": model.matched,
        "match": model.match,
    }
