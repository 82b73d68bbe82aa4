"""A group of files of one kind, format and schema, and where each raw column is found in them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.formats.types import TEXT
from callstats_cli.request.call_columns import CONSTANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from callstats_cli.formats.log_format import LogFormat, Path
    from callstats_cli.formats.types import ColumnType
    from callstats_cli.sources.sniffing import Compression


WITHOUT_ZONE = ("local_time", "date")

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

DEFAULT_LARGEST_OBJECT = 16_777_216

FILE_PLACES = 1 << 40
"""The number of places in the reading order that each file has."""


PerFile = tuple[str | None, ...]
"""A value of each file, from the names of its folders."""


class Leaf(NamedTuple):
    """A column that holds one value of an object; of a usage, that of one model's entry."""

    column: str
    name: str
    path: Path = ()


class Reference(NamedTuple):
    """The place of a raw column: a path into the files, a constant, or the files' folder names.

    `member` is the rest of the path where what is found is JSON text. `type` is the
    type found. `unit` is that of numbers: for times s, ms, us or ns, decided from the data where
    null; for durations ms unless given. Times that are `near_zero` are numbers within a year of 1970.
    """

    path: Path = ()
    member: Path = ()
    type: ColumnType = TEXT
    unit: str | None = None
    near_zero: bool = False
    constant: str | None = None
    per_file: PerFile | None = None
    leaves: tuple[Leaf, ...] = ()

    @property
    def names_utc(self) -> bool:
        """Whether the name of a time says that it is in UTC."""
        return "".join((*self.path, *self.member)).casefold().endswith("utc")


class Group(NamedTuple):
    """Files of one kind, format and schema. `numbers` are their positions in reading order. Where it
    `shares_files`, lines that are not of its format are another group's; where it `is_beside` the first
    of these, it does not count lines that are none. With `usage_is_whole`, usages in JSON are read as a
    whole, so that an object can be told from what is none. Where it `knows_failures`, a call that does
    not say whether it failed did not. Calls that are listed in pages stand there under the key
    `wrapper`."""

    format: LogFormat
    kind: str
    files: tuple[str, ...]
    numbers: tuple[int, ...]
    found: dict[str, tuple[Reference, ...]]
    compression: Compression = "none"
    wrapper: str | None = None
    delimiter: str = ","
    header: tuple[str, ...] = ()
    largest_object: int = DEFAULT_LARGEST_OBJECT
    naive_times_are_utc: bool = True
    zone_is_given: bool = False
    numbers_are_relative: bool = False
    shares_files: bool = False
    is_beside: bool = False
    usage_is_whole: bool = False
    knows_failures: bool = False

    def name_of(self, raw: str) -> str:
        """The files' name of a raw column: a path with dots, its own name where they have none."""
        (reference, *_) = self.found[raw]
        return ".".join((*reference.path, *reference.member)) or raw

    def has(self, column: str) -> bool:
        """Whether its files have what a column of a call is made of."""
        return any(self.found.get(raw) for raw in self.format.raw_of(column))

    def fills(self, column: str) -> bool:
        """Whether a column of a call can be anything but null, by what was found in these files."""
        return self.format.gives(column) and (column in CONSTANTS or self.has(column))

    def shows(self, column: str, type_of: Callable[[Path], ColumnType | None]) -> bool:
        """Whether the schema, the header or the first records of a file have what a column of a call is
        made of. `type_of` gives the type at a path of the file."""
        return any(
            not reference.path or type_of(reference.path) is not None
            for raw in self.format.raw_of(column)
            for reference in self.found.get(raw, ())
        )

    @property
    def says_zoneless(self) -> bool:
        """Whether a note says that a time names no zone. Known formats have times in UTC."""
        return self.format.open_ended and not self.zone_is_given

    @property
    def is_json(self) -> bool:
        """Whether its calls are JSON objects."""
        return self.kind in ("jsonl", "json", "repaired")

    def only_file(self, number: int) -> Group:
        """The group that one of its files makes."""
        return self.only_files({number})

    def only_files(self, numbers: Collection[int]) -> Group:
        """The group that some of its files make, by their numbers."""
        kept = [position for position, number in enumerate(self.numbers) if number in numbers]
        return self._replace(
            files=tuple(self.files[at] for at in kept),
            numbers=tuple(self.numbers[at] for at in kept),
            found=self.found_with(lambda _, __, values: tuple(values[at] for at in kept)),
        )

    def found_with(
        self, change: Callable[[str, int, PerFile], PerFile]
    ) -> dict[str, tuple[Reference, ...]]:
        """`found` with the values from folder names changed: those of a raw column's reference, at its
        position."""
        return {
            raw: tuple(
                reference
                if reference.per_file is None
                else reference._replace(per_file=change(raw, position, reference.per_file))
                for position, reference in enumerate(references)
            )
            for raw, references in self.found.items()
        }

    def time_is_typed(self, raw: str) -> bool:
        """Whether this time column can be read, and its range pruned, without reading text."""
        return all(self.is_typed(reference) for reference in self.found.get(raw, ()))

    def is_typed(self, reference: Reference) -> bool:
        """Whether it holds instants or numbers of a known unit, and no text."""
        if reference.constant is not None or reference.per_file is not None:
            return False
        if reference.type.kind == "instant":
            return True
        if reference.type.kind in WITHOUT_ZONE:
            return self.naive_times_are_utc
        return (
            reference.type.kind == "integer"
            and reference.unit is not None
            and not self.numbers_are_relative
        )


def group_files(groups: Iterable[Group]) -> list[Group]:
    """Groups of one file each, brought together where one reader call can read them."""
    together: dict[object, list[Group]] = {}
    for group in groups:
        together.setdefault(_signature(group), []).append(group)
    return [_joined(alike) for alike in together.values()]


def _signature(group: Group) -> object:
    """A value that is equal for groups that are alike but for their files."""
    found = group.found_with(lambda *_: ("",))
    return (
        *(group.format.name, group.format.nesting, group.kind, group.compression),
        *(group.wrapper, group.delimiter, group.header, group.shares_files, group.is_beside),
        *sorted(found.items()),
    )


def _joined(alike: list[Group]) -> Group:
    def values_of_all(raw: str, position: int, _: PerFile) -> PerFile:
        found = (group.found[raw][position].per_file or () for group in alike)
        return tuple(chain.from_iterable(found))

    return alike[0]._replace(
        files=tuple(path for group in alike for path in group.files),
        numbers=tuple(number for group in alike for number in group.numbers),
        found=alike[0].found_with(values_of_all),
    )
