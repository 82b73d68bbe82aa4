"""Columns of times that need a note: without a zone, or counted from the start of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.chain import Chain, filled
from callstats_cli.formats.groups import WITHOUT_ZONE
from callstats_cli.formats.time_units import YEAR_SECONDS
from callstats_cli.request.call_columns import ZONED

if TYPE_CHECKING:
    from callstats_cli.engines.engine import Engine
    from callstats_cli.formats.mapped import ReadOptions
    from callstats_cli.survey.access import Access


def columns_without_zone(access: Access, engine: Engine) -> tuple[str, ...]:
    """The columns of times, as the files name them, that name no zone: of a stored type without one, or
    with some text that was loaded without one."""
    names = [
        group.name_of(raw)
        for group in access.groups
        if group.says_zoneless
        for raw in ZONED
        if raw in access.needs.columns
        and any(
            reference.type.kind in WITHOUT_ZONE and not reference.names_utc
            for reference in group.found.get(raw, ())
        )
    ]
    for table in access.loaded.tables if access.loaded else ():
        if "zoneless" in table.columns:
            rows = engine.rows(Chain((), filled("loading/zoneless_times", table=table.name)))
            names += [table.group.name_of(row["name"]) for row in rows]
    return tuple(dict.fromkeys(names))


def columns_near_zero(access: Access, read: ReadOptions, engine: Engine) -> tuple[str, ...]:
    """The columns of starts, as the files name them, that seem to count from the start of a trace: all
    that is stored or was loaded are small numbers; none where the user says when that was."""
    if read.time_origin is not None:
        return ()
    names = [
        group.name_of("started_at")
        for group in access.groups
        if group.format.open_ended
        and any(reference.near_zero for reference in group.found.get("started_at", ()))
    ]
    loaded = access.loaded
    for table in loaded.tables if loaded else ():
        group = table.group
        if loaded and group.format.open_ended and not loaded.near_zero.isdisjoint(group.numbers):
            (row,) = engine.rows(Chain((), filled("loading/latest_start", table=table.name)))
            latest = row["latest"]
            if latest is not None and latest < YEAR_SECONDS * 1_000_000:
                names.append(group.name_of("started_at"))
    return tuple(dict.fromkeys(names))
