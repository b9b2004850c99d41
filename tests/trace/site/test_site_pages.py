"""What a phone is shown, case by case."""

from __future__ import annotations

import re
from typing import Any

import pytest
from site_story import GTIN, Story, picture

from shellmark_trace import new_serial


def head(page: Any) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None, page.text[:500]
    chinese = re.findall(r'<span class="zh">(.*?)</span>', found[1])
    return "".join(chinese)


def test_first_again_and_another_device(either: Any) -> None:
    story = either.tell(Story())
    mine, other = either.phone("a"), either.phone("b")
    assert head(mine.get(story.path)) == "正品·首次查询"
    assert head(mine.get(story.path)) == "正品·您已查询过"
    assert head(other.get(story.path)) == "已有其他设备查询,请核对照片与内码"
    assert head(mine.get(story.path)) == "已有其他设备查询,请核对照片与内码"


def test_a_void_label_betrays_itself(either: Any) -> None:
    story = Story()
    either.upload(story.passed(), story.to("RESERVED"), story.to("SENT"), story.to("VOID"))
    page = either.phone().get(story.path)
    assert head(page) == "作废作废标签"
    assert "假货" not in page.text


@pytest.mark.parametrize(
    "path", ["/01/06901234567893/21/0123456789ABC", "/01/069012345678/21/0123", "/x", "/01/", "/01/06901234567892/21/"]
)
def test_a_text_that_is_no_code(stand: Any, path: str) -> None:
    page = stand.phone().get(path)
    assert page.status_code == 404
    assert "正品" not in page.text
    assert "id.example.cn" in page.text


def test_a_code_nobody_uploaded(stand: Any) -> None:
    page = stand.phone().get(f"/01/{GTIN}/21/{new_serial()}")
    assert page.status_code == 404
    assert head(page) == "查不到这个码"


def test_the_page_is_small(stand: Any) -> None:
    story = stand.tell(
        Story(
            pictures=[
                ("frame", "front", picture(), None),
                ("label", "label", picture(label=True), [[1, 1], [2, 1], [2, 2], [1, 2]]),
            ]
        )
    )
    page = stand.phone().get(story.path)
    assert len(page.content) < 60_000
    assert page.text.count("<figure>") == 2
