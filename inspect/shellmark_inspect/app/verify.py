"""`shellmark verify`: is this text a code of ours, and may it be trusted; and the site buyers ask."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from shellmark_inspect.app import verify_site


class TextOrCommand(TyperGroup):
    """A group whose first word may be a command's name or the text itself: `verify serve`, `verify HTTPS://…`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """What is no command is a text for `text`."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            args = ["text", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=TextOrCommand, no_args_is_help=True, help="Check a code offline, or serve the verify site.")
app.command()(verify_site.serve)
app.command()(verify_site.token)
app.command()(verify_site.pins)
