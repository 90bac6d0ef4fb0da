"""What each signal does, by where it meets the run: noted, or raised where work may be abandoned."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bindbee_sync.applying.interrupts import InterruptedWorkError, Interrupts

STOPS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def interrupts():
    """Interrupts whose signals are watched."""
    made = Interrupts()
    with made.watching():
        yield made


@pytest.mark.parametrize("first", STOPS)
def test_a_first_signal_is_told_and_lets_the_work_go_on_for_four_seconds(first):
    told = []
    interrupts = Interrupts(lambda: told.append("stopping"))
    with interrupts.watching(), interrupts.abandonable():
        assert (interrupts.requested, signal.getitimer(signal.ITIMER_REAL)) == (False, (0, 0))
        signal.raise_signal(first)
        left, _ = signal.getitimer(signal.ITIMER_REAL)
    assert (interrupts.requested, told) == (True, ["stopping"])
    assert 3 < left <= 4


@pytest.mark.parametrize("last", [*STOPS, signal.SIGALRM])
def test_a_second_signal_or_the_end_of_the_grace_abandons_it_and_a_third_adds_nothing(interrupts, last):
    handled = []

    def work():
        with interrupts.abandonable():
            signal.raise_signal(signal.SIGTERM)
            try:
                signal.raise_signal(last)
            finally:
                signal.raise_signal(signal.SIGINT)
                handled.append("the second")

    with pytest.raises(InterruptedWorkError):
        work()
    assert handled == ["the second"]


@pytest.mark.parametrize("abandonable_before", [False, True])
def test_elsewhere_signals_are_only_noted(interrupts, abandonable_before):
    if abandonable_before:
        with interrupts.abandonable():
            pass
    for number in (*STOPS, signal.SIGALRM):
        signal.raise_signal(number)
    assert interrupts.requested


@pytest.mark.parametrize(("signals", "options"), [(1, {}), (2, {"begun": True})])
def test_after_a_first_signal_nothing_is_begun_and_after_a_second_nothing_goes_on(
    interrupts, signals, options
):
    for _ in range(signals):
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(InterruptedWorkError), interrupts.abandonable(**options):
        pytest.fail("it went on")


def test_after_a_first_signal_what_was_begun_goes_on_until_a_second(interrupts):
    signal.raise_signal(signal.SIGINT)
    with interrupts.abandonable(begun=True):
        pass
    with pytest.raises(InterruptedWorkError), interrupts.abandonable(begun=True):
        signal.raise_signal(signal.SIGINT)


def test_afterwards_the_signals_are_handled_as_before_and_no_alarm_comes():
    before = [signal.getsignal(number) for number in (*STOPS, signal.SIGALRM)]
    with Interrupts().watching():
        signal.raise_signal(signal.SIGINT)
    assert [signal.getsignal(number) for number in (*STOPS, signal.SIGALRM)] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_another_thread_may_abandon_raises_nothing_in_this_one(interrupts):
    inside, leave = threading.Event(), threading.Event()

    def work():
        with interrupts.watching(), interrupts.abandonable():
            inside.set()
            leave.wait(10)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        assert inside.wait(10)
        for number in STOPS:
            signal.raise_signal(number)
        leave.set()
        working.result(10)
    assert interrupts.requested


def test_another_thread_that_ends_leaves_this_one_abandonable(interrupts):
    def work():
        with interrupts.abandonable():
            pass

    def abandoned():
        with interrupts.abandonable(), ThreadPoolExecutor(1) as pool:
            pool.submit(work).result(10)
            for number in STOPS:
                signal.raise_signal(number)

    with pytest.raises(InterruptedWorkError):
        abandoned()
