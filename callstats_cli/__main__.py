"""`python -m callstats_cli` and the `callstats` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits with its code, also where Ctrl-C comes while it is loading."""
    try:
        from callstats_cli.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
