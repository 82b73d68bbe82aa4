"""Detects the format of a file, and finds its raw columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.errors import RequestError
from callstats_cli.formats import columns as own
from callstats_cli.formats.groups import Group, Leaf, Reference
from callstats_cli.formats.log_file import Names, at
from callstats_cli.formats.log_format import Sample
from callstats_cli.formats.mapped import mapped_references, with_mapped
from callstats_cli.formats.registry import FORMATS
from callstats_cli.formats.types import TEXT
from callstats_cli.sources.partitions import partition_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.formats.log_file import LogFile
    from callstats_cli.formats.log_format import LogFormat, Path, RawColumn
    from callstats_cli.formats.mapped import ReadOptions


def detect(file: LogFile, options: ReadOptions) -> tuple[LogFormat, ...]:
    """The format of a file, by its content; none where it is no log that is known, several where lines
    that hold their calls in different lists, or are a call each, stand between each other.

    A flat log of a format that lacks a field which `--map` names is read as one of one's own; raises
    RequestError where that cannot be.
    """
    found = _by_content(file, options)
    if not options.mapped:
        return found
    fitting = [with_mapped(log_format, options) for log_format in found]
    adapted = tuple(log_format for log_format in fitting if log_format is not None)
    if adapted and len(adapted) == len(found):
        return adapted
    first = next((one for one in found if one.nesting is not None or one.joined is not None), None)
    if options.log_format is None and first is None:
        return (own.COLUMNS,)
    fields = ", ".join(item.field for item in options.mapped)
    raise RequestError(
        f"--map {fields}: not all of it is read of {(first or found[0]).family} logs",
        hint="--log-format columns reads them as a log of one's own",
    )


def _by_content(file: LogFile, options: ReadOptions) -> tuple[LogFormat, ...]:
    if file.sniffed.kind == "jsonl" and not file.sniffed.records and options.log_format is None:
        return (own.COLUMNS,)
    fit = fitting(file, options)
    if not fit:
        return _of_family(options)[-1:] if options.log_format else ()
    first, *others = fit
    beside = [
        other
        for other in others
        if other.family == first.family
        and file.sniffed.kind == "jsonl"
        and _lists_of(other) != _lists_of(first)
    ]
    return (first, *beside)


def fitting(file: LogFile, options: ReadOptions) -> tuple[LogFormat, ...]:
    """The formats that the content of a file shows, of those that the user allows."""
    records = file.sniffed.records
    names = {name for record in records for name in record} or set(file.columns)
    sample = Sample(records, frozenset(names), frozenset(partition_values(file.path)), file.type_of)
    return tuple(one for one in _of_family(options) if one.is_format_of(sample))


def _of_family(options: ReadOptions) -> tuple[LogFormat, ...]:
    return tuple(one for one in FORMATS if options.log_format in (None, one.family))


def _lists_of(log_format: LogFormat) -> Path:
    """The lists that hold a format's calls; none where a line is a call."""
    return log_format.nesting.path if log_format.nesting is not None else ()


def find_columns(log_format: LogFormat, file: LogFile, options: ReadOptions) -> Group:
    """The group that this file alone makes: where each raw column of its format is found."""
    found: dict[str, tuple[Reference, ...]] = {}
    mapped = {item.field: item for item in options.mapped}
    names = Names(file)
    raws = log_format.raw
    if "usage" in mapped and "usage" in raws:
        raws = _moved_into(raws, mapped_references(mapped["usage"], file, log_format))
    for raw, column in raws.items():
        if raw in mapped:
            found[raw] = mapped_references(mapped[raw], file, log_format)
        elif log_format.open_ended:
            found[raw] = _recognised(column, file, names)
        else:
            found[raw] = tuple(
                reference._replace(unit=column.unit)
                for path in _without_twins(column.paths, file)
                for reference in (*_spread(path, file, column), *_declared(path, file, log_format))
            )
        if raw not in mapped and not any(file.type_of(path) for path in column.paths):
            found[raw] = _from_folder_names(raw, column.paths, file) or found[raw]
    return Group(
        format=log_format,
        kind=file.sniffed.kind,
        files=(file.path,),
        numbers=(file.number,),
        found=found,
        compression=file.sniffed.compression,
        wrapper=file.sniffed.wrapper,
        delimiter=file.sniffed.delimiter,
        header=tuple(file.columns) if file.sniffed.kind == "csv" else (),
        naive_times_are_utc=options.log_timezone in (None, "UTC"),
        zone_is_given=options.log_timezone is not None,
        numbers_are_relative=options.time_origin is not None,
    )


def _moved_into(raws: dict[str, RawColumn], usage: Sequence[Reference]) -> dict[str, RawColumn]:
    """The raw columns, those inside a usage taken from where `--map` says that it is."""
    if not usage:
        return raws
    (base,) = usage
    old = own.COLUMNS.raw["usage"].paths

    def moved(paths: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(
            (*base.path, *base.member, *path[1:]) if path[:1] in old and path not in old else path
            for path in paths
        )

    return {
        raw: column._replace(paths=moved(column.paths), sampled=moved(column.sampled))
        for raw, column in raws.items()
    }


def _without_twins(paths: Sequence[Path], file: LogFile) -> list[Path]:
    """The paths; of those that differ in letter case only, which the engine cannot tell apart, the one
    that the file has."""
    chosen: dict[str, Path] = {}
    for path in paths:
        folded = "\0".join(path).casefold()
        if folded not in chosen or file.type_of(path) is not None:
            chosen[folded] = path
    return list(chosen.values())


def _declared(path: Path, file: LogFile, log_format: LogFormat) -> tuple[Reference, ...]:
    """A path that the format has, as this file has it: whole, or inside JSON text."""
    if log_format.nesting is not None:
        return (Reference(path),)
    if file.is_json:
        for length in range(1, len(path)):
            outer = path[:length]
            if outer in log_format.json_text or any(
                isinstance(at(record, outer), str) for record in file.sniffed.records
            ):
                return (Reference(outer, path[length:]),)
        return (Reference(path),)
    for length in range(len(path), 0, -1):
        found_type = file.type_of(path[:length])
        if found_type is not None:
            return (Reference(path[:length], path[length:], found_type),)
    return ()


def _spread(path: Path, file: LogFile, column: RawColumn) -> tuple[Reference, ...]:
    """A path whose object is spread over columns with dotted names, as exports to CSV have it."""
    if file.is_json:
        return ()
    dotted = ".".join(path)
    found: list[Reference] = []
    under = {
        name.removeprefix(f"{dotted}."): name for name in file.columns if name.startswith(f"{dotted}.")
    }
    if under and column.kind in ("usage", "refs"):
        found.append(Reference(path, leaves=tuple(_leaves(under, column.entry_paths))))
    if len(path) > 1 and dotted in file.columns:
        found.append(Reference((dotted,), type=file.columns[dotted]))
    return tuple(found)


def _leaves(under: dict[str, str], entry_paths: Sequence[Path]) -> Iterator[Leaf]:
    """The cells of an object by their dotted names; a model's name may hold dots itself."""
    split = {
        rest: (rest.removesuffix(suffix), entry_path)
        for entry_path in sorted(entry_paths, key=len)
        for suffix in ["." + ".".join(entry_path)]
        for rest in under
        if rest.endswith(suffix)
    }
    models = {model for model, _ in split.values()}
    for rest, name in under.items():
        if rest in split:
            yield Leaf(name, *split[rest])
        elif not any(rest.startswith(f"{model}.") for model in models):
            yield Leaf(name, rest)


def _recognised(column: RawColumn, file: LogFile, names: Names) -> tuple[Reference, ...]:
    """The first path that the file has, whatever its letter case: a column, a field, a column named for
    the whole path; else those that may be members of JSON text. In JSON Lines, where none is among the
    first lines, all of them, since a later line may have it."""
    for path in (*column.paths, *column.sampled):
        for found in (names.path(path), *((name,) for name in names.alike((), "".join(path))[:1])):
            if found is not None:
                reference = Reference(found, type=file.type_of(found) or TEXT)
                return (_with_unit(reference, column),)
    if file.is_json:
        return tuple(_with_unit(_reference_in_json(path, file), column) for path in column.paths)
    return tuple(
        Reference((name,), path[1:], file.columns[name])
        for path in column.paths
        if len(path) > 1
        for name in names.alike((), path[0])[:1]
        if file.columns[name].kind in ("text", "json")
    )


def _reference_in_json(path: Path, file: LogFile) -> Reference:
    """A path that no record has; inside JSON text where its beginning is some. (A usage is read
    as a whole.)"""
    outer = path[:1]
    is_text = (
        len(path) > 1
        and outer not in own.COLUMNS.raw["usage"].paths
        and any(isinstance(at(record, outer), str) for record in file.sniffed.records)
    )
    return Reference(outer, path[1:]) if is_text else Reference(path)


def _with_unit(reference: Reference, column: RawColumn) -> Reference:
    """A duration whose name ends in a unit is read in it."""
    if column.kind != "duration":
        return reference
    return reference._replace(unit=own.unit_in(reference.path[-1]))


def _from_folder_names(raw: str, paths: Sequence[Path], file: LogFile) -> tuple[Reference, ...]:
    """A hive partition `name=value` among the file's folders, where the file lacks the column."""
    values = partition_values(file.path)
    for path in ((raw,), *paths):
        if len(path) == 1 and path[0] in values:
            return (Reference(per_file=(values[path[0]],)),)
    return ()
