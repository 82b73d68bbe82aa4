"""The stores that files are read from by URL, and the libraries that reach them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Store(NamedTuple):
    """A store of files: the class that reads it and its settings, the extra that installs its library,
    and a hint for where access is refused."""

    module: str
    name: str
    settings: Mapping[str, Any]
    extra: str
    who_asks: str

    @property
    def library(self) -> str:
        """The package that the class is in."""
        return self.module.split(".")[0]


WEB = Store(
    module="fsspec.implementations.http",
    name="HTTPFileSystem",
    settings={"client_kwargs": {"trust_env": True}},
    extra="http",
    who_asks="the URL must carry its own permission",
)


STORES = {
    "s3": Store(
        module="s3fs.core",
        name="S3FileSystem",
        settings={"default_cache_type": "none"},
        extra="s3",
        who_asks="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or a role say who asks; "
        "without any of them only what is public can be read",
    ),
    # What gcsfs itself offers first asks each bucket for its kind, by gRPC and for up to a minute.
    "gs": Store(
        module="gcsfs.core",
        name="GCSFileSystem",
        settings={},
        extra="gcs",
        who_asks="GOOGLE_APPLICATION_CREDENTIALS or the login of gcloud says who asks; "
        "without either only what is public can be read",
    ),
    "http": WEB,
    "https": WEB,
}
"""Scheme → its store."""


NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "DefaultCredentialsError"}
)


FileSystemMaker = Callable[[str, str, str], Any]
"""Makes the file system of a scheme whose Python library, the second argument, is missing; the third
is the command that installs the library."""


_systems: dict[str, Any] = {}
"""Scheme → the file system that reads it, once a source has named it."""


def file_system(scheme: str, fallback: FileSystemMaker | None = None) -> Any:
    if scheme not in _systems:
        _systems[scheme] = _make_system(scheme, fallback)
    return _systems[scheme]


def _make_system(scheme: str, fallback: FileSystemMaker | None) -> Any:
    """The file system of a scheme's library, else the fallback; raises SourceError where there is
    neither."""
    store = STORES[scheme]
    # What the library would log goes nowhere rather than to stderr: failures are raised.
    logging.getLogger(store.library).addHandler(logging.NullHandler())
    try:
        system = getattr(import_module(store.module), store.name)
    except ImportError:
        by_pip = f"pip install 'callstats-cli[{store.extra}]'"
        if fallback is None:
            needed = f"{scheme}:// sources need the Python library {store.library}"
            raise SourceError(needed, hint=by_pip) from None
        return fallback(scheme, store.library, by_pip)
    made = system(skip_instance_cache=True, **store.settings)
    if scheme == "s3":
        if _finds_no_credentials(made):
            made = system(skip_instance_cache=True, anon=True, **store.settings)
        made.retries = 3  # of each request within as many of each read
    return made


def _finds_no_credentials(system: Any) -> bool:
    """Whether there is nothing to sign requests to S3 with. (Google's library finds out by itself.)

    Raises what the library raises where something is there but cannot be used.
    """
    from fsspec.asyn import sync

    system.connect()
    return sync(system.loop, system.session.get_credentials) is None
