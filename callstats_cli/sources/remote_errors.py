"""Turns the failures of a store or its library into errors of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from callstats_cli.errors import CallstatsError, SourceError
from callstats_cli.sources.stores import NO_CREDENTIALS, STORES, WEB

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_missing(system: Any, bucket: str) -> bool:
    """Whether there is no such bucket, as far as we may know."""
    try:
        system.info(bucket)
    except FileNotFoundError:
        return True
    except Exception:  # asking for a bucket may need more permission than asking for its files
        return False
    return False


@contextmanager
def explaining(url: str) -> Iterator[None]:
    """Turns what a store's library raises into a SourceError that says what to do."""
    try:
        yield
    except CallstatsError:
        raise
    except Exception as error:
        raise _explained(url, error) from error


def _explained(url: str, error: Exception) -> SourceError:
    place, store = repr(url), STORES[url.split("://", 1)[0]]
    causes = list(_causes(error))
    statuses = {_status(cause) for cause in causes}
    names = {type(cause).__name__ for cause in causes}
    words = _words(causes[-1] if store is WEB else error)
    if statuses & {401, 403} or isinstance(error, PermissionError) or names & NO_CREDENTIALS:
        return SourceError(f"{place}: access refused: {words}", hint=store.who_asks)
    if isinstance(error, FileNotFoundError) or 404 in statuses:
        missing = (
            "bucket"
            if "bucket does not exist" in str(error) or url.count("/") < 3
            else "file or folder"
        )
        return SourceError(f"no such {missing}: {place}")
    if store is WEB and isinstance(error, ValueError):
        return SourceError(
            f"{place}: the server does not send parts of files",
            hint="download the file and name the copy",
        )
    if "FileExpired" in names:
        return SourceError(f"{place} changed while it was read", hint="run again")
    return SourceError(f"cannot read {place}: {words}", hint="run again")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _status(error: BaseException) -> int | None:
    """The HTTP status that an error is about, by whichever name its library has for it."""
    for name in ("status", "status_code", "code"):
        found = getattr(error, name, None)
        if found is not None:
            return int(found) if str(found).isdecimal() else None
    return None


def _words(error: BaseException) -> str:
    """The first line of a library's message, or two where the first announces the second."""
    text = str(getattr(error, "message", None) or error).strip() or type(error).__name__
    first, *others = text.splitlines()
    return " ".join([first, *others[:1]]) if first.endswith(":") else first
