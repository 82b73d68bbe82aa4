"""The stages that the commands share: flags to an engine and to options, a question to its answer,
and what is written of it."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from typing import TYPE_CHECKING, TypeVar, get_args

from callstats_cli.calls.quality import ODD_KINDS
from callstats_cli.errors import ExitCode, RequestError, counted, did_you_mean, quoted
from callstats_cli.harmless import printable_lines, without_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO

    from callstats_cli.answer.ask import Question
    from callstats_cli.answer.rows import CallStats
    from callstats_cli.calls.options import SurveyOptions
    from callstats_cli.calls.survey import Survey
    from callstats_cli.cli.diagnostics import Diagnostics
    from callstats_cli.cli.flags import Flags
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile

Word = TypeVar("Word", bound=str)

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)
_TWO_YEARS_US = 2 * 366 * 86_400_000_000


def start_engine(flags: Flags) -> DuckDBEngine:
    """An engine that is being connected; raises RequestError for a size that is none."""
    from callstats_cli.engines.duckdb.session import DuckDBEngine

    limit = flags.memory_limit
    if limit is not None and not _SIZE.fullmatch(limit):
        raise RequestError(f"--memory-limit: no size: {quoted(limit)}", hint="such as 4GB")
    return DuckDBEngine(memory_limit=limit, threads=flags.threads)


def files_of(flags: Flags, diagnostics: Diagnostics) -> list[SourceFile]:
    """The files that the sources name; what was left out is said."""
    from callstats_cli.sources.finding import find_files

    found = find_files(flags.source or (), allow_extension_install=flags.allow_extension_install)
    for note in found.notes:
        diagnostics.note(note)
    return found.files


def survey_options(flags: Flags, now_us: int) -> SurveyOptions:
    """How the sources are to be read; raises RequestError for words that are none."""
    from callstats_cli.calls.options import Dedupe, SurveyOptions, UsageScope
    from callstats_cli.formats.mapped import ReadOptions, parse_map
    from callstats_cli.formats.registry import FAMILIES
    from callstats_cli.request.local_zone import zone_name
    from callstats_cli.request.times import parse_instant

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
    )


def one_of(flag: str, value: str, known: tuple[Word, ...]) -> Word:
    """The value of a flag that takes one of a few words."""
    for word in known:
        if word == value:
            return word
    hint = did_you_mean(value, list(known)) or "known: " + ", ".join(known)
    raise RequestError(f"{flag}: unknown value {quoted(value)}", hint=hint)


def ask_with_prices(
    files: Sequence[SourceFile],
    request: CallStatsRequest,
    flags: Flags,
    engine: DuckDBEngine,
    now_us: int,
    options: SurveyOptions,
) -> Question:
    """The question, with prices where it asks for costs; a file of prices is read in any case."""
    from callstats_cli.answer.ask import ask, asks_for_cost

    if flags.prices is None and not asks_for_cost(request):
        return ask(files, request, options, engine, now_us)
    from callstats_cli.pricing.book import open_book

    book = open_book(flags.prices)
    options = options._replace(recorded_costs=book.is_recorded)
    return ask(files, request, options, engine, now_us, book if asks_for_cost(request) else None)


def answer_with_notes(question: Question, engine: DuckDBEngine, diagnostics: Diagnostics) -> CallStats:
    """The answer; what is good to know about it goes to stderr."""
    from callstats_cli.answer.ask import answer, finds_no_tokens, why_nothing_matched
    from callstats_cli.request.times import format_instant

    survey, plan = question.survey, question.plan
    if question.request.start is None and plan.end_us - plan.start_us > _TWO_YEARS_US:
        first, last = (format_instant(us, "UTC") for us in (plan.start_us, plan.end_us - 1))
        diagnostics.note(f"the range is over two years wide: first call {first}, last {last}")
    if plan.requested is not None:
        diagnostics.note(
            f"buckets widened from {plan.requested} s to {plan.granularity} s: "
            "an answer has at most 10,000"
        )
    if survey.skipped:
        diagnostics.note(f"no call log, left out: {counted(survey.skipped)}")
    if survey.usage_scope == "recorded" and survey.repeats.entries:
        entries, tokens = survey.repeats
        repeat = "usage entry repeats" if entries == 1 else "usage entries repeat"
        diagnostics.note(
            f"recorded usage counts tokens more than once: {entries:,} {repeat} {tokens:,} tokens of "
            "the calls below; --usage-scope auto counts each once"
        )
    say_times(survey, diagnostics)
    with diagnostics.progress("Counting"):
        stats = answer(question, engine)
    diagnostics.quality(stats.quality)
    _say_unknown_failures(question, diagnostics)
    _say_prices(question, stats, engine, diagnostics)
    reason = why_nothing_matched(question, stats, engine)
    if reason:
        diagnostics.note(reason)
    if not reason and finds_no_tokens(question, stats, engine):
        diagnostics.note(
            "no call has a token where callstats looks: `callstats inspect` says what it read, "
            "--map input_tokens=COLUMN names another column"
        )
    return stats


def say_times(survey: Survey, diagnostics: Diagnostics) -> None:
    """One line that names the columns of times without a zone, one for those that count from 0."""
    if survey.zoneless:
        names = " and ".join(map(quoted, survey.zoneless))
        diagnostics.note(
            f"times without a zone in {names} are read as UTC; --log-timezone names another zone, "
            "or UTC to leave this out"
        )
    if survey.near_zero:
        names = " and ".join(map(quoted, survey.near_zero))
        diagnostics.note(
            f"times in {names} lie in 1970: where they count from the start of a trace, "
            "--time-origin says when that was"
        )


def _say_unknown_failures(question: Question, diagnostics: Diagnostics) -> None:
    """One line that names the formats of which no call tells whether it failed, where that was asked;
    the default question asks it of every log."""
    from callstats_cli.cli.question import DEFAULT_CALLS

    metrics, silent = question.request.call_metrics, question.survey.failures_unknown
    asked = {item.metric for item in metrics} & {"error_count", "error_rate"}
    if not silent or not asked or metrics == DEFAULT_CALLS:
        return
    own = any(group.format.open_ended for group in question.survey.groups)
    diagnostics.note(
        f"errors are not known of {' and '.join(silent)} logs: "
        "nothing in them tells whether a call failed"
        + ("; --map error=COLUMN names what does" if own else "")
    )


def _say_prices(
    question: Question, stats: CallStats, engine: DuckDBEngine, diagnostics: Diagnostics
) -> None:
    """One line that names the models without a price, one on calls older than the price list, one on
    those older than its rates for their tier."""
    from callstats_cli.answer.ask import calls_before_context_prices, calls_before_price_history
    from callstats_cli.request.times import format_instant

    if stats.unpriced:
        diagnostics.unpriced(stats.unpriced)
    early = calls_before_price_history(question, engine)
    if early and question.pricing and question.pricing.history_start_us is not None:
        since = format_instant(question.pricing.history_start_us, "UTC")[:10]
        calls = "call is" if early == 1 else "calls are"
        diagnostics.note(
            f"{early:,} {calls} older than the price list ({since}): priced at its oldest prices"
        )
    early = calls_before_context_prices(question, engine)
    if early:
        calls = "call is" if early == 1 else "calls are"
        diagnostics.note(
            f"{early:,} {calls} older than the list's prices for the service tier: "
            "priced at the first of them"
        )


def terminal_for(stream: BinaryIO, flags: Flags) -> Terminal:
    """What a text is laid out for: stdout, or a file."""
    from callstats_cli.render.terminal import terminal_of

    seen_by = sys.stdout if is_stdout(stream) else io.TextIOWrapper(io.BytesIO(), "utf-8")
    return terminal_of(seen_by, no_color=flags.no_color)


def is_stdout(stream: BinaryIO) -> bool:
    """Does it go to stdout, rather than to a file?"""
    return sys.stdout is not None and stream is sys.stdout.buffer


def is_regular_file(stream: BinaryIO) -> bool:
    """Does it go to a file, rather than to a pipe or a terminal?"""
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


def write_json(stream: BinaryIO, content: object) -> None:
    """Writes a value for programs."""
    from callstats_cli.render.json import json_text

    write_lines(stream, (json_text(content),))


def exit_code(question: Question, stats: CallStats, flags: Flags) -> ExitCode:
    """The code of a run that answered: not 0 where --strict or --strict-pricing finds too much."""
    if flags.strict_pricing and (stats.unpriced or question.loosely_priced):
        return ExitCode.STRICT
    if flags.strict and any(stats.quality.get(kind.name) for kind in ODD_KINDS if kind.is_strict):
        return ExitCode.STRICT
    return ExitCode.ANSWERED
