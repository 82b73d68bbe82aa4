"""Files that are damaged in ways that storage and copying damage files."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from log_files import call, write_lines, write_parquet_text

if TYPE_CHECKING:
    from pathlib import Path


def unreadable_files(folder: Path) -> list[Path]:
    """Files that cannot be read to their end."""
    folder.mkdir()
    lines = write_lines(folder / "x.jsonl", [call(str(n)) for n in range(2000)]).read_bytes()
    (folder / "x.jsonl").unlink()
    parquet = write_parquet_text(folder / "x.parquet", [call(str(n)) for n in range(99)]).read_bytes()
    (folder / "x.parquet").unlink()
    contents = {
        "cut.jsonl.gz": gzip.compress(lines)[:-100],
        "cut_early.jsonl.gz": gzip.compress(lines)[:15],
        "changed.jsonl.gz": gzip.compress(lines)[:-8] + b"\0" * 8,
        "cut.parquet": parquet[: len(parquet) // 2],
        "changed.parquet": parquet[:200] + b"\xff" * 400 + parquet[600:],
        "tiny.parquet": b"PAR1",
        "cut.jsonl.zst": b"\x28\xb5\x2f\xfd\x04\x00",
        "cut.json": json.dumps([call("a"), call("b")]).encode()[:-30],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]
