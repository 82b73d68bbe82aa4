"""Folders of coding agents' logs, for `--log-format claude-code` or `codex` without a SOURCE."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from callstats_cli.errors import SourceError


def agent_sources(family: str | None) -> list[str]:
    """Globs of a coding agent's logs; empty for every other format.

    Raises SourceError, naming where it looked, where there is no log at all.
    """
    if family == "claude-code":
        folders = _claude_folders()
        variable = "CLAUDE_CONFIG_DIR"
    elif family == "codex":
        folders = _codex_folders()
        variable = "CODEX_HOME"
    else:
        return []
    from callstats_cli.sources.patterns import paths_matching

    logs = [os.path.join(glob.escape(str(folder)), "**", "*.jsonl") for folder in folders]  # noqa: PTH118
    found = [log for log in logs if next(paths_matching(log), None)]
    if not found:
        looked = ", ".join(str(folder) for folder in folders)
        raise SourceError(
            f"no {family} logs found in {looked}", hint=f"name a SOURCE, or set {variable}"
        )
    return found


def _claude_folders() -> list[Path]:
    """Each `projects` folder; the variable may name several homes, and then only those count."""
    named = [part.strip() for part in os.environ.get("CLAUDE_CONFIG_DIR", "").split(",")]
    homes = [Path(part).expanduser() for part in named if part]
    if not homes:
        configured = os.environ.get("XDG_CONFIG_HOME")
        homes = [Path("~/.claude").expanduser(), Path("~/.config/claude").expanduser()]
        if configured:
            homes.append(Path(configured) / "claude")
    return [home / "projects" for home in dict.fromkeys(homes)]


def _codex_folders() -> list[Path]:
    home = Path(os.environ.get("CODEX_HOME") or "~/.codex").expanduser()
    return [home / "sessions", home / "archived_sessions"]
