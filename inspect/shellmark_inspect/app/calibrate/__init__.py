"""`shellmark calibrate`: lens, scale, light and colour of a camera, and whether they still hold."""

from __future__ import annotations

import typer

from shellmark_inspect.app.calibrate import board, check, checks, colour, lens, light, scale, zones

COMMANDS = (
    board.board, lens.lens, scale.scale, light.light, colour.colour, check.check, zones.zones, checks.checks,
)  # fmt: skip

app = typer.Typer(no_args_is_help=True, help="Calibrate a camera: lens, scale, light, colour; check a profile.")
for command in COMMANDS:
    app.command()(command)
