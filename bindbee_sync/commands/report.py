"""`bindbee-sync report`: the documents of many runs as one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bindbee_sync.commands.choices import PlanFormat
from bindbee_sync.commands.output import Output, answering
from bindbee_sync.errors import ToolError
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.reports.gathered import (
    gather,
    gathered_document,
    gathered_exit_code,
    gathered_headline,
    gathered_line,
    gathered_markdown,
)
from bindbee_sync.reports.text import TextReport


@answering
def report(output: Output, files: Collection[Path], expect: str) -> ExitCode:
    """Gather the documents, and return the worst of their exit codes."""
    parts = gather(files, _names(expect))
    output.write(lambda: gathered_document(parts))
    if output.answer.format is PlanFormat.MARKDOWN:
        print(gathered_markdown(parts), end="")  # noqa: T201 - the answer
    elif not output.is_json:
        text = TextReport(output.out())
        text.line(gathered_headline(parts), "bold")
        for part in parts:
            text.line(f"{part.name}: {gathered_line(part)}")
    return gathered_exit_code(parts)


def _names(expect: str) -> list[str]:
    """Return the names in a list with commas between, or in a file (`@FILE`) one a line."""
    if not expect.startswith("@"):
        return [name for each in expect.split(",") if (name := each.strip())]
    try:
        return [name for each in Path(expect[1:]).read_text("utf-8").splitlines() if (name := each.strip())]
    except (OSError, ValueError) as error:
        hint = "Name a file with one connector's name a line."
        raise ToolError("The expected names can't be read", where=expect[1:], hint=hint) from error
