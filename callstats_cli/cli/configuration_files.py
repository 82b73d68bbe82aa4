"""The files of a configuration: finds them, checks who owns them, and reads their tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callstats_cli.errors import RequestError, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping


def of_project(folder: Path, foreign: list[Path]) -> tuple[Path, dict[str, Any] | None]:
    """The nearest file of a project, upwards from a folder; those of others are passed over."""
    for place in (folder, *folder.parents):
        own, shared = place / "callstats.toml", place / "pyproject.toml"
        table = None
        if shared.is_file():
            if _is_trusted(shared):
                table = _table_of_pyproject(shared)
            elif _speaks_of_callstats(shared):
                foreign.append(shared)
        if own.is_file() and not _is_trusted(own):
            foreign.append(own)
        elif own.is_file():
            if table is not None:
                raise RequestError(
                    f"both {str(own)!r} and [tool.callstats] beside it say what is set",
                    hint="keep one of them",
                )
            return own, _toml(own, _bytes(own))
        if table is not None:
            return shared, table
    return folder, None


def _is_trusted(path: Path) -> bool:
    """Whether a file, and the link to it where it is one, belongs to who runs this or to root.

    In a folder that all can write to, such as /tmp, anybody can put a file that says what to read.
    """
    try:
        owners = {path.stat().st_uid, path.lstat().st_uid}
    except OSError:
        return True  # reading it says what is wrong
    return not hasattr(os, "geteuid") or owners <= {os.geteuid(), 0}


def _speaks_of_callstats(path: Path) -> bool:
    try:
        return _table_of_pyproject(path) is not None
    except RequestError:
        return False


def _table_of_pyproject(path: Path) -> dict[str, Any] | None:
    text = _bytes(path)
    if b"callstats" not in text:
        return None
    tools = _toml(path, text).get("tool", {})
    if not isinstance(tools, dict) or "callstats" not in tools:
        return None
    return tables_in(tools, path, only="callstats")["callstats"]


def of_user(environment: Mapping[str, str]) -> tuple[Path, dict[str, Any] | None]:
    home = environment.get("XDG_CONFIG_HOME")
    base = Path(home) if home else Path("~/.config").expanduser()
    path = base / "callstats" / "config.toml"
    return path, _toml(path, _bytes(path)) if path.is_file() else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RequestError(f"cannot read {str(path)!r}: {error.strerror}") from None


def _toml(path: Path, text: bytes) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"{str(path)!r} is not TOML: {error}") from None


def tables_in(value: object, path: Path, only: str | None = None) -> dict[str, dict[str, Any]]:
    """A table of tables; raises RequestError where one of them is something else."""
    what = "tool" if only else "requests"
    if not isinstance(value, dict):
        raise RequestError(f"{str(path)!r}: {what} must be a table, not {quoted(value)}")
    for name, table in value.items():
        if only in (None, name) and not isinstance(table, dict):
            raise RequestError(f"{str(path)!r}: {what}.{name} must be a table, not {quoted(table)}")
    return value
