"""`callstats schema`: what goes in and what comes out, for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from callstats_cli.cli.flags import Debug
from callstats_cli.cli.stages import one_of, write_json
from callstats_cli.errors import ExitCode


def schema(
    what: Annotated[str, typer.Argument(metavar="request|response|formats")],
    debug: Debug = False,  # noqa: ARG001 - see `Debug`
) -> int:
    """JSON Schema of a request's body or of an answer; the formats of logs and answers.

    callstats schema request > request.schema.json

    callstats schema response
    """
    one_of("schema", what, ("request", "response", "formats"))
    from callstats_cli.cli import schemas
    from callstats_cli.cli.output import open_output

    made = {
        "request": schemas.request_schema,
        "response": schemas.response_schema,
        "formats": schemas.formats,
    }
    with open_output(None) as stream:
        write_json(stream, made[what]())
    return ExitCode.ANSWERED
