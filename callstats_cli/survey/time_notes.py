"""What is to be said of times: which columns name no zone, which count from the start of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.chain import Chain, filled
from callstats_cli.formats.groups import WITHOUT_ZONE
from callstats_cli.formats.time_units import YEAR_SECONDS
from callstats_cli.request.call_columns import ZONED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.engines.engine import Engine, Loading
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.mapped import ReadOptions
    from callstats_cli.survey.access import Access


def columns_without_zone(access: Access, engine: Engine) -> tuple[str, ...]:
    """The columns of times, as the files name them, that name no zone, stored or written."""
    loaded = access.loader.tables if access.loader else ()
    stored = _stored_without_zone(access.groups, access.needs.columns)
    return tuple(dict.fromkeys(stored + _written_without_zone(loaded, engine)))


def columns_near_zero(access: Access, read: ReadOptions, engine: Engine) -> tuple[str, ...]:
    """The columns of starts, as the files name them, that seem to count from the start of a trace; none
    where the user says when that was."""
    if read.time_origin is not None:
        return ()
    written = _written_near_zero(access.loader, engine) if access.loader else []
    return tuple(dict.fromkeys(_stored_near_zero(access.groups) + written))


def _stored_without_zone(groups: Iterable[Group], needed: set[str]) -> list[str]:
    """The columns, as the files name them, of a stored type without a zone."""
    return [
        group.name_of(raw)
        for group in groups
        if group.says_zoneless
        for raw in ZONED
        if raw in needed
        and any(
            reference.type.kind in WITHOUT_ZONE and not reference.names_utc
            for reference in group.found.get(raw, ())
        )
    ]


def _written_without_zone(tables: Iterable[LoadedTable], engine: Engine) -> list[str]:
    """The columns, as the files name them, of which some text that was loaded names no zone."""
    return [
        table.group.name_of(row["name"])
        for table in tables
        if "zoneless" in table.columns
        for row in engine.rows(Chain((), filled("loading/zoneless_times", table=table.name)))
    ]


def _stored_near_zero(groups: Iterable[Group]) -> list[str]:
    """The columns of starts, as the files name them, that are stored as small numbers."""
    return [
        group.name_of("started_at")
        for group in groups
        if group.format.open_ended
        and any(reference.near_zero for reference in group.found.get("started_at", ()))
    ]


def _written_near_zero(loader: Loading, engine: Engine) -> list[str]:
    """The columns of starts, as the files name them, that were loaded from small numbers alone."""
    names: list[str] = []
    for table in loader.tables:
        group = table.group
        if group.format.open_ended and not loader.near_zero.isdisjoint(group.numbers):
            (row,) = engine.rows(Chain((), filled("loading/latest_start", table=table.name)))
            latest = row["latest"]
            if latest is not None and latest < YEAR_SECONDS * 1_000_000:
                names.append(group.name_of("started_at"))
    return names
