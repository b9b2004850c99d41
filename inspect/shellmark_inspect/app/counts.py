"""`shellmark codes order|roll|reconcile`: what limits labels, and what they are counted against."""

from __future__ import annotations

from typing import Annotated

import typer

from shellmark_inspect.app.checks import ConfigArgument, OperatorOption
from shellmark_inspect.app.codes import NOT_ALL, SecondOption, app, at_rest, tell
from shellmark_inspect.app.printing import JsonOption, out, print_json
from shellmark_inspect.errors import InputError, WrongState
from shellmark_inspect.labelling import steady_odometer
from shellmark_inspect.records import Reconciliation, Records
from shellmark_inspect.station import StationConfig
from shellmark_trace import States
from shellmark_trace.printers import build_printer


@app.command()
def order(
    config: ConfigArgument,
    number: Annotated[
        str | None, typer.Argument(help="The order to make from now on; none shows the one at hand.")
    ] = None,
    pieces: Annotated[int | None, typer.Option("--pieces", help="How many codes it may have.")] = None,
    batch: Annotated[str, typer.Option("--batch", help="The batch.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Who takes it.")] = "",
    second: SecondOption = "",
    machine: JsonOption = False,
) -> None:
    """Show the order at hand, or take the next; another number of pieces of a known order takes two persons.

    Example: `shellmark codes order station.toml 4712 --pieces 300 --batch B8 --operator w17`
    """
    if (number is None) != (pieces is None):
        raise InputError("an order needs its number and its --pieces together; neither shows the order at hand")
    with at_rest(config) as records:
        if number is not None and pieces is not None:
            records.stock.take_order(number, pieces, batch, operator=operator, second=second)
            tell(records, StationConfig.read(config))
        found = records.stock.order()
    if machine:
        names = ("number", "quantity", "batch", "issued")
        print_json(None if found is None else {name: getattr(found, name) for name in names})
    elif found is None:
        out.print("no order was taken")
    else:
        lot = f", batch {found.batch}" if found.batch else ""
        told = f"order {found.number}: {found.issued} of {found.quantity} codes{lot}"
        out.print(told, markup=False, soft_wrap=True)


@app.command()
def roll(
    config: ConfigArgument,
    name: Annotated[str, typer.Argument(help="The roll's number.", show_default=False)],
    labels: Annotated[int, typer.Argument(help="How many labels are on it.", show_default=False)],
    operator: OperatorOption,
    first: Annotated[str, typer.Option("--first", help="The first number on it, where labels are numbered.")] = "",
    last: Annotated[str, typer.Option("--last", help="The last one.")] = "",
) -> None:
    """Keep that a roll of labels was put in.

    Example: `shellmark codes roll station.toml R-17 1000 --operator w17`
    """
    with at_rest(config) as records:
        records.stock.load_roll(name, labels, operator=operator, first=first, last=last)
        tell(records, StationConfig.read(config))
    out.print(f"roll {name}: {labels} labels", markup=False, soft_wrap=True)


@app.command()
def reconcile(
    config: ConfigArgument,
    operator: Annotated[
        str, typer.Option("--operator", help="Who counts; without anybody it is shown and not kept.")
    ] = "",
    second: SecondOption = "",
    left: Annotated[int | None, typer.Option("--left", min=0, help="Labels left on the roll, when counted.")] = None,
    note: Annotated[str, typer.Option("--note", help="Where the labels are, when the counts differ.")] = "",
    machine: JsonOption = False,
) -> None:
    """Lay the printer's odometer, the records and the roll side by side, at the end of a shift.

    Where they differ it takes two persons and a note to keep that; shown only, it ends with exit code 1.

    Example: `shellmark codes reconcile station.toml --left 412 --operator w17`
    """
    settings = StationConfig.read(config)
    with at_rest(config) as records:
        odometer = _odometer(settings, records)
        if not operator:
            found = records.stock.look(odometer, left)
        else:
            _note_difference(records, odometer)
            found = records.stock.reconcile(odometer, operator=operator, second=second, left=left, note=note)
            tell(records, settings)
    if machine:
        print_json({name: getattr(found, name) for name in Reconciliation.__slots__ if name != "at"})
    else:
        out.print(_counts(found, kept=bool(operator)), markup=False, soft_wrap=True)
    if not found.agrees and not operator:
        raise typer.Exit(NOT_ALL)


def _odometer(settings: StationConfig, records: Records) -> int | None:
    """What the label printer shows now; None for one that does not count."""
    if settings.label is None:
        raise InputError("the station prints no labels: give its configuration a section [label]")
    if on_its_way := [code.serial for code in records.labels.waiting() if code.state is States.SENT]:
        raise WrongState(f"the label of {on_its_way[0]} is on its way: run the station and end it there first")
    printer = build_printer(settings.label.printer_settings(settings.folder))
    try:
        return steady_odometer(printer)
    finally:
        printer.close()


def _note_difference(records: Records, odometer: int | None) -> None:
    """Where the printer does not show what was left there, the last label goes in doubt first, as at the station."""
    last = records.labels.last_reading()
    if last is not None and last.value != odometer:
        records.labels.odometer_differs(odometer)


def _counts(found: Reconciliation, *, kept: bool) -> str:
    printer = "does not count" if found.printed is None else f"{found.printed} (shows {found.odometer})"
    used = "not counted" if found.used is None else str(found.used)
    said = "agrees" if found.agrees else "DIFFERS"
    what = f"records {found.known}, printer {printer}, roll {found.roll or '-'} {used}"
    return f"{said}: labels since the last count: {what}; {'kept' if kept else 'nothing kept: give --operator'}"
