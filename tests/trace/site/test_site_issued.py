"""A code that was issued and not uploaded: the signature, the manifest, and both in time, or nothing is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from site_stand import Stand
from small_factory import GTIN, NOW, ORIGIN, Factory, a_link

from shellmark_trace import Link
from shellmark_trace.manifest import LogAt, Withdrawal, build_manifest, build_withdrawn
from shellmark_trace.signed import CodeSigner
from shellmark_trace.site import IssuedPapers

FACTORY = Factory()
KEYS = FACTORY.keys()
SIGNER = CodeSigner.of(FACTORY.station, KEYS)


def signature(link: Link) -> str:
    return str(SIGNER.sign(link, NOW, drawn_at=NOW, before=0)).partition("?91=")[2]


class Desk:
    """The papers as files, and a clock to set."""

    def __init__(self, folder: Path, listed: list[Link], void: list[Link]) -> None:
        self.now: datetime = NOW
        self.manifest = folder / "issued.list"
        logs = (LogAt(origin=ORIGIN, size=50, root="00" * 32, upto=50),)
        self.manifest.write_bytes(build_manifest(listed, FACTORY.manifest, version=5, now=NOW, logs=logs))
        (folder / "keys.list").write_bytes(FACTORY.signed(KEYS))
        gone = [(link, Withdrawal.VOID) for link in void]
        (folder / "voids.list").write_bytes(build_withdrawn(gone, FACTORY.manifest, version=8, now=NOW))
        self.papers = IssuedPapers(
            folder / "keys.list", FACTORY.roots, self.manifest, folder / "voids.list", clock=lambda: self.now
        )


@pytest.fixture
def links() -> list[Link]:
    return [a_link() for _ in range(3)]


@pytest.fixture
def desk(tmp_path: Path, links: list[Link]) -> Desk:
    return Desk(tmp_path, links[:2], links[1:2])


def test_signature_and_manifest_must_agree(desk: Desk, links: list[Link]) -> None:
    good, void, unlisted = links
    assert desk.papers(good, signature(good))
    assert not desk.papers(void, signature(void))
    assert not desk.papers(unlisted, signature(unlisted))
    assert not desk.papers(good, signature(void))  # another code's signature
    for bad in ("", "A" * 90, "é" * 90, signature(good)[:-1], signature(good) + "A"):
        assert not desk.papers(good, bad)


def test_expired_missing_or_forged_papers_say_nothing(desk: Desk, links: list[Link]) -> None:
    good = links[0]
    desk.now = NOW + timedelta(days=400)
    assert not desk.papers(good, signature(good))
    desk = Desk(desk.manifest.parent, links[:2], links[1:2])
    assert desk.papers(good, signature(good))
    data = bytearray(desk.manifest.read_bytes())
    data[-5] ^= 1
    desk.manifest.write_bytes(bytes(data) + b" ")
    assert not desk.papers(good, signature(good))
    desk.manifest.unlink()
    assert not desk.papers(good, signature(good))


def test_the_page_says_so(make_stand: Any, desk: Desk, links: list[Link]) -> None:
    good, void, _ = links
    stand: Stand = make_stand(host=good.host, issued=desk.papers)
    phone = stand.phone()
    page = phone.get(f"/01/{GTIN}/21/{good.serial}?91={signature(good)}")
    assert "尚未上传" in page.text
    assert "正品" not in page.text
    assert phone.get(f"/01/{GTIN}/21/{good.serial}").status_code == 404
    assert phone.get(f"/01/{GTIN}/21/{void.serial}?91={signature(void)}").status_code == 404
