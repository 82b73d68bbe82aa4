"""Which format each file is written in, and which files can be read together."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.errors import RequestError, SourceError, did_you_mean
from callstats_cli.formats import Sample
from callstats_cli.formats import columns as own
from callstats_cli.formats.registry import FORMATS
from callstats_cli.groups import PER_SECOND, Group, Leaf, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from callstats_cli.formats import LogFormat, Path, RawColumn
    from callstats_cli.sniffing import SniffedFile

_PARTITION = re.compile(r"([^=]+)=(.*)", re.DOTALL)


class MappedField(NamedTuple):
    """One `--map FIELD[:UNIT]=PATH` or `FIELD='text'`."""

    field: str
    path: str
    unit: str | None = None
    constant: str | None = None


class ReadOptions(NamedTuple):
    """What a user said of a log: its format, its columns, how its times are meant.

    `time_origin` is in microseconds since 1970; null means that numbers are epoch numbers.
    """

    log_format: str | None = None
    mapped: tuple[MappedField, ...] = ()
    time_origin: int | None = None
    log_timezone: str = "UTC"


class LogFile(NamedTuple):
    """A sniffed file with its columns: of a schema with types, or the keys of its first records."""

    sniffed: SniffedFile
    number: int
    columns: dict[str, str]
    fields: Callable[[str], dict[str, str]]

    @property
    def path(self) -> str:
        """The file's path as the user wrote it."""
        return self.sniffed.path

    @property
    def names(self) -> list[str]:
        """The names at the top of a schema, a header or the first records."""
        return list(self.columns) or list(
            dict.fromkeys(key for record in self.sniffed.records for key in record)
        )

    def type_of(self, path: Path) -> str | None:
        """The type at a path of this file; None where the file has no such path."""
        if self.sniffed.kind in ("jsonl", "json"):
            found = any(_has(record, path) for record in self.sniffed.records)
            return "VARCHAR" if found else None
        type_name = self.columns.get(path[0])
        for member in path[1:]:
            if type_name is None:
                return None
            type_name = self.fields(type_name).get(member)
        return type_name


def _at(record: Any, path: Path) -> Any:
    """The value at a path of a record; None where it has none."""
    for member in path:
        record = record.get(member) if isinstance(record, dict) else None
    return record


def _has(record: Any, path: Path) -> bool:
    parent = _at(record, path[:-1])
    return isinstance(parent, dict) and path[-1] in parent


def parse_map(text: str) -> MappedField:
    """One `--map` value; raises RequestError for an unknown field, a bad unit or a missing path."""
    left, equals, path = text.partition("=")
    name, _, unit = left.strip().partition(":")
    name = own.ALIASES.get(name, name)
    if not equals or not path:
        raise RequestError(f"--map {text!r} is not FIELD=COLUMN", hint="for example started_at=ts")
    if name not in own.NAMES:
        known = [*own.NAMES, *own.ALIASES]
        hint = did_you_mean(name, known) or "fields: " + ", ".join(known)
        raise RequestError(f"--map: unknown field {name!r}", hint=hint)
    timed = own.COLUMNS.raw[name].kind in ("time", "duration")
    if unit and (unit not in PER_SECOND or not timed):
        raise RequestError(
            f"--map: {name} takes no unit {unit!r}", hint="times and durations take s, ms, us or ns"
        )
    if len(path) >= 2 and path[0] == path[-1] == "'":
        return MappedField(name, path, constant=path[1:-1].replace("''", "'"))
    return MappedField(name, path, unit or None)


def detect(file: LogFile, options: ReadOptions) -> tuple[LogFormat, ...]:
    """The format of a file, by its content; none where it is no log that is known, several where lines
    that hold their calls in different lists, or are a call each, stand between each other."""
    if options.mapped and options.log_format is None:
        return (own.COLUMNS,)
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
    sample = Sample(records, frozenset(names), frozenset(partition_values(file.path)))
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
    names = _by_folded(file) if log_format.open_ended else {}
    for raw, column in log_format.raw.items():
        if raw in mapped:
            found[raw] = _mapped_reference(mapped[raw], file)
        elif log_format.open_ended:
            found[raw] = _recognised(column.paths, file, names)
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
        naive_times_are_utc=options.log_timezone == "UTC",
        numbers_are_relative=options.time_origin is not None,
    )


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
    if _is_json(file):
        for length in range(1, len(path)):
            outer = path[:length]
            if outer in log_format.json_text or any(
                isinstance(_at(record, outer), str) for record in file.sniffed.records
            ):
                return (Reference(outer, path[length:]),)
        return (Reference(path),)
    for length in range(len(path), 0, -1):
        type_name = file.type_of(path[:length])
        if type_name is not None:
            return (Reference(path[:length], path[length:], type_name),)
    return ()


def _spread(path: Path, file: LogFile, column: RawColumn) -> tuple[Reference, ...]:
    """A path whose object is spread over columns with dotted names, as exports to CSV have it."""
    if _is_json(file):
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
        for entry_path in entry_paths
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


def _is_json(file: LogFile) -> bool:
    return file.sniffed.kind in ("jsonl", "json")


def _mapped_reference(item: MappedField, file: LogFile) -> tuple[Reference, ...]:
    if item.constant is not None:
        return (Reference(constant=item.constant),)
    for path in ((item.path,), tuple(item.path.split("."))):
        type_name = file.type_of(path)
        if type_name is not None:
            return (Reference(path, type=type_name, unit=item.unit),)
    if _is_json(file) and not file.sniffed.records:
        return (Reference((item.path,), unit=item.unit),)
    return ()


def _by_folded(file: LogFile) -> dict[str, list[str]]:
    """The names at the top of a file, by what is left of them without letter case and punctuation."""
    by_folded: dict[str, list[str]] = {}
    for name in file.names:
        by_folded.setdefault(own.folded(name), []).append(name)
    return by_folded


def _recognised(
    paths: Sequence[Path], file: LogFile, names: dict[str, list[str]]
) -> tuple[Reference, ...]:
    """The first path that the file has, whatever its letter case: a column, a field, a column named for
    the whole path, a member of JSON text. In JSON Lines, where none is among the first lines, all of
    them, since a later line may have it."""
    for path in paths:
        alike = names.get(own.folded(path[0]), [])
        exact = [name for name in alike if name == path[0]]
        flattened = names.get(own.folded("".join(path)), [])
        known: list[Path] = [(name, *path[1:]) for name in (*exact, *alike[:1])]
        known += [(name,) for name in flattened[:1]]
        for candidate in known:
            type_name = file.type_of(candidate)
            if type_name is not None:
                return (Reference(candidate, type=type_name),)
        for name in alike[:1]:
            if path[1:] and file.columns.get(name) in ("VARCHAR", "JSON"):
                return (Reference((name,), path[1:], file.columns[name]),)
    if _is_json(file):
        return tuple(Reference(path) for path in paths)
    return ()


def _from_folder_names(raw: str, paths: Sequence[Path], file: LogFile) -> tuple[Reference, ...]:
    """A hive partition `name=value` among the file's folders, where the file lacks the column."""
    values = partition_values(file.path)
    for path in ((raw,), *paths):
        if len(path) == 1 and path[0] in values:
            return (Reference(per_file=(values[path[0]],)),)
    return ()


def partition_values(path: str) -> dict[str, str | None]:
    """The `name=value` folders of a path; Hive's name for null is null."""
    from urllib.parse import unquote

    values: dict[str, str | None] = {}
    if "=" not in path:
        return values
    for part in os.path.dirname(path).replace(os.sep, "/").split("/"):  # noqa: PTH120
        match = _PARTITION.fullmatch(part)
        if match:
            value = unquote(match[2])
            values[match[1]] = None if value == "__HIVE_DEFAULT_PARTITION__" else value
    return values


def group_files(groups: Iterable[Group]) -> list[Group]:
    """Groups of one file each, brought together where one reader call can read them."""
    together: dict[object, list[Group]] = {}
    for group in groups:
        together.setdefault(_signature(group), []).append(group)
    return [_joined(alike) for alike in together.values()]


def _signature(group: Group) -> object:
    found = tuple(
        (
            raw,
            tuple(reference._replace(per_file=reference.per_file and ("",)) for reference in found),
        )
        for raw, found in sorted(group.found.items())
    )
    alike = (
        group.format.name,
        group.format.nesting,
        group.kind,
        group.compression,
        group.wrapper,
        group.delimiter,
        group.header,
        group.shares_files,
        group.is_beside,
    )
    return (*alike, found)


def _joined(alike: list[Group]) -> Group:
    found = {
        raw: tuple(
            reference._replace(
                per_file=tuple(
                    value for group in alike for value in group.found[raw][position].per_file or ()
                ),
            )
            if reference.per_file is not None
            else reference
            for position, reference in enumerate(references)
        )
        for raw, references in alike[0].found.items()
    }
    return alike[0]._replace(
        files=tuple(path for group in alike for path in group.files),
        numbers=tuple(number for group in alike for number in group.numbers),
        found=found,
    )


def check_mapped(groups: Sequence[Group], files: Sequence[LogFile], options: ReadOptions) -> None:
    """Raises RequestError for a `--map` path that no file has."""
    for item in options.mapped:
        if any(group.found.get(item.field) for group in groups):
            continue
        names = sorted(
            {key for file in files for record in file.sniffed.records for key in record}
            | {name for file in files for name in file.columns}
        )
        hint = did_you_mean(item.path, names) or "columns: " + ", ".join(names[:20])
        raise RequestError(f"--map {item.field}: no column {item.path!r} in the log", hint=hint)


def no_timestamp(file: LogFile) -> SourceError:
    """The error for a file in which nothing names a time."""
    names = file.names
    if not names:
        return SourceError(f"{file.path!r} is no call log: its content has no known format")
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return SourceError(
        f"{file.path!r} has no column that names a time (it has {shown})",
        hint="name it with --map started_at=COLUMN",
    )
