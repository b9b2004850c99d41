"""Labels read back from a station's frames, and what is said of them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import segno
import zxingcpp

from shellmark_trace import LinkError, SerialError, digital_link, label_matrix
from shellmark_trace.labels import LabelContent, draw_label
from shellmark_trace.readback import (
    UEC_LEAST,
    UEC_READS,
    LabelRead,
    Place,
    ReadVerdict,
    judge_read,
    read_labels,
    uec_drift,
)


def _load() -> ModuleType:
    path = Path(__file__).with_name("degraded.py")
    spec = importlib.util.spec_from_file_location("degraded_labels", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


degraded = _load()
HOST, GTIN, HARMS, CLEAN = degraded.HOST, degraded.GTIN, degraded.HARMS, degraded.CLEAN
SQUARE = np.array([[0, 0], [9, 0], [9, 9], [0, 9]], np.float64)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def label(seed: int, **parts: str) -> tuple[str, str, np.ndarray]:
    """A serial, the code's text, the label's dots."""
    serial = "".join(rng(seed).choice(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 13))
    text = digital_link(parts.get("host", HOST), parts.get("gtin", GTIN), serial)
    return serial, text, draw_label(degraded.TEMPLATE, LabelContent(text, sku="GV-24"), degraded.DOTS_PER_MM)


def frame(*stuck: tuple[np.ndarray, tuple[int, int]], px_per_mm: float = 8.0, seed: int = 0) -> np.ndarray:
    """A 5 MP frame of a shell with labels at places."""
    made = degraded.shell(rng(seed))
    for n, (dots, at) in enumerate(stuck):
        harm = degraded.station_harm(rng(seed + n))
        made = degraded.stuck(made, degraded.photographed(dots, harm, px_per_mm, rng(seed + n)), at)
    return made


def covered(dots: np.ndarray, side: str) -> np.ndarray:
    """The label with half its symbol under white tape."""
    corner, whole = round(degraded.TEMPLATE.margin_mm * degraded.DOTS_PER_MM), 37 * 6
    part = dots.copy()[corner : corner + whole, corner : corner + whole]
    half = {"left": np.s_[:, :111], "right": np.s_[:, 111:], "top": np.s_[:111], "bottom": np.s_[111:]}[side]
    part[half] = False
    made = dots.copy()
    made[corner : corner + whole, corner : corner + whole] = part
    return made


@pytest.mark.parametrize("px_per_mm", [5.0, 8.0, 20.0])
def test_a_label_alone_on_a_case_is_right_wherever_it_is(px_per_mm: float) -> None:
    for seed in range(3):
        serial, text, dots = label(seed)
        at = (int(rng(seed).uniform(0, 1100)), int(rng(seed).uniform(0, 900)))
        reads = read_labels(frame((dots, at), px_per_mm=px_per_mm, seed=seed))
        assert [read.text for read in reads] == [text]
        assert judge_read(reads, serial, HOST.lower(), GTIN) is ReadVerdict.RIGHT
        assert reads[0].link
        corners = reads[0].corners_px
        side = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).mean()
        assert side == pytest.approx(29 * 0.508 * px_per_mm, rel=0.15)  # tilt shortens it
        assert (corners > at).all()


def test_corners_are_where_the_symbol_is() -> None:
    dots = label(1)[2]
    harm = replace(CLEAN, turn_deg=0.0)
    picture = degraded.photographed(dots, harm, 10.0, rng())
    (alone,) = read_labels(picture)
    (placed,) = read_labels(degraded.stuck(degraded.shell(rng()), picture, (1200, 700)))
    first = degraded.AROUND_MM + degraded.TEMPLATE.margin_mm + 4 * 0.508
    last = first + 29 * 0.508
    due = np.array([[first, first], [last, first], [last, last], [first, last]]) * 10
    np.testing.assert_allclose(alone.corners_px, due, atol=3)
    np.testing.assert_allclose(placed.corners_px - (1200, 700), alone.corners_px, atol=3)


def test_two_labels_in_view_are_several_even_when_they_say_the_same() -> None:
    serial, text, dots = label(1)
    _, other, more = label(2)
    assert judge_read(read_labels(frame((dots, (100, 900)), (more, (1500, 200)))), serial, HOST) is ReadVerdict.SEVERAL
    twice = read_labels(frame((dots, (100, 200)), (dots, (1500, 900))))
    assert [read.text for read in twice] == [text, text]
    assert judge_read(twice, serial, HOST) is ReadVerdict.SEVERAL
    order = [read.text for read in read_labels(frame((dots, (100, 900)), (more, (1500, 200))))]
    assert order == [other, text]  # from top to bottom


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_half_covered_label_is_seen_and_never_read(side: str) -> None:
    serial, text, dots = label(1)
    hidden = covered(label(2)[2], side)
    for px_per_mm in (5.0, 12.0):
        reads = read_labels(frame((dots, (60, 60)), (hidden, (1400, 700)), px_per_mm=px_per_mm))
        assert [read.text for read in reads if read.text] == [text]
        assert any(not read.text and read.uec == 0 and (read.corners_px > (1400, 700)).all() for read in reads)
        assert judge_read(reads, serial, HOST) is ReadVerdict.SEVERAL
    alone = read_labels(frame((hidden, (900, 700))))
    assert judge_read(alone, serial, HOST) in {ReadVerdict.WEAK, ReadVerdict.SEVERAL}


def test_a_label_of_another_factory_is_told_apart() -> None:
    serial, _, dots = label(1)
    foreign = label(3, host="ID.OTHER.CN")[2]
    article = label(1, gtin="06901234567908")
    assert judge_read(read_labels(frame((foreign, (500, 500)))), serial, HOST) is ReadVerdict.OTHER_HOST
    assert judge_read(read_labels(frame((label(2)[2], (500, 500)))), serial, HOST) is ReadVerdict.OTHER_SERIAL
    wrong_article = read_labels(frame((article[2], (500, 500))))
    assert judge_read(wrong_article, serial, HOST, GTIN) is ReadVerdict.OTHER_SERIAL
    assert judge_read(wrong_article, serial, HOST, "06901234567908") is ReadVerdict.RIGHT
    both = read_labels(frame((dots, (100, 200)), (foreign, (1500, 900))))
    assert judge_read(both, serial, HOST) is ReadVerdict.SEVERAL


def test_an_advertisement_beside_the_label_is_reported_and_does_not_count() -> None:
    serial, text, dots = label(1)
    advert = np.kron(
        np.array(list(segno.make("https://weixin.qq.com/r/abc").matrix_iter(border=4)), bool), np.ones((9, 9), bool)
    )
    reads = read_labels(frame((dots, (100, 200)), (advert, (1500, 900))))
    assert {read.text for read in reads} == {text, "https://weixin.qq.com/r/abc"}
    assert judge_read(reads, serial, HOST) is ReadVerdict.RIGHT


def test_a_bare_shell_has_no_label() -> None:
    for seed, ribs in ((0, True), (1, False)):
        bare = degraded.shell(rng(seed), ribs=ribs)
        assert read_labels(bare) == ()
        assert judge_read((), label(1)[0], HOST) is ReadVerdict.NONE
    assert read_labels(np.full((1944, 2592), 128, np.uint8)) == ()


def test_a_known_place_is_looked_at_alone_and_colour_is_taken() -> None:
    _, text, dots = label(1)
    made = frame((dots, (100, 200)), (label(2)[2], (1500, 900)))
    colour = np.repeat(made[..., None], 3, axis=2)
    assert [read.text for read in read_labels(colour, Place(80, 180, 900, 800))] == [text]
    assert read_labels(colour, Place(3000, 0, 50, 50)) == ()
    np.testing.assert_allclose(
        read_labels(made, Place(80, 180, 900, 800))[0].corners_px, read_labels(made)[0].corners_px, atol=3
    )


@pytest.mark.parametrize("wrong", [np.zeros((9, 9)), np.zeros(9, np.uint8), np.zeros((9, 9, 4), np.uint8)])
def test_what_is_no_frame_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_labels(wrong)


def test_a_damaged_label_reads_and_is_weak() -> None:
    serial, text, dots = label(1)
    corner = round(degraded.TEMPLATE.margin_mm * degraded.DOTS_PER_MM) + 4 * 6
    seen = []
    for modules in range(13):  # damage across the data, one module longer each time
        harmed = dots.copy()
        harmed[corner + 12 * 6 : corner + 18 * 6, corner + 8 * 6 : corner + (8 + modules) * 6] ^= True
        reads = read_labels(degraded.photographed(harmed, replace(CLEAN, turn_deg=10.0), 12.0, rng()))
        seen.append((max((read.uec for read in reads), default=0.0), judge_read(reads, serial, HOST)))
        assert all(read.text in {"", text} for read in reads)
    assert seen[0] == (1.0, ReadVerdict.RIGHT)
    assert any(0 < uec < UEC_LEAST for uec, _ in seen)
    assert all((verdict is ReadVerdict.RIGHT) == (uec >= UEC_LEAST) for uec, verdict in seen)


@pytest.mark.parametrize(
    ("text", "uec", "verdict"),
    [
        ("{}", UEC_LEAST, ReadVerdict.RIGHT),
        ("{}", UEC_LEAST - 0.01, ReadVerdict.WEAK),
        ("", 0.0, ReadVerdict.WEAK),
        ("lower", 1.0, ReadVerdict.OTHER_SERIAL),
        ("truncated", 1.0, ReadVerdict.NONE),
    ],
)
def test_the_gate_and_the_letter(text: str, uec: float, verdict: ReadVerdict) -> None:
    serial, whole, _ = label(1)
    said = {"{}": whole, "": "", "lower": whole.lower().replace(serial.lower(), serial), "truncated": whole[:-1]}[text]
    assert judge_read([LabelRead(said, uec, SQUARE)], serial, HOST) is verdict


def test_an_impossible_question_is_refused() -> None:
    with pytest.raises(SerialError):
        judge_read((), "SHORT", HOST)
    with pytest.raises(LinkError):
        judge_read((), label(1)[0], "no host")


def test_the_shift_alarm_waits_for_twenty_and_falls_with_the_median() -> None:
    assert (uec_drift([]).median, uec_drift([]).alarm) == (None, False)
    assert not uec_drift([0.5] * (UEC_READS - 1)).alarm
    assert uec_drift([0.5] * UEC_READS).alarm
    assert not uec_drift([0.5] * 9 + [0.9] * 11).alarm
    assert uec_drift([0.5] * 30).labels == 30


@pytest.mark.parametrize("name", [name for name in HARMS if name[:4] not in {"tilt", "blob"}] + ["station"])
def test_each_degradation_at_5_px_a_mm_is_read_whole(name: str) -> None:
    for seed in range(8):
        _, text, dots = label(seed)
        harm = HARMS[name] if name in HARMS else degraded.station_harm(rng(seed))
        reads = read_labels(degraded.photographed(dots, harm, 5.0, rng(seed)))
        assert [read.text for read in reads if read.text] == [text], (name, seed)


@pytest.mark.parametrize("name", ["tilt 65 deg", "blob 2 %"])
def test_what_is_not_always_read_is_never_read_wrong(name: str) -> None:
    right = 0
    for seed in range(8):
        _, text, dots = label(seed)
        reads = read_labels(degraded.photographed(dots, HARMS[name], 8.0, rng(seed)))
        right += any(read.text == text for read in reads)
        assert all(read.text in {"", text} for read in reads)
    assert right >= 3


def test_a_micro_qr_is_not_made_out_of_a_spoilt_finder_pattern() -> None:
    seed = np.random.default_rng((0, 70, 40, *b"blob 2 %"))  # found by benchmarks/trace/decode.py
    text, dots = degraded.new_label(seed)
    picture = degraded.photographed(dots, HARMS["blob 2 %"], 4.0, seed)
    said = {read.text for read in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)}
    assert said & {"222898"} or said <= {text}  # what the decoder makes of it when it may look for every kind of QR
    assert {read.text for read in read_labels(picture)} <= {"", text}


@pytest.mark.parametrize("serial", ["S4KP370Q5WWP7", "2MW8CNNPJQT93"])
def test_marks_among_a_symbols_own_dots_are_no_second_label(serial: str) -> None:
    text = digital_link("X.CN", "06901234567892", serial)
    made = np.full((200, 440), 120, np.uint8)
    dots = label_matrix(text).repeat(4, 0).repeat(4, 1)
    made[20 : 20 + dots.shape[0], 30 : 30 + dots.shape[1]] = np.where(dots, 25, 235)
    assert [read.text for read in read_labels(made)] == [text]


def test_the_door_of_trace_loads_no_opencv_for_labels_and_printers() -> None:
    code = "import sys, shellmark_trace.labels, shellmark_trace.printers; print('cv2' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_nothing_of_the_decoder_is_kept_until_the_program_ends() -> None:
    kept = vars(sys.modules["shellmark_trace.readback.reading"]).values()
    assert not [one for one in kept if isinstance(one, zxingcpp.BarcodeFormats)]
