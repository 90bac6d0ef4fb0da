"""Run random schedules of applies, faults, crashes and people.

python tests/proof/simulate.py --schedules 10000 --seed 1     count what happened; stop at a broken schedule
python tests/proof/simulate.py --seed 4711 --trace            show one schedule, step by step
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from history import History


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument(
        "--seed", type=int, default=1, help="the first schedule's; the next ones count on from it"
    )
    parser.add_argument("--trace", action="store_true", help="show one schedule")
    parser.add_argument(
        "--keep-going", action="store_true", help="count broken schedules; do not stop at one"
    )
    asked = parser.parse_args()
    if asked.trace:
        asked.schedules = 1
    totals: Counter[str] = Counter()
    broken = 0
    began = time.monotonic()
    with suppress(KeyboardInterrupt):
        for seed in range(asked.seed, asked.seed + asked.schedules):
            history = History(seed)
            problem = _run(history)
            totals.update(
                history.counts | {"schedules": 1, "git ledger" if history.git else "file ledger": 1}
            )
            if problem:
                broken += 1
                print(f"seed {seed}: {problem}", flush=True)
            if asked.trace or (problem and not asked.keep_going):
                print("\n".join(history.scheduler.trace))
                break
            if (seed - asked.seed + 1) % 1000 == 0:
                _report(asked.seed, totals, broken, began)
    _report(asked.seed, totals, broken, began)
    return 1 if broken else 0


def _run(history: History) -> str | None:
    try:
        history.run()
    except AssertionError as error:
        return str(error).partition("\n")[0] or "an assertion without a message"
    return None


def _report(seed: int, totals: Counter[str], broken: int, began: float) -> None:
    told = ", ".join(f"{name} {count}" for name, count in totals.items())
    print(f"from seed {seed}, {time.monotonic() - began:.0f} s: broken {broken}, {told}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
