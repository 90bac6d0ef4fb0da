"""The simulation's model, driven by Hypothesis: it looks for a short way to a broken invariant."""

from __future__ import annotations

from contextlib import ExitStack, suppress

from history import BOUNDARIES, History
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from virtual import Fate, Process

from bindbee_sync.errors import LedgerError

KINDS = ("", "send", "answer", "disk", "disk fsync", "git push", "git push done", "GET")
FATES = st.none() | st.builds(
    Fate, st.sampled_from(KINDS), st.integers(1, 12), st.none() | st.sampled_from(BOUNDARIES)
)


class Applies(RuleBasedStateMachine):
    """Files, people, a world and applies, one at a time or two at once."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed):
        self.history = History(seed)
        self.stack = ExitStack()
        self.stack.enter_context(self.history.patched())
        self.history.begin()

    @rule(first=FATES, second=FATES, two=st.booleans(), retry=st.booleans())
    def apply(self, first, second, two, retry):
        history = self.history

        def process(name, fate):
            made = Process(name, 0.0, lambda: history.outlive(made, lambda: history.apply(made, retry=retry)))
            made.fates = [Fate(fate.kind, fate.at, fate.pause)] if fate else []
            return made

        history.processes = [process("A", first), *([process("B", second)] if two else [])]
        try:
            history.scheduler.run(*history.processes)
        finally:
            history.processes = []

    @rule(how=st.sampled_from(["works", "works", "fails", "fails half-way", "hangs", "idles"]))
    def sync(self, how):
        self.history.world.sync(how, 2.0)

    @rule(seconds=st.sampled_from(BOUNDARIES))
    def wait(self, seconds):
        self.history.scheduler.advance(self.history.scheduler.now + seconds)

    @rule()
    def edit_files(self):
        self.history.edit_files()

    @rule()
    def touch_the_ats(self):
        self.history.touch_the_ats()

    @rule()
    def settle_by_hand(self):
        with suppress(LedgerError):
            self.history.settle_by_hand()

    @invariant()
    def no_record_is_anothers(self):
        if hasattr(self, "history"):
            self.history.check_records()

    def teardown(self):
        if hasattr(self, "history"):
            try:
                self.history.end()
            except AssertionError as error:
                error.add_note("\n".join(self.history.scheduler.trace))
                raise
            finally:
                self.stack.close()


TestApplies = Applies.TestCase
TestApplies.settings = settings(
    max_examples=60, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
