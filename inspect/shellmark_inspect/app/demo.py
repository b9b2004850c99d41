"""`shellmark demo`: the whole station on the sample images."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from shellmark_inspect.app.cases import Summary, asked_to_stop, run_through
from shellmark_inspect.app.demo_labels import EVERY_S, FOLDER, VIEW, LabelHand, label_camera, label_spec
from shellmark_inspect.app.printing import JsonOption, errors, out, print_json
from shellmark_inspect.app.window import has_screen, open_on
from shellmark_inspect.folders import data_folder
from shellmark_inspect.station import Station, StationConfig, samples_folder
from shellmark_inspect.types import Record

DataOption = Annotated[Path | None, typer.Option("--data", help="Where records and pictures go.")]


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="No window: print one line per case.")] = False,
    machine: JsonOption = False,
    data: DataOption = None,
    cases: Annotated[int | None, typer.Option("--cases", min=1, help="At most so many cases per SKU.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="This SKU only.")] = None,
    language: Annotated[Literal["zh", "en"], typer.Option("--language", help="The window's language.")] = "zh",
    labels: Annotated[bool, typer.Option("--labels", help="Print a label for every PASS, as a picture.")] = False,
) -> None:
    """Run the station on the sample images (all of them rendered).

    Opens the window where there is a screen; without one, or with `HEADLESS=1`, prints one line per case and a summary.

    With `--labels` every PASS gets a label, drawn into the folder `labels` of the data, and the label camera is shown
    that very picture: in the window B says that the label is on; without one the program says so itself.

    Examples: `shellmark demo` · `shellmark demo --labels` · `shellmark demo --headless --cases 5 [--json]`
    """
    config = demo_config(data or data_folder() / f"demo-{datetime.now():%Y%m%d-%H%M%S}", language, labels=labels)
    if not headless and not machine and has_screen():
        with Station(config.model_copy(update={"every_s": EVERY_S}) if labels else config, sku) as station:
            station.run()
            raise typer.Exit(open_on(station))
    truth = known_truth()
    summary = Summary(config.url, config.images)
    with asked_to_stop() as stop, Station(config, sku) as station:
        hand = LabelHand(station, config.data / FOLDER, stop, machine=machine) if labels else None
        after: Callable[[Record], None] = hand.settle if hand is not None else lambda _: None
        for name, *_ in station.skus():
            if (sku is None or name == sku) and not stop.is_set():
                station.select(name).result()
                if not machine:
                    out.print(f"\n{station.recipe().sku}  {station.recipe().name}", style="bold")
                run_through(station, summary, cases=cases, machine=machine, stop=stop, truth=truth, after=after)
    if machine:
        print_json(summary.as_json() | ({"labels": hand.as_json()} if hand is not None else {}))
    else:
        summary.print()
        if hand is not None:
            hand.print()
        errors.print("the images are rendered; they check the software and predict no line", style="dim")


def demo_config(data: Path, language: Literal["zh", "en"] = "zh", *, labels: bool = False) -> StationConfig:
    """A station on the sample images, its records in `data`; with `labels` it prints them there."""
    data = data.resolve()
    samples = samples_folder()
    front = {"kind": "folder", "path": str(samples / "manifest.json")}
    recipes = sorted(path.parent for path in samples.glob("*/recipe.toml"))
    config = StationConfig(
        station="demo", data=data, cameras={"front": front}, recipes=tuple(recipes), language=language
    )
    if not labels:
        return config
    (data / FOLDER).mkdir(parents=True, exist_ok=True)
    return config.model_copy(
        update={"label": label_spec(data), "cameras": {**config.cameras, VIEW: label_camera(data)}}
    )


def known_truth() -> dict[str, str]:
    """Case → "good" or "defect", from the samples' manifest."""
    manifest = json.loads((samples_folder() / "manifest.json").read_text("utf-8"))
    return {row["case"]: row["kind"] for row in manifest["cases"]}
