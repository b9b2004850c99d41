"""`shellmark verify`: is this text a code of ours, and may it be trusted; and the site buyers ask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from shellmark_inspect.app import verify_site
from shellmark_inspect.app.files import read_bytes
from shellmark_inspect.app.papers import now, read_roots
from shellmark_inspect.app.pins import pins
from shellmark_inspect.app.printing import JsonOption, out, print_json
from shellmark_inspect.app.proof_files import read_proof
from shellmark_inspect.folders import data_folder
from shellmark_trace.dealer import Answer, Papers, answer_json, answer_lines, decide, open_papers
from shellmark_trace.keys import Roots, read_seen, write_seen


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
app.command()(pins)
app.command()(verify_site.proof)


@app.command("text")
def verify_text(
    text: Annotated[str, typer.Argument(help="The whole text of the symbol.")],
    keys: Annotated[Path | None, typer.Option("--keys", help="The factory's signed key list.")] = None,
    root: Annotated[str | None, typer.Option("--root", help="The root holders' cards: a file, or with commas.")] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="The list of issued codes.")] = None,
    voids: Annotated[Path | None, typer.Option("--voids", help="The list of withdrawn codes.")] = None,
    proof: Annotated[
        Path | None, typer.Option("--proof", help="The code's .tlog-proof; its .leaf and .record.json lie beside it.")
    ] = None,
    need_log: Annotated[bool, typer.Option("--need-log", help="Believe only what a proof shows to be logged.")] = False,
    seen: Annotated[Path | None, typer.Option("--seen", help="Where to keep what was seen, against rollback.")] = None,
    machine: JsonOption = False,
) -> None:
    """Check a code without a network: was it issued by this factory, is it void or copied, and how old is what we know.

    Ends with 0 for issued, 1 for not to be trusted, 2 when it cannot be said. A code can be copied: look at the goods.

    Example: `shellmark verify HTTPS://ID.EXAMPLE.CN/01/06901234567892/21/0123456789ABC --keys keys-2.list
    --root roots.txt --manifest issued.list --voids withdrawn.list`
    """
    papers = _papers(keys, root, manifest, voids, seen or data_folder() / "seen.json")
    told = None if proof is None else read_proof(proof)
    answer = decide(text, papers, now(), proof=told, need_log=need_log)
    _print(answer, machine=machine)
    raise typer.Exit(answer.verdict.exit_code)


def _papers(keys: Path | None, root: str | None, manifest: Path | None, voids: Path | None, seen: Path) -> Papers:
    """The papers at hand; the newest of them is remembered, so that nothing older is believed again."""
    if keys is None or root is None:
        return Papers()
    roots: Roots = read_roots(root)
    papers = open_papers(
        now(),
        keys=read_bytes(keys, "key list"),
        roots=roots,
        manifest=None if manifest is None else read_bytes(manifest, "list of issued codes"),
        withdrawn=None if voids is None else read_bytes(voids, "list of withdrawn codes"),
        seen=read_seen(seen, roots),
    )
    if papers.seen.latest is not None:
        write_seen(seen, roots, papers.seen)
    return papers


def _print(answer: Answer, *, machine: bool) -> None:
    at = now()
    if machine:
        print_json(answer_json(answer, at))
        return
    for zh, en in answer_lines(answer, at):
        out.print(zh if zh == en else f"{zh} | {en}", markup=False, soft_wrap=True)
