"""Engines: each runs chains and returns rows. The only place with connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callstats_cli.engines.engine import Engine


def start(*, memory_limit: str | None = None, threads: int | None = None) -> Engine:
    """An engine that is being connected; a limit is a size such as `4GB`."""
    from callstats_cli.engines.duckdb.session import DuckDBEngine

    return DuckDBEngine(memory_limit=memory_limit, threads=threads)
