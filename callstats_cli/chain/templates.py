"""Finds and reads the SQL templates: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent.parent
_FOLDERS = (_HERE / "sql" / "duckdb", _HERE.parent / "sql" / "duckdb")
_HEADER = re.compile(r"\A(?:--[^\n]*\n)*")


@cache
def template(name: str) -> str:
    """The SQL of a template without its header comment; `name` is its path below `sql/duckdb/`."""
    for folder in _FOLDERS:
        path = folder / f"{name}.sql"
        if path.is_file():
            return _HEADER.sub("", path.read_text(encoding="utf-8")).rstrip()
    raise LookupError(f"the SQL template {name}.sql is missing from this installation")


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
