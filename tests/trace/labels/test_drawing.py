"""The label drawn to dots, and those dots as ZPL, PNG and PDF."""

from __future__ import annotations

import io
import string
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shellmark_trace import ALPHABET, LabelError, LinkError, digital_link
from shellmark_trace.labels import (
    TEMPLATES,
    LabelContent,
    LabelTemplate,
    Row,
    draw_label,
    label_pdf,
    label_picture_png,
    label_zpl,
    module_dots,
    signed_matrix,
    typeface,
)

GTIN = "06901234567892"
TEXT = digital_link("ID.EXAMPLE.CN", GTIN, "K7M2PQX4D8TZ9")
SIGNED = TEXT + "?91=" + "Ab_-9" * 18
CONTENT = LabelContent(
    TEXT, sku="GV-24-BK", name="亮面竖纹铝框拉杆箱 24寸 曜石黑", batch="B20261123-07", date="2026-11-23"
)
OUTSIDE = TEMPLATES["outside"]
DPI300 = 300 / 25.4


def symbols(picture: np.ndarray) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(np.where(picture, 0, 255).astype(np.uint8)))


@pytest.mark.parametrize(("dpi", "dots"), [(203, 4), (300, 6), (600, 12)])
def test_the_symbol_reads_at_whole_dots_of_every_printer(dpi: int, dots: int) -> None:
    picture = draw_label(OUTSIDE, CONTENT, dpi / 25.4)
    assert picture.shape == (round(30 * dpi / 25.4), round(50 * dpi / 25.4))
    (symbol,) = symbols(picture)
    assert (symbol.text, symbol.extra["UEC"], symbol.extra["Version"]) == (TEXT, 1.0, "3")
    assert module_dots(OUTSIDE.module_mm, dpi / 25.4) == dots
    margin, side = round(1.5 * dpi / 25.4), 37 * dots
    cells = picture[margin : margin + side, margin : margin + side].reshape(37, dots, 37, dots)
    assert (cells == cells[:, :1, :, :1]).all()  # nothing lies within a module


@pytest.mark.parametrize(
    ("host", "version"), [("ID.EXAMPLE.CN", "8"), ("X" * 12 + ".CN", "8"), ("X" * 15 + ".CN", "9")]
)
def test_the_signed_label_reads(host: str, version: str) -> None:
    text = digital_link(host, GTIN, "K7M2PQX4D8TZ9") + "?91=" + "Ab_-9" * 18
    (symbol,) = symbols(draw_label(TEMPLATES["signed"], replace(CONTENT, text=text), DPI300))
    assert (symbol.text, symbol.extra["Version"], symbol.extra["ECLevel"]) == (text, version, "M")


def test_every_row_leaves_its_own_ink_and_an_empty_one_none() -> None:
    whole = draw_label(OUTSIDE, CONTENT, DPI300)
    for word in ("sku", "name", "batch", "date"):
        assert (draw_label(OUTSIDE, replace(CONTENT, **{word: ""}), DPI300) != whole).any()
    bare = draw_label(OUTSIDE, LabelContent(TEXT), DPI300)
    column = round((1.5 + 37 * 0.508 + 1) * DPI300)
    assert not bare[: round(24 * DPI300), column:].any()
    sample = draw_label(OUTSIDE, replace(CONTENT, sample=True), DPI300)
    assert (sample != whole).any()
    assert symbols(sample)[0].text == TEXT


def test_chinese_is_ink_of_its_own_and_not_boxes() -> None:
    one, other = (draw_label(OUTSIDE, replace(CONTENT, name=name), DPI300) for name in ("拉杆箱", "登机箱"))
    assert (one != other).sum() > 200
    assert typeface().lacking("亮面竖纹铝框拉杆箱尾号验真网址样张型号批次日期") == ""


@settings(max_examples=15, deadline=None)
@given(st.text(ALPHABET, min_size=13, max_size=13), st.text(string.ascii_letters + "拉杆箱登机 ", max_size=24))
def test_whatever_stands_beside_it_the_symbol_reads_and_nothing_leaves_the_sheet(serial: str, name: str) -> None:
    text = digital_link("ID.EXAMPLE.CN", GTIN, serial)
    picture = draw_label(OUTSIDE, LabelContent(text, name=name.strip()), DPI300)
    assert [symbol.text for symbol in symbols(picture)] == [text]
    edge = round(0.5 * DPI300)
    inner = picture[edge:-edge, edge:-edge]
    assert inner.sum() == picture.sum()


@pytest.mark.parametrize(
    ("template", "content", "dots", "word"),
    [
        ({"module_mm": 0.45}, {}, 203 / 25.4, "not whole dots"),
        ({"module_mm": 0.45}, {}, 96 / 25.4, "take one of 0.529"),
        ({"width_mm": 30.0}, {}, DPI300, "too small for a symbol of 18.8 mm: 32.8 x 27.8 mm is the least"),
        ({"height_mm": 25.0}, {}, DPI300, "too small"),
        ({}, {"name": "很长的名字" * 16}, DPI300, "finds no room"),
        ({}, {"sku": "S" * 60}, DPI300, "finds no room"),
        ({}, {"name": "箱\U0002a6a5"}, DPI300, "has no \U0002a6a5"),
        ({"font": Path("nowhere.ttf")}, {}, DPI300, "nowhere.ttf cannot be used"),
        ({"symbol": "signed", "width_mm": 70.0, "height_mm": 40.0}, {}, DPI300, "is not signed"),
    ],
)
def test_what_cannot_be_drawn_is_refused(template: dict, content: dict, dots: float, word: str) -> None:
    made = OUTSIDE.model_copy(update=template)
    with pytest.raises(LabelError, match=word):
        draw_label(made, replace(CONTENT, **content), dots)


def test_a_label_needs_a_code_and_printable_words() -> None:
    for text in ("HELLO", TEXT[:-1], TEXT + "0"):
        with pytest.raises(LinkError):
            LabelContent(text)
    for words in ({"sku": "two\nlines"}, {"batch": "x" * 81}):
        with pytest.raises(LabelError, match="cannot be printed"):
            LabelContent(TEXT, **words)
    with pytest.raises(LabelError, match="is not signed"):
        signed_matrix(SIGNED[:-1])
    with pytest.raises(LabelError, match="upper case"):
        draw_label(OUTSIDE, LabelContent(TEXT.replace("HTTPS", "https").replace("ID", "id" * 3)), DPI300)


def test_without_a_chinese_font_the_message_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shellmark_trace.labels.fonts.FONTS", (("no-such-font.ttf", 0),))
    with pytest.raises(LabelError, match="fonts-noto-cjk"):
        draw_label(OUTSIDE, CONTENT, DPI300)


def test_zpl_says_each_thing_once_and_carries_the_dots() -> None:
    picture = draw_label(OUTSIDE, CONTENT, DPI300)
    job = label_zpl(picture)
    assert job.startswith(b"^XA^JZN^PW591^LL354")
    assert job.endswith(b"^FS^PQ1,0,0,N^XZ\n")
    for word in (b"^XA", b"^XZ", b"^JZN", b"^PQ1,", b"^GFA,"):
        assert job.count(word) == 1
    assert b"^SN" not in job  # the printer counts nothing
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(job.split(b",")[-4].partition(b"^")[0].decode()), np.uint8))
    np.testing.assert_array_equal(bits.reshape(354, -1)[:, :591].astype(np.bool_), picture)


def test_png_and_pdf_have_the_true_size() -> None:
    picture = draw_label(OUTSIDE, CONTENT, DPI300)
    with Image.open(io.BytesIO(label_picture_png(picture, DPI300))) as image:
        np.testing.assert_array_equal(~np.asarray(image), picture)
        assert [n / dpi * 25.4 for n, dpi in zip(image.size, image.info["dpi"], strict=True)] == pytest.approx(
            [50, 30], abs=0.05
        )
    box = label_pdf(picture, DPI300).partition(b"/MediaBox [")[2].partition(b"]")[0].split()
    assert [float(side) * 25.4 / 72 for side in box[2:]] == pytest.approx([50, 30], abs=0.05)


def test_a_template_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "narrow.toml"
    path.write_text('name = "narrow"\nwidth_mm = 40\nrows = ["sku"]\nlanguage = "en"\n')
    template = LabelTemplate.read(path)
    assert (template.width_mm, template.rows, template.height_mm) == (40, (Row.SKU,), 30)
    assert symbols(draw_label(template, CONTENT, DPI300))[0].text == TEXT
    path.write_text('name = "own"\nfont = "mine.ttf"\n')
    assert LabelTemplate.read(path).font == tmp_path / "mine.ttf"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name = ", "is no TOML"),
        ("width_mm = 40\n", "name: Field required"),
        ('name = "a"\nmodule_mm = 0.3\n', "module_mm: .*0.396"),
        ('name = "a"\nrows = ["sku", "sku"]\n', "name each once"),
        ('name = "a"\nprice = 3\n', "price"),
        ('name = "a"\nwidth_mm = nan\n', "width_mm"),
    ],
)
def test_an_impossible_template_is_refused(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "template.toml"
    path.write_text(text)
    with pytest.raises(LabelError, match=word):
        LabelTemplate.read(path)
    with pytest.raises(LabelError, match="cannot be read"):
        LabelTemplate.read(tmp_path / "none.toml")
