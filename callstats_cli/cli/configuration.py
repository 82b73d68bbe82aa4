"""Settings that need not be typed: `CALLSTATS_…` variables and configuration files (spec 3).

From strongest to weakest: the environment; `callstats.toml`, or `[tool.callstats]` of
`pyproject.toml`, in the nearest folder upwards that has one; the user's
`~/.config/callstats/config.toml`. Keys are the long names of flags. Paths in a file are relative to
its folder. A project's file that belongs neither to the user nor to root is not obeyed. Only files
that exist are read, and `tomllib` is imported only for those.

No library does this: pydantic-settings takes 0.2 CPU seconds to import at every start, platformdirs
names another folder than `~/.config` on some systems, and Click's maps of defaults do not say where a
value was set, which `callstats config` shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from callstats_cli.cli.configuration_files import of_project, of_user, tables_in
from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.request.filters import FILTER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["text", "list", "number", "switch"]
Value = str | int | bool | list[str]


class Setting(NamedTuple):
    """The long name of a flag that can be set, the kind of its value, and its default in words.

    An `is_path` value in a file is relative to the file's folder.
    """

    name: str
    kind: Kind
    default: str = ""
    is_path: bool = False


SETTINGS: Final[dict[str, Setting]] = {
    setting.name: setting
    for setting in (
        Setting("source", "list", is_path=True),
        Setting("project", "text", "every project"),
        Setting("start", "text", "the first call"),
        Setting("end", "text", "now, or the last call"),
        Setting("last", "text"),
        Setting("granularity", "text", "auto"),
        Setting("timezone", "text", "UTC"),
        Setting("usage", "list"),
        Setting("calls", "list"),
        Setting("format", "text", "table"),
        Setting("log-format", "text", "by content"),
        Setting("map", "list"),
        Setting("time-origin", "text"),
        Setting("log-timezone", "text", "UTC"),
        Setting("usage-scope", "text", "auto"),
        Setting("dedupe", "text", "auto"),
        Setting("prices", "text", "the list as installed", is_path=True),
        Setting("strict-pricing", "switch", "false"),
        Setting("strict", "switch", "false"),
        Setting("skip-bad-files", "switch", "false"),
        Setting("memory-limit", "text", "the engine's"),
        Setting("threads", "number", "the engine's"),
    )
}

IN_A_BODY: Final = frozenset(
    {"project", "start", "end", "last", "granularity", "timezone", "usage", "calls"}
)
"""Settings that a request body has: beside a body they are not taken from the environment or a file."""

FILTER_SETTINGS: Final[dict[str, Setting]] = {
    field.flag: Setting(field.flag, "switch" if field.matches == "root" else "list")
    for field in FILTER_FIELDS.values()
}
_ONLY_IN_REQUESTS: Final = {"request": Setting("request", "text", is_path=True), **FILTER_SETTINGS}


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return "CALLSTATS_" + name.upper().replace("-", "_")


class Found(NamedTuple):
    """A value and where it was set."""

    value: Value
    origin: str


class Configuration(NamedTuple):
    """The settings by name, and the requests by name with their file. `foreign` are files that are not
    obeyed because they belong to somebody else."""

    settings: dict[str, Found]
    requests: dict[str, tuple[dict[str, Value], str]]
    unknown_variables: tuple[str, ...]
    foreign: tuple[Path, ...] = ()


def read_configuration(environment: Mapping[str, str], folder: Path) -> Configuration:
    """The configuration of a command that runs in a folder, from the environment and the files.

    Raises RequestError for a file that cannot be read, is not TOML, or has an invalid setting.
    """
    found, unknown = _from_environment(environment)
    requests: dict[str, tuple[dict[str, Value], str]] = {}
    foreign: list[Path] = []
    for path, table in (of_project(folder, foreign), of_user(environment)):
        if table is None:
            continue
        named = table.pop("requests", {})
        _add(found, {name: Found(value, str(path)) for name, value in _checked(table, path).items()})
        for name, request in tables_in(named, path).items():
            values = _checked(request, path, f"requests.{name}", SETTINGS | _ONLY_IN_REQUESTS)
            requests.setdefault(name, (values, str(path)))
    return Configuration(found, requests, unknown, tuple(foreign))


def _add(found: dict[str, Found], weaker: dict[str, Found]) -> None:
    """Adds what is not set yet. `start` and `last` are one setting: both say where a range begins."""
    if found.keys() & {"start", "last"}:
        weaker = {name: value for name, value in weaker.items() if name not in ("start", "last")}
    found |= {name: value for name, value in weaker.items() if name not in found}


def _from_environment(environment: Mapping[str, str]) -> tuple[dict[str, Found], tuple[str, ...]]:
    found: dict[str, Found] = {}
    unknown = []
    settings = {variable_of(name): setting for name, setting in SETTINGS.items()}
    for variable, text in environment.items():
        if not variable.startswith("CALLSTATS_") or not text:
            continue
        if variable in settings:
            setting = settings[variable]
            found[setting.name] = Found(_from_text(text, setting.kind, variable), variable)
        else:
            unknown.append(variable)
    return found, tuple(unknown)


def _from_text(text: str, kind: Kind, variable: str) -> Value:
    """A variable's value; several values of a list stand on lines of their own."""
    if kind == "list":
        return text.splitlines()
    if kind == "number":
        if not text.isascii() or not text.isdigit() or not int(text):
            raise RequestError(f"{variable} must be a whole number above 0, not {quoted(text)}")
        return int(text)
    if kind == "switch":
        if text.lower() not in ("1", "true", "0", "false"):
            raise RequestError(f"{variable} must be true or false, not {quoted(text)}")
        return text.lower() in ("1", "true")
    return text


def _checked(
    table: dict[str, Any],
    path: Path,
    within: str = "",
    known: Mapping[str, Setting] = SETTINGS,
) -> dict[str, Value]:
    """The settings of a table of a file; raises RequestError naming the first that is wrong."""
    place = f"{str(path)!r}" + (f", {within}" if within else "")
    values: dict[str, Value] = {}
    for name, value in table.items():
        setting = known.get(name)
        if setting is None:
            hint = did_you_mean(name, list(known)) or "known: " + ", ".join(known)
            if name in _ONLY_IN_REQUESTS:
                hint = "a table [requests.NAME] can have it"
            raise RequestError(f"{place}: unknown setting {quoted(name)}", hint=hint)
        checked = _of_kind(value, setting.kind)
        if checked is None:
            raise RequestError(f"{place}: {name} must be {_WANTED[setting.kind]}, not {quoted(value)}")
        values[name] = _relative_to(path.parent, checked) if setting.is_path else checked
    if {"start", "last"} <= values.keys():
        raise RequestError(f"{place}: start and last both say where the range begins")
    return values


_WANTED: Final[dict[Kind, str]] = {
    "text": "a text",
    "list": "a text or a list of texts",
    "number": "a whole number above 0",
    "switch": "true or false",
}


def _of_kind(value: object, kind: Kind) -> Value | None:
    """The value as its setting holds it; None where it is of another kind."""
    if kind == "switch":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool):
        return None
    if kind == "number":
        return value if isinstance(value, int) and value > 0 else None
    if kind == "text":
        return str(value) if isinstance(value, str | int) else None
    texts: Sequence[object] = value if isinstance(value, list) else [value]
    return [str(text) for text in texts] if all(isinstance(text, str) for text in texts) else None


def _relative_to(folder: Path, value: Value) -> Value:
    """Paths of a file as seen from where the command runs; URLs and `-` stay."""
    if isinstance(value, list):
        return [str(_relative_to(folder, text)) for text in value]
    text = str(value)
    if "://" in text or text in ("-", "recorded"):
        return text
    return str(folder / Path(text).expanduser())
