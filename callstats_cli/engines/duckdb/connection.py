"""The engine's own module, and a connection that is made in the background."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

try:
    # The `duckdb` package around this extension module takes 0.1 s to import and adds nothing here.
    import _duckdb as duckdb
except ImportError:
    import duckdb  # type: ignore[no-redef]

from callstats_cli.engines.duckdb.failures import first_line
from callstats_cli.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Connection", "duckdb"]

SETTINGS = """
    set timezone = 'UTC';
    set enable_progress_bar = true;
    set enable_progress_bar_print = false
"""
"""Progress is kept for us to ask: in a session that it takes for interactive the engine would write it
to stdout itself."""


class Connection:
    """One in-memory database; to make it takes 30 ms that Python can use."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._made: Any = None
        self._failure: Exception | None = None
        self._making = Thread(target=self._make, args=(dict(config),))
        self._making.start()

    def _make(self, config: dict[str, str | bool | int | float | list[str]]) -> None:
        try:
            connection = duckdb.connect(":memory:", config=config)
            connection.execute(SETTINGS)
            self._made = connection
        except duckdb.Error as error:
            self._failure = error

    def get(self) -> Any:
        """The connection; raises EngineError where it could not be made."""
        self._making.join()
        if self._failure is not None:
            raise EngineError(first_line(self._failure))
        return self._made

    def progress(self) -> float | None:
        """How much of the statement that runs is done, from 0 to 1, as the engine estimates it; null
        where it does not."""
        percent = -1 if self._made is None else self._made.query_progress()
        return percent / 100 if percent >= 0 else None
