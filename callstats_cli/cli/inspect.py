"""`callstats inspect`: what a source holds."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from callstats_cli.cli.flags import Flags
from callstats_cli.cli.settings import with_settings
from callstats_cli.cli.stages import (
    exit_code,
    files_of,
    start_engine,
    survey_options,
    terminal_for,
    write_json,
    write_text,
)
from callstats_cli.diagnostics import Diagnostics


def inspect(
    source: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, globs, or - for stdin.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    log_format: Annotated[
        str | None, typer.Option("--log-format", metavar="NAME", help="Override the detection.")
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Name a column of a log of your own."),
    ] = None,
    time_origin: Annotated[
        str | None,
        typer.Option("--time-origin", metavar="TIME", help="What relative times count from."),
    ] = None,
    log_timezone: Annotated[
        str,
        typer.Option("--log-timezone", metavar="ZONE", help="Zone of the log's zone-less times."),
    ] = "UTC",
    skip_bad_files: Annotated[
        bool, typer.Option("--skip-bad-files", help="Leave out files that cannot be read.")
    ] = False,
    rejects: Annotated[
        str | None,
        typer.Option(
            "--rejects", metavar="FILE", help="Write there what was skipped or nulled, as JSON Lines."
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 where lines, times or counts were unreadable.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> int:
    """What SOURCE is and holds: format, range, projects, ops, models, columns, usage, oddities.

    callstats inspect calls.jsonl

    callstats inspect logs/ --json
    """
    from callstats_cli.output import open_output, open_rejects

    typed = Flags(
        source=source,
        log_format=log_format,
        mapped=mapped,
        time_origin=time_origin,
        log_timezone=log_timezone,
        no_partition_pruning=True,
        skip_bad_files=skip_bad_files,
        strict=strict,
        no_color=no_color,
    )
    flags = with_settings(typed, (), Diagnostics(debug=debug))
    engine = start_engine(flags)
    now_us = time.time_ns() // 1_000
    options = survey_options(flags, now_us)._replace(
        inspect=True, locate_rejects=rejects is not None, dedupe="auto", usage_scope="auto"
    )

    from callstats_cli.answer import ask
    from callstats_cli.inspection import REQUEST, inspect_log
    from callstats_cli.rejects import write_rejects
    from callstats_cli.render.inspection import render_inspection

    files = files_of(flags)
    with open_rejects(rejects, None, files) as rejected, open_output(None) as stream:
        question = ask(files, REQUEST, options, engine, now_us)
        survey = question.survey
        if rejected is not None:
            write_rejects(survey.rejected, survey.files, survey.groups, rejected)
        found, stats = inspect_log(question, engine, flags.source or [], _words(flags))
        if as_json:
            write_json(stream, found)
        else:
            write_text(stream, render_inspection(found, terminal_for(stream, flags)))
    return exit_code(question, stats, flags)


def _words(flags: Flags) -> list[str]:
    """The words that make a query read the sources as they were read here."""
    words = [] if flags.log_format is None else ["--log-format", flags.log_format]
    words += [word for item in flags.mapped or () for word in ("--map", item)]
    words += [] if flags.time_origin is None else ["--time-origin", flags.time_origin]
    words += [] if flags.log_timezone in (None, "UTC") else ["--log-timezone", flags.log_timezone]
    return [*words, "--skip-bad-files"] if flags.skip_bad_files else words
