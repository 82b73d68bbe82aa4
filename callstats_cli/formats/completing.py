"""Files whose rows are no calls but tell more of calls in other files: traces of a Langfuse export.

They are read where a filter asks for what they tell; else they are left out like anything that is no
call log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.errors import RequestError, SourceError
from callstats_cli.formats.registry import FORMATS
from callstats_cli.request.filters import FILTER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_file import LogFile
    from callstats_cli.formats.log_format import LogFormat
    from callstats_cli.request.filters import CallFilter


def completed(
    files: Sequence[LogFile], groups: Sequence[Group], asked: CallFilter
) -> tuple[list[Group], list[str]]:
    """The groups that are read, one for each file, and the paths of those that are not.

    Raises SourceError where there are no calls to complete; RequestError for a filter on what only
    files that are missing would tell.
    """
    calls = [group for group in groups if not group.format.tells]
    others = [group for group in groups if group.format.tells]
    if others and not calls:
        raise SourceError(
            f"{others[0].files[0]!r} holds no calls but {others[0].format.about}",
            hint="name the files with the calls, too",
        )
    _check_told(files, groups, asked)
    told_by = {
        other.format.family: other.format
        for other in others
        if not asked.columns.isdisjoint(other.format.tells)
        and any(group.format.family == other.format.family for group in calls)
    }
    joined = [_joined(group, told_by.get(group.format.family)) for group in calls]
    read = [other for other in others if other.format.family in told_by]
    return joined + read, [path for other in others if other not in read for path in other.files]


def _joined(group: Group, other: LogFormat | None) -> Group:
    """A group of calls that come together with the rows of another format."""
    if other is None:
        return group
    both = group.format._replace(joined=other.joined, line_columns=other.line_columns)
    return group._replace(format=both)


def _check_told(files: Sequence[LogFile], groups: Sequence[Group], asked: CallFilter) -> None:
    """Raises RequestError for a filter on a column that no first line shows, which files of another
    format would tell."""
    for field in map(FILTER_FIELDS.__getitem__, asked):
        column = field.column
        telling = {told.family: told for told in FORMATS if column in told.tells}
        lacking = [
            telling[group.format.family]
            for file, group in zip(files, groups, strict=True)
            if group.format.family in telling
            and column not in group.format.tells
            and not _shows(file, group, column)
        ]
        if lacking and len(lacking) == len(groups):
            raise RequestError(
                f"{field.name}: these {lacking[0].family} logs name no {field.notion}",
                hint=f"add the {lacking[0].about}",
            )


def _shows(file: LogFile, group: Group, column: str) -> bool:
    """Whether the first lines or the schema of a file show a column of a call."""
    log_format = group.format
    return any(
        file.type_of(path) is not None
        for raw in log_format.raw_of(column)
        for path in log_format.raw[raw].paths
    )
