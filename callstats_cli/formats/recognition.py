"""The fields that the columns of a file are read as, for `callstats inspect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.formats.groups import Group, Reference
    from callstats_cli.formats.log_file import LogFile
    from callstats_cli.formats.log_format import Nesting
    from callstats_cli.formats.mapped import ReadOptions


class Recognised(NamedTuple):
    """Files of one format and kind: why it is that format, which column each field is taken from (a
    path with dots), the unit that durations are read in, and the names that nothing is read from."""

    format: str
    why: str
    kind: str
    compression: str
    files: int
    columns: dict[str, str]
    units: dict[str, str]
    unmapped: tuple[str, ...]


def recognise(file: LogFile, group: Group, options: ReadOptions) -> Recognised:
    """The fields that a file's columns are read as, as far as its beginning shows them."""
    nesting = group.format.nesting
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    for raw, references in group.found.items():
        for reference in references:
            written = _written(reference, file, nesting)
            if written is not None:
                columns.setdefault(raw, written)
                if group.format.raw[raw].kind == "duration":
                    units.setdefault(raw, reference.unit or "ms")
    everything = [reference for references in group.found.values() for reference in references]
    used = {reference.path[:1] for reference in everything}
    used |= {(leaf.column,) for reference in everything for leaf in reference.leaves}
    if nesting is not None and nesting.path:
        used = {nesting.path[:1]}
    return Recognised(
        format=group.format.name,
        why=_why(group, options),
        kind=file.sniffed.kind,
        compression=file.sniffed.compression,
        files=1,
        columns=columns,
        units=units,
        unmapped=tuple(name for name in file.names if (name,) not in used),
    )


def together(found: Iterable[Recognised]) -> list[Recognised]:
    """The same of all files: one for each format, kind and compression."""
    alike: dict[tuple[str, str, str, str], Recognised] = {}
    for one in found:
        key = (one.format, one.why, one.kind, one.compression)
        known = alike.get(key)
        if known is None:
            alike[key] = one
            continue
        alike[key] = known._replace(
            files=known.files + 1,
            columns=known.columns | one.columns | known.columns,
            units=known.units | one.units | known.units,
            unmapped=tuple(dict.fromkeys((*known.unmapped, *one.unmapped))),
        )
    return list(alike.values())


def _written(reference: Reference, file: LogFile, nesting: Nesting | None) -> str | None:
    """The place of a column in words; None where the file does not show it. For calls inside lists it
    is the place that the format states."""
    if reference.constant is not None:
        return "'" + reference.constant.replace("'", "''") + "'"
    if reference.per_file is not None:
        return "the folder's name"
    if reference.leaves:
        return ".".join((*reference.path, "*"))
    if nesting is None and file.type_of(reference.path) is None:
        return None
    return ".".join((*reference.path, *reference.member))


def _why(group: Group, options: ReadOptions) -> str:
    if options.log_format is not None:
        return "--log-format says so"
    if group.format.open_ended and options.mapped:
        return "--map names its columns"
    return group.format.told_by
