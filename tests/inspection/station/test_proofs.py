"""The proof that a code became ACTIVE goes to the verify site by itself, once the log that has it is published."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest
from logged_station import PASSPHRASE, VARIABLE, log_key, log_section
from site_stand import Stand
from site_story import HOST
from small_station import Place

from shellmark_inspect.records import Proof
from shellmark_inspect.station import Station
from shellmark_trace.log import Proof as LogProof
from shellmark_trace.site import Site, SiteSettings

WITHIN_S = 30.0


def label(station: Station) -> str:
    """Bring the waiting code onto its case, as the labeller would; its serial."""

    def do(keeper: object) -> str:
        labels = keeper.records.labels  # type: ignore[attr-defined]
        code = labels.waiting()[0]
        labels.send(code.serial)
        labels.count(code.serial, 41)
        labels.activate(code.serial, Proof(code.text, 0.8, 42, "w17"), np.zeros((90, 120), np.uint8))
        return str(code.serial)

    return station.keep(do).result()


def proofs(stand: Stand, serial: str) -> list[str]:
    trace = stand.site.inspecting.trace("inspector", serial)
    return [] if trace is None else [str(one["text"]) for one in trace.proofs]


def test_an_active_code_is_proven_to_the_site(
    place: Place, opened: Callable[..., Station], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    place.fill(["good"])
    with ExitStack() as stack:
        stand = Stand(Site(SiteSettings(tmp_path / "site", HOST)), stack)
        (place.folder / "verify.token").write_text(stand.token)
        site = {"kind": "verify", "url": stand.url, "token_file": "verify.token"}
        station = opened(log=log_section(place), outputs={"site": site})
        station.run()
        station.wait()
        serial = label(station)
        stack.callback(station.close)
        deadline = time.monotonic() + WITHIN_S
        while not (found := proofs(stand, serial)):
            assert time.monotonic() < deadline
            station._tell(station.records()[0])
            assert station.clearance.notary is not None
            station.clearance.notary.call()
            time.sleep(0.1)
        proof = LogProof.parse(found[0])
        with closing(station.reader()) as reader:
            entry = next(iter(reader.leaves(station.config.station).leaves(proof.index, proof.index + 1))).entry
        proof.check(entry, log_key(place), [])
        assert b'"after":"ACTIVE"' in entry
        station.clearance.notary.call()
        assert stand.site.uploads.unproven("st01") == []
