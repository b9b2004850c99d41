"""The signed variant: its one form, what it signs, and everything a forger or a thief may try."""

from __future__ import annotations

import base64
from datetime import timedelta

import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from small_factory import DAY, GTIN, HOST, NOW, ORIGIN, OTHER_GTIN, Factory, a_link, altered, key_file

from shellmark_trace import ALPHABET, KeyFileError, Link, LinkError, SignatureInvalid, parse_link
from shellmark_trace.keys import LIST_LIFE, Kind, key_id, new_entry, revoked, rotated
from shellmark_trace.signed import (
    SIDE_MODULES,
    SIGNED_PURPOSE,
    CodeSigner,
    Fault,
    Logged,
    SignedLink,
    canonical_link,
    check_signed,
    fault_of,
    parse_signed,
    sentence,
    signed_bytes,
    signed_png,
    signed_symbol,
)

FACTORY = Factory()
KEYS = FACTORY.opened()
SIGNER = CodeSigner.of(FACTORY.station, KEYS)
LINK = a_link("0123456789ABC")
SIGNED = SIGNER.sign(LINK, NOW, drawn_at=NOW, before=0)
ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order of Ed25519's group (RFC 8032, section 5.1)."""

serials = st.text(ALPHABET, min_size=13, max_size=13)
hosts = st.from_regex(r"[A-Z0-9]{1,8}\.[A-Z]{2,6}", fullmatch=True)


def test_the_exact_bytes_that_are_signed() -> None:
    assert (
        signed_bytes(LINK) == b"shellmark.trace/signed-code/v1\nhttps://id.gs1.org/01/06901234567892/21/0123456789ABC"
    )
    FACTORY.station.card.verifier.key.verify(SIGNED.signature, signed_bytes(LINK))


def test_the_text_is_the_code_and_90_characters() -> None:
    text = str(SIGNED)
    assert text.startswith(f"HTTPS://{HOST}/01/{GTIN}/21/0123456789ABC?91=")
    assert len(text.split("?91=")[1]) == 90
    assert parse_signed(text) == SIGNED
    assert fault_of(SIGNED, KEYS, NOW) is None
    assert check_signed(SIGNED, KEYS, NOW).name == "st01"


@settings(deadline=None, max_examples=60)  # the machine may be busy
@given(hosts, serials)
def test_there_and_back_whatever_the_host(host: str, serial: str) -> None:
    signed = SIGNER.sign(Link(host, GTIN, serial), NOW, drawn_at=NOW, before=0)
    assert parse_signed(str(signed)) == signed
    assert parse_signed(str(signed).replace(f"HTTPS://{host}", f"https://{host.lower()}")) == signed
    moved = SignedLink(Link("NEW.CN", GTIN, serial), signed.key_id, signed.signature)
    assert fault_of(moved, KEYS, NOW) is None  # the domain may change


@settings(deadline=None, max_examples=150)  # the machine may be busy
@given(st.integers(0, 67 * 8 - 1))
def test_no_flipped_bit_is_believed(place: int) -> None:
    data = bytearray(bytes.fromhex(SIGNED.key_id) + SIGNED.signature)
    data[place // 8] ^= 1 << place % 8
    forged = SignedLink(LINK, data[:3].hex(), bytes(data[3:]))
    assert fault_of(forged, KEYS, NOW) in {Fault.UNKNOWN_KEY, Fault.WRONG_SIGNATURE}


@pytest.mark.parametrize("place", range(13))
def test_no_other_serial_has_the_signature(place: int) -> None:
    forged = SignedLink(a_link(altered(LINK.serial, place)), SIGNED.key_id, SIGNED.signature)
    assert fault_of(forged, KEYS, NOW) is Fault.WRONG_SIGNATURE


def test_a_signature_of_another_purpose_is_none_of_a_code() -> None:
    private = FACTORY.station.private
    content = canonical_link(LINK).encode()
    for other in (
        content,
        b"shellmark.trace/signed-code/v2\n" + content,
        SIGNED_PURPOSE.rstrip() + content,
        SIGNED_PURPOSE + str(LINK).encode(),
        SIGNED_PURPOSE + content + b"\n",
        b"",
    ):
        assert fault_of(SignedLink(LINK, SIGNED.key_id, private.sign(other)), KEYS, NOW) is Fault.WRONG_SIGNATURE


def test_special_signatures_are_refused() -> None:
    r, s = SIGNED.signature[:32], int.from_bytes(SIGNED.signature[32:], "little")
    malleable = r + (s + ORDER).to_bytes(32, "little")  # the same point, s beyond the order: RFC 8032, section 5.1.7
    for forged in (malleable, bytes(64), b"\xff" * 64, r + bytes(32), bytes([1]) + bytes(63)):
        assert fault_of(SignedLink(LINK, SIGNED.key_id, forged), KEYS, NOW) is Fault.WRONG_SIGNATURE


def test_a_key_id_of_another_key_does_not_help() -> None:
    second = key_file(Kind.STATION, "st02")
    entry = new_entry(second.card, NOW, gtins=(OTHER_GTIN,), most=5, log=ORIGIN)
    keys = rotated(KEYS, entry, NOW, LIST_LIFE)
    assert fault_of(SignedLink(LINK, entry.id, SIGNED.signature), keys, NOW) is Fault.WRONG_SIGNATURE
    for kind in (Kind.LOG, Kind.MANIFEST):
        other = keys.of_kind(kind)[0]
        assert fault_of(SignedLink(LINK, other.id, SIGNED.signature), keys, NOW) is Fault.UNKNOWN_KEY
    own = SignedLink(LINK, entry.id, second.private.sign(signed_bytes(LINK)))
    assert fault_of(own, keys, NOW) is Fault.WRONG_GOODS
    with pytest.raises(KeyFileError, match="may not sign"):
        CodeSigner.of(second, keys).sign(LINK, NOW, drawn_at=NOW, before=0)


def test_manifest_and_log_keys_sign_no_code() -> None:
    for file in (FACTORY.manifest, FACTORY.log, FACTORY.holders[0]):
        forged = SignedLink(LINK, key_id(file.card.verifier), file.private.sign(signed_bytes(LINK)))
        assert fault_of(forged, KEYS, NOW) is Fault.UNKNOWN_KEY
        with pytest.raises(KeyFileError, match="no station's key"):
            CodeSigner.of(file, KEYS)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text + "=",
        lambda text: text[:-1] + "=",
        lambda text: text[:-90] + text[-90:].replace(text[-1], "+"),
        lambda text: text.replace("?91=", "?90="),
        lambda text: text.replace("?91=", "&91="),
        lambda text: text.replace("?91=", "?91=?91="),
        lambda text: text.replace("?91=", "?8030="),
        lambda text: text + "&91=" + text[-90:],
        lambda text: text[:-45] + " " + text[-44:],
        lambda text: text[:-45] + "\n" + text[-44:],
        lambda text: text[:-45] + "é" + text[-44:],
        lambda text: text.replace("?91=", "/?91="),
    ],
)
def test_every_other_way_of_writing_it_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(LinkError):
        parse_signed(change(str(SIGNED)))


def test_the_four_spare_bits_must_be_zero() -> None:
    text = str(SIGNED)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = letters.index(text[-1])
    refused = 0
    for spare in range(16):
        other = text[:-1] + letters[(place & 0b110000) | spare]
        if other == text:
            continue
        assert base64.urlsafe_b64decode(other[-90:] + "==") == base64.urlsafe_b64decode(text[-90:] + "==")
        with pytest.raises(LinkError, match="one way"):
            parse_signed(other)
        refused += 1
    assert refused == 15


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=200))
def test_any_text_gives_a_signed_code_or_a_link_error(text: str) -> None:
    for said in (text, str(LINK) + "?91=" + text):
        with pytest.raises(LinkError):
            parse_signed(said)


def test_a_station_signs_in_its_window_its_goods_and_no_more_than_it_may() -> None:
    entry = SIGNER.entry
    with pytest.raises(KeyFileError, match="signs from"):
        SIGNER.sign(LINK, entry.ends, drawn_at=NOW, before=0)
    with pytest.raises(KeyFileError, match="signs from"):
        SIGNER.sign(LINK, NOW - DAY, drawn_at=NOW, before=0)
    with pytest.raises(KeyFileError, match=r"was drawn \d{4}-\d\d-\d\d \d\d:\d\d UTC.*take the key of that time"):
        SIGNER.sign(LINK, NOW, drawn_at=NOW - DAY, before=0)
    with pytest.raises(KeyFileError, match="GTIN"):
        SIGNER.sign(a_link(gtin=OTHER_GTIN), NOW, drawn_at=NOW, before=0)
    with pytest.raises(KeyFileError, match="beyond the 1000"):
        SIGNER.sign(LINK, NOW, drawn_at=NOW, before=1000)
    assert SIGNER.sign(LINK, NOW, drawn_at=NOW, before=999)
    gone = revoked(KEYS, SIGNER.entry.id, 0, "stolen", NOW, LIST_LIFE)
    with pytest.raises(KeyFileError, match="revoked"):
        CodeSigner.of(FACTORY.station, gone)


@pytest.mark.parametrize(
    ("logged", "need", "fault"),
    [
        (None, False, None),
        (None, True, Fault.NOT_LOGGED),
        (Logged(ORIGIN, 5), True, None),
        (Logged("trace.example.cn/other", 5), True, Fault.OTHER_LOG),
        (Logged(ORIGIN, 5, NOW), False, None),
        (Logged(ORIGIN, 5, NOW - DAY), False, Fault.OUTSIDE_WINDOW),
        (Logged(ORIGIN, 5, NOW + timedelta(days=93)), False, Fault.OUTSIDE_WINDOW),
        (Logged(ORIGIN, 5, NOW, 1000), False, None),
        (Logged(ORIGIN, 5, NOW, 1001), False, Fault.OVER_COUNT),
    ],
)
def test_what_the_log_tells_decides(logged: Logged | None, need: bool, fault: Fault | None) -> None:
    assert fault_of(SIGNED, KEYS, NOW, logged, need_log=need) is fault
    if fault is not None:
        with pytest.raises(SignatureInvalid) as caught:
            check_signed(SIGNED, KEYS, NOW, logged, need_log=need)
        assert sentence(fault, SIGNED, KEYS) in str(caught.value)


@pytest.mark.parametrize(
    ("index", "fault"), [(None, Fault.REVOKED), (0, None), (99, None), (100, Fault.REVOKED), (10**9, Fault.REVOKED)]
)
def test_a_revoked_key_is_believed_before_the_index_only(index: int | None, fault: Fault | None) -> None:
    gone = revoked(KEYS, SIGNER.entry.id, 100, "stolen", NOW, LIST_LIFE)
    logged = None if index is None else Logged(ORIGIN, index)
    assert fault_of(SIGNED, gone, NOW, logged) is fault


def test_a_key_that_has_not_begun_and_a_key_long_ended() -> None:
    assert fault_of(SIGNED, KEYS, NOW - DAY) is Fault.NOT_YET
    assert fault_of(SIGNED, KEYS, NOW + timedelta(days=3000)) is None  # a case lives longer than its key's window


# ── the symbol ─────────────────────────────────────────────────────────────────────────────────────────────────────


def versions(text: str) -> str:
    found = (segno.make_qr(text, error=level, boost_error=False) for level in "LMQH")
    return "/".join(str(one.version) for one in found)


def test_the_table_of_the_design_page() -> None:
    head = "HTTPS://ID.EXAMP.CN/01/06901234567892/21/0123456789ABC"
    a = head + "X" * (55 - len(head))
    assert versions(a) == "3/3/4/5"
    assert versions(a.replace("HTTPS://ID.EXAMP.CN", "https://id.examp.cn")) == "4/4/5/6"
    assert versions(a + "/10/ABCDEFGH") == "3/4/4/6"
    assert versions(a + "?8030=" + "a" * 86) == "7/8/10/12"
    assert versions(a + "?91=" + "a" * 101) == "8/9/11/13"
    assert versions("HTTPS://AB.CN/" + "X" * 20) == "2/2/3/3"


@pytest.mark.parametrize("length", range(4, 19))
def test_in_one_segment_15_characters_of_host_fit_version_8_in_two_18_do(length: int) -> None:
    host = "A" * (length - 3) + ".CN"
    signed = SIGNER.sign(Link(host, GTIN, LINK.serial), NOW, drawn_at=NOW, before=0)
    whole = segno.make_qr(str(signed), error="M", boost_error=False)
    assert whole.version == (8 if length <= 15 else 9)
    assert signed_symbol(signed).designator == "8-M"


@pytest.mark.parametrize("host", ["A.CN", HOST, "A" * 15 + ".CN"])
def test_the_symbol_reads_back_at_300_dpi(host: str) -> None:
    signed = SIGNER.sign(Link(host, GTIN, LINK.serial), NOW, drawn_at=NOW, before=0)
    picture = cv2.imdecode(np.frombuffer(signed_png(signed), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (SIDE_MODULES * 6, SIDE_MODULES * 6)
    assert pytest.approx(29.0, abs=0.05) == SIDE_MODULES * 6 * 25.4 / 300
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == str(signed)
    assert parse_signed(found.text).link == parse_link(str(signed.link))
