"""Work for several connectors side by side, so that a failure of one stops no other."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Generic, TypeVar

from rich.console import Console
from rich.text import Text

from bindbee_sync.commands.choosing import of_connector, paths_in, without_prefix
from bindbee_sync.commands.loading import Loaded, load, narrowed, own_rules
from bindbee_sync.commands.output import Output
from bindbee_sync.commands.selection import meant, some
from bindbee_sync.commands.table import print_table
from bindbee_sync.config import Settings
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.errors import ToolError
from bindbee_sync.job_file import Desired
from bindbee_sync.policies.policy import Policies
from bindbee_sync.reports.fleet import HEADINGS, FleetPart, fleet_headline, fleet_row
from bindbee_sync.reports.text import TextReport
from bindbee_sync.secret_texts import hide
from bindbee_sync.text import counted, for_log

Before = TypeVar("Before")
After = TypeVar("After")
Load = Callable[[], Loaded]
"""Reads a connector's job files; raises ToolError where they can't be read, or a PATH matches none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[After]):
    """One connector's part of a run: its result so far, or the error that ended it."""

    settings: Settings
    result: After | None = None
    error: ToolError | None = None


def loads(chosen: Sequence[Settings], paths: Collection[Path], targets: Collection[str]) -> list[Part[Load]]:
    """Return, of each connector that PATHs and targets leave something of, what reads its job files.

    Reading is left to the work on each, so that it goes on while others wait for Bindbee. Targets need all
    files first: raises ToolError for one without a connector's name that matches no job of any.
    """
    policies = own_rules(chosen)
    if not targets:
        return [
            Part(settings=each, result=partial(load, each, paths_in(paths, each), policies=policies))
            for each in chosen
        ]
    parts = [attempted(each, lambda each: load_jobs(each.jobs, each.root)) for each in chosen]
    files = [file for part in parts if part.result for file in part.result.files]
    for target in targets:
        if target == without_prefix(target) and all(part.error is None for part in parts):
            some(meant(files, target), target)
    return [each for part in parts if (each := _selected(part, paths, targets, policies))]


def _selected(
    part: Part[Desired], paths: Collection[Path], targets: Collection[str], policies: Policies
) -> Part[Load] | None:
    """Return the part narrowed to its own paths and targets; None where they leave nothing of it."""
    desired, settings = part.result, part.settings
    if desired is None:
        return Part(settings=settings, error=part.error)
    mine = of_connector(targets, settings.name)
    named = [each for each in mine if f"{settings.name}:{each}" in targets]
    present = [each for each in mine if each in named or meant(desired.files, each)]
    inside = paths_in(paths, settings)
    if not present and not inside:
        return None
    return Part(settings=settings, result=partial(narrowed, settings, desired, inside, present, policies))


def run_each(
    output: Output,
    parts: Sequence[Part[Before]],
    work: Callable[[Before], After],
    *,
    parallel: int,
    apart: Callable[[Settings], Hashable] | None = None,
) -> list[Part[After]]:
    """Return what `work` makes of each part, in the same order; parts with an error stay as they are.

    At most `parallel` run at a time, and of those that `apart` gives the same key only one. An interrupt ends
    the run: what has not begun does not begin.
    """
    groups: dict[Hashable, list[int]] = {}
    for index, part in enumerate(parts):
        groups.setdefault(index if apart is None else apart(part.settings), []).append(index)
    results: dict[int, Part[After]] = {}

    def run_group(indexes: Sequence[int]) -> None:
        for index in indexes:
            results[index] = _continued(parts[index], work)
            output.progress.show(
                f"{len(results)} of {counted(len(parts), 'connector')}", len(results), len(parts)
            )

    if parallel == 1:  # in this thread, where Ctrl-C at a question is heard
        for indexes in groups.values():
            run_group(indexes)
        output.quiet()
        return [results[index] for index in range(len(parts))]
    with ThreadPoolExecutor(max_workers=max(1, min(parallel, len(groups) or 1))) as pool:
        futures: list[Future[None]] = [pool.submit(run_group, indexes) for indexes in groups.values()]
        try:
            for future in futures:
                future.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    output.quiet()
    return [results[index] for index in range(len(parts))]


def _continued(part: Part[Before], work: Callable[[Before], After]) -> Part[After]:
    before = part.result
    if before is None:
        return Part(settings=part.settings, error=part.error)
    return attempted(part.settings, lambda _: work(before))


def attempted(settings: Settings, work: Callable[[Settings], After]) -> Part[After]:
    """Return what `work` makes of a connector, or the error that ended it; raises nothing."""
    result, error = caught(lambda: work(settings))
    if error is not None:
        error.name_connector(settings.prefix)
    return Part(settings=settings, result=result, error=error)


def caught(work: Callable[[], After]) -> tuple[After | None, ToolError | None]:
    """Return the work's result, or the error that ended it; raises nothing."""
    try:
        return work(), None
    except ToolError as error:
        return None, error
    except Exception as error:  # noqa: BLE001 - a fault of ours in one customer's part must not stop the others
        sys.stderr.write(for_log(hide("".join(traceback.format_exception(error)))) + "\n")
        message = f"A fault in bindbee-sync stopped this connector: {type(error).__name__}"
        hint = "Report it with the lines on standard error. The other connectors are not affected."
        return None, ToolError(message, hint=hint)


def drawn(
    parts: Sequence[FleetPart], draw: Callable[[Sequence[FleetPart]], str]
) -> tuple[Sequence[FleetPart], str]:
    """Return the parts, and what `draw` makes of them; one that it fails for is a part with that error."""
    try:
        return parts, draw(parts)
    except Exception:  # noqa: BLE001 - drawn one by one, the fault has a connector's name
        faults = [caught(partial(draw, [each]))[1] for each in parts]
        sound = [
            FleetPart(name=each.name, failed=True, error=fault) if fault else each
            for each, fault in zip(parts, faults, strict=True)
        ]
        return sound, draw(sound)


def show_fleet(output: Output, parts: Sequence[FleetPart], text: str) -> None:
    """Write the text of a run over several connectors, and then the errors of those that failed."""
    sys.stdout.write(text)
    sys.stdout.flush()
    for part in parts:
        if part.error is not None:
            output.say(f"{part.name}:", "bold")
            output.error(part.error)


def fleet_text(console: Console, pages: Mapping[str, StringIO], parts: Sequence[FleetPart]) -> str:
    """Return the table of a run over several connectors, then what there is to say of each.

    `pages` has what was written for a connector already, by its name.
    """
    # Not captured: to a pipe, a report's lines go straight to the console's file.
    console.file = text = StringIO()
    report = TextReport(console)
    report.line(fleet_headline(parts), "bold")
    report.space()
    print_table(console, HEADINGS, [fleet_row(part) for part in parts])
    for part in parts:
        page = pages[part.name].getvalue() if part.name in pages else ""
        if not page and (part.view is None or not part.has_details):
            continue
        report.space()
        report.line(part.name, "bold underline")
        if page:
            console.print(Text(page.rstrip("\n")), soft_wrap=True)
        elif part.view is not None:
            own = TextReport(console, f"{part.name}:")
            own.plan(part.view)
            if part.applied is not None:
                own.applied(part.view, part.applied)
    return text.getvalue()
