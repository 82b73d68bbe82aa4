"""`callstats prices`: what models cost, how a log's models were matched, how one call was priced."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.flags import AsJson, Flags, taking_flags
from callstats_cli.cli.stages import files_of, print_report, start_engine, survey_options
from callstats_cli.errors import CallstatsError, ExitCode, RequestError, SourceError, quoted
from callstats_cli.sources.finding import is_log_name, named_as_typed

if TYPE_CHECKING:
    from callstats_cli.answer.question import Question
    from callstats_cli.engines.engine import Engine
    from callstats_cli.pricing.book import PriceBook

_UNKNOWN = "unknown_model"


@taking_flags("log_format", "debug")
def prices(
    flags: Flags,
    *,
    what: Annotated[
        list[str],
        typer.Argument(metavar="MODEL...|SOURCE...", help="Names of models; or files, folders, globs."),
    ],
    call: Annotated[
        str | None,
        typer.Option("--call", metavar="ID", help="How this call of the source was priced."),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Who serves the models named.")
    ] = None,
    own: Annotated[
        str | None, typer.Option("--prices", metavar="FILE", help="Prices of your own (TOML or JSON).")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """What a model costs, since when, and how sure that is.

    callstats prices gpt-4o claude-sonnet-4-5

    callstats prices calls.jsonl

    callstats prices calls.jsonl --call 0195a1c2-7b3e-7000-8000-000000000001
    """
    from callstats_cli.answer.price_report import price_of_call, prices_of_log, prices_of_models
    from callstats_cli.pricing.book import RECORDED, open_book
    from callstats_cli.render.prices import call_text, models_text

    if own == RECORDED:
        raise RequestError("--prices recorded: costs that a log recorded are no prices")
    book = open_book(own)
    sources = [word for word in what if _is_source(word)]
    if sources and len(sources) < len(what):
        model = next(word for word in what if word not in sources)
        raise RequestError(f"{quoted(model)} is no file; ask for models or for logs, not for both")
    if not sources:
        if call is not None:
            raise RequestError("--call needs a source that holds the call")
        found = prices_of_models(what, provider, book)
        if any(model["reason"] != _UNKNOWN for model in found):
            print_report(found, models_text, as_json=as_json)
        _require_known(found, book)
        return ExitCode.ANSWERED
    question, engine = _asked(replace(flags, source=sources), book)
    if call is None:
        print_report(prices_of_log(question), models_text, as_json=as_json)
        return ExitCode.ANSWERED
    priced = price_of_call(question, call, engine)
    if not priced:
        raise SourceError(f"no call {quoted(call)} with usage in the source")
    print_report(priced, partial(call_text, call), as_json=as_json)
    return ExitCode.ANSWERED


def _require_known(models: list[dict[str, Any]], book: PriceBook) -> None:
    """Raises CallstatsError, with the closest name that is known, for a model that has no price because
    nobody knows it."""
    from callstats_cli.pricing.price_list import close_model

    for model in models:
        if model["reason"] == _UNKNOWN:
            raise CallstatsError(
                f"the price list does not know the model {quoted(model['model'])}",
                hint=close_model(model["model"], list(book.own)),
            )


def _is_source(word: str) -> bool:
    """Whether it is a path, a glob, a URL or stdin, rather than the name of a model."""
    return (
        word == "-"
        or os.path.exists(word)  # noqa: PTH110 - a word of the command line
        or "://" in word
        or "*" in word
        or is_log_name(word)
    )


def _asked(flags: Flags, book: PriceBook) -> tuple[Question, Engine]:
    """The question what everything in the sources cost."""
    from callstats_cli.answer.question import AskOptions, prepare
    from callstats_cli.request.request import CallStatsRequest, MetricRequest

    request = CallStatsRequest(granularity="total", usage_metrics=(MetricRequest("total_cost"),))
    engine = start_engine(flags)
    now_us = time.time_ns() // 1_000
    options = survey_options(flags, now_us)
    files = files_of(flags, Diagnostics(debug=flags.debug))
    with named_as_typed(files):
        return prepare(request, AskOptions(files, options, now_us, book), engine), engine
