"""Names of columns, alike whatever their letter case and punctuation."""

from __future__ import annotations

import re
from functools import cache


@cache
def folded(name: str) -> str:
    """A column name without letter case and punctuation."""
    return re.sub(r"[\W_]+", "", name).casefold()
