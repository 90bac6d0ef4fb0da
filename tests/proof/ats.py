"""A model of an ATS with Bindbee before it: the source, a copy that lags behind, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from virtual import Process, Scheduler

from bindbee_sync.applying.interrupts import InterruptedWorkError, Interrupts
from bindbee_sync.bindbee.models import Connector, Job, User
from bindbee_sync.bindbee.outcomes import CreateAnswer, NotSent, classify
from bindbee_sync.bindbee.pacing import Pace
from bindbee_sync.create_result import CreateResult, Result
from bindbee_sync.errors import ApiError

SPACE = str(uuid5(NAMESPACE_OID, "connector"))
OTHERS = 10_000
"""The first uid of the other customers' files."""
USER = User(id=str(uuid5(NAMESPACE_OID, "user")), email="jonas@example.com")
TIMEOUT = 30.0
CREATE_FAULTS = {
    # name: does the job come to be, is it late, what is answered (None: the connection is lost)
    "works": (True, 0.0, (201, "ids")),
    "answer lost": (True, 0.0, None),
    "arrives late": (True, 1.0, None),
    "never arrives": (False, 0.0, None),
    "not sent": (False, 0.0, "refused"),
    "half an answer": (True, 0.0, "half"),
    "500 after": (True, 0.0, (500, b'{"detail": "oops"}')),
    "500 before": (False, 0.0, (500, b'{"detail": "oops"}')),
    "502 late": (True, 1.0, (502, b"<html>Bad Gateway</html>")),
    "504 late": (True, 1.0, (504, b"")),
    "404 of a gateway": (True, 0.0, (404, b"<html>Not Found</html>")),
    "408 after": (True, 0.0, (408, b'{"detail": "timeout"}')),
    "409 after": (True, 0.0, (409, b'{"detail": "conflict"}')),
    "302": (False, 0.0, (302, b"")),
    "422 early": (False, 0.0, (422, b'{"detail": [{"loc": ["body", "name"], "msg": "no", "type": "x"}]}')),
    "403": (False, 0.0, (403, b'{"detail": "no"}')),
    "refused by the ATS": (False, 0.0, (400, b'{"detail": "the ATS says no"}')),
    "429": (False, 0.0, (429, b'{"detail": "slow down"}')),
}


@dataclass(frozen=True)
class SourceJob:
    """A job in the ATS. `uid` says which approved file it was made for; None: by hand, for none."""

    number: int
    uid: int | None
    name: str
    code: str | None
    created_at: datetime
    made: float
    status: str = "OPEN"
    template: bool = False

    @property
    def id(self) -> str:
        return bindbee_id(self.number)


@lru_cache(4096)
def bindbee_id(number: int) -> str:
    return str(uuid5(NAMESPACE_OID, str(number)))


@lru_cache(4096)
def shown(job: SourceJob, *, dates: bool) -> Job:
    """Return the job as Bindbee lists it, but for when it was written."""
    return Job.model_construct(
        id=job.id,
        remote_id=str(job.number),
        name=job.name,
        code=job.code,
        status=job.status,
        raw_data={"is_template": job.template},
        remote_created_at=job.created_at if dates else None,
        modified_at=None,
        confidential=False,
    )


@dataclass
class Sent:
    """A create that reaches the ATS: when it was sent, and the job once it is made."""

    at: float
    number: int | None = None


@dataclass
class Habits:
    """What is true of this ATS and this Bindbee for the whole schedule. Times are in seconds."""

    greenhouse: bool = False
    ids: str = "ids"
    code: str = "kept"
    dates: bool = True
    touches_all: bool = True
    bindbee_skew: float = 0.0
    ats_skew: float = 0.0
    latest: float = 60.0
    fault_rate: float = 0.3
    passthrough: bool = True
    slowness: float = 0.2


@dataclass
class World:
    """The source, Bindbee's copy, and every attempt to create a job."""

    scheduler: Scheduler
    habits: Habits
    space: str = SPACE
    source: dict[int, SourceJob] = field(default_factory=dict)
    copy: dict[int, Job] = field(default_factory=dict)
    ever: dict[int, list[int]] = field(default_factory=dict)
    sent: dict[int, list[Sent]] = field(default_factory=dict)
    status: str | None = None
    started: datetime | None = None
    next_number: int = 1000
    syncs: int = 0
    read_all: bool = False
    creates: int = 0
    faults_on: bool = True
    get_faults: int = 0
    decisive: list[float] = field(default_factory=list)

    def make(self, uid: int | None, name: str, code: str | None, **more: Any) -> SourceJob:
        """Make a job in the source; fails where an approved file gets a second one."""
        self.next_number += 1
        job = SourceJob(
            number=self.next_number,
            uid=uid,
            name=name,
            code=code,
            created_at=self.scheduler.when(self.habits.ats_skew),
            made=self.scheduler.now,
            **more,
        )
        self.source[job.number] = job
        self.scheduler.note(f"  the ATS has made {job.number} '{name}' ({code}) for file #{uid}")
        if uid is not None:
            made = self.ever.setdefault(uid, [])
            made.append(job.number)
            alive = [number for number in made if number in self.source]
            assert len(alive) == 1 or not self.follows(uid), f"duplicate: jobs {alive} for file #{uid}"
        return job

    def follows(self, uid: int) -> bool:
        """Whether the ledger's space for this connector knows the file whatever it has become.

        Another customer's knows nothing of the moves and edits that home's has followed.
        """
        return uid >= OTHERS or self.space == SPACE

    def edit(self, number: int, **changes: Any) -> None:
        self.source[number] = replace(self.source[number], **changes)

    # --- syncs

    def sync(self, how: str = "works", duration: float = 20.0) -> None:
        """Begin a sync, where none runs (one that hangs is given up after a while).

        One that reads nothing and says Done comes only after one that read all: on that the guarantee rests.
        """
        if self.status == "Syncing" and self.scheduler.when(self.habits.bindbee_skew) - (
            self.started or self.scheduler.when()
        ) < timedelta(hours=1):
            return
        if how == "idles" and not self.read_all:
            how = "fails"
        self.syncs += 1
        this, rng, now = self.syncs, self.scheduler.random, self.scheduler.now
        self.status, self.started = "Syncing", self.scheduler.when(self.habits.bindbee_skew)
        self.scheduler.note(f"  a sync begins that {how}")
        moments = sorted(rng.uniform(0, duration * 0.9) for _ in range(2))
        for half, moment in enumerate(moments):
            if how == "works" or (how in ("fails half-way", "hangs") and half == 0):
                self.scheduler.at(now + moment, lambda half=half: self._read(this, half))
        if how != "hangs":
            self.scheduler.at(now + duration, lambda: self._end(this, how))

    def _read(self, this: int, half: int) -> None:
        if this != self.syncs:
            return
        for number, job in self.source.items():
            if number % 2 == half:
                listed = shown(job, dates=self.habits.dates)
                before = self.copy.get(number)
                same = before is not None and before.model_copy(update={"modified_at": None}) == listed
                if not same or self.habits.touches_all:
                    now = self.scheduler.when(self.habits.bindbee_skew)
                    self.copy[number] = listed.model_copy(update={"modified_at": now})
        for number in [n for n in self.copy if n % 2 == half and n not in self.source]:
            del self.copy[number]

    def _end(self, this: int, how: str) -> None:
        if this == self.syncs:
            self.status = "Done" if how in ("works", "idles") else "Failed"
            self.read_all = self.read_all or how == "works"

    def connector(self) -> Connector:
        return Connector.model_construct(
            id=self.space,
            status="COMPLETE",
            integration_slug="greenhouse" if self.habits.greenhouse else "lever",
            category="ATS",
            sync_status=self.status,
            last_sync_start_time=self.started,
        )


class Api:
    """Bindbee's client as one run of the tool has it: answers come from the world, late, lost or wrong."""

    def __init__(
        self,
        world: World,
        process: Process,
        interrupts: Interrupts,
        verify: Callable[[Connector], None] | None = None,
        allowed: Callable[[], None] = lambda: None,
    ) -> None:
        self.world = world
        self.scheduler = world.scheduler
        self.process = process
        self.interrupts = interrupts
        self.verify = verify
        self.allowed = allowed
        self.pace = Pace()
        self.may_exist: set[int] = set()

    def _ticks(self) -> float:
        return self.scheduler.now - self.process.slept

    def _exchange(self, what: str, answer: Callable[[], Any]) -> Any:
        self.scheduler.step("GET", what)
        if self.world.get_faults and self.scheduler.random.random() < 0.2:
            self.world.get_faults -= 1
            raise ApiError("Bindbee did not answer")
        sent = self.scheduler.now
        self.scheduler.advance(sent + self.scheduler.random.random() * self.world.habits.slowness)
        value = answer()
        date = format_datetime(self.scheduler.when(self.world.habits.bindbee_skew), usegmt=True)
        self.scheduler.step("GET done")
        if self.scheduler.now - sent <= TIMEOUT:
            self.pace.note({"date": date})
        return value

    def connector(self) -> Connector:
        found = self._exchange("connector", self.world.connector)
        if self.verify is not None:
            self.verify(found)
        return found

    def jobs(self) -> list[Job]:
        """Two pages of a list that begins with what was written last."""

        def listed() -> list[Job]:
            return sorted(self.world.copy.values(), key=lambda job: (job.modified_at, job.id))

        first = self._exchange("jobs", listed)
        half = len(first) // 2
        found = {job.id: job for job in first[:half]}
        found |= {job.id: job for job in self._exchange("jobs, page 2", listed)[half:]}
        return list(found.values())

    def users(self) -> list[User]:
        return [USER]

    def resync(self) -> None:
        self.scheduler.step("POST resync")
        how = self.scheduler.random.choices(("works", "fails", "idles"), (8, 1, 1))[0]
        if self.world.faults_on and self.scheduler.random.random() < 0.2:
            how = "fails half-way"
        self.world.sync(how if self.world.faults_on else "works")

    def passthrough(self, _path: str, params: Mapping[str, str]) -> object:
        self.scheduler.step("POST passthrough")
        if not self.world.habits.passthrough:
            raise ApiError("not allowed")
        jobs = list(self.world.source.values())
        if "requisition_id" in params:
            jobs = [job for job in jobs if job.code == params["requisition_id"]]
        return [
            {
                "id": job.number,
                "name": job.name,
                "requisition_id": job.code,
                "is_template": job.template,
                "created_at": job.created_at.isoformat(),
            }
            for job in jobs
        ]

    def server_now(self) -> datetime:
        if not self.pace.is_sure():
            self.connector()
        return self.pace.now()

    def wait_for_capacity(self, limit: float) -> None:
        self.scheduler.step("capacity")
        self._sync_when_it_matters()

    def requests_left(self) -> int | None:
        """Return what the rate limit has left: in some schedules nothing is known of it."""
        return None if self.scheduler.random.random() < 0.8 else self.scheduler.random.randint(0, 9)

    def create_job(self, body: bytes) -> CreateAnswer:
        payload = json.loads(body)
        world, rng = self.world, self.scheduler.random
        self.allowed()
        uid = int(str(payload["openings"]))
        self.scheduler.step("send", f"create '{payload['name']}' for file #{uid}")
        world.creates += 1
        fault = "works"
        if world.faults_on and rng.random() < world.habits.fault_rate:
            fault = rng.choice(list(CREATE_FAULTS))
        arrives, late, answer = CREATE_FAULTS[fault]
        self.scheduler.note(f"  {fault}")
        job: list[SourceJob] = []
        if arrives:
            self.may_exist.add(uid)
            delay = rng.choice((rng.uniform(0, 1), world.habits.latest)) * late
            sent = Sent(self.scheduler.now)
            world.sent.setdefault(uid, []).append(sent)
            if delay:
                self.scheduler.at(self.scheduler.now + delay, lambda: self._arrive(payload, uid, sent))
            else:
                job.append(self._arrive(payload, uid, sent))
        self.scheduler.step("answer")
        if answer is None:
            self.scheduler.wait(TIMEOUT)
        if self.interrupts.requested:
            raise InterruptedWorkError
        match answer:
            case None | "half":
                return Result(became=CreateResult.UNCERTAIN, detail=fault)
            case "refused":
                return NotSent(detail=fault)
            case (int(status), "ids"):
                return classify(status, {}, self._ids(job[0]))
            case (int(status), bytes(body)):
                headers = {"retry-after": f"{rng.choice((0.5, 30, 119, 121)):.1f}"} if status == 429 else {}
                return classify(status, headers, body)
        raise AssertionError(answer)

    def _sync_when_it_matters(self) -> None:
        """Have a sync begin about when its list first proves that what is sent now is absent; or just now."""
        rng = self.scheduler.random
        if self.world.faults_on and rng.random() < 0.7:
            delay = rng.choice((0.0, 2.0, 60.0, 130.0, 1017.0, 1019.5, 1021.0, 1022.0, 1025.0, 1050.0))
            begins = self.scheduler.now + delay
            self.world.decisive.append(begins)
            duration = rng.choice((0.5, 3.0, 20.0, 300.0))
            self.scheduler.at(begins, lambda: self.world.sync(duration=duration))

    def _arrive(self, payload: Mapping[str, object], uid: int, sent: Sent) -> SourceJob:
        sent.number = self.world.next_number + 1
        code = payload.get("code")
        kept = {"kept": code, "dropped": None, "altered": f"{code}/1" if code else None}
        return self.world.make(uid, str(payload["name"]), kept[self.world.habits.code])

    def _ids(self, job: SourceJob) -> bytes:
        ids = {"ids": {"id": job.id, "remote_id": str(job.number)}, "remote_id": {"remote_id": job.number}}
        return json.dumps(ids.get(self.world.habits.ids, {})).encode()
