"""`bindbee-sync import`: job files for the jobs that the ATS has already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shlex import quote

from bindbee_sync.commands import pipeline
from bindbee_sync.commands.choices import Choice
from bindbee_sync.commands.choosing import of_connector, without_prefix
from bindbee_sync.commands.loading import Loaded, load, read_config, read_one
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.commands.selection import meant, one_named, selection
from bindbee_sync.commands.table import print_table
from bindbee_sync.diagnostics import Diagnostic
from bindbee_sync.exit_codes import FAILED, Ending, ExitCode
from bindbee_sync.importing.choose import JobFilter
from bindbee_sync.importing.importer import Imported, Importer, Written
from bindbee_sync.job_file import Desired
from bindbee_sync.planning.directory import Directory
from bindbee_sync.planning.selection import EVERYTHING
from bindbee_sync.planning.targets import describe_job
from bindbee_sync.reports.document import Document, diagnostics_document, error_data
from bindbee_sync.reports.github import publish_error
from bindbee_sync.reports.text import TextReport
from bindbee_sync.text import counted


@answering
def import_jobs(
    output: Output,
    config: Path | None,
    choice: Choice,
    *,
    wanted: JobFilter,
    by_department: bool,
    dry_run: bool,
    into: tuple[str, str] | None,
    update: list[str],
) -> ExitCode:
    """Write new files, adopt a job into a file or update files, and show what was written or would be."""
    named = [into[0]] if into else update
    settings = one_named(read_config(config), choice, named[0])[0] if named else read_one(config, choice)
    output.prefix = settings.prefix
    update = of_connector(update, settings.name)
    if settings.jobs.exists():
        loaded = load(settings, targets=update)
    else:
        nothing = Desired(files=(), diagnostics=())
        loaded = Loaded(settings=settings, desired=nothing, selects=selection(nothing, settings, (), update))
    fetched = pipeline.fetch(loaded, output.progress.show, everything=True)
    output.quiet()
    # Every job file counts here: a job that a file outside the selection manages must not get a second file.
    plan = pipeline.plan(replace(loaded, selects=EVERYTHING), fetched).plan
    importer = Importer(plan, fetched.snapshot, fetched.ledger, jobs=settings.jobs, root=settings.root)
    if into:
        found = meant(loaded.desired.files, without_prefix(into[0]))
        imported = importer.into(found.pop() if len(found) == 1 else into[0], into[1])
    elif update:
        imported = importer.update(loaded.selects)
    else:
        imported = importer.new_files(wanted, by_department=by_department, dry_run=dry_run)
    findings = [each for each in plan.diagnostics if each.address is None and each.place is None]
    _report(output, imported, findings, plan.directory if dry_run else None)
    for error in imported.failed:
        publish_error(error, FAILED)
    # Someone who names a job or a file and gets nothing for it must not read success from the exit code.
    did_nothing = bool(wanted.jobs) and bool(imported.skipped) and not imported.written
    return Ending(failed=bool(imported.failed) or did_nothing).exit_code


def _document(imported: Imported, findings: list[Diagnostic], *, dry_run: bool) -> Document:
    written = [{"address": each.address, "path": each.path, "id": each.job.id} for each in imported.written]
    skipped = [{"id": each.job.id, "reason": each.reason} for each in imported.skipped]
    document = diagnostics_document(findings) | {"written": written, "skipped": skipped}
    document |= {"dry_run": True} if dry_run else {}
    failed = [error_data(error) for error in imported.failed]
    return document | ({"failed": failed, "error": failed[0]} if failed else {})


def _report(
    output: Output, imported: Imported, findings: list[Diagnostic], preview: Directory | None
) -> None:
    """Show what was written, or with a `preview`, by the names in it, what would be."""
    output.write(lambda: _document(imported, findings, dry_run=preview is not None))
    if output.is_json:
        return
    report = TextReport(output.out())
    if preview and imported.written:
        rows = [_row(each, preview) for each in imported.written]
        print_table(output.out(), ("File", "Job", "Code", "Status", "Departments", "Offices"), rows)
    for file in () if preview else imported.written:
        report.line(f"  + {file.path}", "green")
    for left in imported.skipped:
        report.line(f"  - {describe_job(left.job)}: {left.reason}.", "yellow")
    for error in imported.failed:
        output.error(error)
    if imported.written:
        count = counted(len(imported.written), "file")
        done = "would be written" if preview else "written; now run `bindbee-sync plan`"
        report.line(f"{count} {done}.", "bold")
    elif not imported.failed:
        report.line(_nothing(imported), "bold")
    report.diagnostics(findings)


def _row(file: Written, directory: Directory) -> list[str]:
    job = file.job
    if job.confidential:
        return [file.path, "(confidential)", "", job.status or "", "", ""]
    names = directory.names
    departments, offices = (
        ", ".join(names.get(each, each) for each in ids or ()) for ids in (job.departments, job.offices)
    )
    return [file.path, job.name or "(no name)", job.code or "", job.status or "", departments, offices]


def _nothing(imported: Imported) -> str:
    """Return that nothing was written, with the reasons that were not listed job by job."""
    left = [f"{counted(imported.held, 'has', 'have')} a file already"] if imported.held else []
    for status, number in sorted(imported.of_status.items()):
        way = f"{status} (add `--status {quote(status)}`)" if status else "without a status"
        left += [f"{counted(number, 'is', 'are')} {way}"] if number else []
    return f"Nothing to write. Of the jobs that match, {', '.join(left)}." if left else "Nothing to write."
