"""The zone of this machine, for `--timezone local`: its IANA name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from callstats_cli.errors import RequestError, quoted
from callstats_cli.request.zones import load_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL: Final = "local"
_FOLDER: Final = "zoneinfo/"
"""Where zones lie, whatever is above it; the name of a zone is the path below it."""
_HINT: Final = "give a name, such as Europe/Berlin"


def zone_name(written: str, environment: Mapping[str, str], root: Path = Path("/")) -> str:
    """The name of a zone as a flag has it, `local` being the machine's: of TZ, else of what the system
    says in etc/timezone or by the link etc/localtime.

    Raises RequestError for an unknown zone, and where the machine names none.
    """
    if written != LOCAL:
        load_zone(written)
        return written
    where, name = _named_by(environment, root)
    try:
        load_zone(name)
    except RequestError:
        raise RequestError(f"local: {where} names no zone: {quoted(name)}", hint=_HINT) from None
    return name


def _named_by(environment: Mapping[str, str], root: Path) -> tuple[str, str]:
    """The place that names the machine's zone, and the name."""
    if "TZ" in environment:
        return "TZ", _below_zoneinfo(environment["TZ"].removeprefix(":")) or "UTC"
    with suppress(OSError, ValueError):
        text = (root / "etc/timezone").read_text("utf-8").strip()
        if text:
            return "/etc/timezone", text
    with suppress(OSError):
        target = str((root / "etc/localtime").readlink())
        if _FOLDER in target:
            return "/etc/localtime", _below_zoneinfo(target)
    raise RequestError(
        "local: neither TZ nor /etc/timezone nor the link /etc/localtime names this machine's zone",
        hint=_HINT,
    )


def _below_zoneinfo(path: str) -> str:
    name = path.rpartition(_FOLDER)[2] if _FOLDER in path else path
    return name.removeprefix("posix/").removeprefix("right/")
