"""Answers as measurements, and the side that one is compared with, for `compare` and `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.stages import (
    answer_with_notes,
    ask_options,
    start_engine,
    survey_options,
    terminal_for,
    write_lines,
    write_markdown,
    write_text,
)
from callstats_cli.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from callstats_cli.answer.ask import Answer
    from callstats_cli.answer.baseline import Baseline
    from callstats_cli.answer.comparison import Measurement, Side
    from callstats_cli.cli.stages import Run
    from callstats_cli.engines.engine import Engine
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile

    Other = Baseline | tuple[int, int | None]

Content = TypeVar("Content")

FORMATS = ("table", "json", "markdown")

WithRange = Annotated[
    str | None,
    typer.Option(
        "--with",
        metavar="START..END",
        help="The other range, or its START alone. Default: the range before, of the same length.",
    ),
]
BaselineFile = Annotated[
    str | None,
    typer.Option("--baseline", metavar="FILE", help="A saved JSON answer instead of another range."),
]


class Measured(NamedTuple):
    """An answer, the engine that gave it, and its values over the whole range."""

    answer: Answer
    engine: Engine
    values: list[Measurement]


def measure(run: Run, files: Sequence[SourceFile], request: CallStatsRequest) -> Measured:
    """Asks with an engine of its own: one is locked to what one question reads."""
    from callstats_cli.answer.comparison import whole_range
    from callstats_cli.answer.question import prepare

    engine = start_engine(run.flags)
    options = ask_options(run.flags, files, survey_options(run.flags, run.now_us), run.now_us)
    options = options._replace(totals=True)
    with run.diagnostics.progress("Reading", [file.path for file in files], engine.progress):
        question = prepare(request, options, engine)
    answer = answer_with_notes(question, options, engine, run.diagnostics)
    assert answer.totals is not None  # noqa: S101 - they are wanted
    return Measured(answer, engine, list(whole_range(answer.stats, answer.totals)))


def _say_where_log_begins(
    files: Sequence[SourceFile], old: Measured, new: Measured, diagnostics: Diagnostics
) -> None:
    """One line where the log begins inside or after the range that is compared with: before its first
    call nothing was logged."""
    from callstats_cli.answer.execution import first_call
    from callstats_cli.request.times import format_instant
    from callstats_cli.sources.partitions import begin_before

    if begin_before(files, old.answer.stats.start):
        return
    begins = "the log begins {} the range that this one is compared with"
    first_us = first_call(old.answer.question, old.engine)
    if first_us is None:
        # Partitions after that range were not read for it.
        if first_call(new.answer.question, new.engine) is not None:
            diagnostics.note(begins.format("after"))
    elif first_us > old.answer.stats.start:
        where = "inside" if first_us < old.answer.stats.end else "after"
        first = format_instant(first_us, old.answer.stats.timezone)
        diagnostics.note(f"{begins.format(where)}: its first call is at {first}")


def plan_other(
    with_range: str | None, baseline: str | None, request: CallStatsRequest, now_us: int
) -> Other:
    """The other side of a comparison: a saved answer, or a range, its end null for the same length.

    Raises RequestError where that is said twice or not at all, or cannot be read.
    """
    from callstats_cli.answer.baseline import read_baseline
    from callstats_cli.answer.comparison import parse_range, range_before

    if with_range is not None and baseline is not None:
        raise RequestError("--with and --baseline both say what to compare with")
    if baseline is not None:
        return read_baseline(baseline)
    if with_range is not None:
        return parse_range(with_range, request.timezone, now_us)
    if request.start is None:
        raise RequestError(
            "nothing lies before the whole log",
            hint="give --last or --start, or what to compare with: --with or --baseline",
        )
    end_us = now_us if request.end is None else request.end
    return range_before(request.start, end_us, request.timezone)


def other_side(
    run: Run, files: Sequence[SourceFile], request: CallStatsRequest, new: Measured, other: Other
) -> tuple[Side, list[Measurement]]:
    """The side that is compared with, and its values."""
    from callstats_cli.answer.baseline import Baseline, of_baseline
    from callstats_cli.answer.comparison import Side

    stats = new.answer.stats
    if isinstance(other, Baseline):
        values = list(of_baseline(other, stats.usage_columns, stats.call_columns))
        return Side(other.start_us, other.end_us, other.path), values
    start_us, end_us = other
    if end_us is None:
        end_us = start_us + stats.end - stats.start
    request = request._replace(start=start_us, end=end_us)
    old = measure(run._replace(diagnostics=Diagnostics(quiet=True)), files, request)
    _say_where_log_begins(files, old, new, run.diagnostics)
    return Side(start_us, end_us), old.values


def write_report(
    run: Run,
    stream: BinaryIO,
    content: Content,
    json_of: Callable[[Content], str],
    markdown_of: Callable[[Content], str],
    text_of: Callable[[Content, Terminal], str],
) -> None:
    """Writes a report in the chosen one of `FORMATS`."""
    if run.chosen == "json":
        write_lines(stream, (json_of(content),))
    elif run.chosen == "markdown":
        write_markdown(stream, markdown_of(content))
    else:
        write_text(stream, text_of(content, terminal_for(stream, run.flags)))
