"""Prints the lowest versions that a pyproject.toml allows of its runtime dependencies, as constraints for pip."""

import re
import sys
import tomllib
from pathlib import Path


def lowest_versions(project: str) -> list[str]:
    """A line `name==version` per dependency of the text of a pyproject.toml; an error where one has no `>=`."""
    dependencies: list[str] = tomllib.loads(project)["project"]["dependencies"]
    return [_lowest_version(dependency) for dependency in dependencies]


def _lowest_version(dependency: str) -> str:
    bound = re.fullmatch(r"([\w.-]+)>=([\w.]+)(,<[\w.]+)?", dependency)
    if bound is None:
        raise SystemExit(
            f"pyproject.toml: {dependency!r} is not of the form name>=version or name>=version,<version"
        )
    return f"{bound[1]}=={bound[2]}"


if __name__ == "__main__":
    print("\n".join(lowest_versions(Path(sys.argv[1]).read_text(encoding="utf-8"))))  # noqa: T201
