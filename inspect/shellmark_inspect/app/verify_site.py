"""`shellmark verify serve|token|proof`: run the verify site, say who may use it, send it a proof."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shellmark_inspect.app.asking_site import asked, site_at
from shellmark_inspect.app.files import read_bytes
from shellmark_inspect.app.papers import read_roots
from shellmark_inspect.app.printing import out
from shellmark_inspect.app.proof_files import check_is_of
from shellmark_inspect.app.serving import listening
from shellmark_inspect.app.serving import serve as serve_app
from shellmark_inspect.app.site_extra import site_extra
from shellmark_inspect.errors import InputError
from shellmark_trace import check_host, check_serial
from shellmark_trace.log import Proof

if TYPE_CHECKING:
    from shellmark_trace.site import IssuedPapers, Site, SiteSettings

DataOption = Annotated[Path, typer.Option("--data", help="The site's folder: key, tokens, pictures, database.")]


class Role(StrEnum):
    """Who may have a token."""

    STATION = "station"
    INSPECTOR = "inspector"


def serve(
    data: DataOption,
    host: Annotated[str, typer.Option("--host", help="The only valid host, as on the labels: ID.EXAMPLE.CN.")],
    database: Annotated[
        str | None, typer.Option("--database", help="postgresql://HOST/NAME. Default: a file in --data.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Where to listen.")] = 8000,
    bind: Annotated[str, typer.Option("--bind", help="The address to listen at.")] = "127.0.0.1",
    proxy: Annotated[
        str | None, typer.Option("--proxy", help="The reverse proxy's address, whose X-Forwarded-* are believed.")
    ] = None,
    city_header: Annotated[
        str | None, typer.Option("--city-header", help="The proxy's header with NAME;LATITUDE;LONGITUDE of the city.")
    ] = None,
    per_address: Annotated[
        float,
        typer.Option("--per-address", min=0.1, help="Requests a second of one address; 30 times as many at once."),
    ] = 4.0,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The factory's signed key list; with --root and --manifest.")
    ] = None,
    root: Annotated[str | None, typer.Option("--root", help="The root holders' cards: a file, or with commas.")] = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="The list of issued codes: tells of those not uploaded yet.")
    ] = None,
    voids: Annotated[Path | None, typer.Option("--voids", help="The list of withdrawn codes.")] = None,
    rework: Annotated[
        list[str] | None,
        typer.Option("--rework", help="A station that may change codes of other stations without an alert."),
    ] = None,
) -> None:
    """Serve the verify site until Ctrl-C or SIGTERM.

    Example: `shellmark verify serve --data site --host ID.EXAMPLE.CN --proxy 127.0.0.1`
    """
    with site_extra():
        from shellmark_trace.site import Rate, SiteSettings, build_app
    issued, rate = _issued(keys, root, manifest, voids), Rate(30 * per_address, per_address)
    allowed = frozenset(rework or ())
    site = _open(SiteSettings(data, check_host(host), database, city_header, issued, rate, allowed))
    try:
        at = listening(bind, port, "the verify site")
        told = f"verify site of {site.host} at http://{bind}:{port}/, {site.database.where}"
        out.print(told, markup=False, soft_wrap=True)
        believed: dict[str, Any] = {"proxy_headers": proxy is not None, "forwarded_allow_ips": proxy or ""}
        # an access log would write addresses down
        serve_app(build_app(site), at, access_log=False, ws="none", server_header=False, **believed)
    finally:
        site.close()


def token(
    role: Annotated[Role, typer.Argument(help="Whom it is for.", show_default=False)],
    name: Annotated[str, typer.Argument(help="Its station's or inspector's name.", show_default=False)],
    data: DataOption,
    remove: Annotated[bool, typer.Option("--remove", help="Take the name's tokens away instead.")] = False,
) -> None:
    """Make a token for a station or an inspector and print it; it is shown this once and works at once.

    Examples: `shellmark verify token station st01 --data site` · `… inspector li --data site --remove`
    """
    with site_extra():
        from shellmark_trace.site import Tokens

    if not (data / "site.key").is_file():
        how = "name the folder `shellmark verify serve --data` was given, or start that first"
        raise InputError(f"no verify site lives in {data}: it has no site.key: {how}")
    tokens = Tokens(data / "tokens.json")
    if remove:
        gone = tokens.remove(role.value, name)
        out.print(f"{gone} tokens of {role} {name} removed", markup=False)
        return
    typer.echo(tokens.add(role.value, name))


def proof(
    serial: Annotated[str, typer.Argument(help="The code's serial.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="Its .tlog-proof; .leaf, .record.json beside it.", show_default=False)],
    site: Annotated[str, typer.Option("--site", help="Where the site is: https://ID.EXAMPLE.CN.")],
    token_file: Annotated[Path, typer.Option("--token-file", help="A file with the station's token.")],
) -> None:
    """Send a code's proof file of the transparency log to the site, for inspectors.

    Its leaf and record, as `shellmark log proof --record` writes them beside it, must be this code's; they stay here.

    Example: `shellmark verify proof 0123456789ABC 41.tlog-proof --site https://id.example.cn --token-file verify.token`
    """
    bare = replace(Proof.parse(read_bytes(file, "proof")), extra=None)
    check_is_of(file, serial)
    sender = site_at(site, token_file)
    with asked(site, token_file):
        sender.send_proof(check_serial(serial), bare.index, str(bare))
    out.print(f"proof of leaf {bare.index} for {serial} is at {site}", markup=False, soft_wrap=True)


def _issued(keys: Path | None, root: str | None, manifest: Path | None, voids: Path | None) -> IssuedPapers | None:
    """The papers by which codes that were not uploaded are known; None where there are none."""
    from shellmark_trace.site import IssuedPapers

    if keys is None and root is None and manifest is None:
        return None
    if keys is None or root is None or manifest is None:
        raise InputError("codes that were not uploaded need --keys, --root and --manifest together")
    for path in (keys, manifest, *([] if voids is None else [voids])):
        if not path.is_file():
            raise InputError(f"{path} is missing: give the signed paper's file")
    return IssuedPapers(keys, read_roots(root), manifest, voids)


def _open(settings: SiteSettings) -> Site:
    from shellmark_trace.site import Site

    return Site(settings)
