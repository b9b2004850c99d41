"""`shellmark run` and `shellmark gui`: a station from its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.cases import Summary, asked_to_stop, run_through
from shellmark_inspect.app.printing import JsonOption, print_json
from shellmark_inspect.app.window import has_screen, open_on
from shellmark_inspect.errors import InputError
from shellmark_inspect.station import Station, StationConfig

ConfigArgument = Annotated[Path, typer.Argument(help="The station's configuration (TOML).", show_default=False)]
SkuOption = Annotated[str | None, typer.Option("--sku", help="Begin with this SKU.")]


def run(
    config: ConfigArgument,
    sku: SkuOption = None,
    headless: Annotated[bool, typer.Option("--headless", help="No window: print one line per case.")] = False,
    machine: JsonOption = False,
    cases: Annotated[int | None, typer.Option("--cases", min=1, help="End after so many cases.")] = None,
) -> None:
    """Run a station from its configuration, with the window or without.

    Without a window it inspects case after case until the source ends, `--cases` are through, or Ctrl-C (or SIGTERM).

    Examples: `shellmark run station.toml` · `shellmark run station.toml --headless --cases 100 --json`
    """
    settings = StationConfig.read(config)
    if not headless and not machine and has_screen():
        gui(config, sku)
    summary = Summary(settings.url, settings.images)
    with asked_to_stop() as stop, Station(settings, sku) as station:
        run_through(station, summary, cases=cases, machine=machine, stop=stop)
    print_json(summary.as_json()) if machine else summary.print()


def gui(
    config: ConfigArgument,
    sku: SkuOption = None,
    full_screen: Annotated[bool, typer.Option("--full-screen", help="Fill the whole screen.")] = False,
) -> None:
    """Open a station's window.

    Example: `shellmark gui station.toml --full-screen`
    """
    settings = StationConfig.read(config)
    if not has_screen():
        raise InputError("there is no screen for the window: set DISPLAY, or use shellmark run --headless")
    with Station(settings, sku) as station:
        raise typer.Exit(open_on(station, full_screen=full_screen))
