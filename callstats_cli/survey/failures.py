"""Which logs tell whether a call failed: where none does, errors are unknown, not absent (spec 5).

A format tells where any of its files has a column for it, or any line that is read a value; its calls
that say nothing have then not failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.chain import Chain, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.engines.engine import Engine
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_file import LogFile


def formats_by_names(files: Sequence[LogFile], groups: Sequence[Group]) -> set[str]:
    """The formats, by name, that always tell, or of which a file has a column that does: in its schema,
    its header or its first records."""
    return {
        group.format.name
        for file, group in zip(files, groups, strict=True)
        if group.format.gives("failed")
        and (not group.format.failure_is_optional or group.shows("failed", file.type_of))
    }


def formats_by_lines(tables: Iterable[LoadedTable], engine: Engine) -> set[str]:
    """The formats, by name, of which some loaded line tells, among those not known to."""
    asked = [table for table in tables if "failed" in table.held and not table.group.knows_failures]
    return {
        table.group.format.name
        for table in asked
        for row in engine.rows(Chain((), filled("calls/failures_told", table=table.name)))
        if row["found"]
    }


def knowing(group: Group, telling: set[str]) -> Group:
    """The group, which knows failures where its format is among those that tell."""
    return group._replace(knows_failures=True) if group.format.name in telling else group


def knows_failures(groups: Sequence[Group]) -> bool:
    """Whether any log says if a call failed; true where there is no log."""
    return not groups or any(group.knows_failures for group in groups)


def formats_without_failures(groups: Iterable[Group]) -> tuple[str, ...]:
    """The formats, by name, that do not tell."""
    unknown = (
        group.format.name for group in groups if not group.knows_failures and not group.format.tells
    )
    return tuple(dict.fromkeys(unknown))
