"""`shellmark verify serve|token|pins|proof`: run the verify site, say who may use it, draw PINs, send a proof."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shellmark_inspect.app.files import read_bytes, read_lines
from shellmark_inspect.app.papers import read_roots
from shellmark_inspect.app.printing import out
from shellmark_inspect.app.serving import listening
from shellmark_inspect.app.serving import serve as serve_app
from shellmark_inspect.errors import InputError
from shellmark_inspect.outputs import VerifySite, VerifySiteSettings, read_output_settings
from shellmark_trace import check_host, check_serial, parse_link
from shellmark_trace.log import Proof

if TYPE_CHECKING:
    from shellmark_trace.site import IssuedPapers, Site, SiteSettings

DataOption = Annotated[Path, typer.Option("--data", help="The site's folder: key, tokens, pictures, database.")]


class Role(StrEnum):
    """Who may have a token."""

    STATION = "station"
    INSPECTOR = "inspector"


@dataclass(frozen=True, slots=True)
class PinEvent:
    """A PIN as the site is told of it: its keyed hash, never itself."""

    number: int
    key: str
    kind: str
    at: datetime
    payload: Mapping[str, Any]


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
    with _extra():
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
    with _extra():
        from shellmark_trace.site import Tokens

    tokens = Tokens(data / "tokens.json")
    if remove:
        gone = tokens.remove(role.value, name)
        out.print(f"{gone} tokens of {role} {name} removed", markup=False)
        return
    typer.echo(tokens.add(role.value, name))


def pins(
    codes: Annotated[Path, typer.Argument(help="The texts of the codes, one a line.", show_default=False)],
    key: Annotated[Path, typer.Option("--key", help="The site's key file, site.key.")],
    to: Annotated[Path, typer.Option("--out", help="The CSV for whoever prints the PINs; used again if it is there.")],
    site: Annotated[str, typer.Option("--site", help="Where the site is: https://ID.EXAMPLE.CN.")],
    token_file: Annotated[Path, typer.Option("--token-file", help="A file with a station's token.")],
) -> None:
    """Draw a PIN for each code: the PINs into a CSV only you can read, their keyed hashes to the site.

    If the line drops, run it again with the same --out: the same PINs are sent, and each is taken once.

    Example: `shellmark verify pins codes.txt --key site.key --out pins.csv --site https://id.example.cn --token-file t`
    """
    with _extra():
        from shellmark_trace.site import pin_hash, site_key

    if not key.is_file():
        raise InputError(f"key file {key} is missing: copy site.key from the site's folder")
    secret = site_key(key)
    drawn = _read_pins(to) if to.exists() else _draw(codes, to)
    sender = _sender(site, token_file)
    events = []
    for number, (text, pin) in enumerate(drawn.items(), 1):
        serial = parse_link(text).serial
        digest = pin_hash(secret, serial, pin).hex()
        told = {"serial": serial, "text": text, "hash": digest}
        events.append(PinEvent(number, f"pin:{serial}:{digest[:16]}", "pin", datetime.now(UTC), told))
    for first in range(0, len(events), 100):
        sender.send(events[first : first + 100])
    out.print(f"{len(events)} PINs in {to}, their hashes at {site}", markup=False, soft_wrap=True)


def proof(
    serial: Annotated[str, typer.Argument(help="The code's serial.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="Its .tlog-proof.", show_default=False)],
    site: Annotated[str, typer.Option("--site", help="Where the site is: https://ID.EXAMPLE.CN.")],
    token_file: Annotated[Path, typer.Option("--token-file", help="A file with the station's token.")],
) -> None:
    """Send a code's proof file of the transparency log to the site, for inspectors.

    Example: `shellmark verify proof 0123456789ABC 41.tlog-proof --site https://id.example.cn --token-file verify.token`
    """
    text = read_bytes(file, "proof").decode("utf-8", "replace")
    index = Proof.parse(text).index
    _sender(site, token_file).send_proof(check_serial(serial), index, text)
    out.print(f"proof of leaf {index} for {serial} is at {site}", markup=False, soft_wrap=True)


@contextmanager
def _extra() -> Iterator[None]:
    """Say which extra is missing, in a line."""
    try:
        yield
    except ImportError as e:
        raise InputError(f"the verify site needs its extra ({e.name}): pip install 'shellmark[verify]'") from e


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


def _sender(site: str, token_file: Path) -> VerifySite:
    """What brings things to a site, as a station's own output would."""
    settings = {"kind": "verify", "url": site, "token_file": token_file}
    read = read_output_settings("verify", settings)
    assert isinstance(read, VerifySiteSettings)
    return VerifySite.of(read)


def _draw(codes: Path, to: Path) -> dict[str, str]:
    from shellmark_trace.site import new_pin

    drawn = {str(parse_link(text)): new_pin() for text in read_lines(codes, "list of codes")}
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("code", "tail", "pin"))
            writer.writerows((text, text[-6:], pin) for text, pin in drawn.items())
            file.flush()
            os.fsync(file.fileno())
    except OSError as e:
        raise InputError(f"{to} cannot be written: {e.strerror}") from e
    return drawn


def _read_pins(path: Path) -> dict[str, str]:
    text = read_bytes(path, "file of PINs")
    try:
        return {row["code"]: row["pin"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))}
    except (UnicodeDecodeError, KeyError, csv.Error) as e:
        raise InputError(f"{path} is no file of PINs: name another --out") from e
