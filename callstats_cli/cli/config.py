"""`callstats config`: what is set, and where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.flags import AsJson, Debug
from callstats_cli.cli.stages import print_report
from callstats_cli.errors import ExitCode

if TYPE_CHECKING:
    from callstats_cli.cli.configuration import Configuration, Value


def config(*, as_json: AsJson = False, debug: Debug = False) -> int:
    """What callstats takes for granted here: each setting, its value and where it was set.

    callstats config

    CALLSTATS_TIMEZONE=Europe/Berlin callstats config

    A flag wins over a CALLSTATS_ variable, that over callstats.toml or [tool.callstats] of
    pyproject.toml in the nearest folder upwards, that over ~/.config/callstats/config.toml.
    """
    from callstats_cli.cli.configuration import read_configuration

    configuration = read_configuration(os.environ, Path.cwd())
    Diagnostics(debug=debug).foreign_settings(configuration.foreign)
    print_report(_object(configuration), lambda _: _table(configuration), as_json=as_json)
    return ExitCode.ANSWERED


def _object(configuration: Configuration) -> dict[str, Any]:
    from callstats_cli.cli.configuration import SETTINGS

    settings: dict[str, Any] = {name: {"value": None, "from": None} for name in SETTINGS}
    for name, found in configuration.settings.items():
        settings[name] = {"value": found.value, "from": found.origin}
    requests = {
        name: {"values": values, "from": origin}
        for name, (values, origin) in configuration.requests.items()
    }
    return {"settings": settings, "requests": requests}


def _table(configuration: Configuration) -> str:
    from callstats_cli.cli.configuration import SETTINGS
    from callstats_cli.render.lists import aligned

    found = configuration.settings
    rows = [("setting", "value", "from")]
    for name, setting in SETTINGS.items():
        if name in found:
            rows.append((name, _shown(found[name].value), found[name].origin))
        else:
            rows.append((name, setting.default or "-", "default"))
    for name, (values, origin) in configuration.requests.items():
        words = ", ".join(f"{key} = {_shown(value)}" for key, value in values.items())
        rows.append((f"@{name}", words, origin))
    return "\n".join(aligned(rows)) + "\n"


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value) if isinstance(value, list) else str(value)
