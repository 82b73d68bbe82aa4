"""The values of a template's slots: data, which each engine words in its own SQL.

A slot `/* name */` stands for one name, or for a select list; a slot `/* name: text */` for its text,
once for each item, whose parts stand at `{}` or `{0}`, or once or never for a truth value.
"""

from __future__ import annotations

from typing import NamedTuple


class Aggregate(NamedTuple):
    """One of `AGGREGATIONS` of a column, over the calls that have a value in `known` and more than zero
    in `positive`; a count of `*` is that of rows. Fractions are added so that no order of adding
    changes the sum; where the column is `whole`, as integers. `one` is what `count_true` looks for."""

    function: str
    column: str
    whole: bool = False
    one: int = 1
    known: str | None = None
    positive: str | None = None


class Ratio(NamedTuple):
    """One aggregate divided by another, and multiplied; null where the divisor is zero."""

    over: Aggregate
    under: Aggregate
    times: int = 1


class Percentiles(NamedTuple):
    """All asked percentiles of a column as one list; the parameter holds their fractions."""

    column: str
    parameter: str


class Unknown(NamedTuple):
    """The number of rows without a value in a column."""

    column: str


class AreWhole(NamedTuple):
    """Whether all values of a column are whole numbers; so they are where there is none."""

    column: str


Formula = Aggregate | Ratio


class Named(NamedTuple):
    """A computed column of a step."""

    value: Formula | Percentiles | Unknown | AreWhole
    name: str


class Aggregated(NamedTuple):
    """A column of the answer: the column `of` the step `step`, or its item at `position`, from 1.

    In a row without calls it is `empty`; where it is null though there are calls, too, unless
    `null_with_calls`. A rate is divided by the `seconds` of its row, what has a scale by that.
    """

    step: str
    of: str
    name: str
    position: int | None = None
    scale: int = 1
    per_second: bool = False
    empty: int | bool | None = None
    null_with_calls: bool = False


class CallColumn(NamedTuple):
    """A column of a call, null where it was not read. Where its log `knows_failures`, a call that says
    nothing has not failed."""

    name: str
    is_read: bool = True
    knows_failures: bool = False


class Column(NamedTuple):
    """A column, or null where it was not read, under its own name or another."""

    of: str
    name: str | None = None
    is_read: bool = True


Item = str | tuple[str, str] | Named | Aggregated | CallColumn | Column
Slot = str | bool | tuple[Item, ...]
