"""Measures what people type: whole processes of callstats, each against another one that is named in
`cases.py`, with a limit for the ratio of both.

First all answers are compared; then the two sides of each case run in turn, `--runs` times. Embedded
ClickHouse takes part where the package `chdb` is installed. Prints the figures as Markdown, or writes
them into a page.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from compileall import compile_dir
from pathlib import Path

import callstats_cli
from answers import disagreement
from cases import Case, cases_of
from generate import Sizes, data_in, with_sizes
from measuring import UnfinishedError, measure
from report import Result, put_into, report


def main() -> None:
    """Generates, compares, measures, reports."""
    parser = with_sizes(argparse.ArgumentParser(description=__doc__))
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each side")
    parser.add_argument("--only", default="", help="only questions whose name holds this text")
    parser.add_argument("--output", type=Path, help="a page to write the figures into")
    options = parser.parse_args()
    sizes = Sizes.at(options.scale)
    compile_dir(Path(callstats_cli.__file__).parent, quiet=1)  # as an installation has it
    make_data(options.folder, options.scale)
    cases = [
        case
        for case in cases_of(data_in(options.folder, sizes), sizes)
        if options.only in case.name and takes_part(case)
    ]
    failures = [compare(case) for case in cases]
    results = [
        result_of(case, failure, options.runs) for case, failure in zip(cases, failures, strict=True)
    ]
    text = report(results, sizes, options.runs)
    if options.output:
        put_into(options.output, text)
    else:
        print(text)  # noqa: T201 - a script's output


def make_data(folder: Path, scale: float) -> None:
    """Generates the logs in another process: no peak that is measured is below that of this one."""
    script = str(Path(__file__).with_name("generate.py"))
    command = [sys.executable, script, "--folder", str(folder), "--scale", str(scale)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own script


def takes_part(case: Case) -> bool:
    """The other side is installed."""
    return case.against.name != "ClickHouse" or importlib.util.find_spec("chdb") is not None


def compare(case: Case) -> str:
    """Why the case does not finish, or nothing; exits where its sides answer differently."""
    say(f"comparing: {case.name}, {case.against.name}")
    try:
        found = disagreement(case)
    except UnfinishedError as failure:
        return str(failure)
    if found:
        sys.exit(f"{case.name}: callstats and {case.against.name} give different answers: {found}")
    return ""


def result_of(case: Case, failure: str, runs: int) -> Result:
    """The figures of a case that finishes."""
    say(f"measuring: {case.name}, {case.against.name}")
    if failure:
        return Result(case, None, failure)
    try:
        return Result(case, measure(case, runs))
    except UnfinishedError as failed:
        return Result(case, None, str(failed))


def say(text: str) -> None:
    """Tells on stderr how far it is."""
    print(text, file=sys.stderr)  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
