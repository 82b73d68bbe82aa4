"""Statements with named parameters, and the one place that joins SQL text.

Values stay parameters; identifiers pass `quote_identifier`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.templates import template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from callstats_cli.chain.chain import Value

_TOKEN = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\$[a-z_][a-z0-9_]*""")


class Statement(NamedTuple):
    """One SQL statement and the values of its `$name` parameters; it names exactly those. `stage` is
    what its time is counted as."""

    sql: str
    parameters: Mapping[str, Value] = {}
    stage: str = "reading"


class Cte(NamedTuple):
    """One common table expression: a name, its SELECT, the values of its parameters, and whether its
    rows are kept while the statement runs, for all that read them."""

    name: str
    sql: str
    parameters: Mapping[str, Value] = {}
    materialized: bool = False


def step(name: str, template_name: str | None = None, /, **parameters: Value) -> Cte:
    """The expression that a template is; its name is that of the file unless another is given."""
    return Cte(name.rpartition("/")[2], template(template_name or name), parameters)


def join_steps(steps: Iterable[Cte], body: Cte) -> Statement:
    """The statement `WITH a AS (…), b AS (…) body`: the only place where steps are put together."""
    chain = tuple(steps)
    parameters: dict[str, Value] = {}
    for part in (*chain, body):
        parameters.update(part.parameters)
    ctes = ",\n\n".join(
        f"{part.name} as {'materialized ' * part.materialized}(\n{part.sql}\n)" for part in chain
    )
    return Statement(f"with\n{ctes}\n\n{body.sql}" if chain else body.sql, parameters)


def fill_slot(sql: str, slot: str, content: str) -> str:
    """The template text with its `/* slot */` comment replaced; a missing slot is a bug."""
    marker = f"/* {slot} */"
    if marker not in sql:
        raise ValueError(f"the template has no slot {slot}")
    return sql.replace(marker, content)


def own_parameters(part: Cte) -> Cte:
    """The same expression with its name in those of its parameters, to stand beside others like it."""
    return Cte(
        part.name,
        _with_parameters(part.sql, lambda name: f"${name}_{part.name}"),
        {f"{name}_{part.name}": value for name, value in part.parameters.items()},
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


@cache
def _macros() -> dict[str, str]:
    text = template("macros")
    pieces = re.split(r"(?m)^(?=create or replace temp macro )", text)[1:]
    without_comments = (re.sub(r"(?m)^--[^\n]*\n?", "", piece).strip() for piece in pieces)
    return {piece.split("(")[0].split()[-1]: piece for piece in without_comments}


def macros_in(sql: str) -> list[str]:
    """The statements that create the macros which a text uses, each after those that it uses."""
    known = _macros()
    ordered: dict[str, str] = {}

    def require(text: str) -> None:
        for name in re.findall(r"\b[a-z_]+(?=\()", text):
            if name in known and name not in ordered:
                require(known[name].split("\n", 1)[1])
                ordered[name] = known[name]

    require(sql)
    return list(ordered.values())
