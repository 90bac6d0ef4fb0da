"""Time the start of the tool, and its plans of companies of several sizes, beside the floor.

python benchmarks/sizes.py [--sizes 100,1000,10000] [--runs 5]

Each figure is the processor time of a whole process: the median of all runs, the smallest and the largest.
The programs take turns. It needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import company

TOOL = [sys.executable, "-m", "bindbee_sync"]
FLOOR = str(Path(__file__).with_name("floor.py"))


def seconds(words: list[str], folder: Path, url: str = "") -> tuple[float, float]:
    """Return the processor time of a process in seconds, and the most memory that it had, in MiB."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BINDBEE_")}
    secrets = {"BINDBEE_API_KEY": company.API_KEY, "BINDBEE_CONNECTOR_TOKEN": company.TOKEN}
    environment = kept | secrets | {"BINDBEE_BASE_URL": url}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compare(programs: dict[str, list[str]], folder: Path, runs: int, url: str = "") -> None:
    """Run the programs in turns, and print a row for each; the ratio is to the first one."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, words in programs.items():
            found[name].append(seconds(words, folder, url))
    base = statistics.median(time for time, _ in found[next(iter(programs))])
    for name, each in found.items():
        times = [time for time, _ in each]
        middle, most = statistics.median(times), max(memory for _, memory in each)
        spread = f"{min(times):.2f} to {max(times):.2f}"
        print(f"| {name} | {middle:.2f} s ({spread}) | {middle / base:.1f} | {most:.0f} MiB |", flush=True)


def main() -> None:
    """Print a table of the start, and one for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    head = "| | processor time | ratio | memory |\n|---|---|---|---|"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        company.write(folder, 1)
        print(f"\nStart:\n\n{head}")
        start = {"import typer": [sys.executable, "-c", "import typer"], "--version": [*TOOL, "--version"]}
        compare(
            start | {"plan --help": [*TOOL, "plan", "--help"], "validate of one file": [*TOOL, "validate"]},
            folder,
            asked.runs,
        )
    for size in map(int, asked.sizes.split(",")):
        with tempfile.TemporaryDirectory() as name, company.Server(size) as server:
            folder = Path(name)
            company.write(folder, size)
            print(f"\n{size:,} job files, as many listed jobs:\n\n{head}")
            programs = {"floor": [sys.executable, FLOOR, "jobs", server.url], "validate": [*TOOL, "validate"]}
            plans = {"plan": [*TOOL, "plan"], "plan --format json": [*TOOL, "plan", "--format", "json"]}
            compare(programs | plans, folder, asked.runs, server.url)


if __name__ == "__main__":
    main()
