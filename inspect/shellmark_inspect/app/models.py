"""`shellmark models`: the bundles this PC has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shellmark_inspect.app.printing import JsonOption, print_json, print_table
from shellmark_models import Store, bundle_roots

app = typer.Typer(no_args_is_help=True, help="Models that recipes can name.")


@app.command("list")
def list_models(
    root: Annotated[list[Path] | None, typer.Option("--root", help="Look in this store too.")] = None,
    machine: JsonOption = False,
) -> None:
    """List models with what they may promise.

    Examples: `shellmark models list` · `shellmark models list --json`
    """
    found = Store(*(root or ()), *bundle_roots()).list()
    if machine:
        print_json([{"path": str(one.path), **one.card.model_dump(mode="json")} for one in found])
        return
    print_table(
        ("name", "version", "family", "sees", "px/mm", "goods", "false rejects (95 %)", "names", "licence"),
        (
            (
                one.name,
                one.version,
                one.card.family,
                " ".join(one.card.channels),
                one.card.px_per_mm,
                one.card.goods,
                f"<= {one.card.false_reject_bound:.1%}",
                len(one.card.labels),
                one.card.licence,
            )
            for one in found
        ),
    )
