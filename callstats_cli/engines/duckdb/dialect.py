"""Words a chain in this engine's SQL: fills the slots of its templates, joins its steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callstats_cli.chain.chain import Read, Step, Union
from callstats_cli.chain.slots import (
    Aggregate,
    Aggregated,
    AreWhole,
    CallColumn,
    Column,
    Named,
    Percentiles,
    Ratio,
    Unknown,
)
from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.readers import lines_of
from callstats_cli.engines.duckdb.statements import (
    Cte,
    Statement,
    join_steps,
    own_parameters,
    quote_identifier,
    select_list,
)
from callstats_cli.engines.duckdb.types import type_name
from callstats_cli.request.call_columns import COLUMNS, NULL_AT_EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callstats_cli.chain.chain import Chain, Part, Value
    from callstats_cli.chain.slots import Item, Slot

_TEXT = r"(?P<text>(?:(?!\*/).)*)"
_LINE = re.compile(rf"(?ms)^(?P<margin> *)/\* (?P<name>[a-z_]+): {_TEXT} \*/(?:\n|\Z)")
_SLOT = re.compile(rf"(?s)/\* (?P<name>[a-z_]+)(?::{_TEXT})? \*/")
_AGGREGATIONS = {
    "sum": "{sum}({column})",
    "avg": "{avg}({column})",
    "min": "min({column})",
    "max": "max({column})",
    "count": "count({column})",
    "count_true": "count(*) filter ({column} = {one})",
    "count_false": "count(*) filter ({column} = 0)",
}


def statement_of(chain: Chain) -> Statement:
    """The statement that gives a chain's rows."""
    statement = join_steps(map(_worded, chain.steps), _worded(chain.answer))
    if isinstance(chain.answer, Step):
        statement = statement._replace(stage=chain.answer.template.partition("/")[0])
    return statement


def _worded(part: Part) -> Cte:
    if isinstance(part, Read):
        return own_parameters(Cte(part.name, *lines_of(part.group, part.columns, part.span)))
    if isinstance(part, Union):
        texts = [_worded(step) for step in part.steps]
        parameters: dict[str, Value] = {}
        for text in texts:
            parameters.update(text.parameters)
        return Cte(part.name, "\nunion all\n".join(text.sql for text in texts), parameters)
    sql = fill(template(part.template, "duckdb"), part.slots)
    return Cte(part.name, sql, part.parameters, part.shared)


def fill(sql: str, slots: Mapping[str, Slot]) -> str:
    """The text of a template with its slots filled; raises KeyError for one that nothing fills.

    A slot with a text that has a line for itself becomes a line for each item.
    """

    def lines(slot: re.Match[str]) -> str:
        texts = _repeated(slot["text"], slots[slot["name"]])
        return "".join(f"{slot['margin']}{text}\n" for text in texts)

    def content(slot: re.Match[str]) -> str:
        held = slots[slot["name"]]
        if slot["text"] is not None:
            return "".join(_repeated(slot["text"], held))
        if isinstance(held, str):
            return held
        assert isinstance(held, tuple)  # noqa: S101 - a truth value needs a text
        return select_list(map(_item, held))

    return _SLOT.sub(content, _LINE.sub(lines, sql)).rstrip()


def _repeated(text: str, held: Slot) -> Iterable[str]:
    if isinstance(held, bool):
        return [text] * held
    return [text.format(*([item] if isinstance(item, str) else item)) for item in held]


def _item(item: Item) -> str:
    """An item of a select list."""
    match item:
        case Named(value, name):
            return f"{_value(value)} as {quote_identifier(name)}"
        case Aggregated(name=name):
            return f"{_aggregated(item)} as {quote_identifier(name)}"
        case CallColumn():
            return _call_column(item)
        case Column(of, name, is_read):
            column = of if is_read else "null"
            return column if name is None and is_read else f"{column} as {name or of}"
        case _:
            raise TypeError(f"no item of a select list: {item!r}")


def _value(value: Aggregate | Ratio | Percentiles | Unknown | AreWhole) -> str:
    match value:
        case Aggregate():
            return _aggregate(value)
        case Ratio(over, under, times):
            scaled = "" if times == 1 else f" * {times}::double"
            return f"{_aggregate(over)}{scaled} / nullif({_aggregate(under)}, 0)"
        case Percentiles(column, parameter):
            return f"quantile_cont({column}, ${parameter})"
        case Unknown(column):
            return f"count(*) - count({column})"
        case AreWhole(column):
            return f"coalesce(bool_and(is_whole({column})), true)"


def _aggregate(asked: Aggregate) -> str:
    """Sums of doubles are compensated: their last digits must not depend on how threads add."""
    add, average = ("sum", "avg") if asked.whole else ("fsum", "favg")
    call = _AGGREGATIONS[asked.function].format(
        column=asked.column, one=asked.one, sum=add, avg=average
    )
    tests = [
        *([f"{asked.positive} > 0"] if asked.positive else []),
        *([f"{asked.known} is not null"] if asked.known else []),
    ]
    return f"{call} filter ({' and '.join(tests)})" if tests else call


def _aggregated(column: Aggregated) -> str:
    value = f"{column.step}.{quote_identifier(column.of)}"
    if column.position is not None:
        value = f"{value}[{column.position}]"
    if column.per_second:
        value = f"coalesce({value}, 0) / seconds"
    if column.scale != 1:
        value = f"{value} / {column.scale}"
    if column.empty is None:
        return value
    empty = str(column.empty).lower()
    if column.null_with_calls:
        return f"if({column.step}.count is null, {empty}, {value})"
    return f"coalesce({value}, {empty})"


def _call_column(column: CallColumn) -> str:
    name = column.name
    if name == "failed" and column.knows_failures:
        return "coalesce(failed, false) as failed" if column.is_read else "false as failed"
    if not column.is_read:
        return f"null::{type_name(COLUMNS[name])} as {name}"
    return f"unless_epoch({name}) as {name}" if name in NULL_AT_EPOCH else name
