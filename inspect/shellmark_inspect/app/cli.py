"""`shellmark`: every command in one table, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from importlib import metadata
from typing import Annotated

import typer

from shellmark_inspect.app import cameras, demo, doctor, models, records, run, train
from shellmark_inspect.app.printing import errors
from shellmark_inspect.errors import ShellmarkError
from shellmark_models import ModelError
from shellmark_trace import TraceError

BAD_INPUT = 2

app = typer.Typer(
    name="shellmark",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="End-of-line appearance inspection of hard luggage shells: camera to verdict to record to code.",
    epilog="Examples: `shellmark demo` · `shellmark run station.toml` · `shellmark records list --data out` · "
    "`shellmark doctor`",
)
app.command()(demo.demo)
app.command()(run.run)
app.command()(run.gui)
app.command()(train.train)
app.command()(doctor.doctor)
for name, group in (("records", records.app), ("cameras", cameras.app), ("models", models.app)):
    app.add_typer(group, name=name)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shellmark {metadata.version('shellmark')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and end.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more of what happens.")] = False,
) -> None:
    del version
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(message)s",
        stream=sys.stderr,
    )


def main() -> None:
    """Run the command line; bad input ends with exit code 2 and one line, never a traceback."""
    try:
        app()
    except (ShellmarkError, ModelError, TraceError) as e:
        errors.print(f"shellmark: {e}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(BAD_INPUT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
