"""Run random schedules: python tests/proof/simulate.py --schedules 10000 --seed 1 [--trace SEED]."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from history import History  # noqa: E402 - found beside this file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trace", action="store_true", help="print the trace of the one schedule of --seed")
    parser.add_argument(
        "--keep-going", action="store_true", help="count broken schedules, do not stop at one"
    )
    asked = parser.parse_args()
    totals: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    began = time.monotonic()
    for seed in range(asked.seed, asked.seed + (1 if asked.trace else asked.schedules)):
        history = History(seed)
        try:
            history.run()
        except Exception as error:
            words = str(error).splitlines()[0] if str(error) else ""
            broken[type(error).__name__ + " " + words.partition(":")[0][:60]] += 1
            print(f"seed {seed}: {type(error).__name__}: {words}", flush=True)
            if not asked.keep_going:
                print("\n".join(history.scheduler.trace))
                if not isinstance(error, AssertionError):
                    raise
                return 1
        else:
            if asked.trace:
                print("\n".join(history.scheduler.trace))
        totals.update(history.counts)
        totals["posts"] += history.world.creates
        totals["jobs"] += sum(map(len, history.world.ever.values()))
        totals["git" if history.git else "file"] += 1
    took = time.monotonic() - began
    number = asked.schedules
    print(
        f"{number} schedules from seed {asked.seed} in {took:.0f} s: {sum(broken.values())} broken; {dict(totals)}"
    )
    for words, count in broken.most_common():
        print(f"  {count:6} {words}")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
