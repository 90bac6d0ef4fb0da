"""`bindbee-sync report`: the documents of many runs as one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import typer

from bindbee_sync.commands.choices import PlanFormat
from bindbee_sync.commands.fleet import fleet_text, show_fleet
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.reports.fleet import fleet_diagnostics, fleet_document, fleet_markdown, summed
from bindbee_sync.reports.gathered import gather, gathered_exit_code
from bindbee_sync.reports.github import publish
from bindbee_sync.reports.html import fleet_html, write_page


@answering
def report(output: Output, files: Collection[Path], expect: str, html: Path | None) -> ExitCode:
    """Gather the documents, and return the worst of their exit codes; raises BadParameter for no names."""
    gathered = gather(files, _names(expect))
    parts, code = [each.part for each in gathered], gathered_exit_code(gathered)
    if html is not None:
        write_page(html, fleet_html(parts))
    output.write(lambda: fleet_document(parts))
    if output.answer.format is PlanFormat.MARKDOWN:
        print(fleet_markdown(parts), end="")  # noqa: T201 - the answer
    elif not output.is_json:
        show_fleet(output, parts, fleet_text(output.out(), {}, parts))
    publish(
        Path.cwd(),
        fleet_diagnostics(parts),
        lambda locate: fleet_markdown(parts, locate),
        summed(parts) | {"exitcode": code},
    )
    return code


def _names(expect: str) -> list[str]:
    """Return the names in a list with commas between, or in a file (`@FILE`) one a line."""
    if not expect.startswith("@"):
        if not (named := [name for each in expect.split(",") if (name := each.strip())]):
            # of a variable that CI did not set: nothing could be missing. A file may be empty: a pull request
            # that touches no connector has such a one.
            raise typer.BadParameter("--expect names no connector")
        return named
    try:
        lines = Path(expect[1:]).read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        hint = "Name a file with one connector's name a line."
        raise ToolError("The expected names can't be read", where=expect[1:], hint=hint) from error
    return [name for each in lines if (name := each.strip())]
