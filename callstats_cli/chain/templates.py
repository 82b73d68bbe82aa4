"""Finds and reads the SQL templates: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent.parent
_FOLDERS = (_HERE / "sql", _HERE.parent / "sql")
_HEADER = re.compile(r"\A(?:--[^\n]*\n)*")


@cache
def template(name: str, engine: str = "*") -> str:
    """The SQL of a template without its header comment; `name` is its path below the engine's folder.

    What only one engine has, such as the mappings of formats, is found in any. Raises LookupError.
    """
    for folder in _FOLDERS:
        for path in folder.glob(f"{engine}/{name}.sql"):
            return _HEADER.sub("", path.read_text(encoding="utf-8")).rstrip()
    raise LookupError(f"the SQL template {name}.sql is missing from this installation")
