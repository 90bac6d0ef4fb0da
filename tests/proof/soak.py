"""Soak: random schedules over the real HTTP sandbox, with the ledger in a file or in a bare repository.

SCHEDULES=200 SEED=1 python tests/proof/soak.py     counts as Jepsen does: attempted, ok, lost, ...
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from failures import MODES, FailPoint
from stage import KILLED, Stage

from bindbee_sync.sandbox.server import Sandbox

HTML = "<html>Bad Gateway</html>"
REFUSED = {"detail": [{"loc": ["body", "name"], "msg": "no", "type": "x"}]}
FAULTS = (
    *({"do": "lose", "when": when} for when in ("before", "after")),
    *({"do": "half", "when": when} for when in ("before", "after")),
    *(
        {"do": "answer", "when": w, "status": s}
        for w in ("before", "after")
        for s in (408, 409, 500, 502, 503, 504)
    ),
    *({"do": "answer", "when": when, "status": 502, "html": HTML} for when in ("before", "after")),
    {"do": "answer", "when": "after", "status": 404, "html": HTML},
    {"do": "answer", "when": "after", "status": 302, "headers": {"location": "/elsewhere"}},
    {"do": "answer", "status": 403, "body": {"detail": "no"}},
    {"do": "answer", "status": 422, "body": REFUSED},
    {"do": "answer", "status": 400, "body": {"detail": "the ATS says no"}},
    {"do": "answer", "status": 429, "body": {"detail": "slow"}, "headers": {"retry-after": "3"}},
    {"do": "answer", "status": 429, "body": {"detail": "slow"}, "headers": {"retry-after": "119"}},
)


def schedule(seed: int, sandbox: Sandbox, folder: Path) -> Counter[str]:
    """Run one schedule and return its counts; raises AssertionError where the tool gives no way out."""
    rng = random.Random(seed)  # noqa: S311 - schedules, no secrets
    counts: Counter[str] = Counter(schedules=1)
    sandbox.reset()
    sandbox.settings(
        create_body=rng.choice(("ids", "remote_id", "none", "string", "null", "empty", "odd")),
        code=rng.choice(("kept", "dropped", "altered")),
        rate_limit=10_000,
    )
    stage = Stage(folder, sandbox, git=rng.random() < 0.3, clones=2)
    counts["git ledger" if stage.git else "file ledger"] += 1
    names = {f"team-{n % 3}/job-{n}": f"Role {n} of {seed}" for n in range(rng.randint(6, 15))}
    codes = {address: f"S-{n}" if rng.random() < 0.6 else None for n, address in enumerate(names)}
    uncertain: set[str] = set()
    before = {job["name"] for job in sandbox.source_jobs()}
    for address, name in names.items():
        stage.job(address, name, codes[address])
    movable = list(names)
    for _ in range(rng.randint(2, 4)):
        for _ in range(rng.randint(0, len(names))):
            sandbox.fault(**rng.choice(FAULTS))
        ran = _applies(stage, rng, counts)
        for each in ran:
            counts["applies"] += 1
            counts["ok"] += list(each.results.values()).count("created")
            uncertain |= {
                names[a] for a, result in each.results.items() if result == "uncertain" and a in names
            }
            if "uncertain" in each.results.values():
                assert each.code == 3, each.code
        if all(each.code == 0 for each in ran) and rng.random() < 0.3:
            address = movable.pop()
            names[f"moved/{address}"] = names.pop(address)
            codes[f"moved/{address}"] = codes.pop(address)
            stage.move(address, f"moved/{address}")
        sandbox.advance(rng.choice((1, 100, 119, 121, 899, 901, 1019, 1021, 5000)))
        if rng.random() < 0.5:
            sandbox.settings(sync=rng.choice(("works", "works", "works", "fails")))
            sandbox.sync()
            sandbox.settings(sync="works")
    sandbox.follow({"steps": []})
    sandbox._ask("DELETE", "faults")  # noqa: SLF001 - what no fault script can say
    if stage.git is False or rng.random() < 0.5:
        stage.later()
        plan = stage.run("plan", "--format", "json")
        uncertain |= {names[a] for a, outcome in plan.outcomes.items() if outcome == "uncertain"}
    jobs = stage.settle(names)
    made = [job["name"] for job in sandbox.source_jobs() if job["name"] not in before]
    counts["attempted"] = len(sandbox.creates())
    counts["approved"] = len(names)
    counts["made"] = len(made)
    counts["lost"] = sum(jobs[name] == 0 for name in names.values())
    counts["duplicated"] = sum(count > 1 for count in jobs.values())
    counts["unexpected"] = sum(name not in names.values() for name in made)
    counts["recovered"] = sum(jobs[name] == 1 for name in uncertain)
    return counts


def _applies(stage: Stage, rng: random.Random, counts: Counter[str]) -> list:
    """Run one apply, maybe with a fail point; or, of a shared ledger, two at once."""

    def fail() -> FailPoint | None:
        return FailPoint(rng.randint(1, 70), rng.choice(MODES)) if rng.random() < 0.5 else None

    words = [word for word in ("--retry-absent", "--retry-rejected", "--settle") if rng.random() < 0.25]
    if stage.git and rng.random() < 0.4:
        ran = stage.together(fail(), fail())
    else:
        ran = [stage.apply(*words, clone=rng.randint(0, 1), fail=fail())]
    counts["killed"] += sum(each.code == KILLED for each in ran)
    return ran


def main() -> int:
    schedules, seed = int(os.environ.get("SCHEDULES", "2000")), int(os.environ.get("SEED", "1"))
    totals: Counter[str] = Counter()
    broken = 0
    began = time.monotonic()
    print(f"{schedules} schedules from seed {seed}", flush=True)
    with Sandbox() as sandbox, suppress(KeyboardInterrupt):
        for number in range(seed, seed + schedules):
            folder = Path(tempfile.mkdtemp(prefix="soak-"))
            try:
                totals += schedule(number, sandbox, folder)
            except AssertionError as error:
                broken += 1
                print(f"seed {number}: {str(error)[:2000]}", flush=True)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            if (number - seed + 1) % 50 == 0:
                _report(totals, broken, began)
    _report(totals, broken, began)
    return int(bool(broken or totals["lost"] or totals["duplicated"] or totals["unexpected"]))


def _report(totals: Counter[str], broken: int, began: float) -> None:
    names = (
        "schedules",
        "file ledger",
        "git ledger",
        "applies",
        "killed",
        "approved",
        "attempted",
        "ok",
        "made",
    )
    names += ("lost", "unexpected", "duplicated", "recovered")
    told = ", ".join(f"{name} {totals[name]}" for name in names)
    print(f"{time.monotonic() - began:.0f} s: {told}, no way out {broken}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
