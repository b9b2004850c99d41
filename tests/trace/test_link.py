"""Serials and the text of a code."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_trace import (
    ALPHABET,
    HOST_LENGTH,
    GtinError,
    Link,
    LinkError,
    SerialError,
    TraceError,
    check_gtin,
    check_host,
    digital_link,
    new_serial,
    parse_link,
)

GTIN = "06901234567892"
SERIAL = "0123456789ABC"

serials = st.text(ALPHABET, min_size=13, max_size=13)
hosts = st.from_regex(r"[A-Z0-9]{1,8}\.[A-Z]{2,6}", fullmatch=True)


def with_check_digit(thirteen: str) -> str:
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(thirteen))
    return thirteen + str(-total % 10)


gtins = st.text("0123456789", min_size=13, max_size=13).map(with_check_digit)


def test_a_serial_is_thirteen_crockford_symbols_and_never_comes_twice() -> None:
    drawn = [new_serial() for _ in range(20_000)]
    assert len(set(drawn)) == len(drawn)
    assert all(re.fullmatch(f"[{ALPHABET}]{{13}}", serial) for serial in drawn)
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)
    assert set("".join(drawn)) == set(ALPHABET)


@settings(deadline=None)  # the machine may be busy
@given(hosts, gtins, serials)
def test_text_there_and_back(host: str, gtin: str, serial: str) -> None:
    text = digital_link(host, gtin, serial)
    assert text == f"HTTPS://{host}/01/{gtin}/21/{serial}"
    assert parse_link(text) == Link(host, gtin, serial)
    assert str(parse_link(text)) == text
    assert len(text) <= 61
    assert parse_link(text.replace(f"HTTPS://{host}", f"https://{host.lower()}")) == Link(host, gtin, serial)


@settings(deadline=None)  # the machine may be busy
@given(hosts, gtins, serials, st.data())
def test_a_cut_or_lengthened_text_is_no_code(host: str, gtin: str, serial: str, data: st.DataObject) -> None:
    text = digital_link(host, gtin, serial)
    with pytest.raises(LinkError):
        parse_link(text[: data.draw(st.integers(0, len(text) - 1))])
    with pytest.raises(LinkError):
        parse_link(text + data.draw(st.sampled_from(["A", "/", "?91=X", "#x", " ", "\n", "/22/1"])))


@settings(deadline=None)  # the machine may be busy
@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_of_a_gtin_is_noticed(gtin: str, place: int, step: int) -> None:
    wrong = gtin[:place] + str((int(gtin[place]) + step) % 10) + gtin[place + 1 :]
    with pytest.raises(GtinError):
        check_gtin(wrong)


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=80))
def test_any_text_gives_a_code_or_a_trace_error(text: str) -> None:
    try:
        read = parse_link(text)
    except TraceError as e:
        said = str(e)
    else:
        said = str(read)
        assert said.upper() == text.upper()
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/21/{SERIAL.lower()}", SerialError),
        (f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/21/{SERIAL[:-1]}I", SerialError),
        (f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/21/{SERIAL}0", SerialError),
        (f"HTTPS://ID.EXAMPLE.CN/01/{GTIN[1:]}/21/{SERIAL}", GtinError),
        (f"HTTPS://ID.EXAMPLE.CN/01/0690123456789²/21/{SERIAL}", GtinError),
        (f"HTTPS://ID.EXAMPLE.CN/01/06901234567893/21/{SERIAL}", GtinError),
        (f"HTTP://ID.EXAMPLE.CN/01/{GTIN}/21/{SERIAL}", LinkError),
        (f"HTTPS://ID.EXAMPLE.CN/01/{GTIN}/22/1/21/{SERIAL}", LinkError),
        (f"HTTPS://ID.EXAMPLE.CN@EVIL.CN/01/{GTIN}/21/{SERIAL}", LinkError),
        (f"HTTPS://A.VERY.LONG.HOST.NAME.CN/01/{GTIN}/21/{SERIAL}", LinkError),
        (f"HTTPS://例子.CN/01/{GTIN}/21/{SERIAL}", LinkError),
        ("", LinkError),
    ],
)
def test_bad_texts_are_refused_by_name(text: str, error: type[TraceError]) -> None:
    with pytest.raises(error):
        parse_link(text)


def test_a_host_is_checked_before_a_code_is_drawn() -> None:
    assert check_host("id.example.cn") == "ID.EXAMPLE.CN"
    assert len(check_host("A" * (HOST_LENGTH - 3) + ".CN")) == HOST_LENGTH
    for wrong in ("", "a b.cn", "id.example.cn/", "-a.cn", "a..cn", "a" * (HOST_LENGTH - 2) + ".cn"):
        with pytest.raises(LinkError):
            check_host(wrong)
