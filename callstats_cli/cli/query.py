"""`callstats query`: answers the request over the sources."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callstats_cli.cli import completion
from callstats_cli.cli.flags import Flags, RejectsFile, taking_flags
from callstats_cli.cli.question import build_request
from callstats_cli.cli.stages import (
    answer_with_notes,
    ask_options,
    begin,
    exit_code,
    files_of,
    start_engine,
    survey_options,
    terminal_for,
    write_lines,
    write_markdown,
    write_rejects_of,
    write_text,
)
from callstats_cli.errors import ExitCode, RequestError

if TYPE_CHECKING:
    from typing import BinaryIO

    from callstats_cli.answer.ask import Answer
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
    timings: Annotated[
        bool, typer.Option("--timings", help="Say on stderr what took how long.")
    ] = False,
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
    from callstats_cli.cli.output import FORMATS, open_beside, open_output

    flags, diagnostics, chosen, now_us = begin(flags, FORMATS)
    engine = start_engine(flags)
    started = time.perf_counter()
    if meta and chosen != "json":
        raise RequestError("--meta goes with --json")
    asked = build_request(flags, now_us, diagnostics)
    if plot is not None:
        asked = _to_plot(plot, asked, flags, chosen)
    read = survey_options(flags, now_us)._replace(locate_rejects=rejects is not None)
    from callstats_cli.answer.execution import matched_calls, script_of
    from callstats_cli.answer.question import prepare
    from callstats_cli.sources.finding import named_as_typed

    with diagnostics.progress("Looking for files"):
        files = files_of(flags, diagnostics)
    output = flags.output
    with (
        named_as_typed(files),
        open_beside("--rejects", rejects, output, files) as rejected,
        open_output(output, files) as stream,
    ):
        options = ask_options(flags, files, read, now_us)._replace(
            totals=chosen in ("table", "markdown") and plot is None, top=top
        )
        with diagnostics.progress("Reading", [file.path for file in files], engine.progress):
            question = prepare(asked, options, engine)
        if rejected is not None:
            write_rejects_of(question, rejected)
        if show_sql:
            write_lines(stream, (script_of(question, engine),))
            return ExitCode.ANSWERED
        answer = answer_with_notes(question, options, engine, diagnostics)
        about = None
        if meta:
            from callstats_cli.answer.meta import describe

            about = describe(question, answer.stats, engine, time.perf_counter() - started)
        if plot is not None:
            from callstats_cli.render.plot import render_plot

            terminal = terminal_for(stream, flags)
            write_text(stream, render_plot(answer.stats, terminal), styled=terminal.color)
        elif options.totals:
            _write_for_readers(answer, chosen, stream, flags, all_buckets=all_buckets)
        else:
            _write_for_programs(answer, chosen, stream, flags, about)
    if timings:
        from callstats_cli.answer.meta import timings as timings_of

        took = timings_of(question, engine, time.perf_counter() - started)
        diagnostics.note(_timings_text(took))
    if fail_empty and matched_calls(question, answer.stats, engine) == 0:
        return exit_code(answer, flags) or ExitCode.EMPTY
    return exit_code(answer, flags)


def _timings_text(took: dict[str, Any]) -> str:
    """The line for `--timings`."""
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in took["stages"].items())
    size = "" if took["bytes"] is None else f" of {took['bytes']:,} bytes"
    rows, files = (
        f"{took[word]:,} {word[:-1] if took[word] == 1 else word}" for word in ("rows", "files")
    )
    statements = took["statements"]
    return f"{took['seconds']:.2f} s ({stages}); {statements} statements; {rows} in {files}{size}"


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


def _write_for_programs(
    answer: Answer, chosen: str, stream: BinaryIO, flags: Flags, about: dict[str, Any] | None
) -> None:
    """Writes the rows in the chosen format; each imports no more than it needs."""
    stats = answer.stats
    if chosen == "parquet":
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
    answer: Answer, chosen: str, stream: BinaryIO, flags: Flags, *, all_buckets: bool
) -> None:
    """Writes the rows with their totals, as Markdown or as a table for where it goes."""
    assert answer.totals is not None  # noqa: S101 - they are wanted for these formats
    shown = {"note_input_excludes_cache": answer.totals.excludes_cached, "all_buckets": all_buckets}
    if chosen == "markdown":
        from callstats_cli.render.markdown import render_markdown

        write_markdown(stream, render_markdown(answer.stats, answer.totals, **shown))
    else:
        from callstats_cli.render.table import render_table

        terminal = terminal_for(stream, flags)
        text = render_table(answer.stats, answer.totals, terminal, **shown, trends=True)
        write_text(stream, text, styled=terminal.color)
