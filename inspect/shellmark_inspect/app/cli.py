"""`shellmark`: every command in one table, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module, metadata
from types import MappingProxyType
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperGroup

from shellmark_inspect.app.printing import errors
from shellmark_inspect.errors import ShellmarkError

BAD_INPUT = 2
BadUse: Any = typer.BadParameter.__mro__[1]
"""What typer raises for a command line it cannot read; some versions keep it in `click`, some in themselves."""

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "demo:demo",
        "run": "run:run",
        "gui": "run:gui",
        "train": "train:train",
        "names": "names:names",
        "bench": "bench:bench",
        "evidence": "evidence:evidence",
        "doctor": "doctor:doctor",
        "records": "records:app",
        "cameras": "cameras:app",
        "models": "models:app",
        "calibrate": "calibrate:app",
        "checks": "checks:app",
        "drift": "drift:app",
        "label": "labels:app",
        "codes": "counts:app",  # the commands of codes.py, and its own
        "trace": "trace:app",
        "export": "export:app",
        "log": "logs:app",
        "keys": "keys:app",
        "manifest": "manifest:app",
        "verify": "verify:app",
    }
)
"""Every command by its word: the module of this folder it is in, and what it is called there."""


class _Table(Mapping[str, Any]):
    """The table as commands; a module is imported when its word is asked for, so that no command waits for all."""

    def __getitem__(self, word: str) -> Any:
        module, _, name = COMMANDS[word].partition(":")
        found = getattr(import_module(f"shellmark_inspect.app.{module}"), name)
        around = typer.Typer(rich_markup_mode="markdown")
        if isinstance(found, typer.Typer):
            around.add_typer(found, name=word)
        else:
            around.command(word)(found)
        return typer.main.get_group(around).commands[word]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """The commands of the table."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: Any = _Table()

    def list_commands(self, ctx: Any) -> list[str]:
        """The words, in the table's order."""
        del ctx
        return list(self.commands)


app = typer.Typer(
    name="shellmark",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="End-of-line appearance inspection of hard luggage shells: camera to verdict to record to code.",
    epilog="Examples: `shellmark demo` · `shellmark run station.toml` · `shellmark records list --data out` · "
    "`shellmark doctor`",
)


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a console of another encoding lacks is written as its number
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(app(prog_name="shellmark", standalone_mode=False))
    except BadUse as e:
        _say(_bad_use(e))
        sys.exit(BAD_INPUT)
    except _ours() as e:
        _say(str(e))
        sys.exit(BAD_INPUT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as e:  # a name too long, links in a ring, a disk that is full: what no command looks for by itself
        _say(f"{e.filename or 'a file'}: {e.strerror or e}: give another file, or free some space")
        sys.exit(BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)


def _ours() -> tuple[type[Exception], ...]:
    """The rooms' errors; asked only when there is one, so that a command loads no room it does not need."""
    from shellmark_calibration import CalibrationError
    from shellmark_models import ModelError
    from shellmark_trace import TraceError

    return (ShellmarkError, CalibrationError, ModelError, TraceError)


def _say(text: str) -> None:
    if text:
        line = " ".join(text.split())
        errors.print(f"shellmark: {line}", style="red", markup=False, highlight=False, soft_wrap=True)


def _bad_use(error: Any) -> str:
    """What is wrong with a command line and where to read on; nothing when its help was printed instead."""
    what = str(error.format_message()).strip().replace("Value error, ", "")
    command = error.ctx.command_path if getattr(error, "ctx", None) else "shellmark"
    return f"{what.rstrip('.')}: see {command} --help" if what else ""
