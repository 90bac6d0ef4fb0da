"""`bindbee-sync import`: job files for the jobs that the ATS has already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindbee_sync.cli.completion import addresses
from bindbee_sync.cli.selection import selection
from bindbee_sync.cli.session import (
    ConfigOption,
    Format,
    FormatOption,
    Session,
    load,
    look,
    open_store,
    options,
)
from bindbee_sync.exit_codes import FAILED, Ending

if TYPE_CHECKING:
    from bindbee_sync.diagnostics import Diagnostic
    from bindbee_sync.importing.importer import Imported


def import_(
    jobs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="JOB", help="Ids, codes, names, addresses or globs; else all that are not closed."
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status", metavar="STATUS", help="Only jobs of this status, closed ones too; repeatable."
        ),
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
    if bool(into) + bool(update) + bool(jobs or status or by_department) > 1:
        raise typer.BadParameter("--into, --update and importing into new files are done one at a time.")
    session = Session(output, config)
    with session.answering():
        from datetime import UTC, datetime

        from bindbee_sync.desired.load import Desired
        from bindbee_sync.importing.importer import Importer
        from bindbee_sync.ledger.records import replay
        from bindbee_sync.planning.plan import make_plan
        from bindbee_sync.planning.selection import EVERYTHING

        settings = session.settings()
        desired = load(settings) if settings.jobs.exists() else Desired(files=(), diagnostics=())
        selects = selection(desired, settings, (), update or ())
        events = open_store(settings).read()
        with session.bindbee(settings) as api:
            snapshot = look(api, desired, settings, everything=True)
        session.quiet()
        ledger = replay(events, snapshot.connector.id)
        every = options(settings, EVERYTHING)
        plan = make_plan(desired, snapshot, ledger, now=datetime.now(UTC), options=every)
        importer = Importer(plan, snapshot, ledger, jobs=settings.jobs, root=settings.root)
        if into:
            imported = importer.into(*into)
        elif update:
            imported = importer.update(selects)
        else:
            imported = importer.new_files(jobs or [], status or [], by_department=by_department)
        from bindbee_sync.reports.github import publish_error

        findings = [each for each in plan.diagnostics if each.address is None and each.place is None]
        _report(session, imported, findings)
        for error in imported.failed:
            publish_error(error, FAILED)
        raise typer.Exit(Ending(failed=bool(imported.failed)).exit_code)


def _report(session: Session, imported: Imported, findings: list[Diagnostic]) -> None:
    from bindbee_sync.planning.targets import describe_job
    from bindbee_sync.reports.document import diagnostics_document, error_data
    from bindbee_sync.reports.text import TextReport
    from bindbee_sync.text import counted

    if session.is_json:
        written = [
            {"address": each.address, "path": each.path, "id": each.job.id} for each in imported.written
        ]
        skipped = [{"id": each.job.id, "reason": each.reason} for each in imported.skipped]
        document = diagnostics_document(findings) | {"written": written, "skipped": skipped}
        if imported.failed:
            failed = [error_data(error) for error in imported.failed]
            document |= {"failed": failed, "error": failed[0]}
        session.write(document)
        return
    report = TextReport(session.out())
    for file in imported.written:
        report.line(f"  + {file.path}", "green")
    for left in imported.skipped:
        report.line(f"  - {describe_job(left.job)}: {left.reason}.", "yellow")
    for error in imported.failed:
        TextReport(session.err()).error(error)
    if imported.written:
        count = counted(len(imported.written), "file")
        report.line(f"{count} written; now run `bindbee-sync plan`.", "bold")
    elif not imported.failed:
        report.line(_nothing(imported), "bold")
    report.diagnostics(findings)


def _nothing(imported: Imported) -> str:
    """Return that nothing was written, and why the jobs were left out that nothing was said of."""
    from shlex import quote

    from bindbee_sync.text import counted

    left = [f"{counted(imported.held, 'has', 'have')} a file already"] if imported.held else []
    for status, number in sorted(imported.of_status.items()):
        way = f"{status} (add `--status {quote(status)}`)" if status else "without a status"
        left += [f"{counted(number, 'is', 'are')} {way}"] if number else []
    return f"Nothing to write. Of the jobs that match, {', '.join(left)}." if left else "Nothing to write."
