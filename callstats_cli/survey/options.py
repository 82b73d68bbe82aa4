"""Options beside the request: how to read, whether to merge, whose usage counts."""

from __future__ import annotations

from typing import Literal, NamedTuple

from callstats_cli.formats.mapped import ReadOptions

Dedupe = Literal["auto", "always", "never"]
UsageScope = Literal["auto", "own", "recorded"]


class SurveyOptions(NamedTuple):
    """How the sources are read and what their calls mean. With `locate_rejects` every line that was
    skipped or nulled is found again; with `inspect` it is kept what columns were taken for; with
    `compare_ids` calls that share an id are counted at any cost."""

    read: ReadOptions = ReadOptions()
    dedupe: Dedupe = "auto"
    usage_scope: UsageScope = "auto"
    prune_partitions: bool = True
    skip_bad_files: bool = False
    recorded_costs: bool = False
    locate_rejects: bool = False
    inspect: bool = False
    compare_ids: bool = False
