"""DuckDB's own reader of URLs, its extension httpfs: used where a store's Python library is missing.

It knows no ranges that Python could ask for, so a text file is held in memory once more while its kind
is found out; Parquet is read as from disk. Credentials are the AWS_… variables of the environment.
"""

from __future__ import annotations

import os
from typing import Any

from callstats_cli.engines.duckdb.connection import duckdb
from callstats_cli.engines.duckdb.statements import escape_glob
from callstats_cli.errors import SourceError

_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "set s3_access_key_id = $value",
    "AWS_SECRET_ACCESS_KEY": "set s3_secret_access_key = $value",
    "AWS_SESSION_TOKEN": "set s3_session_token = $value",
    "AWS_DEFAULT_REGION": "set s3_region = $value",
    "AWS_REGION": "set s3_region = $value",
}


def load(connection: Any, *, install: bool = False) -> None:
    """Loads httpfs, which must be there already unless it may be installed; tells it who asks.

    Raises SourceError where that fails.
    """
    try:
        # Those lie in a folder that a locked session may not see.
        connection.execute("set allow_persistent_secrets = false")
        try:
            connection.execute("load httpfs")
        except duckdb.Error:
            if not install:
                raise
            connection.execute("install httpfs")
            connection.execute("load httpfs")
    except duckdb.Error as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise SourceError(f"DuckDB cannot load its extension httpfs: {reason}") from error
    for name, setting in _SETTINGS.items():
        if os.environ.get(name):
            connection.execute(setting, {"value": os.environ[name]})
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        scheme, _, host = endpoint.rpartition("://")
        connection.execute("set s3_endpoint = $value", {"value": host.rstrip("/")})
        connection.execute("set s3_use_ssl = $value", {"value": scheme != "http"})
        connection.execute("set s3_url_style = 'path'")


def httpfs_files(scheme: str, library: str, by_pip: str, *, install: bool) -> HttpfsFiles:
    """The file system of a scheme whose Python library is missing; raises SourceError where the
    extension is missing too."""
    try:
        return HttpfsFiles(scheme, install=install)
    except SourceError as error:
        if install:
            raise SourceError(
                error.message, hint=f"{by_pip}, or copy the log to a local file"
            ) from None
        raise SourceError(
            f"{scheme}:// sources need the Python library {library} or DuckDB's extension httpfs",
            hint=f"{by_pip}, or let DuckDB download it with --allow-extension-install, "
            "or copy the log to a local file",
        ) from None


class HttpfsFiles:
    """The part of an fsspec file system that sampling logs needs, by a session of its own."""

    is_engines_own = True

    def __init__(self, scheme: str, *, install: bool) -> None:
        self._prefix = f"{scheme}://"
        self._connection = duckdb.connect(
            ":memory:",
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
        )
        load(self._connection, install=install)

    def _strip_protocol(self, url: str) -> str:
        return url.removeprefix(self._prefix)

    def invalidate_cache(self) -> None:
        """Nothing is kept."""

    def glob(self, pattern: str, *, detail: bool) -> dict[str, dict[str, str]]:
        """The files that a pattern matches; what `detail` asks for is always given."""
        assert detail  # noqa: S101 - the one way in which it is called
        rows = self._connection.execute("select file from glob($url)", {"url": pattern}).fetchall()
        return {self._strip_protocol(file): {"type": "file"} for (file,) in rows}

    def find(self, folder: str) -> list[str]:
        """All files below a folder."""
        url = self._prefix + self._strip_protocol(folder).rstrip("/")
        return list(self.glob(escape_glob(url) + "/**", detail=True))

    def info(self, url: str) -> dict[str, str]:
        """Whether it is a file or a folder. Raises duckdb.Error where it is neither."""
        if self.find(url):
            return {"type": "directory"}
        self.open(self._prefix + self._strip_protocol(url))
        return {"type": "file"}

    def open(self, url: str, mode: str = "rb", **_: Any) -> HttpfsFile:
        """Opens a file to read; `mode` is always that."""
        assert mode == "rb"  # noqa: S101 - the one way in which it is called
        return HttpfsFile(self._connection, url)


class HttpfsFile:
    """A file at a URL. Raises duckdb.Error where there is none."""

    def __init__(self, connection: Any, url: str) -> None:
        self._connection = connection
        self._parameters = {"url": escape_glob(url)}
        self._content: bytes | None = None
        self.size = int(self._one("select size from read_blob($url)"))

    def _one(self, sql: str) -> Any:
        ((value,),) = self._connection.execute(sql, self._parameters).fetchall()
        return value

    def _holds_parquet(self) -> bool:
        try:
            self._one("select count(*) from parquet_file_metadata($url)")
        except duckdb.Error:
            return False
        return True

    def _fetch_range(self, start: int, end: int) -> bytes:
        """The bytes [start, end). The first four of Parquet are known without reading all of it."""
        if self._content is None and end <= 4 and self._holds_parquet():
            return b"PAR1"[start:end]
        if self._content is None:
            self._content = self._one("select content from read_blob($url)")
        return self._content[start:end]
