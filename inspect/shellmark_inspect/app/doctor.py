"""`shellmark doctor`: what is wrong with this PC, and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import numpy as np
import psutil
import typer

from shellmark_inspect.app.printing import JsonOption, out, print_json
from shellmark_inspect.app.records import open_reader
from shellmark_inspect.cameras import find_cameras
from shellmark_inspect.errors import ConfigError, DatabaseTooNew, ShellmarkError
from shellmark_inspect.folders import data_folder
from shellmark_inspect.outputs import read_output_settings
from shellmark_inspect.outputs.posting import Poster, PostingSettings
from shellmark_inspect.records import RecordReader
from shellmark_inspect.station import StationConfig, log_verifier, read_recipes, samples_folder
from shellmark_models import ModelError, Store, bundle_roots, load
from shellmark_trace import PrinterError, TraceError, check_host
from shellmark_trace.keys import Kind, read_key, read_passphrase
from shellmark_trace.printers import build_printer

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock before this is wrong: the program did not exist."""
LEAST_FREE = 5e9
WITHOUT_DEVICE = ("folder", "newest")
"""Kinds of cameras that are files."""


class Health(StrEnum):
    """How a check came out."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `mend` says what to do unless it is good."""

    what: str
    health: Health
    text: str
    mend: str = ""


def doctor(
    config: Annotated[Path | None, typer.Argument(help="A station's configuration, to check its parts too.")] = None,
    machine: JsonOption = False,
) -> None:
    """Check Qt, cameras, database, disk, clock, model, label printer and log key; say what is wrong and what to do.

    Ends with exit code 1 when something is bad. Examples: `shellmark doctor` · `shellmark doctor station.toml --json`
    """
    settings = None if config is None else StationConfig.read(config)
    findings = [finding for name in CHECKS for finding in _findings(name, settings)]
    if machine:
        print_json([asdict(finding) for finding in findings])
    else:
        colours = {Health.GOOD: "green", Health.WARN: "yellow", Health.BAD: "red"}
        for finding in findings:
            out.print(f"[{colours[finding.health]}]{finding.health:5}[/]", end=" ")
            mend = f"  →  {finding.mend}" if finding.mend else ""
            out.print(f"{finding.what:9} {finding.text}{mend}", markup=False, soft_wrap=True)
    if any(finding.health is Health.BAD for finding in findings):
        raise typer.Exit(1)


def _findings(name: str, config: StationConfig | None) -> list[Finding]:
    """What one check says; a part that cannot even be looked at is a finding too, and the other checks go on."""
    try:
        return list(CHECKS[name](config))
    except (ShellmarkError, TraceError) as e:
        return [Finding(name, Health.BAD, str(e), "mend it and look again")]


def _check_qt(_: StationConfig | None) -> Iterator[Finding]:
    platform = os.environ.get("QT_QPA_PLATFORM") or ("xcb" if os.environ.get("DISPLAY") else "offscreen")
    program = (
        "from PyQt6.QtCore import QT_VERSION_STR\nfrom PyQt6.QtGui import QFontDatabase\n"
        "from PyQt6.QtWidgets import QApplication\napp = QApplication([])\n"
        "chinese = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)\n"
        "print(QT_VERSION_STR, len(chinese))"
    )
    environment = os.environ | ({} if sys.platform == "win32" else {"QT_QPA_PLATFORM": platform})
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        mend = "install its system libraries: `make system` on Debian; see README"
        yield Finding("qt", Health.BAD, f"does not start ({platform}): {last}", mend)
        return
    version, chinese = done.stdout.split()
    yield Finding("qt", Health.GOOD, f"{version} starts ({platform})")
    if chinese == "0":
        yield Finding("fonts", Health.BAD, "no Chinese font", "install fonts-noto-cjk (Debian), or any Chinese font")


def _check_cameras(config: StationConfig | None) -> Iterator[Finding]:
    found = find_cameras()
    for row in found:
        health = Health.GOOD if row.usable else Health.WARN
        yield Finding("camera", health, f"{row.kind} {row.address} {row.detail}".strip())
    wants_device = config is None or any(one.get("kind") not in WITHOUT_DEVICE for one in config.cameras.values())
    if not wants_device:
        yield Finding("camera", Health.GOOD, "no device is wanted: every camera reads files")
    elif not any(row.usable for row in found):
        yield Finding("camera", Health.WARN, "no device found", "plug one in; a folder of stills needs none")
    if config is not None:
        recipes = read_recipes(config)
        wanted = {view.camera for recipe in recipes.values() for view in recipe.views}
        for name in sorted(wanted - set(config.cameras)):
            yield Finding(
                "camera", Health.BAD, f"{name} is not configured", "add it under [cameras] of the configuration"
            )


def _check_database(config: StationConfig | None) -> Iterator[Finding]:
    place = config.url if config else str(data_folder() / "records.db")
    if config is None and not (data_folder() / "records.db").is_file():
        yield Finding("database", Health.GOOD, f"none yet at {place}: the first run makes it")
        return
    try:
        reader = open_reader(None) if config is None else RecordReader(config.url, config.images)
    except DatabaseTooNew as e:
        yield Finding("database", Health.BAD, str(e), "install the program that wrote it, or start a new data folder")
        return
    except ShellmarkError as e:
        yield Finding("database", Health.WARN, str(e), "run the station once")
        return
    try:
        facts = reader.facts()
        newest = reader.latest(1)
    finally:
        reader.close()
    yield Finding("database", Health.GOOD, f"{facts.server}, schema {facts.schema}, {facts.rows} records")
    if newest and newest[0].recorded_at > datetime.now(UTC):
        yield Finding(
            "clock", Health.BAD, "the newest record is from the future", "set the clock; records are kept in order"
        )


def _check_disk(config: StationConfig | None) -> Iterator[Finding]:
    wanted = config.images if config else data_folder()
    folder = next(place for place in (wanted, *wanted.parents) if place.is_dir())
    free = psutil.disk_usage(str(folder)).free
    floor = config.save.floor_bytes if config else LEAST_FREE
    mend = "" if free > floor else "free some space, or keep fewer pictures ([save] of the configuration)"
    yield Finding("disk", Health.GOOD if free > floor else Health.WARN, f"{free / 1e9:.0f} GB free at {folder}", mend)
    if not os.access(folder, os.W_OK):
        yield Finding("disk", Health.BAD, f"{folder} cannot be written", "give this user the right, or another folder")


def _check_clock(_: StationConfig | None) -> Iterator[Finding]:
    now = datetime.now(UTC)
    if now < BUILT:
        yield Finding("clock", Health.BAD, f"says {now:%Y-%m-%d}", "set the clock: records carry it")
    else:
        yield Finding("clock", Health.GOOD, f"{now.astimezone():%Y-%m-%d %H:%M:%S %z}")


def _check_models(config: StationConfig | None) -> Iterator[Finding]:
    roots = [config.folder / root for root in config.models] if config else []
    store = Store(*roots, *bundle_roots())
    try:
        recipes = read_recipes(config) if config else {}
        names = [recipe.model for recipe in recipes.values()] or [f"{m.name}/{m.version}" for m in store.list()]
    except (ModelError, ShellmarkError) as e:
        yield Finding("model", Health.BAD, str(e), "mend or remove it")
        return
    for name in names:
        yield _tried(store, name)
    if not names:
        yield Finding("model", Health.BAD, "no model in the store", "teach one: shellmark train --help")


def _tried(store: Store, name: str) -> Finding:
    """A model that was really loaded and run once."""
    try:
        model = load(store.find(name).path)
        try:
            card = model.card
            size = card.views_px[0] if card.views_px else (card.tile_px, card.tile_px)
            began = time.perf_counter()
            model.look(np.full((*size, card.planes), 128, np.uint8))
            ms = (time.perf_counter() - began) * 1000
        finally:
            model.close()
    except ModelError as e:
        return Finding("model", Health.BAD, f"{name}: {e}", "roll back to an older version, or teach it again")
    return Finding("model", Health.GOOD, f"{name} runs: {ms / (size[0] * size[1] / 1e6):.0f} ms per megapixel")


def _check_labels(config: StationConfig | None) -> Iterator[Finding]:
    """The label printer, asked for its odometer; nothing is printed."""
    if config is None or config.label is None:
        return
    config.label.label_template(config.folder)
    config.label.check_view(config.cameras, read_recipes(config).values())
    settings = config.label.printer_settings(config.folder)
    printer = build_printer(settings)
    try:
        count = printer.odometer()
    except PrinterError as e:
        yield Finding("printer", Health.BAD, str(e), "cases go on being recorded, their labels wait for it")
        return
    finally:
        printer.close()
    counts = "counts nothing" if count is None else f"odometer {count}"
    yield Finding("printer", Health.GOOD, f"{settings.kind}, {settings.dpi} dpi, {counts}")


def _check_host(config: StationConfig | None) -> Iterator[Finding]:
    """The verify site's name, as the codes bear it."""
    if config is not None and config.host:
        yield Finding("host", Health.GOOD, check_host(config.host))


def _check_outputs(config: StationConfig | None) -> Iterator[Finding]:
    """Each output's settings, and whether the token that lets it in is where they say; nothing is sent."""
    if config is None:
        return
    for name, raw in config.outputs.items():
        try:
            settings = read_output_settings(name, raw, config.folder)
            if isinstance(settings, PostingSettings):
                Poster(settings).token()
        except (ShellmarkError, TraceError) as e:
            yield Finding("output", Health.BAD, f"{name}: {e}", "records are kept and told once it is mended")
        else:
            yield Finding("output", Health.GOOD, f"{name}: {settings.kind}")


def _check_log(config: StationConfig | None) -> Iterator[Finding]:
    """The log's key, opened as a run opens it."""
    if config is None or config.log is None:
        return
    passphrase = read_passphrase(config.log.passphrase, _ask_nobody, f"log {config.log.origin}")
    read_key(config.folder / config.log.key, passphrase, Kind.LOG)
    seen = f"{len(config.log.witnesses)} witnesses"
    yield Finding("log", Health.GOOD, f"{log_verifier(config).name}, its key opens, {seen}")


def _ask_nobody(what: str) -> str:
    raise ConfigError(f"{what}: a station cannot ask for the passphrase: give env:NAME, file:PATH or fd:NUMBER")


def _check_samples(_: StationConfig | None) -> Iterator[Finding]:
    try:
        yield Finding("samples", Health.GOOD, str(samples_folder()))
    except ShellmarkError as e:
        yield Finding("samples", Health.WARN, str(e))


CHECKS: Mapping[str, Callable[[StationConfig | None], Iterator[Finding]]] = MappingProxyType(
    {
        "qt": _check_qt,
        "cameras": _check_cameras,
        "database": _check_database,
        "disk": _check_disk,
        "clock": _check_clock,
        "models": _check_models,
        "host": _check_host,
        "printer": _check_labels,
        "outputs": _check_outputs,
        "log": _check_log,
        "samples": _check_samples,
    }
)
"""Every check; a new one is a function and a line here."""
