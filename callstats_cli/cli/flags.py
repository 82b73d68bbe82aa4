"""The flags that commands share, each declared once; `Flags` are those of a question over call logs."""

from __future__ import annotations

import inspect
from collections.abc import Mapping  # noqa: TC003 - the signature is evaluated
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callstats_cli.cli import completion
from callstats_cli.cli.filter_flags import filter_flags

if TYPE_CHECKING:
    from collections.abc import Callable


AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
"""Read from the words as they were typed, so that it holds also where these cannot be parsed."""

RejectsFile = Annotated[
    str | None,
    typer.Option(
        "--rejects", metavar="FILE", help="Write there what was skipped or nulled, as JSON Lines."
    ),
]


@dataclass(frozen=True)
class Flags:
    """What was typed; null where it was not."""

    source: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders, globs, URLs, - for stdin, @NAME for a configured request."
        ),
    ] = None
    request: Annotated[
        str | None,
        typer.Option("--request", "-r", metavar="FILE", help="Request body as JSON; - is stdin."),
    ] = None
    project: Annotated[
        str | None,
        typer.Option("--project", "-p", metavar="ID", help="Only this project. Default: all."),
    ] = None
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            "--since",
            "-s",
            metavar="TIME",
            help="First instant: 2026-03-01T08:00, 24h (ago), monday, today. Default: first call.",
        ),
    ] = None
    end: Annotated[
        str | None,
        typer.Option(
            "--end",
            "--until",
            "-u",
            metavar="TIME",
            help="First instant after the range. Default: now, or after the last call.",
        ),
    ] = None
    last: Annotated[
        str | None,
        typer.Option("--last", metavar="SPAN", help="The span before --end: 7d, 24 hours, 1mo."),
    ] = None
    granularity: Annotated[
        str | None,
        typer.Option(
            "--granularity",
            "-g",
            metavar="WIDTH",
            help="Bucket width: seconds, 5m, hour, day, week, month, quarter, year, auto, total.",
        ),
    ] = None
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            "-z",
            metavar="ZONE",
            help="IANA zone of the buckets and of times without one, or local. Default: UTC.",
            autocompletion=completion.zones,
        ),
    ] = None
    usage: Annotated[
        list[str] | None,
        typer.Option(
            "--usage",
            metavar="METRIC[:AGG,...]",
            help="Per call and model, for example input_tokens:sum,avg,p95. Repeatable.",
            autocompletion=completion.usage_metrics,
        ),
    ] = None
    calls: Annotated[
        list[str] | None,
        typer.Option(
            "--calls",
            metavar="METRIC[:AGG,...]",
            help="Per call, for example latency_ms:p50,p99.9. Repeatable.",
            autocompletion=completion.call_metrics,
        ),
    ] = None
    filters: Mapping[str, list[str] | bool | None] = field(default_factory=dict)
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table (default), json, jsonl, csv, markdown, parquet, arrow.",
            autocompletion=completion.output_formats,
        ),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there; its ending says the format."),
    ] = None
    log_format: Annotated[
        str | None,
        typer.Option(
            "--log-format",
            metavar="NAME",
            help="Read as this format instead of telling it by content: `callstats formats`.",
            autocompletion=completion.log_formats,
        ),
    ] = None
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Name a column of a log of your own, for example started_at:ms=ts. Repeatable.",
        ),
    ] = None
    time_origin: Annotated[
        str | None,
        typer.Option("--time-origin", metavar="TIME", help="What relative times count from."),
    ] = None
    log_timezone: Annotated[
        str | None,
        typer.Option(
            "--log-timezone", metavar="ZONE", help="Zone of the log's zone-less times. Default: UTC."
        ),
    ] = None
    usage_scope: Annotated[
        str | None,
        typer.Option(
            "--usage-scope",
            metavar="SCOPE",
            help="Whose tokens count where parents repeat their children's: auto, own, recorded.",
        ),
    ] = None
    dedupe: Annotated[
        str | None,
        typer.Option("--dedupe", metavar="WHEN", help="Merge lines of one call: auto, always, never."),
    ] = None
    no_partition_pruning: Annotated[
        bool, typer.Option("--no-partition-pruning", help="Read partitions outside the range too.")
    ] = False
    skip_bad_files: Annotated[
        bool, typer.Option("--skip-bad-files", help="Leave out files that cannot be read.")
    ] = False
    allow_extension_install: Annotated[
        bool,
        typer.Option(
            "--allow-extension-install",
            help="Let DuckDB download what it needs to read a URL, where no library is installed.",
        ),
    ] = False
    prices: Annotated[
        str | None,
        typer.Option(
            "--prices",
            metavar="FILE",
            help="Prices of your own (TOML or JSON), or recorded: the costs that the log itself has.",
        ),
    ] = None
    strict_pricing: Annotated[
        bool,
        typer.Option(
            "--strict-pricing",
            help="Exit 3 where a call has no price, or a model is priced by a loose match.",
        ),
    ] = False
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit 3 where anything was odd: unreadable, left out, unpriced.",
        ),
    ] = False
    memory_limit: Annotated[
        str | None, typer.Option("--memory-limit", metavar="SIZE", help="For example 4GB.")
    ] = None
    threads: Annotated[
        int | None,
        typer.Option("--threads", metavar="N", min=1, help="Threads to use. Default: all cores."),
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="No colors in the terminal.")] = False
    debug: Debug = False


@cache
def _parameters() -> Mapping[str, inspect.Parameter]:
    """The flags of a question; in the place of `filters` one for each field of a filter."""
    parameters: dict[str, inspect.Parameter] = {}
    for name, parameter in inspect.signature(Flags, eval_str=True).parameters.items():
        parameters |= filter_flags() if name == "filters" else {name: parameter}
    return parameters


def taking_flags(*names: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Makes a command what Typer is to see: with these of `Flags` as parameters, all where none is
    named, then those of its own.

    The command itself is called with the `Flags` first.
    """

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        shared = {name: at for name, at in _parameters().items() if not names or name in names}
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

        def run(**typed: Any) -> int:
            given = {name: typed.pop(name) for name in shared}
            filters = {name: given.pop(name) for name in filter_flags() if name in given}
            return command(Flags(**given, filters=filters), **typed)

        parameters = [*shared.values(), *own]
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return run

    return decorated
