"""Other names for files whose own the engine cannot find."""

from __future__ import annotations

import os
from pathlib import Path

from callstats_cli.engines.duckdb.statements import escape_glob
from callstats_cli.process import private_path


def needs_a_link(path: str) -> bool:
    """Whether the engine's search for this path fails.

    It looks for a name with wildcard characters through all names of its folder, and fails over one
    that begins with a backslash. A path that begins with a tilde it takes for one at home.
    """
    if path.startswith("~"):
        return True
    if "://" in path or escape_glob(path) == path:
        return False
    parts = Path(path).parts
    searched = (
        os.path.join(".", *parts[:position])  # noqa: PTH118 - an absolute path drops the dot
        for position, part in enumerate(parts)
        if escape_glob(part) != part
    )
    return any(name.startswith("\\") for folder in searched for name in _names_in(folder))


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError:
        return []


class Links:
    """Symbolic links in the process's private folder; none is made unless needed."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._links: dict[str, str] = {}

    def name_of(self, path: str) -> str:
        """The name by which the engine's readers find a file: escaped, or that of a link."""
        if path not in self._names:
            self._names[path] = self._link_to(path) if needs_a_link(path) else escape_glob(path)
        return self._names[path]

    def in_place_of(self, escaped: str) -> str:
        """The name to use for an escaped path."""
        return self._links.get(escaped, escaped)

    def _link_to(self, path: str) -> str:
        link = Path(private_path("link-"))
        link.symlink_to(Path(path).absolute())
        self._links[escape_glob(path)] = str(link)
        return str(link)
