"""What the columns of a file were taken for: for `callstats inspect`."""

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
    """What a file's columns were taken for, as far as its first lines or its schema tell."""
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
            columns=_both(known.columns, one.columns),
            units=_both(known.units, one.units),
            unmapped=tuple(dict.fromkeys((*known.unmapped, *one.unmapped))),
        )
    return list(alike.values())


def _both(known: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    return known | {name: value for name, value in more.items() if name not in known}


def _written(reference: Reference, file: LogFile, nesting: Nesting | None) -> str | None:
    """Where a column comes from; None where the file does not show it. Of calls inside others it is
    where the format has them."""
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
