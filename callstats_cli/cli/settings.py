"""Fills flags that were not typed from a named request, the environment and configuration files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callstats_cli.cli.configuration import (
    FILTER_SETTINGS,
    IN_A_BODY,
    SETTINGS,
    read_configuration,
    variable_of,
)
from callstats_cli.cli.output import FORMATS
from callstats_cli.errors import RequestError, did_you_mean
from callstats_cli.sources.agent_folders import agent_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.cli.configuration import Configuration, Value
    from callstats_cli.cli.diagnostics import Diagnostics
    from callstats_cli.cli.flags import Flags

_MOST_THREADS = 256
_MOST_THREADS_PER_CORE = 4
_FIELDS = {"map": "mapped", "format": "output_format"}
"""Setting → its field of `Flags`, where that is not its name."""


def with_settings(flags: Flags, formats: Sequence[str], diagnostics: Diagnostics) -> Flags:
    """The flags with what they leave open: first from `@NAME`, then from the environment and files.

    Beside a body nothing is filled in that a body can say. Raises RequestError for a broken file, an
    unknown name, and where there is no source at all. A coding agent's format that is typed without a
    source means the agent's own folders.
    """
    if not flags.source and flags.log_format is not None:
        flags = replace(flags, source=agent_sources(flags.log_format))
    configuration = read_configuration(os.environ, Path.cwd())
    diagnostics.foreign_settings(configuration.foreign)
    for variable in configuration.unknown_variables:
        close = did_you_mean(variable, [variable_of(name) for name in SETTINGS])
        diagnostics.note(
            f"{variable} sets nothing; {close or 'callstats config lists what can be set'}"
        )
    flags = _with_named_request(flags, configuration)
    found = {name: found.value for name, found in configuration.settings.items()}
    if flags.request is not None:
        found = {name: value for name, value in found.items() if name not in IN_A_BODY}
    fits = found.get("format") in formats or found.get("format") not in FORMATS
    if flags.as_json or flags.output is not None or not fits:
        found.pop("format", None)
    flags = _filled(flags, found)
    _check_threads(flags.threads)
    if not flags.source:
        raise RequestError(
            "no SOURCE given",
            hint="name a file or folder, or set CALLSTATS_SOURCE, or source in callstats.toml",
        )
    return flags


def _check_threads(asked: int | None) -> None:
    """Raises RequestError for more threads than can be of use: each takes memory."""
    most = max(_MOST_THREADS, _MOST_THREADS_PER_CORE * (os.cpu_count() or 1))
    if asked is not None and asked > most:
        raise RequestError(f"--threads {asked} is too many", hint=f"at most {most}")


def _with_named_request(flags: Flags, configuration: Configuration) -> Flags:
    names = [word[1:] for word in flags.source or () if word.startswith("@")]
    if not names:
        return flags
    if len(names) > 1 or flags.request is not None:
        raise RequestError("several requests are named", hint="give one @NAME, or --request FILE")
    (name,) = names
    if name not in configuration.requests:
        known = list(configuration.requests)
        hint = did_you_mean(name, known) or (
            "known: " + ", ".join(known)
            if known
            else f"[requests.{name}] in callstats.toml would make one; a file of that name is ./@{name}"
        )
        raise RequestError(f"no request is named {name!r}", hint=hint)
    values, _ = configuration.requests[name]
    sources = [word for word in flags.source or () if not word.startswith("@")]
    return _filled(replace(flags, source=sources), values)


def _filled(flags: Flags, values: dict[str, Value]) -> Flags:
    """The flags with values where nothing was typed; `start` and `last` are one setting."""
    ranged = flags.start is not None or flags.last is not None
    given: dict[str, Any] = {}
    filters: dict[str, Any] = dict(flags.filters)
    for name, value in values.items():
        field = _FIELDS.get(name, name.replace("-", "_"))
        if ranged and name in ("start", "last"):
            continue
        if name in FILTER_SETTINGS:
            if filters.get(field) in (None, False, []):
                filters[field] = value
        elif getattr(flags, field) in (None, False, []):
            given[field] = value
    return replace(flags, **given, filters=filters)
