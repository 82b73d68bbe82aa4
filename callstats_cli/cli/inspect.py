"""`callstats inspect`: what a source holds."""

from __future__ import annotations

import time

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.flags import AsJson, Flags, RejectsFile, taking_flags
from callstats_cli.cli.settings import with_settings
from callstats_cli.cli.stages import (
    exit_code,
    files_of,
    start_engine,
    survey_options,
    terminal_for,
    write_json,
    write_rejects_of,
    write_text,
)


@taking_flags(
    *"source log_format mapped time_origin log_timezone skip_bad_files strict no_color debug".split()
)
def inspect(flags: Flags, *, as_json: AsJson = False, rejects: RejectsFile = None) -> int:
    """What SOURCE is and holds: format, range, projects, ops, models, columns, usage, oddities.

    callstats inspect calls.jsonl

    callstats inspect logs/ --json
    """
    from callstats_cli.cli.output import open_beside, open_output

    diagnostics = Diagnostics(debug=flags.debug)
    named = [word for word in flags.source or () if word.startswith("@")]
    flags = with_settings(flags, (), diagnostics)
    for word in named:
        diagnostics.note(f"{word}: inspect takes its sources and how to read them, no range, no filter")
    engine = start_engine(flags)
    now_us = time.time_ns() // 1_000
    read = survey_options(flags, now_us)._replace(
        inspect=True,
        locate_rejects=rejects is not None,
        prune_partitions=False,
        dedupe="auto",
        usage_scope="auto",
    )

    from callstats_cli.answer.ask import ask
    from callstats_cli.answer.inspection import REQUEST, inspect_log
    from callstats_cli.answer.notes import of_times
    from callstats_cli.answer.question import AskOptions
    from callstats_cli.render.inspection import render_inspection
    from callstats_cli.sources.finding import named_as_typed

    files = files_of(flags, diagnostics)
    with (
        named_as_typed(files),
        open_beside("--rejects", rejects, None, files) as rejected,
        open_output(None) as stream,
    ):
        answer = ask(REQUEST, AskOptions(files, read, now_us), engine)
        for note in of_times(answer.question.survey):
            diagnostics.note(note)
        if rejected is not None:
            write_rejects_of(answer.question, rejected)
        found = inspect_log(answer, engine, flags.source or [], _words(flags))
        if as_json:
            write_json(stream, found)
        else:
            terminal = terminal_for(stream, flags)
            write_text(stream, render_inspection(found, terminal), styled=terminal.color)
    return exit_code(answer, flags)


def _words(flags: Flags) -> list[str]:
    """The words that make a query read the sources as they were read here."""
    words = [] if flags.log_format is None else ["--log-format", flags.log_format]
    words += [word for item in flags.mapped or () for word in ("--map", item)]
    words += [] if flags.time_origin is None else ["--time-origin", flags.time_origin]
    words += [] if flags.log_timezone in (None, "UTC") else ["--log-timezone", flags.log_timezone]
    return [*words, "--skip-bad-files"] if flags.skip_bad_files else words
