"""All formats, in the order in which a file is held against them."""

from __future__ import annotations

from callstats_cli.formats.columns import COLUMNS
from callstats_cli.formats.weave import WEAVE, WEAVE_WAL

FORMATS = (WEAVE_WAL, WEAVE, COLUMNS)
FAMILIES = tuple(dict.fromkeys(log_format.family for log_format in FORMATS))
"""What `--log-format` takes."""
