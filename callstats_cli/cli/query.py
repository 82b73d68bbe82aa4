"""`callstats query`: answers the request over the sources."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callstats_cli.cli import completion
from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.flags import Flags, RejectsFile, taking_flags
from callstats_cli.cli.question import build_request
from callstats_cli.cli.settings import with_settings
from callstats_cli.cli.stages import (
    answer_with_notes,
    ask_with_prices,
    exit_code,
    files_of,
    start_engine,
    survey_options,
    terminal_for,
    write_lines,
    write_markdown,
    write_text,
)
from callstats_cli.errors import ExitCode, RequestError

if TYPE_CHECKING:
    from typing import BinaryIO

    from callstats_cli.answer.ask import Question
    from callstats_cli.answer.rows import CallStats
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.request.request import CallStatsRequest


@taking_flags()
def query(
    flags: Flags,
    *,
    meta: Annotated[
        bool, typer.Option("--meta", help="Add a meta object to JSON: what was read and how.")
    ] = False,
    show_sql: Annotated[
        bool, typer.Option("--show-sql", help="Print the SQL instead, for the duckdb shell.")
    ] = False,
    rejects: RejectsFile = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            min=1,
            help="Only the N models with most of the first usage column; the rest as others.",
        ),
    ] = None,
    all_buckets: Annotated[
        bool, typer.Option("--all-buckets", help="Show runs of empty buckets in full.")
    ] = False,
    plot: Annotated[
        str | None,
        typer.Option(
            "--plot",
            metavar="METRIC",
            help="Draw this column instead, such as total_cost or p95_latency_ms.",
            autocompletion=completion.columns,
        ),
    ] = None,
    fail_empty: Annotated[
        bool, typer.Option("--fail-empty", help="Exit 4 where no call matches.")
    ] = False,
) -> int:
    """Statistics of the calls in SOURCE, per time bucket and model.

    callstats query calls.jsonl

    callstats query logs/ --last 7d -g 1d -z Europe/Berlin

    callstats query 'logs/*.parquet' -s -24h --calls latency_ms:p50,p95 --json

    callstats query calls.jsonl --request body.json --json

    callstats query --log-format claude-code --last 7d
    """
    from callstats_cli.cli.output import FORMATS, format_of, open_beside, open_output

    diagnostics = Diagnostics(quiet=flags.quiet, debug=flags.debug)
    flags = with_settings(flags, FORMATS, diagnostics)
    engine = start_engine(flags)
    started = time.perf_counter()
    now_us = time.time_ns() // 1_000
    chosen = format_of(flags.output_format, as_json=flags.as_json, output=flags.output)
    if meta and chosen != "json":
        raise RequestError("--meta goes with --json")
    asked = build_request(flags, now_us, diagnostics)
    if plot is not None:
        asked = _to_plot(plot, asked, flags, chosen)
    options = survey_options(flags, now_us)._replace(locate_rejects=rejects is not None)

    from callstats_cli.answer.ask import matched_calls, with_top_models

    with diagnostics.progress("Reading"):
        files = files_of(flags, diagnostics)
    output = flags.output
    with (
        open_beside("--rejects", rejects, output, files) as rejected,
        open_output(output, files) as stream,
    ):
        with diagnostics.progress("Reading"):
            question = ask_with_prices(files, asked, flags, engine, now_us, options)
        if top is not None:
            question = with_top_models(question, top, engine)
        if rejected is not None:
            _write_rejects(question, rejected)
        if show_sql:
            _print_sql(question, engine, stream)
            return ExitCode.ANSWERED
        stats = answer_with_notes(question, engine, diagnostics)
        about = _meta(question, stats, engine, started) if meta else None
        _write(
            stats,
            chosen,
            stream,
            question,
            engine,
            about,
            flags,
            all_buckets=all_buckets,
            plots=plot is not None,
        )
    if fail_empty and matched_calls(question, stats, engine) == 0:
        return exit_code(question, stats, flags) or ExitCode.EMPTY
    return exit_code(question, stats, flags)


def _to_plot(column: str, asked: CallStatsRequest, flags: Flags, chosen: str) -> CallStatsRequest:
    """The request with the column to draw as its only metric.

    Raises RequestError for an unknown column, and for flags that do not go with a chart.
    """
    from callstats_cli.answer.checks import metrics_of, plotted_column
    from callstats_cli.render.plot import require_plotext

    metric = plotted_column(column)
    if chosen != "table":
        raise RequestError(f"--plot is for reading: it does not go with the format {chosen}")
    if flags.usage or flags.calls:
        raise RequestError("--plot says what to draw: leave out --usage and --calls")
    if asked.granularity == "total":
        raise RequestError("--plot draws buckets of time: give another --granularity than total")
    require_plotext()
    usage, calls = metrics_of([metric])
    return asked._replace(usage_metrics=usage, call_metrics=calls)


def _write_rejects(question: Question, stream: BinaryIO) -> None:
    from callstats_cli.calls.rejects import write_rejects

    survey = question.survey
    write_rejects(survey.rejected, survey.sources, survey.groups, stream)


def _print_sql(question: Question, engine: DuckDBEngine, stream: BinaryIO) -> None:
    from callstats_cli.answer.ask import script_of

    write_lines(stream, (script_of(question, engine),))


def _meta(question: Question, stats: CallStats, engine: DuckDBEngine, started: float) -> dict[str, Any]:
    from callstats_cli.answer.meta import describe

    return describe(question, stats, engine, time.perf_counter() - started)


def _write(
    stats: CallStats,
    chosen: str,
    stream: BinaryIO,
    question: Question,
    engine: DuckDBEngine,
    about: dict[str, Any] | None,
    flags: Flags,
    *,
    all_buckets: bool,
    plots: bool,
) -> None:
    """Writes the answer in the chosen format; each imports no more than it needs."""
    if plots:
        from callstats_cli.render.plot import render_plot

        terminal = terminal_for(stream, flags)
        write_text(stream, render_plot(stats, terminal), styled=terminal.color)
    elif chosen in ("table", "markdown"):
        _write_for_readers(stats, chosen, stream, question, engine, flags, all_buckets=all_buckets)
    elif chosen == "parquet":
        from callstats_cli.render.arrow import render_parquet

        stream.write(render_parquet(stats))
    elif chosen == "arrow":
        from callstats_cli.render.arrow import render_arrow

        stream.write(render_arrow(stats, as_file=(flags.output or "").lower().endswith(".arrow")))
    elif chosen == "csv":
        from callstats_cli.render.csv import render_csv

        write_lines(stream, render_csv(stats))
    else:
        from callstats_cli.render.json import render_json, render_jsonl

        texts = render_json(stats, about) if chosen == "json" else render_jsonl(stats)
        write_lines(stream, texts)


def _write_for_readers(
    stats: CallStats,
    chosen: str,
    stream: BinaryIO,
    question: Question,
    engine: DuckDBEngine,
    flags: Flags,
    *,
    all_buckets: bool,
) -> None:
    """Writes the answer with its totals, as Markdown or as a table for where it goes."""
    from callstats_cli.answer.ask import input_excludes_cache, totals

    in_total = totals(question, engine)
    shown = {
        "note_input_excludes_cache": input_excludes_cache(question, stats, engine),
        "all_buckets": all_buckets,
    }
    if chosen == "markdown":
        from callstats_cli.render.markdown import render_markdown

        write_markdown(stream, render_markdown(stats, in_total, **shown))
    else:
        from callstats_cli.render.table import render_table

        terminal = terminal_for(stream, flags)
        text = render_table(stats, in_total, terminal, **shown, trends=True)
        write_text(stream, text, styled=terminal.color)
