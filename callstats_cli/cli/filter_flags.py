"""The flags of a filter, one for each field."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from callstats_cli.request.filters import FILTER_FIELDS

if TYPE_CHECKING:
    from callstats_cli.request.filters import FilterField


@cache
def filter_flags() -> dict[str, inspect.Parameter]:
    return {item.parameter: _filter_flag(item) for item in FILTER_FIELDS.values()}


def _filter_flag(item: FilterField) -> inspect.Parameter:
    flag = f"--{item.flag}"
    if item.matches == "root":
        option = typer.Option(f"{flag}/--no-{item.flag}", help=item.help)
    else:
        option = typer.Option(flag, metavar=item.metavar, help=item.help)
    kind = bool | None if item.matches == "root" else list[str] | None
    return inspect.Parameter(
        item.parameter,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[kind, option],
    )
