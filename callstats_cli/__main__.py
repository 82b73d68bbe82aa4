"""`python -m callstats_cli` and the `callstats` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits with its code; where a signal ends it, nothing stays behind."""
    try:
        from callstats_cli import process
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        process.heed_signals()
        from callstats_cli.cli import run

        process.end(run(sys.argv[1:]))
    except process.Interrupted:
        process.end()


if __name__ == "__main__":
    main()
