"""Time the plan of many connectors, one by one and side by side.

python benchmarks/fleet.py [--connectors 50] [--jobs 20] [--latency 0.05] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bindbee_sync.sandbox import seed
from bindbee_sync.sandbox.server import Sandbox

JOB = """\
name: Job {number}
code: N-{number}
departments: [Sales]
offices: [Berlin]
template_id: "{template}"
remote_user_id: {user}
openings: 1
"""


def write(folder: Path, config: str, connectors: int, jobs: int) -> None:
    """Write a repository in which each connector has `jobs` files to create."""
    (folder / "bindbee-sync.yaml").write_text(config)
    for number in range(1, connectors + 1):
        company = seed.company(number)
        own = folder / "jobs" / company.name
        own.mkdir(parents=True)
        template = company.template_id("Template: People Manager")
        for job in range(jobs):
            user = f"jonas.weber@{company.domain}"
            (own / f"{job}.yaml").write_text(JOB.format(number=job, template=template, user=user))


def seconds(folder: Path, url: str, parallel: int) -> tuple[float, float]:
    """Return the wall time and the processor time of one plan, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BINDBEE_", "PYTHON"))}
    secrets = {"BINDBEE_API_KEY": seed.API_KEY, "BINDBEE_BASE_URL": url}
    words = ["plan", "--format", "json", "--parallel", str(parallel)]
    began, before = time.monotonic(), os.times()
    subprocess.run(
        [sys.executable, "-m", "bindbee_sync", *words],
        cwd=folder,
        env=kept | secrets,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall, after = time.monotonic() - began, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, busy


def main() -> None:
    """Run the plans in turns, and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connectors", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with (
        Sandbox(connectors=asked.connectors, jobs=asked.jobs, latency=asked.latency) as sandbox,
        tempfile.TemporaryDirectory() as name,
    ):
        write(Path(name), sandbox.config, asked.connectors, asked.jobs)
        seconds(Path(name), sandbox.url, 8)  # the sandbox makes its companies when they are first asked for
        times: dict[int, list[float]] = {1: [], 8: []}
        for _ in range(asked.runs):
            for parallel, found in times.items():
                sandbox.reset()
                wall, busy = seconds(Path(name), sandbox.url, parallel)
                found.append(wall)
                print(f"--parallel {parallel}: {wall:.2f} s, of it {busy:.2f} s computing", flush=True)
    one, eight = (statistics.median(found) for found in times.values())
    print(f"medians {one:.2f} s and {eight:.2f} s: {one / eight:.1f} times as fast")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
