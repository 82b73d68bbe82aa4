"""Runs statements in an embedded, locked-down DuckDB."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from callstats_cli.chain.chain import Chain
from callstats_cli.engines.duckdb.connection import Connection, duckdb
from callstats_cli.engines.duckdb.dialect import statement_of
from callstats_cli.engines.duckdb.failures import engine_error, first_line
from callstats_cli.engines.duckdb.links import Links
from callstats_cli.engines.duckdb.statements import Statement, escape_glob, macros_in, script
from callstats_cli.engines.duckdb.types import column_type
from callstats_cli.engines.engine import Rows, Timings
from callstats_cli.errors import OutOfMemoryError, SourceError
from callstats_cli.process import private_folder, private_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.engines.duckdb.loading import Loader
    from callstats_cli.engines.loaded import Loaded, Reading, Rejected
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.types import ColumnType
    from callstats_cli.sources.remote_files import EngineFiles


class DuckDBEngine:
    """One in-memory database. Session times are UTC; only the named files can be read."""

    name = "duckdb"

    def __init__(self, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        config = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": "",
        }
        with suppress(OSError):  # without a place to spill into, it does not spill
            config["temp_directory"] = private_path("spill-")
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        if threads is not None:
            config["threads"] = str(threads)
        self._database = Connection(config)
        self._macros: set[str] = set()
        self._ran: list[Statement] = []
        self.timings = Timings()
        self._links = Links()
        self._loader: Loader | None = None
        self._remote: EngineFiles | None = None
        self.copies: dict[str, str] = {}
        """Paths of temporary copies that were made of files to load → the paths of these."""

    @property
    def _connection(self) -> Any:
        return self._database.get()

    def progress(self) -> float | None:
        """How much of the statement that it runs is done; null where that is not known."""
        return self._database.progress()

    def open(self, files: Iterable[str]) -> None:
        """Locks the session: SQL reads these files and our copies of them alone, loads and changes
        nothing."""
        paths = list(files)
        urls = [path for path in paths if "://" in path]
        if urls:
            self._reach(urls)
        allowed = [name for path in paths for name in {path, self._links.name_of(path)}]
        self._connection.execute("set allowed_paths = $allowed", {"allowed": allowed})
        with suppress(OSError):  # without a private folder there is no copy in it to read
            own = [private_folder()]
            self._connection.execute("set allowed_directories = $own", {"own": own})
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def _reach(self, urls: list[str]) -> None:
        """Lets the session read files at URLs."""
        from callstats_cli.sources.remote_files import engine_files

        self._remote, needs_extension = engine_files(urls)
        if self._remote is not None:
            self._connection.register_filesystem(self._remote)
        if needs_extension:
            from callstats_cli.engines.duckdb.httpfs import load

            load(self._connection)

    def largest(self, group: Group, time: str) -> float | None:
        """The largest absolute number of a stored time column; null without any."""
        from callstats_cli.engines.duckdb.readers import largest_stored

        (row,) = self.answer(largest_stored(group, time))
        number: float | None = row["largest"]
        return number

    def load(
        self, reading: Reading, groups: Sequence[Group], sizes: Mapping[str, int], beside: Loaded | None
    ) -> Loaded:
        """Groups of files as temporary tables, with those that were loaded before `beside` them."""
        from callstats_cli.engines.duckdb.loading import Loader

        if beside is None or self._loader is None:
            self._loader = Loader(self, reading)
        return self._loader.load(groups, sizes)

    def nulled(self, calls: Chain) -> list[Rejected]:
        """The values that were nulled or left out of what was loaded last."""
        from callstats_cli.engines.duckdb.places import nulled_values

        return [] if self._loader is None else nulled_values(self._loader, calls, self)

    def keep(self, name: str, chain: Chain) -> None:
        """Makes the rows of a chain a table, in place of one so named before."""
        query = statement_of(chain)
        self.run(query._replace(sql=f"create or replace temp table {name} as\n{query.sql}"))

    def rows(self, chain: Chain) -> Rows:
        """The rows of a chain, by column; raises EngineError with the engine's first line."""
        return self.answer(statement_of(chain))

    def run(self, asked: Statement | Chain) -> list[tuple[Any, ...]]:
        """The rows of one statement or chain, as tuples; raises what `rows` raises."""
        return self.answer(statement_of(asked) if isinstance(asked, Chain) else asked).values

    def answer(self, statement: Statement) -> Rows:
        """The rows of one statement, by column; raises what `rows` raises."""
        macros = [macro for macro in macros_in(statement.sql) if macro not in self._macros]
        started = perf_counter()
        if macros:
            self._macros.update(macros)
            self._execute(Statement("\n\n".join(macros)))
        rows = self._execute(statement)
        self.timings.statements += 1
        spent = self.timings.seconds
        spent[statement.stage] = spent.get(statement.stage, 0) + perf_counter() - started
        return rows

    def _execute(self, statement: Statement) -> Rows:
        parameters = {name: self._bound(name, value) for name, value in statement.parameters.items()}
        try:
            rows = self._fetch(statement.sql, parameters)
        except duckdb.IOException as error:
            raise SourceError(first_line(error)) from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise OutOfMemoryError(first_line(error)) from error
        except duckdb.Error as error:
            raise engine_error(first_line(error)) from error
        self._ran.append(statement)
        return rows

    def _bound(self, name: str, value: Value) -> object:
        """A parameter's value as it is bound: files that the engine cannot find have other names."""
        if not isinstance(value, tuple):
            return value
        if name.startswith("files"):
            return [self._links.in_place_of(str(path)) for path in value]
        return list(value)

    def _fetch(self, sql: str, parameters: dict[str, Any]) -> Rows:
        """All rows of a statement, run in a thread: only then does Ctrl-C end it at once."""
        outcome: list[Rows | Exception] = []
        done = Event()

        def run() -> None:
            try:
                result = self._connection.execute(sql, parameters)
                columns = [name for name, *_ in result.description or ()]
                outcome.append(Rows(columns, result.fetchall()))
            except Exception as error:
                outcome.append(error)
            done.set()

        # Waiting for the thread itself would leave it half-joined after Ctrl-C (Python 3.11).
        Thread(target=run).start()
        try:
            done.wait()
        except KeyboardInterrupt:
            self._connection.interrupt()
            done.wait()
            raise
        (result,) = outcome
        failure = self._remote.take_failure() if self._remote else None
        if failure is not None:
            raise failure
        if isinstance(result, Exception):
            raise result
        return result

    def script(self, chains: Iterable[Chain], names: Mapping[str, str]) -> str:
        """The chains as text that the duckdb shell runs, after what the session changed."""
        answers = [statement_of(chain) for chain in chains]
        text = script(self._setup_for(answers)) + "\n" + script(answers)
        for path, name in (*self.copies.items(), *names.items()):
            text = text.replace(escape_glob(path), escape_glob(name))
        return text

    def _setup_for(self, statements: Iterable[Statement]) -> list[Statement]:
        """The statements to run before these: the session's settings, macros, and tables."""
        changes = [
            statement
            for statement in self._ran
            if statement.sql.split(maxsplit=1)[0] in ("create", "insert", "update")
        ]
        for statement in statements:
            changes += [
                Statement(macro) for macro in macros_in(statement.sql) if macro not in self._macros
            ]
        return [Statement("set timezone = 'UTC'"), *changes]

    def schema(self, path: str) -> dict[str, ColumnType]:
        """The columns of a Parquet file and their types."""
        sql = "describe select * from read_parquet($file, hive_partitioning = false)"
        try:
            rows = self._fetch(sql, {"file": self._links.name_of(path)})
        except duckdb.Error as error:
            raise SourceError(f"{path}: {first_line(error)}") from None
        return {row["column_name"]: column_type(row["column_type"], self._connection) for row in rows}
