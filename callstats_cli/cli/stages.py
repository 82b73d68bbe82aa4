"""The stages that the commands share: flags to an engine and to options, a question to its answer,
and what is written of it."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar, get_args

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.errors import ExitCode, RequestError, did_you_mean, quoted
from callstats_cli.harmless import printable_lines, without_commands
from callstats_cli.survey.quality import ODD_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from callstats_cli.answer.ask import Answer
    from callstats_cli.answer.question import AskOptions, Question
    from callstats_cli.cli.flags import Flags
    from callstats_cli.engines.engine import Engine
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.sources.finding import SourceFile
    from callstats_cli.survey.options import SurveyOptions

Word = TypeVar("Word", bound=str)
Content = TypeVar("Content")

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)


class Run(NamedTuple):
    """A run of a command: its flags with settings filled in, its output format, and the instant that
    is now."""

    flags: Flags
    diagnostics: Diagnostics
    chosen: str
    now_us: int


def begin(flags: Flags, formats: Sequence[str]) -> Run:
    """The run of a command that can write some formats; raises RequestError for a wrong setting."""
    from callstats_cli.cli.output import format_of
    from callstats_cli.cli.settings import with_settings

    diagnostics = Diagnostics(quiet=flags.quiet, debug=flags.debug)
    flags = with_settings(flags, formats, diagnostics)
    chosen = format_of(flags.output_format, as_json=flags.as_json, output=flags.output, known=formats)
    return Run(flags, diagnostics, chosen, time.time_ns() // 1_000)


def start_engine(flags: Flags) -> Engine:
    """An engine that is being connected; raises RequestError for a malformed size."""
    from callstats_cli import engines

    limit = flags.memory_limit
    if limit is not None and not _SIZE.fullmatch(limit):
        raise RequestError(f"--memory-limit: no size: {quoted(limit)}", hint="such as 4GB")
    return engines.start(memory_limit=limit, threads=flags.threads)


def files_of(flags: Flags, diagnostics: Diagnostics) -> list[SourceFile]:
    """The files that the sources name; what was left out is said."""
    from callstats_cli.sources.finding import find_files

    def without_library(scheme: str, library: str, by_pip: str) -> object:
        from callstats_cli.engines.duckdb.httpfs import httpfs_files

        return httpfs_files(scheme, library, by_pip, install=flags.allow_extension_install)

    found = find_files(flags.source or (), without_library)
    for note in found.notes:
        diagnostics.note(note)
    return found.files


def survey_options(flags: Flags, now_us: int) -> SurveyOptions:
    """The options that say how sources are read; raises RequestError for an unknown word."""
    from callstats_cli.formats.mapped import ReadOptions, parse_map
    from callstats_cli.formats.registry import FAMILIES
    from callstats_cli.request.local_zone import zone_name
    from callstats_cli.request.times import parse_instant
    from callstats_cli.survey.options import Dedupe, SurveyOptions, UsageScope

    if flags.log_format is not None:
        one_of("--log-format", flags.log_format, FAMILIES)
    zone = None if flags.log_timezone is None else zone_name(flags.log_timezone, os.environ)
    origin = None
    if flags.time_origin is not None:
        origin = parse_instant(flags.time_origin, zone=zone or "UTC", now_us=now_us).us
    mapped = tuple(parse_map(text) for text in flags.mapped or ())
    return SurveyOptions(
        read=ReadOptions(flags.log_format, mapped, origin, zone),
        dedupe=one_of("--dedupe", flags.dedupe or "auto", get_args(Dedupe)),
        usage_scope=one_of("--usage-scope", flags.usage_scope or "auto", get_args(UsageScope)),
        prune_partitions=not flags.no_partition_pruning,
        skip_bad_files=flags.skip_bad_files,
        compare_ids=bool(flags.strict),
    )


def one_of(flag: str, value: str, known: tuple[Word, ...]) -> Word:
    """The value of a flag that takes one of a few words."""
    for word in known:
        if word == value:
            return word
    hint = did_you_mean(value, list(known)) or "known: " + ", ".join(known)
    raise RequestError(f"{flag}: unknown value {quoted(value)}", hint=hint)


def ask_options(
    flags: Flags, files: Sequence[SourceFile], read: SurveyOptions, now_us: int
) -> AskOptions:
    """The options of a question over files. Reads a file of prices, and raises RequestError where that
    is malformed."""
    from callstats_cli.answer.question import AskOptions

    options = AskOptions(files, read, now_us)
    if flags.prices is None:
        return options
    from callstats_cli.pricing.book import open_book

    return options._replace(book=open_book(flags.prices))


def answer_with_notes(
    question: Question, options: AskOptions, engine: Engine, diagnostics: Diagnostics
) -> Answer:
    """The answer; what is good to know about it goes to stderr."""
    from callstats_cli.answer.ask import answered
    from callstats_cli.answer.notes import of_question

    for note in of_question(question):
        diagnostics.note(note)
    with diagnostics.progress("Counting", share=engine.progress):
        answer = answered(question, options, engine)
    for note in answer.notes:
        diagnostics.note(note)
    return answer


def terminal_for(stream: BinaryIO, flags: Flags) -> Terminal:
    """The terminal that a text is laid out for: that of stdout, or a file."""
    from callstats_cli.render.terminal import terminal_of

    seen_by = sys.stdout if is_stdout(stream) else io.TextIOWrapper(io.BytesIO(), "utf-8")
    return terminal_of(seen_by, no_color=flags.no_color)


def is_stdout(stream: BinaryIO) -> bool:
    """Whether it goes to stdout, rather than to a file."""
    return sys.stdout is not None and stream is sys.stdout.buffer


def is_regular_file(stream: BinaryIO) -> bool:
    """Whether it goes to a file, rather than to a pipe or a terminal."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def write_text(stream: BinaryIO, text: str, *, styled: bool = False) -> None:
    """Writes what people read: nothing in it moves a cursor, and what the encoding of stdout lacks is
    escaped; files are UTF-8. A `styled` text has bold and colours of ours."""
    encoding = sys.stdout.encoding if is_stdout(stream) else "utf-8"
    text = without_commands(printable_lines(text, styled=styled))
    stream.write(text.encode(encoding, "backslashreplace"))


def write_markdown(stream: BinaryIO, text: str) -> None:
    """Writes what GitHub shows to people: UTF-8 everywhere."""
    stream.write(_in_utf8(without_commands(printable_lines(text))))


def write_lines(stream: BinaryIO, lines: Iterable[str]) -> None:
    """Writes what programs read, as it is, but for a terminal and for the log of a GitHub action."""
    if stream.isatty():
        lines = map(printable_lines, lines)
    if is_stdout(stream) or not is_regular_file(stream):
        lines = map(without_commands, lines)
    stream.writelines(map(_in_utf8, lines))


def _in_utf8(text: str) -> bytes:
    """Half a surrogate pair, as names that are not UTF-8 have, is escaped."""
    return text.encode("utf-8", "backslashreplace")


def write_rejects_of(question: Question, stream: BinaryIO) -> None:
    """Writes what was skipped or nulled, a JSON object a line."""
    from callstats_cli.survey.rejects import write_rejects

    survey = question.survey
    write_rejects(survey.rejected, survey.sources, survey.groups, question.typed, stream)


def write_json(stream: BinaryIO, content: object) -> None:
    """Writes a value for programs."""
    from callstats_cli.render.json import json_text

    write_lines(stream, (json_text(content),))


def print_report(content: Content, text_of: Callable[[Content], str], *, as_json: bool) -> None:
    """Writes a report to stdout, as JSON or as text for people."""
    from callstats_cli.cli.output import open_output

    with open_output(None) as stream:
        if as_json:
            write_json(stream, content)
        else:
            write_text(stream, text_of(content))


def exit_code(answer: Answer, flags: Flags) -> ExitCode:
    """The code of a run that answered: not 0 where --strict or --strict-pricing finds too much."""
    if flags.strict_pricing and (answer.stats.unpriced or answer.question.loosely_priced):
        return ExitCode.STRICT
    if flags.strict and any(
        answer.stats.quality.get(kind.name) for kind in ODD_KINDS if kind.is_strict
    ):
        return ExitCode.STRICT
    return ExitCode.ANSWERED
