"""A table whose cells can be pasted: where it is wider than the terminal, one field to a line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from bindbee_sync.commands.output import WIDE
from bindbee_sync.text import for_log, visible


def print_table(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write the rows, foreign text made visible; no cell is ever cut or broken over lines.

    Where they are stacked, the first cell stands above the others of its row, and empty ones are left out.
    """
    shown = [[for_log(visible(first)), *map(visible, others)] for first, *others in rows]
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in shown:
        table.add_row(*map(Text, row))
    if Measurement.get(console, console.options.update_width(WIDE), table).maximum <= console.width:
        console.print(table)
        return
    labels = [f"  {heading:<{max(map(len, headings))}}  " for heading in headings[1:]]
    for first, *others in shown:
        console.print(Text(first, style="bold"), soft_wrap=True)
        for label, cell in zip(labels, others, strict=True):
            if cell:
                console.print(Text(label, style="dim").append(cell, style="not dim"), soft_wrap=True)
