"""The SQL of calls that stand in lists inside lines, and of the pairs that hold their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.statements import fill_slot, quote_identifier
from callstats_cli.engines.duckdb.stored import first_of
from callstats_cli.engines.duckdb.values import are_pairs

if TYPE_CHECKING:
    from callstats_cli.chain.chain import Value
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_format import Path


def calls_of_lines(path: Path) -> str:
    """The template of the calls in a format's lines, each an object `call`."""
    if not path:
        return template("readers/flat")
    sql = template("readers/nested")
    for slot, member in zip(("outermost", "middle", "inner"), path, strict=True):
        sql = fill_slot(sql, slot, quote_identifier(member))
    return sql


def with_pairs(
    calls: str, group: Group, needed: set[str], columns: str, parameters: dict[str, Value]
) -> str:
    """The columns of the calls that a template finds inside lines, with what they take from pairs."""
    nesting = group.format.nesting
    is_snake = nesting is not None and nesting.snake_case
    text_of = "snake_pair_text({})" if is_snake else "pair_text({})"
    pairs: list[str] = []
    texts: list[str] = []
    for raw in sorted(group.format.raw_columns(needed)):
        found = group.found.get(raw, ())
        if are_pairs(group, found):
            positions: list[str] = []
            for number, reference in enumerate(found):
                parameters[f"{raw}_{number}"] = reference.path[1]
                positions.append(f"list_position(pair_keys, hash(${raw}_{number}))")
            pairs.append(f"pairs[{first_of(positions, 'null')}] as {raw}_pair")
            texts.append(f"{text_of.format(f'{raw}_pair')} as {raw}_text")
    if not pairs:
        return fill_slot(calls, "columns", columns)
    sql = fill_slot(template("readers/pairs"), "columns", columns)
    sql = fill_slot(sql, "pair_text", text_of.format("pair"))
    sql = fill_slot(sql, "found_pairs", ",\n            ".join(pairs))
    sql = fill_slot(sql, "pair_texts", ",\n        ".join(texts))
    return fill_slot(sql, "calls", fill_slot(calls, "columns", _pairs(group)))


def _pairs(group: Group) -> str:
    """The select list of a call and its list of pairs."""
    nesting = group.format.nesting
    assert nesting is not None  # noqa: S101 - only asked of formats that have one
    assert nesting.pairs is not None  # noqa: S101 - and where a column is found in pairs
    return f"*,\n    call.{quote_identifier(nesting.pairs)} as pairs"
