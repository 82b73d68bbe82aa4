"""`callstats query`: answers the request over the sources."""

from __future__ import annotations

import io
import re
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callstats_cli.cli.question import Flags, build_request
from callstats_cli.diagnostics import Diagnostics
from callstats_cli.errors import ExitCode, RequestError, did_you_mean, quoted
from callstats_cli.quality import ODD_KINDS

if TYPE_CHECKING:
    from typing import BinaryIO

    from callstats_cli.answer import Question
    from callstats_cli.engines.duckdb import DuckDBEngine
    from callstats_cli.response import CallStats
    from callstats_cli.survey import SurveyOptions

_RANGE = "Range and buckets"
_METRICS = "Metrics"
_FILTER = "Filters (values of one are alternatives, filters add up)"
_READING = "Reading"
_OUTPUT = "Output"
_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)
TWO_YEARS_US = 2 * 366 * 86_400_000_000


def query(
    source: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, globs, URLs, or - for stdin.")
    ] = None,
    request: Annotated[
        str | None,
        typer.Option("--request", "-r", metavar="FILE", help="Request body as JSON; - is stdin."),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option("--project", "-p", metavar="ID", help="Only this project. Default: all."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            "--since",
            "-s",
            metavar="TIME",
            help="First instant: 2026-03-01, 2026-03-01T08:00, -24h, today. Default: first call.",
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--end",
            "--until",
            "-u",
            metavar="TIME",
            help="First instant after the range. Default: now, or after the last call.",
        ),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--last", metavar="SPAN", help="The span before --end: 7d, 24h, 1mo."),
    ] = None,
    granularity: Annotated[
        str | None,
        typer.Option(
            "--granularity",
            "-g",
            metavar="WIDTH",
            help="Bucket width: seconds, 5m, 1h, 1d, 1w, 1mo, 1q, 1y, auto, total.",
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            "-z",
            metavar="ZONE",
            help="IANA zone of the buckets and of times without one. Default: UTC.",
        ),
    ] = None,
    usage: Annotated[
        list[str] | None,
        typer.Option(
            "--usage",
            metavar="METRIC[:AGG,...]",
            help="Per call and model, for example input_tokens:sum,avg,p95. Repeatable.",
        ),
    ] = None,
    calls: Annotated[
        list[str] | None,
        typer.Option(
            "--calls",
            metavar="METRIC[:AGG,...]",
            help="Per call, for example latency_ms:p50,p99.9. Repeatable.",
        ),
    ] = None,
    op: Annotated[
        list[str] | None,
        typer.Option("--op", metavar="NAME", help="Op name, ref, or ref:* for any version."),
    ] = None,
    input_ref: Annotated[list[str] | None, typer.Option("--input-ref", metavar="REF")] = None,
    output_ref: Annotated[list[str] | None, typer.Option("--output-ref", metavar="REF")] = None,
    parent: Annotated[list[str] | None, typer.Option("--parent", metavar="ID")] = None,
    trace: Annotated[list[str] | None, typer.Option("--trace", metavar="ID")] = None,
    call: Annotated[list[str] | None, typer.Option("--call", metavar="ID")] = None,
    thread: Annotated[list[str] | None, typer.Option("--thread", metavar="ID")] = None,
    turn: Annotated[list[str] | None, typer.Option("--turn", metavar="ID")] = None,
    user: Annotated[list[str] | None, typer.Option("--user", metavar="ID")] = None,
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="ID", help="Run id, with or without entity/project."),
    ] = None,
    roots_only: Annotated[
        bool | None,
        typer.Option("--roots-only/--no-roots-only", help="Only calls without a parent."),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="FORMAT", help="table (default), json or jsonl."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there, by its ending."),
    ] = None,
    meta: Annotated[
        bool, typer.Option("--meta", help="Add a meta object to JSON: what was read and how.")
    ] = False,
    show_sql: Annotated[
        bool, typer.Option("--show-sql", help="Print the SQL instead, for the duckdb shell.")
    ] = False,
    log_format: Annotated[
        str | None, typer.Option("--log-format", metavar="NAME", help="Override the detection.")
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Name a column of a log of your own, for example started_at:ms=ts. Repeatable.",
        ),
    ] = None,
    time_origin: Annotated[
        str | None,
        typer.Option("--time-origin", metavar="TIME", help="What relative times count from."),
    ] = None,
    log_timezone: Annotated[
        str,
        typer.Option("--log-timezone", metavar="ZONE", help="Zone of the log's zone-less times."),
    ] = "UTC",
    usage_scope: Annotated[
        str,
        typer.Option(
            "--usage-scope",
            metavar="SCOPE",
            help="Whose tokens count where parents repeat their children's: auto, own, recorded.",
        ),
    ] = "auto",
    dedupe: Annotated[
        str,
        typer.Option("--dedupe", metavar="WHEN", help="Merge lines of one call: auto, always, never."),
    ] = "auto",
    no_partition_pruning: Annotated[
        bool, typer.Option("--no-partition-pruning", help="Read partitions outside the range too.")
    ] = False,
    skip_bad_files: Annotated[
        bool, typer.Option("--skip-bad-files", help="Leave out files that cannot be read.")
    ] = False,
    prices: Annotated[
        str | None,
        typer.Option(
            "--prices",
            metavar="FILE",
            help="Prices of your own (TOML or JSON), or recorded: the costs that the log itself has.",
        ),
    ] = None,
    strict_pricing: Annotated[
        bool,
        typer.Option(
            "--strict-pricing",
            help="Exit 3 where a call has no price, or a model is priced by a loose match.",
        ),
    ] = False,
    rejects: Annotated[
        str | None,
        typer.Option(
            "--rejects", metavar="FILE", help="Write there what was skipped or nulled, as JSON Lines."
        ),
    ] = None,
    allow_extension_install: Annotated[
        bool,
        typer.Option(
            "--allow-extension-install",
            help="Let DuckDB download what it needs to read a URL, where no library is installed.",
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 where lines, times or counts were unreadable.")
    ] = False,
    fail_empty: Annotated[
        bool, typer.Option("--fail-empty", help="Exit 4 where no call matches.")
    ] = False,
    memory_limit: Annotated[
        str | None, typer.Option("--memory-limit", metavar="SIZE", help="For example 4GB.")
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", metavar="N", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> int:
    """Statistics of the calls in SOURCE, per time bucket and model.

    callstats query calls.jsonl

    callstats query logs/ --last 7d -g 1d -z Europe/Berlin

    callstats query 'logs/*.parquet' -s -24h --calls latency_ms:p50,p95 --json

    callstats query calls.jsonl --request body.json --json

    callstats query --log-format claude-code --last 7d
    """
    from callstats_cli.engines.duckdb import DuckDBEngine
    from callstats_cli.output import format_of, open_output, open_rejects

    if memory_limit is not None and not _SIZE.fullmatch(memory_limit):
        raise RequestError(f"--memory-limit: no size: {quoted(memory_limit)}", hint="such as 4GB")
    engine = DuckDBEngine(memory_limit=memory_limit, threads=threads)
    started = time.perf_counter()
    now_us = time.time_ns() // 1_000
    chosen = format_of(output_format, as_json=as_json, output=output)
    diagnostics = Diagnostics(quiet=quiet, as_json=chosen != "table", debug=debug)
    sources = source or []
    if request == "-" and "-" in sources:
        raise RequestError("--request - and the source - both want stdin")
    if meta and chosen != "json":
        raise RequestError("--meta goes with --json")
    flags = Flags(
        request, project, start, end, last, granularity, timezone, usage or (), calls or (),
        {
            "op_names": op, "input_refs": input_ref, "output_refs": output_ref,
            "parent_ids": parent, "trace_ids": trace, "call_ids": call, "thread_ids": thread,
            "turn_ids": turn, "trace_roots_only": roots_only, "wb_user_ids": user,
            "wb_run_ids": run,
        },
    )  # fmt: skip
    asked = build_request(flags, now_us, diagnostics)
    options = survey_options(
        log_format, mapped or [], time_origin, log_timezone, usage_scope, dedupe,
        prune_partitions=not no_partition_pruning, skip_bad_files=skip_bad_files, now_us=now_us,
    )._replace(locate_rejects=rejects is not None)  # fmt: skip

    from callstats_cli.answer import ask, asks_for_cost
    from callstats_cli.sources import find_files

    book = None
    if prices is not None or asks_for_cost(asked):
        from callstats_cli.pricing.book import open_book

        book = open_book(prices)
        options = options._replace(recorded_costs=book.is_recorded)
    if not sources:
        from callstats_cli.agent_folders import agent_sources

        sources = agent_sources(log_format)
    files = find_files(sources, allow_extension_install=allow_extension_install)
    with open_rejects(rejects, output, files) as rejected, open_output(output) as stream:
        question = ask(files, asked, options, engine, now_us, book if asks_for_cost(asked) else None)
        if rejected is not None:
            _write_rejects(question, rejected)
        if show_sql:
            _print_sql(question, engine, stream)
            return ExitCode.ANSWERED
        stats = _answer(question, engine, diagnostics)
        about = _meta(question, stats, engine, started) if meta else None
        _write(stats, chosen, stream, question, engine, about, no_color=no_color)
    if strict_pricing and (stats.unpriced or question.loosely_priced):
        return ExitCode.STRICT
    return exit_code(question, stats, engine, strict=strict, fail_empty=fail_empty)


def _one_of(flag: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        hint = did_you_mean(value, list(known)) or "known: " + ", ".join(known)
        raise RequestError(f"{flag}: unknown value {quoted(value)}", hint=hint)
    return value


def survey_options(
    log_format: str | None,
    mapped: list[str],
    time_origin: str | None,
    log_timezone: str,
    usage_scope: str,
    dedupe: str,
    *,
    prune_partitions: bool,
    skip_bad_files: bool,
    now_us: int,
) -> SurveyOptions:
    from callstats_cli.buckets import load_zone
    from callstats_cli.detection import ReadOptions, parse_map
    from callstats_cli.formats.registry import FAMILIES
    from callstats_cli.survey import SurveyOptions
    from callstats_cli.timerange import parse_instant

    if log_format is not None:
        _one_of("--log-format", log_format, FAMILIES)
    load_zone(log_timezone)
    origin = None
    if time_origin is not None:
        origin = parse_instant(time_origin, zone=log_timezone, now_us=now_us).us
    return SurveyOptions(
        read=ReadOptions(log_format, tuple(parse_map(text) for text in mapped), origin, log_timezone),
        dedupe=_one_of("--dedupe", dedupe, ("auto", "always", "never")),  # type: ignore[arg-type]
        usage_scope=_one_of("--usage-scope", usage_scope, ("auto", "own", "recorded")),  # type: ignore[arg-type]
        prune_partitions=prune_partitions,
        skip_bad_files=skip_bad_files,
    )


def _write_rejects(question: Question, stream: BinaryIO) -> None:
    from callstats_cli.rejects import write_rejects

    survey = question.survey
    write_rejects(survey.rejected, survey.files, survey.groups, stream)


def _print_sql(question: Question, engine: DuckDBEngine, stream: BinaryIO) -> None:
    from callstats_cli.answer import script_of

    stream.write(script_of(question, engine).encode())


def _answer(question: Question, engine: DuckDBEngine, diagnostics: Diagnostics) -> CallStats:
    from callstats_cli.answer import answer, why_nothing_matched
    from callstats_cli.timerange import format_instant

    survey, plan = question.survey, question.plan
    if question.request.start is None and plan.end_us - plan.start_us > TWO_YEARS_US:
        first, last = (format_instant(us, "UTC") for us in (plan.start_us, plan.end_us - 1))
        diagnostics.note(f"the range is over two years wide: first call {first}, last {last}")
    if plan.requested is not None:
        diagnostics.note(
            f"buckets widened from {plan.requested} s to {plan.granularity} s: "
            "an answer has at most 10,000"
        )
    if survey.skipped:
        more = f" and {len(survey.skipped) - 1} more" if len(survey.skipped) > 1 else ""
        diagnostics.note(f"no call log, left out: {survey.skipped[0]}{more}")
    if survey.counts_twice:
        diagnostics.note(
            "recorded usage counts tokens more than once: this log repeats it in the calls above; "
            "--usage-scope auto counts each once"
        )
    stats = answer(question, engine)
    diagnostics.quality(stats.quality)
    _say_prices(question, stats, engine, diagnostics)
    reason = why_nothing_matched(question, stats, engine)
    if reason:
        diagnostics.note(reason)
    return stats


def _say_prices(
    question: Question, stats: CallStats, engine: DuckDBEngine, diagnostics: Diagnostics
) -> None:
    """One line that names the models without a price, one on calls older than the price list."""
    from callstats_cli.answer import calls_before_price_history
    from callstats_cli.timerange import format_instant

    if stats.unpriced:
        diagnostics.unpriced(stats.unpriced)
    early = calls_before_price_history(question, engine)
    if early and question.pricing and question.pricing.history_start_us is not None:
        since = format_instant(question.pricing.history_start_us, "UTC")[:10]
        diagnostics.note(
            f"{early:,} calls are older than the price list ({since}): priced at its oldest prices"
        )


def _meta(question: Question, stats: CallStats, engine: DuckDBEngine, started: float) -> dict[str, Any]:
    from callstats_cli.meta import describe

    return describe(question, stats, engine, time.perf_counter() - started)


def _write(
    stats: CallStats,
    chosen: str,
    stream: BinaryIO,
    question: Question,
    engine: DuckDBEngine,
    about: dict[str, Any] | None,
    *,
    no_color: bool,
) -> None:
    if chosen == "table":
        from callstats_cli.answer import input_excludes_cache, totals
        from callstats_cli.render.table import render_table, terminal_of

        to_stdout = stream is sys.stdout.buffer
        encoding = sys.stdout.encoding if to_stdout else "utf-8"
        terminal = terminal_of(
            sys.stdout if to_stdout else io.TextIOWrapper(io.BytesIO(), encoding),
            no_color=no_color,
        )
        text = render_table(
            stats,
            totals(question, engine),
            terminal,
            note_input_excludes_cache=input_excludes_cache(question, stats, engine),
        )
        stream.write(text.encode(encoding, "backslashreplace"))
        return
    from callstats_cli.render.json import render_json, render_jsonl

    for text in render_json(stats, about) if chosen == "json" else render_jsonl(stats):
        stream.write(text.encode())


def exit_code(
    question: Question, stats: CallStats, engine: DuckDBEngine, *, strict: bool, fail_empty: bool
) -> int:
    from callstats_cli.answer import matched_calls

    if strict and any(stats.quality.get(kind.name) for kind in ODD_KINDS if kind.is_strict):
        return ExitCode.STRICT
    if fail_empty and matched_calls(question, stats, engine) == 0:
        return ExitCode.EMPTY
    return ExitCode.ANSWERED
