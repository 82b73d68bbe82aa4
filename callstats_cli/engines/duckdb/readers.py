"""From the raw columns of a group of files to the columns of a call: SQL text, no engine.

A group is read by one reader call. Its `source` step gives every raw column of the format, null where
the files lack it or the question does not need it; the format's mapping does the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.declared import (
    declared_columns,
    declared_keys,
    leaf_kind,
    usage_around,
    usages_with_members,
)
from callstats_cli.engines.duckdb.failures import UNCLEAR_USAGE
from callstats_cli.engines.duckdb.nested import calls_of_lines, with_pairs
from callstats_cli.engines.duckdb.row_groups import row_group_filter
from callstats_cli.engines.duckdb.statements import (
    Cte,
    Statement,
    escape_glob,
    fill_slot,
    join_steps,
    literal,
    quote_identifier,
    select_list,
    step,
)
from callstats_cli.engines.duckdb.stored import column_of, dotted
from callstats_cli.engines.duckdb.types import type_name
from callstats_cli.engines.duckdb.values import are_pairs, found_first, unread_texts, zoneless_time
from callstats_cli.request.call_columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.formats.groups import Group


def lines_of(
    group: Group,
    columns: Sequence[str],
    span: tuple[int, int] | None,
    *,
    gathered: bool = False,
) -> tuple[str, dict[str, Value]]:
    """The SELECT that reads a group's files as columns of a call, and its parameters; from the table
    `gathered` where they were."""
    source = source_step(group, set(columns), span, gathered=gathered)
    given = [_given(column, group) for column in columns]
    passed = [f"{column} as mapped_{column}" for column in group.format.mapped]
    sql = (
        f"with source as (\n{source.sql}\n)\n\n"
        f"select\n    {select_list(given)}\nfrom (\n{_passing(passed, group.format.template)}\n)"
    )
    return sql, dict(source.parameters)


def _given(column: str, group: Group) -> str:
    """The SQL of a column of a call, of what a template gives."""
    if column in group.format.mapped:
        is_text = COLUMNS[column] == "text"
        return f"nullif(mapped_{column}, '') as {column}" if is_text else f"mapped_{column} as {column}"
    return column if group.format.gives(column) else f"null::{type_name(COLUMNS[column])} as {column}"


def _passing(columns: Sequence[str], name: str) -> str:
    """A template that maps lines, with further columns of theirs at the head of its select list."""
    sql = template(name)
    if not columns:
        return sql
    head, select, rest = f"\n{sql}".partition("\nselect\n")
    return f"{head}{select}    {select_list(columns)},\n{rest}"


def gathering_of(group: Group, columns: Sequence[str]) -> Cte:
    """The SELECT that reads a group's files as they are, for the table `gathered`."""
    keys = [quote_identifier(key) for key in sorted(declared_keys(group, set(columns)))]
    return _read(group, set(columns), select_list([*keys, "file_index"]), None, {})


def source_step(
    group: Group, needed: set[str], span: tuple[int, int] | None, *, gathered: bool = False
) -> Cte:
    """The reader call of a group with its raw columns."""
    parameters: dict[str, Value] = {}
    columns = select_list(_raw_columns(group, needed, parameters))
    if gathered:
        sql = fill_slot(template("readers/gathered"), "columns", columns)
        return Cte("source", sql, parameters)
    nesting = group.format.nesting
    if nesting is None:
        return _read(group, needed, columns, span, parameters)
    blank, place = _blank_test(group, needed), _place(group, needed)
    read = quote_identifier(nesting.path[0]) if nesting.path else "*"
    line = f"{read}, file_index, {blank} as blank, {place} as place"
    lines = _read(group, needed, line, span, parameters)
    calls = fill_slot(calls_of_lines(nesting.path), "lines", lines.sql)
    return Cte("source", with_pairs(calls, group, needed, columns, parameters), parameters)


def marked_step(group: Group, needed: set[str]) -> Cte:
    """The reader call of a group with nothing but whether each of its lines is blank, and as its `mark`
    the texts and numbers that are read of the line, U+001F between them; of a line that holds several
    calls those of one of the first."""
    columns = f"{_blank_test(group, needed)} as blank, {_mark(group, needed)} as mark"
    return _read(group, needed, columns, None, {})


def _mark(group: Group, needed: set[str]) -> str:
    nesting = group.format.nesting
    inside = "".join(f"{quote_identifier(name)}[1]." for name in nesting.path) if nesting else ""
    usages = usages_with_members(group) if group.usage_is_whole else {}
    scalars = {
        inside + dotted(reference.path): None
        for raw in sorted(group.format.raw_columns(needed))
        for reference in group.found.get(raw, ())
        if reference.path
        and not (reference.member or reference.leaves or are_pairs(group, (reference,)))
        and not usage_around(usages, reference.path)
        and leaf_kind(group, reference) == "text"
    }
    return f"concat_ws(chr(31), {', '.join(scalars)})" if scalars else "null"


def _read(
    group: Group,
    needed: set[str],
    columns: str,
    span: tuple[int, int] | None,
    parameters: dict[str, Value],
) -> Cte:
    reader = step(f"readers/{group.kind}")
    sql = fill_slot(reader.sql, "columns", columns)
    if group.kind == "repaired":
        return Cte("source", fill_slot(sql, "declared", declared_columns(group, needed)), parameters)
    parameters["files"] = tuple(escape_glob(path) for path in group.files)
    if group.kind == "parquet":
        sql = fill_slot(sql, "row_groups", row_group_filter(group, span, parameters))
    else:
        parameters["compression"] = group.compression
        sql = fill_slot(sql, "declared", declared_columns(group, needed))
    if group.kind == "csv":
        parameters["delimiter"] = group.delimiter
    if group.is_json:
        parameters["largest_object"] = group.largest_object
    return Cte("source", sql, parameters)


def largest_stored(group: Group, time: str) -> Statement:
    """The statement that finds the largest integer of a stored time column."""
    (reference,) = group.found[time]
    reader = step("readers/parquet", files=tuple(escape_glob(path) for path in group.files))
    sql = fill_slot(reader.sql, "columns", f"{column_of(group, reference)} as number")
    source = Cte("source", fill_slot(sql, "row_groups", ""), reader.parameters)
    return join_steps((source,), step("loading/largest_stored"))


def _raw_columns(group: Group, needed: set[str], parameters: dict[str, Value]) -> list[str]:
    wanted = group.format.raw_columns(needed)
    columns: list[str] = []
    for raw, column in group.format.raw.items():
        found = group.found.get(raw, ()) if raw in wanted else ()
        columns.append(f"{found_first(group, column.kind, found, raw, parameters)} as {raw}")
    columns.append(f"{unread_texts(group, wanted, parameters)} as unread")
    columns.append(f"{zoneless_time(group, wanted, parameters)} as zoneless")
    columns.append(f"{_file_number(group, needed, parameters)} as file")
    if group.format.nesting is None:
        columns.append(f"{_place(group, needed)} as place")
        columns.append(f"{_blank_test(group, needed)} as blank")
    else:
        columns.append(f"{_place_of_call(group)} as place")
        columns.append("blank")
    return columns


def _file_number(group: Group, needed: set[str], parameters: dict[str, Value]) -> str:
    if "file" not in needed:
        return "0::integer"
    if len(group.files) == 1:
        return f"{group.numbers[0]}::integer"
    parameters["file_numbers"] = group.numbers
    return "$file_numbers[file_index::bigint + 1]::integer"


def _place_of_call(group: Group) -> str:
    """The place of a call that may share its line with others."""
    if group.kind == "repaired":
        return "place_of_call(place, lag(place) over (), row_number() over ())"
    return "place"


def _place(group: Group, needed: set[str]) -> str:
    """The place of a line: in reading order where Python read it, else in its file, counted from 1."""
    if group.kind == "repaired":
        return '"place of line"'
    if "place" not in needed:
        return "null::bigint"
    return "file_row_number + 1" if group.kind == "parquet" else "row_number() over ()"


def _blank_test(group: Group, needed: set[str]) -> str:
    """A line that is malformed to the engine is a row of nulls in every declared column.

    The column of the start is looked at first: only where it is null do the others cost anything.
    """
    if group.kind not in ("jsonl", "json"):
        return "false"
    keys = sorted(declared_keys(group, needed))
    nulls = " and ".join(f"{quote_identifier(key)} is null" for key in keys)
    starts = [reference.path[0] for reference in group.found.get("started_at", ()) if reference.path]
    if starts and starts[0] in keys:
        nulls = f"if({quote_identifier(starts[0])} is not null, false, {nulls})"
    unclear = _unclear_usage(group, needed)
    return f"if({unclear}, error({literal(UNCLEAR_USAGE)}), {nulls})" if unclear else nulls


def _unclear_usage(group: Group, needed: set[str]) -> str:
    """Whether one of the usages that are read by member has none of them, which tells no object from
    an empty one; '' where none is read so."""
    if group.usage_is_whole:
        return ""
    read = [
        reference.path
        for raw in group.format.raw_columns(needed)
        for reference in group.found.get(raw, ())
    ]
    return " or ".join(
        f"({dotted(whole)} is not null and coalesce({', '.join(map(dotted, members))}) is null)"
        for whole, members in usages_with_members(group).items()
        if whole in read
    )
