"""Copies of what can be read only once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from callstats_cli.errors import SourceError
from callstats_cli.process import new_file, private_folder

if TYPE_CHECKING:
    from typing import IO


def copied(stream: IO[bytes], name: str) -> str:
    """A copy of a stream in a temporary file, which goes when the process ends."""
    import shutil

    try:
        descriptor, path = new_file(private_folder(), "source-")
        with os.fdopen(descriptor, "wb") as copy:
            shutil.copyfileobj(stream, copy)
    except OSError as error:
        what = "stdin" if name == "-" else repr(name)
        raise SourceError(f"cannot keep a copy of {what}: {error.strerror or error}") from None
    return path
