"""The flags that commands share, each declared once; `Flags` are those of a question over call logs."""

# ruff: noqa: RUF009 - calls in the class make its fields

from __future__ import annotations

import inspect
from collections.abc import Mapping  # noqa: TC003 - the signature is evaluated
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callstats_cli.cli import completion
from callstats_cli.request.filters import FILTER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from callstats_cli.request.filters import FilterField

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
"""Read from the words as they were typed, so that it holds also where these cannot be parsed."""

RejectsFile = Annotated[
    str | None,
    typer.Option(
        "--rejects", metavar="FILE", help="Write there what was skipped or nulled, as JSON Lines."
    ),
]


def _flag(info: Any, default: object = None) -> Any:
    return field(default=default, metadata={"flag": info})


def _value(names: str, metavar: str, text: str, **more: Any) -> Any:
    """A field for a flag that takes a value, with its names, the word for the value, and its help."""
    return _flag(typer.Option(*names.split(), metavar=metavar, help=text, **more))


def _switch(names: str, text: str) -> Any:
    """A field for a flag that is on or off."""
    return _flag(typer.Option(*names.split(), help=text), default=False)


@dataclass(frozen=True)
class Flags:
    """The values of the flags as they were typed; null where one was not."""

    source: list[str] | None = _flag(
        typer.Argument(help="Files, folders, globs, URLs, - for stdin, @NAME for a configured request.")
    )
    request: str | None = _value("--request -r", "FILE", "Request body as JSON; - is stdin.")
    project: str | None = _value("--project -p", "ID", "Only this project. Default: all.")
    start: str | None = _value(
        "--start --since -s",
        "TIME",
        "First instant: 2026-03-01T08:00, 24h (ago), monday, today. Default: first call.",
    )
    end: str | None = _value(
        "--end --until -u",
        "TIME",
        "First instant after the range. Default: now, or after the last call.",
    )
    last: str | None = _value("--last", "SPAN", "The span before --end: 7d, 24 hours, 1mo.")
    granularity: str | None = _value(
        "--granularity -g",
        "WIDTH",
        "Bucket width: seconds, 5m, hour, day, week, month, quarter, year, auto, total.",
    )
    timezone: str | None = _value(
        "--timezone -z",
        "ZONE",
        "IANA zone of the buckets and of times without one, or local. Default: UTC.",
        autocompletion=completion.zones,
    )
    usage: list[str] | None = _value(
        "--usage",
        "METRIC[:AGG,...]",
        "Per call and model, for example input_tokens:sum,avg,p95. Repeatable.",
        autocompletion=completion.usage_metrics,
    )
    calls: list[str] | None = _value(
        "--calls",
        "METRIC[:AGG,...]",
        "Per call, for example latency_ms:p50,p99.9. Repeatable.",
        autocompletion=completion.call_metrics,
    )
    filters: Mapping[str, list[str] | bool | None] = field(default_factory=dict)
    output_format: str | None = _value(
        "--format -f",
        "FORMAT",
        "table (default), json, jsonl, csv, markdown, parquet, arrow.",
        autocompletion=completion.output_formats,
    )
    as_json: bool = _switch("--json", "Short for --format json.")
    output: str | None = _value("--output -o", "FILE", "Write there; its ending says the format.")
    log_format: str | None = _value(
        "--log-format",
        "NAME",
        "Read as this format instead of telling it by content: `callstats formats`.",
        autocompletion=completion.log_formats,
    )
    mapped: list[str] | None = _value(
        "--map",
        "FIELD=COLUMN",
        "Name a column of a log of your own, for example started_at:ms=ts. Repeatable.",
    )
    time_origin: str | None = _value("--time-origin", "TIME", "What relative times count from.")
    log_timezone: str | None = _value(
        "--log-timezone", "ZONE", "Zone of the log's zone-less times. Default: UTC."
    )
    usage_scope: str | None = _value(
        "--usage-scope",
        "SCOPE",
        "Whose tokens count where parents repeat their children's: auto, own, recorded.",
    )
    dedupe: str | None = _value("--dedupe", "WHEN", "Merge lines of one call: auto, always, never.")
    no_partition_pruning: bool = _switch(
        "--no-partition-pruning", "Read partitions outside the range too."
    )
    skip_bad_files: bool = _switch("--skip-bad-files", "Leave out files that cannot be read.")
    allow_extension_install: bool = _switch(
        "--allow-extension-install",
        "Let DuckDB download what it needs to read a URL, where no library is installed.",
    )
    prices: str | None = _value(
        "--prices",
        "FILE",
        "Prices of your own (TOML or JSON), or recorded: the costs that the log itself has.",
    )
    strict_pricing: bool = _switch(
        "--strict-pricing", "Exit 3 where a call has no price, or a model is priced by a loose match."
    )
    strict: bool = _switch("--strict", "Exit 3 where anything was odd: unreadable, left out, unpriced.")
    memory_limit: str | None = _value("--memory-limit", "SIZE", "For example 4GB.")
    threads: int | None = _value("--threads", "N", "Threads to use. Default: all cores.", min=1)
    quiet: bool = _switch("--quiet -q", "Say nothing but errors.")
    no_color: bool = _switch("--no-color", "No colors in the terminal.")
    debug: bool = _switch("--debug", "Show tracebacks.")


@cache
def _parameters() -> Mapping[str, inspect.Parameter]:
    """The flags of a question; in the place of `filters` one for each field of a filter."""
    typed = inspect.signature(Flags, eval_str=True).parameters
    parameters: dict[str, inspect.Parameter] = {}
    for item in fields(Flags):
        if item.name == "filters":
            parameters |= {of.parameter: _filter_parameter(of) for of in FILTER_FIELDS.values()}
        else:
            plain = typed[item.name]
            parameters[item.name] = plain.replace(
                annotation=Annotated[plain.annotation, item.metadata["flag"]]
            )
    return parameters


def _filter_parameter(item: FilterField) -> inspect.Parameter:
    if item.matches == "root":
        option = typer.Option(f"--{item.flag}/--no-{item.flag}", help=item.help)
    else:
        option = typer.Option(f"--{item.flag}", metavar=item.metavar, help=item.help)
    kind = bool | None if item.matches == "root" else list[str] | None
    return inspect.Parameter(
        item.parameter,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[kind, option],
    )


_FILTERS = frozenset(item.parameter for item in FILTER_FIELDS.values())


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
            filters = {name: given.pop(name) for name in _FILTERS if name in given}
            return command(Flags(**given, filters=filters), **typed)

        parameters = [*shared.values(), *own]
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return run

    return decorated
