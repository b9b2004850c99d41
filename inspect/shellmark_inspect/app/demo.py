"""`shellmark demo`: the whole station on the sample images."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from shellmark_inspect.app.cases import Summary, asked_to_stop, run_through
from shellmark_inspect.app.printing import JsonOption, errors, out, print_json
from shellmark_inspect.app.window import has_screen, open_on
from shellmark_inspect.folders import data_folder
from shellmark_inspect.station import Station, StationConfig, samples_folder

DataOption = Annotated[Path | None, typer.Option("--data", help="Where records and pictures go.")]


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="No window: print one line per case.")] = False,
    machine: JsonOption = False,
    data: DataOption = None,
    cases: Annotated[int | None, typer.Option("--cases", min=1, help="At most so many cases per SKU.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="This SKU only.")] = None,
    language: Annotated[Literal["zh", "en"], typer.Option("--language", help="The window's language.")] = "zh",
) -> None:
    """Run the station on the sample images (all of them rendered).

    Opens the window where there is a screen; without one, or with `HEADLESS=1`, prints one line per case and a summary.

    Examples: `shellmark demo` · `shellmark demo --headless --cases 5` · `shellmark demo --headless --json`
    """
    config = demo_config(data or data_folder() / f"demo-{datetime.now():%Y%m%d-%H%M%S}", language)
    if not headless and not machine and has_screen():
        with Station(config, sku) as station:
            station.run()
            raise typer.Exit(open_on(station))
    truth = known_truth()
    summary = Summary(config.url, config.images)
    with asked_to_stop() as stop, Station(config, sku) as station:
        for name, *_ in station.skus():
            if (sku is None or name == sku) and not stop.is_set():
                station.select(name).result()
                if not machine:
                    out.print(f"\n{station.recipe().sku}  {station.recipe().name}", style="bold")
                run_through(station, summary, cases=cases, machine=machine, stop=stop, truth=truth)
    if machine:
        print_json(summary.as_json())
    else:
        summary.print()
        errors.print("the images are rendered; they check the software and predict no line", style="dim")


def demo_config(data: Path, language: Literal["zh", "en"] = "zh") -> StationConfig:
    """A station on the sample images, its records in `data`."""
    samples = samples_folder()
    front = {"kind": "folder", "path": str(samples / "manifest.json")}
    recipes = sorted(path.parent for path in samples.glob("*/recipe.toml"))
    return StationConfig(
        station="demo", data=data.resolve(), cameras={"front": front}, recipes=tuple(recipes), language=language
    )


def known_truth() -> dict[str, str]:
    """Case → "good" or "defect", from the samples' manifest."""
    manifest = json.loads((samples_folder() / "manifest.json").read_text("utf-8"))
    return {row["case"]: row["kind"] for row in manifest["cases"]}
