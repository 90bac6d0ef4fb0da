"""What the rules of the cookbook add to a plan, in instructions: other load on the machine changes nothing.

Needs valgrind. A line has the number of job files (as many jobs are listed), the instructions of a plan
without rules and with them, and the ratio.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import company

COUNTED = [
    *("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"),
    *(sys.executable, "-m", "bindbee_sync", "plan"),
]
COOKBOOK = Path(__file__).parents[1] / "docs" / "policies.md"


def instructions(folder: Path, url: str) -> int:
    """Return how many instructions a plan in `folder` takes."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BINDBEE_")},
        "BINDBEE_API_KEY": company.API_KEY,
        "BINDBEE_CONNECTOR_TOKEN": company.TOKEN,
        "BINDBEE_BASE_URL": url,
        "PYTHONHASHSEED": "0",
    }
    ran = subprocess.run(COUNTED, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if not (found := re.search(r"I\s+refs:\s+([\d,]+)", ran.stderr)):
        raise SystemExit(ran.stderr)
    return int(found[1].replace(",", ""))


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,3000")
    rules = re.findall(r"^```yaml\n(.*?)^```", COOKBOOK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for size in map(int, parser.parse_args().sizes.split(",")):
        with tempfile.TemporaryDirectory() as name, company.Server(size) as server:
            folder = Path(name)
            company.write(folder, size)
            without = instructions(folder, server.url)
            (folder / "policies").mkdir()
            for number, rule in enumerate(rules):
                (folder / "policies" / f"{number}.yaml").write_text(rule, encoding="utf-8")
            with_rules = instructions(folder, server.url)
        print(
            f"{size:,} {without:,} {with_rules:,} {with_rules / without:.3f} ({len(rules)} rules)", flush=True
        )


if __name__ == "__main__":
    main()
