"""`callstats config`: what is set, and where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callstats_cli.errors import ExitCode

if TYPE_CHECKING:
    from callstats_cli.configuration import Value


def config(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead.")] = False,
) -> int:
    """What callstats takes for granted here: each setting, its value and where it was set.

    callstats config

    CALLSTATS_TIMEZONE=Europe/Berlin callstats config

    A flag wins over a CALLSTATS_ variable, that over callstats.toml or [tool.callstats] of
    pyproject.toml in the nearest folder upwards, that over ~/.config/callstats/config.toml.
    """
    from callstats_cli.configuration import SETTINGS, read_configuration
    from callstats_cli.output import open_output
    from callstats_cli.render.json import json_text
    from callstats_cli.render.lists import aligned

    configuration = read_configuration(os.environ, Path.cwd())
    found = configuration.settings
    if as_json:
        content = {
            "settings": {
                name: {"value": found[name].value, "from": found[name].origin}
                if name in found
                else {"value": None, "from": None}
                for name in SETTINGS
            },
            "requests": {
                name: {"values": values, "from": origin}
                for name, (values, origin) in configuration.requests.items()
            },
        }
        text = json_text(content)
    else:
        rows = [("setting", "value", "from")]
        for name, setting in SETTINGS.items():
            if name in found:
                rows.append((name, _shown(found[name].value), found[name].origin))
            else:
                rows.append((name, setting.default or "-", "default"))
        for name, (values, origin) in configuration.requests.items():
            words = ", ".join(f"{key} = {_shown(value)}" for key, value in values.items())
            rows.append((f"@{name}", words, origin))
        text = "\n".join(aligned(rows)) + "\n"
    with open_output(None) as stream:
        stream.write(text.encode())
    return ExitCode.ANSWERED


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value) if isinstance(value, list) else str(value)
