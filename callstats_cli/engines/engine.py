"""The protocol that every engine keeps; nothing here knows any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol, overload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.chain.chain import Chain
    from callstats_cli.engines.loaded import Loaded, Reading, Rejected
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.types import ColumnType

Row = Mapping[str, Any]


class Rows(Sequence[Row]):
    """Rows as an engine fetched them, each made a mapping only when it is looked at."""

    def __init__(self, columns: Sequence[str], values: list[tuple[Any, ...]]) -> None:
        self.columns = columns
        self.values = values

    def each(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of each row, in the order asked: the fast way through many rows."""
        places = [self.columns.index(name) for name in names]
        if len(places) > 1:
            return map(itemgetter(*places), self.values)
        return (tuple(row[place] for place in places) for row in self.values)

    def having(self, name: str, value: object) -> Rows:
        """The rows that have a value in a column."""
        place = self.columns.index(name)
        return Rows(self.columns, [values for values in self.values if values[place] == value])

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, position: int) -> Row: ...
    @overload
    def __getitem__(self, position: slice) -> Rows: ...
    def __getitem__(self, position: int | slice) -> Row | Rows:
        if isinstance(position, slice):
            return Rows(self.columns, self.values[position])
        return dict(zip(self.columns, self.values[position], strict=True))


@dataclass
class Timings:
    """How many statements an engine ran so far, definitions of functions aside, and how many seconds
    they took by stage: `reading` of files that are loaded, then the folders of the templates."""

    statements: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


class Engine(Protocol):
    """Answers chains over the files that it was opened for. Instants are microseconds since 1970."""

    @property
    def name(self) -> str:
        """Its name, which is that of its folder of templates."""

    @property
    def timings(self) -> Timings:
        """Its statements so far, and the time that they took."""

    def progress(self) -> float | None:
        """How much of the statement that it runs is done, from 0 to 1; null where that is not known."""

    def open(self, files: Iterable[str]) -> None:
        """Locks the session to some files, by path or URL: from now on it reads no other, and loads and
        changes nothing. Raises EngineError or SourceError."""

    def schema(self, path: str) -> dict[str, ColumnType]:
        """The stored columns of a Parquet file and their types; raises SourceError."""

    def largest(self, group: Group, time: str) -> float | None:
        """The largest absolute number of a stored time column; null without any."""

    def load(
        self, reading: Reading, groups: Sequence[Group], sizes: Mapping[str, int], beside: Loaded | None
    ) -> Loaded:
        """Groups of files as tables of the session, with those that were loaded before `beside` them.
        `sizes` are the bytes of files when they were looked at: what comes later does not count. Raises
        SourceError for a file that cannot be read to its end."""

    def nulled(self, calls: Chain) -> list[Rejected]:
        """The values that were nulled or left out of what was loaded last; `calls` finds them."""

    def keep(self, name: str, chain: Chain) -> None:
        """Makes the rows of a chain a table of the session, in place of one so named before; raises
        what `rows` raises."""

    def rows(self, chain: Chain) -> Rows:
        """The rows of a chain, by column. Raises SourceError where a file cannot be read,
        OutOfMemoryError, and EngineError with the engine's own first line."""

    def script(self, chains: Iterable[Chain], names: Mapping[str, str]) -> str:
        """The chains as text that the engine's own shell runs as it is, after all that the session
        kept; files stand under the `names` given for their paths."""
