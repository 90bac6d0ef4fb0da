"""`bindbee-sync import`: job files for the jobs that the ATS has already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.completion import addresses
from bindbee_sync.cli.session import (
    ConfigOption,
    Format,
    FormatOption,
    Session,
    load,
    look,
    open_store,
    options,
    selection,
)

if TYPE_CHECKING:
    from bindbee_sync.bindbee.models import Job
    from bindbee_sync.bindbee.snapshot import Snapshot
    from bindbee_sync.config import Settings
    from bindbee_sync.desired.load import Desired
    from bindbee_sync.desired.model import JobFile
    from bindbee_sync.importing.choose import Skipped
    from bindbee_sync.importing.folder import JobsFolder
    from bindbee_sync.ledger.records import Ledger
    from bindbee_sync.planning.model import Plan
    from bindbee_sync.planning.references import Directory
    from bindbee_sync.reports.document import Document


def import_(
    jobs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="JOB", help="Ids, codes, names, addresses or globs; else all that are not closed."
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="Only jobs of this status, closed ones too; repeatable."),
    ] = None,
    by_department: Annotated[
        bool, typer.Option("--by-department", help="Into a folder for each department.")
    ] = False,
    into: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--into",
            metavar="ADDRESS ID",
            help="Let this file stand for that job: adds `sync` to it.",
            autocompletion=addresses,
        ),
    ] = None,
    update: Annotated[
        list[str] | None,
        typer.Option(
            "--update",
            metavar="ADDRESS",
            help="Take the ATS's values into this file where they differ; repeatable, globs are fine.",
            autocompletion=addresses,
        ),
    ] = None,
    config: ConfigOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Write job files for jobs in the ATS that no file stands for. Existing files are left as they are.

    Example: bindbee-sync import --by-department
    """
    _check_usage(into, update, new_files=bool(jobs or status or by_department))
    session = Session(output, config)
    with session.answering():
        world = _World.of(session)
        skipped: list[Skipped] = []
        if into:
            written = _adopt(world, *into)
        elif update:
            written, skipped = _update(world, update)
        else:
            written, skipped = _new_files(world, jobs or [], status or [], by_department=by_department)
        _report(session, world, written, skipped)


def _check_usage(into: tuple[str, str] | None, update: list[str] | None, *, new_files: bool) -> None:
    if bool(into) + bool(update) + new_files > 1:
        raise typer.BadParameter("--into, --update and importing jobs into new files are done one at a time.")


@dataclass(frozen=True)
class _World:
    """What an import starts from: the files, the lists, the plan that they come to."""

    settings: Settings
    desired: Desired
    snapshot: Snapshot
    ledger: Ledger
    plan: Plan
    directory: Directory
    folder: JobsFolder

    @classmethod
    def of(cls, session: Session) -> _World:
        from datetime import UTC, datetime

        from bindbee_sync.desired.load import Desired
        from bindbee_sync.importing.folder import JobsFolder
        from bindbee_sync.ledger.records import fold_events
        from bindbee_sync.planning.plan import make_plan
        from bindbee_sync.planning.references import Directory

        settings = session.settings()
        desired = load(settings) if settings.jobs.exists() else Desired(files=(), diagnostics=())
        events = open_store(settings).read()
        with session.bindbee(settings) as api:
            snapshot = look(api, desired, settings, everything=True)
        session.quiet()
        ledger = fold_events(events, snapshot.connector.id)
        made = make_plan(
            desired, snapshot, ledger, now=datetime.now(UTC), options=options(settings, lambda _: True)
        )
        return cls(
            settings,
            desired,
            snapshot,
            ledger,
            made,
            Directory(snapshot, ()),
            JobsFolder(settings.jobs, settings.root),
        )

    @property
    def jobs(self) -> list[Job]:
        """Every listed job that a file may stand for."""
        return [
            *self.plan.unmanaged,
            *{entry.job.id: entry.job for entry in self.plan.entries if entry.job}.values(),
        ]


def _new_files(
    world: _World, wanted: list[str], statuses: list[str], *, by_department: bool
) -> tuple[list[Document], list[Skipped]]:
    from bindbee_sync.importing.choose import Skipped, choose
    from bindbee_sync.importing.file_names import addresses
    from bindbee_sync.importing.new_files import FilesForJobs
    from bindbee_sync.schema import SCHEMA_FILE

    maker = FilesForJobs(
        world.folder,
        world.directory,
        provider=world.plan.provider,
        by_department=by_department,
        schema=world.settings.root / SCHEMA_FILE,
    )
    known = addresses(world.jobs, maker.folder_of)
    choice = choose(
        world.plan, world.ledger.live, world.snapshot, wanted=wanted, statuses=statuses, addresses=known
    )
    written: list[Document] = []
    skipped = list(choice.skipped)
    for made in maker.make(choice.jobs, known):
        if isinstance(made, Skipped):
            skipped.append(made)
            continue
        world.folder.create(made.address, made.text)
        written.append({"address": made.address, "path": world.folder.path(made.address), "id": made.job.id})
    return written, skipped


def _adopt(world: _World, address: str, identifier: str) -> list[Document]:
    from bindbee_sync.errors import ToolError
    from bindbee_sync.importing.adopt import adopted
    from bindbee_sync.importing.choose import find_job

    file = next((file for file in world.desired.files if file.address == address), None)
    if file is None or not file.readable:
        selection(world.desired, world.settings, (), [address])
        raise ToolError(
            "This is no address of one job file that can be read",
            where=address,
            hint="Write the path of the file below the jobs folder, without suffix.",
        )
    job = find_job(world.jobs, identifier)
    if job is None:
        raise ToolError(
            "No listed job has this id",
            where=identifier,
            hint="A template can't be stood for. `bindbee-sync plan --unmanaged` lists jobs with their ids.",
        )
    holder = next((each for each in world.plan.entries if each.job and each.job.id == job.id), None)
    if holder and holder.address != address:
        raise ToolError(
            f"{holder.file.path} stands for this job ({holder.reason})",
            where=identifier,
            hint="Two files can't stand for one job: remove one of them.",
        )
    return _rewritten(
        world, file, job, lambda content: adopted(file, content, job, world.folder.defaults_of(file))
    )


def _update(world: _World, wanted: list[str]) -> tuple[list[Document], list[Skipped]]:
    from bindbee_sync.importing.choose import Skipped
    from bindbee_sync.importing.update import Update

    selects = selection(world.desired, world.settings, (), wanted)
    written: list[Document] = []
    skipped: list[Skipped] = []
    for entry in world.plan.entries:
        file, job = entry.file, entry.job
        if not selects(entry.address) or job is None or not entry.changes:
            continue
        if job.confidential and not file.spec.confidential:
            reason = (
                f"it is confidential, and {file.path} can be read by others; if that is meant, write "
                "`confidential: true` there"
            )
            skipped.append(Skipped(job=job, reason=reason))
            continue
        update = Update(
            file, job, world.folder.defaults_of(file), world.directory, provider=world.plan.provider
        )
        fields = [change.field for change in entry.changes]
        written += _rewritten(world, file, job, lambda content: update.content(content, fields))  # noqa: B023 - called at once
    return written, skipped


def _rewritten(world: _World, file: JobFile, job: Job, change: Callable[[bytes], bytes]) -> list[Document]:
    path = world.settings.root / file.path
    before = path.read_bytes()
    after = change(before)
    if after == before:
        return []
    world.folder.rewrite(path, file.path, after)
    return [{"address": file.address, "path": file.path, "id": job.id}]


def _report(session: Session, world: _World, written: list[Document], skipped: list[Skipped]) -> None:
    from bindbee_sync.planning.targets import describe_job
    from bindbee_sync.reports.document import diagnostics_document
    from bindbee_sync.reports.text import TextReport
    from bindbee_sync.text import counted

    findings = [
        finding for finding in world.plan.diagnostics if finding.address is None and not finding.place
    ]
    if session.is_json:
        left = [{"id": each.job.id, "reason": each.reason} for each in skipped]
        session.write(diagnostics_document(findings) | {"written": written, "skipped": left})
        return
    report = TextReport(session.out())
    for file in written:
        report.line(f"  + {file['path']}", "green")
    for each in skipped:
        report.line(f"  - {describe_job(each.job)}: {each.reason}.", "yellow")
    if written:
        report.line(f"{counted(len(written), 'file')} written; now run `bindbee-sync plan`.", "bold")
    else:
        report.line("Nothing to write.", "bold")
    report.diagnostics(findings)
