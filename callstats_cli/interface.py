"""The Python interface: questions asked from a program, answered as by the command line."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli import engines
from callstats_cli.answer.ask import ask
from callstats_cli.answer.meta import describe
from callstats_cli.answer.question import AskOptions
from callstats_cli.formats.mapped import ReadOptions
from callstats_cli.render.arrow import rows_table
from callstats_cli.request.body import request_from_body
from callstats_cli.request.dimensions import USAGE_DIMENSIONS
from callstats_cli.request.granularity import parse_granularity
from callstats_cli.request.request import DEFAULT_CALLS, DEFAULT_USAGE, check_range
from callstats_cli.sources.finding import find_files, named_as_typed
from callstats_cli.survey.options import SurveyOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.request.request import CallStatsRequest


class Tables(NamedTuple):
    """An answer as Arrow tables: `usage` per bucket and model, `calls` per bucket, `totals` per model
    over the whole range. `notes` are lines that are good to know, `meta` says what was read and how."""

    usage: Any
    calls: Any
    totals: Any
    meta: Mapping[str, Any]
    notes: Sequence[str]


def query(sources: Sequence[str], request: Mapping[str, Any], options: Mapping[str, Any]) -> Tables:
    """The answer to a request body over sources; `options` are a log format (`log_format`), `dedupe`,
    `usage_scope`, `skip_bad_files`, a `memory_limit` and `threads`.

    Raises CallstatsError: RequestError for what cannot be asked, SourceError for what cannot be read.
    """
    started, now_us, given = time.perf_counter(), time.time_ns() // 1_000, dict(options)
    asked = _request(request)
    check_range(asked, now_us)
    engine = engines.start(
        memory_limit=given.pop("memory_limit", None), threads=given.pop("threads", None)
    )
    found = find_files(sources)
    read = SurveyOptions(ReadOptions(given.pop("log_format", None)), **given)
    wanted = AskOptions(found.files, read, now_us, totals=True)
    with named_as_typed(found.files):
        answer = ask(asked, wanted, engine)
        meta = describe(answer.question, answer.stats, engine, time.perf_counter() - started)
    stats, zone = answer.stats, answer.stats.timezone
    totals = answer.totals.usage if answer.totals else ()
    return Tables(
        rows_table(stats.usage, USAGE_DIMENSIONS, stats.usage_columns, zone),
        rows_table(stats.calls, (), stats.call_columns, zone),
        rows_table(totals, USAGE_DIMENSIONS, stats.usage_columns, zone),
        meta,
        [*found.notes, *answer.notes],
    )


def _request(body: Mapping[str, Any]) -> CallStatsRequest:
    """The request of a body, whose granularity may be a word such as `1d`; the default question where
    it names no metrics."""
    fields = dict(body)
    width = fields.pop("granularity", None)
    request = request_from_body(json.dumps(fields).encode())
    if width is not None:
        words = parse_granularity(str(width))
        request = request._replace(granularity=None if words == "auto" else words)
    if "usage_metrics" in fields or "call_metrics" in fields:
        return request
    return request._replace(usage_metrics=DEFAULT_USAGE, call_metrics=DEFAULT_CALLS)
