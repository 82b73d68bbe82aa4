"""`callstats formats`: which logs can be read, and what each field of them becomes."""

from __future__ import annotations

from typing import Annotated

import typer

from callstats_cli.cli.flags import AsJson, Debug
from callstats_cli.cli.stages import print_report
from callstats_cli.errors import ExitCode


def formats(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Only this format. Default: all.")
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,  # noqa: ARG001 - see `Debug`
) -> int:
    """The formats that are read, and where each has what a call is made of.

    callstats formats

    callstats formats otel
    """
    from callstats_cli.answer.format_report import report
    from callstats_cli.render.formats import formats_text

    print_report(report(name), formats_text, as_json=as_json)
    return ExitCode.ANSWERED
