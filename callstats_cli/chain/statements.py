"""A compiled query as a value: statements with named parameters, and the one place that joins SQL.

Nothing here needs an engine. Values stay parameters; identifiers pass `quote_identifier`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.templates import template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Value = (
    str
    | int
    | float
    | bool
    | None
    | tuple[str | None, ...]
    | tuple[int, ...]
    | tuple[float | None, ...]
)

_TOKEN = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\$[a-z_][a-z0-9_]*""")


class Statement(NamedTuple):
    """One SQL statement and the values of its `$name` parameters; it names exactly those."""

    sql: str
    parameters: Mapping[str, Value] = {}


class Step(NamedTuple):
    """One common table expression: a name, its SELECT, and the values of its parameters."""

    name: str
    sql: str
    parameters: Mapping[str, Value] = {}


def step(name: str, template_name: str | None = None, /, **parameters: Value) -> Step:
    """The step that a template is; its name is that of the template's file unless said otherwise."""
    return Step(name.rpartition("/")[2], template(template_name or name), parameters)


def template_statement(name: str, /, **parameters: Value) -> Statement:
    """The statement that a template is by itself."""
    return Statement(template(name), parameters)


def join_steps(steps: Iterable[Step], body: Step) -> Statement:
    """The statement `WITH a AS (…), b AS (…) body`: the only place where steps are put together."""
    chain = tuple(steps)
    parameters: dict[str, Value] = {}
    for part in (*chain, body):
        parameters.update(part.parameters)
    ctes = ",\n\n".join(f"{part.name} as (\n{part.sql}\n)" for part in chain)
    return Statement(f"with\n{ctes}\n\n{body.sql}" if chain else body.sql, parameters)


def fill_slot(sql: str, slot: str, content: str) -> str:
    """The template text with its `/* slot */` comment replaced; a missing slot is a bug."""
    marker = f"/* {slot} */"
    if marker not in sql:
        raise ValueError(f"the template has no slot {slot}")
    return sql.replace(marker, content)


def number_parameters(part: Step, number: int) -> Step:
    """The same step with every parameter renamed `$name_number`, so that it can stand beside others."""
    return Step(
        part.name,
        _with_parameters(part.sql, lambda name: f"${name}_{number}"),
        {f"{name}_{number}": value for name, value in part.parameters.items()},
    )


def _with_parameters(sql: str, written: Callable[[str], str]) -> str:
    """The text with each `$name` written anew; what looks like one inside quotes is left alone."""
    return _TOKEN.sub(
        lambda match: written(match[0][1:]) if match[0].startswith("$") else match[0], sql
    )


def quote_identifier(name: str) -> str:
    """A name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def select_list(items: Iterable[str]) -> str:
    """Expressions as the lines of a SELECT, for a slot that is indented itself."""
    return ",\n".join(f"    {item}" for item in items).lstrip()


def literal(value: Value) -> str:
    """A value as an SQL literal, where it cannot be a parameter: macros, types, the printed script."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "[" + ", ".join(literal(item) for item in value) + "]"


def script(statements: Iterable[Statement]) -> str:
    """The statements as text that the duckdb shell runs as it is.

    It cannot prepare the creation of a table: where tables are made and mended, the values stand in the
    text itself, so that what is executed are the questions.
    """
    written: list[str] = []
    for statement in statements:
        sql, values = statement.sql.strip().rstrip(";"), statement.parameters
        if sql.startswith(("create", "update")):
            literals = {name: literal(value) for name, value in values.items()}
            sql = _with_parameters(sql, literals.__getitem__)
        elif values:
            arguments = ", ".join(f"{name} := {literal(value)}" for name, value in values.items())
            sql = f"PREPARE question AS\n{sql};\nEXECUTE question({arguments});\nDEALLOCATE question"
        written.append(f"{sql};\n")
    return "\n".join(written)


def escape_glob(path: str) -> str:
    """A path in which the engine's readers find no wildcard; in web addresses they look for none."""
    if path.startswith(("http://", "https://")):
        return path
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)
