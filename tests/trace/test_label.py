"""The symbol on the label, read back by a decoder nobody here wrote."""

import cv2
import numpy as np
import pytest
import zxingcpp

from shellmark_trace import (
    HOST_LENGTH,
    SIDE_MODULES,
    LabelError,
    LinkError,
    digital_link,
    label_matrix,
    label_png,
    label_svg,
    new_serial,
)

GTIN = "06901234567892"


def decoded(pixels: np.ndarray) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(pixels))


@pytest.mark.parametrize("host", ["ID.EXAMPLE.CN", "A" * (HOST_LENGTH - 3) + ".CN", "X.CN"])
def test_the_label_reads_back_as_written(host: str) -> None:
    for _ in range(5):
        text = digital_link(host, GTIN, new_serial())
        label = label_png(text)
        pixels = cv2.imdecode(np.frombuffer(label.data, np.uint8), cv2.IMREAD_GRAYSCALE)
        (symbol,) = decoded(pixels)
        assert symbol.text == text
        assert symbol.extra["Version"] == "3"
        assert symbol.extra["ECLevel"] == "M"
        assert symbol.extra["UEC"] == 1.0
        assert label.tail == text[-6:]
        assert pixels.shape == (SIDE_MODULES * 6, SIDE_MODULES * 6)


def test_matrix_and_picture_are_one_symbol_with_a_quiet_zone_of_four() -> None:
    text = digital_link("ID.EXAMPLE.CN", GTIN, new_serial())
    matrix = label_matrix(text)
    assert matrix.shape == (37, 37)
    assert not matrix[:4].any()
    assert not matrix[:, -4:].any()
    assert matrix[4, 4:11].all()
    pixels = cv2.imdecode(np.frombuffer(label_png(text, module_px=1).data, np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(pixels == 0, matrix)


def test_svg_has_its_size_in_millimetres() -> None:
    label = label_svg(digital_link("ID.EXAMPLE.CN", GTIN, new_serial()))
    assert b'width="18.7' in label.data
    assert b'mm"' in label.data


def test_lower_case_does_not_fit_and_strange_text_is_refused() -> None:
    text = digital_link("A" * (HOST_LENGTH - 3) + ".CN", GTIN, new_serial())
    with pytest.raises(LabelError, match="upper case"):
        label_png(text.replace("HTTPS://", "https://"))
    with pytest.raises(LinkError):
        label_png("HELLO")
