"""How commands print: tables and lines for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

out = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]

WIDE = 400

COLOURS = {"PASS": "green", "FAIL": "red", "REVIEW": "yellow"}


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns; where no terminal bounds the line, a row is one line."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console = out if out.is_terminal else Console(width=WIDE, highlight=False)
    console.print(table, markup=False)


@contextmanager
def progress(what: str, total: float | None) -> Iterator[Any]:
    """A progress bar on standard error, if that is a terminal; gives `advance(to)`, with a new text or not."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=errors, disable=not errors.is_terminal)
    with bar:
        task = bar.add_task(what, total=total)

        def advance(to: float, text: str | None = None) -> None:
            bar.update(task, completed=to, description=text or what)

        yield advance
