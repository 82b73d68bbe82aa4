"""The command line: one file per command; flags in, exit code out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.errors import (
    CallstatsError,
    ExitCode,
    OutOfMemoryError,
    PipeClosedError,
    RequestError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("query", "compare", "check", "inspect", "formats", "prices", "schema", "config")
"""The commands as help lists them, each a function in the file of its name."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"callstats {version('callstats-cli')}")
        raise typer.Exit


def _callstats(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Statistics over LLM call logs: tokens, cost, latency and errors per time bucket and model."""


def _application(arguments: Sequence[str]) -> typer.Typer:
    """The command line with the command that is called, with all of them where none is."""
    application = typer.Typer(
        name="callstats",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    application.callback()(_callstats)
    called = set(COMMANDS).intersection(arguments[:1])
    for name in called or COMMANDS:
        application.command()(getattr(import_module(f"{__name__}.{name}"), name))
    return application


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; returns the exit code of spec 12."""
    diagnostics = Diagnostics(as_json=_asks_for_json(arguments), debug="--debug" in arguments)
    try:
        with diagnostics.notes_in_the_end():
            return _run(arguments)
    except CallstatsError as error:
        diagnostics.error(error)
        return error.exit_code
    except PipeClosedError:
        return ExitCode.ANSWERED
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except MemoryError:
        diagnostics.error(OutOfMemoryError())
        return ExitCode.FAILED
    except Exception as error:
        text = f"unexpected {type(error).__name__}: {error}"
        diagnostics.error(CallstatsError(text, hint="run again with --debug and report it"))
        return ExitCode.FAILED


def _run(arguments: Sequence[str]) -> int:
    words = list(arguments) or ["--help"]
    try:
        result = _application(words)(words, prog_name="callstats", standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        raise RequestError(message[0].lower() + message[1:]) from None
    return int(result or 0)


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether errors are written as JSON, by the raw words: parsing them may be what fails."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=False)
    return any(
        word in ("--json", "--format=json", "--format=jsonl", "-fjson", "-fjsonl")
        or (word in ("--format", "-f") and value in ("json", "jsonl"))
        for word, value in pairs
    )
