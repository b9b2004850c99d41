"""A plant's own columns: what a mapping file may say, what its cells are, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shellmark_trace import ExportError
from shellmark_trace.columns import FIELDS, TEXT_FIELDS, plain_table, read_table

RECORD: dict[str, Any] = {
    "row": 7,
    "sequence": 5,
    "station": "st01",
    "recorded_at": "2026-11-23T16:30:00.123456+00:00",
    "case_id": "00012",
    "sku": "gloss-20",
    "verdict": "FAIL",
    "disposition": None,
    "reasons": [{"text": "scratch length 12.4 mm, zone A allows 5.0"}, {"text": "dent"}],
    "defects": [{"length_mm": 12.44}, {"length_mm": None}, {"length_mm": 3.0}],
    "code": {"gtin": "06901234567892", "serial": "0012345E67890", "text": "HTTPS://X", "state": "ACTIVE"},
    "operator": "王",
    "reason_code": "",
    "note": "",
    "previous": None,
    "images": [{}, {}],
    "versions": {
        name: f"{name} 1" for name in ("program", "recipe", "recipe_digest", "model", "model_digest", "calibration")
    },
    "master": None,
    "suspect": None,
}


def table(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "mes.toml"
    path.write_text(text, "utf-8")
    return read_table(path)


def test_without_a_mapping_every_field_is_a_column() -> None:
    plain = plain_table()
    assert plain.names == tuple(FIELDS)
    assert plain.text_names == TEXT_FIELDS
    row = plain.named(RECORD)
    assert (row["case_id"], row["gtin"], row["serial"]) == ("00012", "06901234567892", "0012345E67890")
    assert row["recorded_at"] == "2026-11-23T16:30:00.123+00:00"
    assert row["reasons"] == "scratch length 12.4 mm, zone A allows 5.0; dent"
    assert (row["defects"], row["longest_mm"], row["pictures"]) == (3, 12.44, 2)
    assert (row["order"], row["batch"], row["master"], row["disposition"]) == ("", "", "", "")
    assert plain.named(RECORD | {"code": None})["gtin"] == ""
    assert plain.named(RECORD | {"defects": []})["longest_mm"] is None
    assert plain.wants(RECORD | {"master": "fine"})


def test_a_mapping_says_names_order_words_fixed_values_and_dates(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        """
        name = "MES"
        offset = "+08:00"
        [[columns]]
        name = "检验时间"
        from = "recorded_at"
        date_format = "%Y/%m/%d %H:%M:%S"
        [[columns]]
        name = "结果"
        from = "result"
        words = { PASS = "合格", FAIL = "不合格" }
        other = "待复判"
        [[columns]]
        name = "工序"
        value = "0050"
        [[columns]]
        name = "箱号"
        from = "case_id"
        [[columns]]
        name = "最长mm"
        from = "longest_mm"
        decimals = 1
        missing = 0
        [[columns]]
        name = "批次"
        from = "batch"
        missing = "-"
        """,
    )
    assert found.row(RECORD) == ("2026/11/24 00:30:00", "不合格", "0050", "00012", 12.4, "-")
    assert found.text_names == {"工序", "箱号", "批次"}
    assert found.named(RECORD | {"verdict": "REVIEW"})["结果"] == "待复判"
    assert found.named(RECORD | {"disposition": "OK"})["结果"] == "待复判"
    assert found.named(RECORD | {"defects": []})["最长mm"] == 0


def test_words_that_are_not_listed_stay(tmp_path: Path) -> None:
    found = table(tmp_path, '[[columns]]\nname = "r"\nfrom = "verdict"\nwords = { PASS = 1 }\n')
    assert found.row(RECORD) == ("FAIL",)
    assert found.row(RECORD | {"verdict": "PASS"}) == (1,)


def test_masters_have_no_row_in_a_plants_table_unless_it_says_so(tmp_path: Path) -> None:
    column = '[[columns]]\nname = "k"\nfrom = "key"\n'
    usual = table(tmp_path, column)
    assert usual.row(RECORD) == ("st01:5",)
    assert not usual.wants(RECORD | {"master": "fine"})
    assert usual.wants(RECORD | {"disposition": "OK"})
    other = table(tmp_path, "masters = true\ndecisions = false\n" + column)
    assert other.wants(RECORD | {"master": "fine"})
    assert not other.wants(RECORD | {"disposition": "OK"})


def test_times_without_a_format_keep_their_zone(tmp_path: Path) -> None:
    column = '[[columns]]\nname = "t"\nfrom = "recorded_at"\n'
    assert table(tmp_path, column).row(RECORD) == ("2026-11-23T16:30:00.123+00:00",)
    assert table(tmp_path, 'offset = "-03:30"\n' + column).row(RECORD) == ("2026-11-23T13:00:00-03:30",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "columns: Field required"),
        ("columns = []", "columns: "),
        ('[[columns]]\nname = "a"\n', "columns.1: say either from"),
        ('[[columns]]\nname = "a"\nfrom = "sku"\nvalue = 1\n', "columns.1: say either from"),
        ('[[columns]]\nname = "a"\nfrom = "colour"\n', "there is no field 'colour': the fields are row, "),
        ('[[columns]]\nname = "a"\nfrom = "sku"\n[[columns]]\nname = "a"\nfrom = "row"\n', "column 'a' is there twice"),
        ('[[columns]]\nname = ""\nfrom = "sku"\n', "columns.1.name: "),
        ('[[columns]]\nname = "a"\nsource = "sku"\n', "columns.1.source: unknown key"),
        ('[[columns]]\nname = "a"\nfrom = "sku"\ncolour = 1\n', "columns.1.colour: unknown key"),
        ('[[columns]]\nname = "a"\nfrom = "sku"\ndate_format = "%Y"\n', "date_format is for recorded_at only"),
        ('[[columns]]\nname = "a"\nfrom = "sku"\ndecimals = 1\n', "decimals is for numbers only"),
        ('offset = "8"\n[[columns]]\nname = "a"\nfrom = "sku"\n', "offset: "),
        ("[[columns\n", "cannot be read"),
    ],
)
def test_a_mapping_that_cannot_be_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ExportError) as found:
        table(tmp_path, text)
    assert says in str(found.value)
    assert "mes.toml" in str(found.value)
    assert "\n" not in str(found.value)


def test_a_mapping_that_is_missing_or_binary_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="are missing"):
        read_table(tmp_path / "none.toml")
    (tmp_path / "bin").write_bytes(b"\xff\xfe")
    with pytest.raises(ExportError, match="cannot be read"):
        read_table(tmp_path / "bin")
    with pytest.raises(ExportError, match="cannot be read"):
        read_table(tmp_path)


def test_the_documented_example_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "exports.md").read_text("utf-8")
    example = page.partition("```toml\n# mes.toml")[2].partition("```")[0]
    found = table(tmp_path, "#" + example)
    row = found.named(RECORD)
    assert row["检验结果"] == "不合格"
    assert "箱号" in found.text_names
