"""`shellmark cameras`: what can be seen with."""

from __future__ import annotations

from dataclasses import asdict

import typer

from shellmark_inspect.app.printing import JsonOption, print_json, print_table
from shellmark_inspect.cameras import CAMERAS, find_cameras

app = typer.Typer(no_args_is_help=True, help="Cameras that this PC can use.")


@app.command("list")
def list_cameras(machine: JsonOption = False) -> None:
    """List the kinds of cameras and the devices found now.

    Examples: `shellmark cameras list` · `PYLON_CAMEMU=1 shellmark cameras list --json`
    """
    found = find_cameras()
    if machine:
        print_json({"kinds": list(CAMERAS), "found": [asdict(row) for row in found]})
        return
    print_table(
        ("kind", "address", "usable", "what"),
        ((row.kind, row.address, "yes" if row.usable else "no", row.detail) for row in found),
    )
