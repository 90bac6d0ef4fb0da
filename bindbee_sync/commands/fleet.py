"""Work for several connectors side by side, so that a failure of one stops no other."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Generic, TypeVar

from rich.text import Text

from bindbee_sync.commands.choosing import of_connector, paths_in, without_prefix
from bindbee_sync.commands.loading import Loaded, own_rules
from bindbee_sync.commands.output import Output
from bindbee_sync.commands.selection import meant, selection, some
from bindbee_sync.commands.table import print_table
from bindbee_sync.config import Settings
from bindbee_sync.desired.load import load_jobs
from bindbee_sync.errors import ToolError
from bindbee_sync.reports.fleet import HEADINGS, FleetPart, fleet_headline, fleet_row
from bindbee_sync.reports.text import TextReport
from bindbee_sync.secret_texts import hide
from bindbee_sync.text import counted, for_log

Before = TypeVar("Before")
After = TypeVar("After")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[After]):
    """One connector's part of a run: its result so far, or the error that ended it."""

    settings: Settings
    result: After | None = None
    error: ToolError | None = None


def load_each(
    chosen: Sequence[Settings], paths: Collection[Path], targets: Collection[str]
) -> list[Part[Loaded]]:
    """Return the job files of each connector that PATHs and targets leave something of.

    A connector whose files can't be read is a part with an error. Raises ToolError for a target without a
    connector's name that matches no job of any.
    """
    policies = own_rules(chosen)
    parts = [
        attempted(
            settings,
            lambda settings: Loaded(
                settings=settings, desired=load_jobs(settings.jobs, settings.root), policies=policies
            ),
        )
        for settings in chosen
    ]
    files = [file for part in parts if part.result for file in part.result.desired.files]
    for target in targets:
        if target == without_prefix(target) and all(part.error is None for part in parts):
            some(meant(files, target), target)
    selected = [_selected(part, paths, targets) if part.result else part for part in parts]
    return [part for part in selected if part is not None]


def _selected(part: Part[Loaded], paths: Collection[Path], targets: Collection[str]) -> Part[Loaded] | None:
    """Return the part narrowed to its own paths and targets; None where they leave nothing of it."""
    loaded, settings = part.result, part.settings
    assert loaded is not None, "only what was loaded is narrowed"  # noqa: S101 - the caller's condition
    mine = of_connector(targets, settings.name)
    named = [each for each in mine if f"{settings.name}:{each}" in targets]
    present = [each for each in mine if each in named or meant(loaded.desired.files, each)]
    inside = paths_in(paths, settings)
    if targets and not present and not inside:
        return None
    return attempted(
        settings,
        lambda settings: replace(loaded, selects=selection(loaded.desired, settings, inside, present)),
    )


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
    try:
        return Part(settings=settings, result=work(settings))
    except ToolError as error:
        return Part(settings=settings, error=error)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one customer's part must not stop the others
        sys.stderr.write(for_log(hide("".join(traceback.format_exception(error)))) + "\n")
        message = f"A fault in bindbee-sync stopped this connector: {type(error).__name__}"
        hint = "Report it with the lines on standard error. The other connectors are not affected."
        return Part(settings=settings, error=ToolError(message, hint=hint))


def show_fleet(output: Output, parts: Sequence[FleetPart], pages: Mapping[str, StringIO]) -> None:
    """Write the table of a run over several connectors, then what there is to say of each.

    `pages` has what was written for a connector already, by its name.
    """
    console = output.out()
    report = TextReport(console)
    report.line(fleet_headline(parts), "bold")
    report.space()
    print_table(console, HEADINGS, [fleet_row(part) for part in parts])
    for part in parts:
        page = pages[part.name].getvalue() if part.name in pages else ""
        if not (part.has_details or page):
            continue
        report.space()
        report.line(part.name, "bold underline")
        if page:
            console.print(Text(page.rstrip("\n")), soft_wrap=True)
        elif part.view is not None:
            report.plan(part.view)
            if part.applied is not None:
                report.applied(part.view, part.applied)
        if part.error is not None:
            output.error(part.error)
