"""The description of a log format: how it is detected, and where its raw columns are found.

A format is a `LogFormat`: the raw columns that its SQL mapping reads, where each may be found in a
line or a file, and which of them each column of a call is made of. Its mapping is
the template `formats/<name>/calls`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from callstats_cli.chain.lineage import lineage
from callstats_cli.chain.templates import template
from callstats_cli.request.call_columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callstats_cli.chain.lineage import Lineage
    from callstats_cli.formats.types import ColumnType

Path = tuple[str, ...]
Kind = Literal["text", "time", "usage", "count", "refs", "duration"]


class RawColumn(NamedTuple):
    """A raw column: what kind of value it holds and the paths it may have, first found first used.

    `sampled` are further paths, which are taken only where a schema, a header or the first records have
    them. `unit` is that of a time's numbers (s, ms, us or ns) where the format fixes it; else it is
    decided from the data. `entry_paths` are what an entry of a usage may hold: they tell model and key
    apart where columns are named `summary.usage.<model>.<key>`.
    """

    kind: Kind
    paths: tuple[Path, ...]
    unit: str | None = None
    entry_paths: tuple[Path, ...] = ()
    sampled: tuple[Path, ...] = ()


def _column(
    kind: Kind, *paths: str | Path, unit: str | None = None, entry_paths: tuple[Path, ...] = ()
) -> RawColumn:
    """A raw column; a path of one name may be written as that name."""
    whole = tuple((path,) if isinstance(path, str) else path for path in paths)
    return RawColumn(kind, whole, unit, entry_paths)


text = partial(_column, "text")
time = partial(_column, "time")
usage = partial(_column, "usage")
count = partial(_column, "count")
refs = partial(_column, "refs")
duration = partial(_column, "duration")


class Nesting(NamedTuple):
    """JSON lines that hold several calls each: `path` names three lists inside each other, of which the
    innermost holds the calls; without any, a line is a call. A raw column's paths start at a call.

    `pairs` is the member of a call, if any, that is a list of `{key, value: {stringValue: …}}` instead
    of an object: a path `(pairs, key)` leads into it. With `snake_case` it is `string_value`.
    """

    path: tuple[str, ...]
    pairs: str | None = None
    snake_case: bool = False


class Sample(NamedTuple):
    """The part of a file that its format is detected by: the first records of JSON, and the names at
    the top of them, of a schema, of a header or of the folders that hold the file. `type_of` gives the
    type at a path, null where the file has no such path."""

    records: Sequence[dict[str, Any]]
    names: frozenset[str]
    folder_names: frozenset[str] = frozenset()
    type_of: Callable[[Path], ColumnType | None] = lambda _: None


class LogFormat(NamedTuple):
    """One way of writing a call log.

    `raw` names the raw columns; the text of the templates says which of them a column of a call is made
    of. `open_ended` formats take whichever path a file has, the others have all their paths in every
    line, null where absent. `nesting` says how a line holds several calls. `is_format_of` detects it in
    a sample, `told_by` is the reason in words. `json_text` are the paths that hold an object in one
    line and its JSON text in another. A format that is a `variant_of` another is of its family.

    Where several lines make one call, `template` maps lines to the columns that they have, and `joined`
    is the template that makes calls of them, over all files; `line_columns` are those that it reads
    whatever is asked. Rows of a format that `tells` columns are no calls: its `joined`, over them and
    the calls of its family, fills those columns where calls lack them. `about` says in a line what
    writes such files and how they look. Where `failure_is_optional`, only some logs have what tells
    whether a call failed; else all have it, or, where its mapping does not give it, none.
    `mapped` are the columns of a call that `--map` gives in place of its mapping.
    """

    name: str
    about: str
    template: str
    is_format_of: Callable[[Sample], bool]
    told_by: str
    raw: dict[str, RawColumn]
    open_ended: bool = False
    nesting: Nesting | None = None
    json_text: frozenset[Path] = frozenset()
    joined: str | None = None
    line_columns: tuple[str, ...] = ()
    tells: frozenset[str] = frozenset()
    failure_is_optional: bool = False
    mapped: tuple[str, ...] = ()
    variant_of: str | None = None

    @property
    def family(self) -> str:
        """The name that `--log-format` takes: its own, or that of the format it is a variant of."""
        return self.variant_of or self.name

    @property
    def lineage(self) -> Lineage:
        """The lineage of the columns that its templates give."""
        texts = [template(self.template)]
        if self.joined is not None and not self.tells:
            texts.append(template(self.joined))
        return lineage(*texts)

    def gives(self, column: str) -> bool:
        """Whether its mapping gives this column of a call; it is null otherwise."""
        return column in self.lineage.columns or column in self.raw or column not in COLUMNS

    def raw_of(self, column: str) -> frozenset[str]:
        """The raw columns that a column of a call is made of."""
        return self._behind(column) & self.raw.keys()

    def raw_columns(self, needed: set[str]) -> set[str]:
        """The raw columns to read for the needed columns of a call: those that they are made of and
        those that decide which rows there are. Where no usage is needed, none for `entry`, which is 0
        then."""
        read = needed if "usable" in needed else needed - {"entry"}
        behind = [self.lineage.rows, *(self._behind(name) for name in read)]
        return set().union(*behind) & self.raw.keys()

    def _behind(self, column: str) -> frozenset[str]:
        return frozenset({column}) if column in self.mapped else self.lineage.behind(column)
