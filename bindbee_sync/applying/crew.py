"""Tasks that are done side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Protocol, TypeVar

T = TypeVar("T")
APART = 0.02
"""Seconds between the beginnings of two tasks: as a rule, new jobs then have numbers in the plan's order."""


class Crew(Protocol):
    """A way to do several tasks at once."""

    def __call__(self, tasks: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T]]:
        """Begin all tasks; return an iterator over the number and the result of each, as they end.

        It raises what a task raised after the results of the others.
        """
        ...


def threads(tasks: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T]]:
    """Do each task in a thread of its own, which the end of the process does not wait for."""
    ended: SimpleQueue[tuple[int, Future[T]]] = SimpleQueue()

    def work(number: int) -> None:
        future: Future[T] = Future()
        try:
            future.set_result(tasks[number]())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where it can be handled
            future.set_exception(error)
        ended.put((number, future))

    for number in range(len(tasks)):
        time.sleep(APART if number else 0)
        Thread(target=work, args=(number,), daemon=True).start()
    return _results(ended, len(tasks))


def _results(ended: SimpleQueue[tuple[int, Future[T]]], count: int) -> Iterator[tuple[int, T]]:
    failed = []
    for _ in range(count):
        number, future = ended.get()
        if future.exception() is None:
            yield number, future.result()
        else:
            failed.append(future)
    for future in failed:
        future.result()
