"""What a phone is shown, case by case."""

from __future__ import annotations

import re
from typing import Any

import pytest
from site_story import GTIN, Story, picture

from shellmark_trace import new_serial
from shellmark_trace.site import FINDINGS, Claimed
from shellmark_trace.site.pages import KINDS
from shellmark_trace.site.words import CLAIMS, PRIVACY, WORDS


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
    assert head(other.get(story.path)) == "已有其他设备查询请核对照片与内码"
    assert head(mine.get(story.path)) == "已有其他设备查询请核对照片与内码"


def test_a_void_label_betrays_itself(either: Any) -> None:
    story = Story()
    either.upload(story.passed(), story.to("RESERVED"), story.to("SENT"), story.to("VOID"))
    page = either.phone().get(story.path)
    assert head(page) == "作废作废标签"
    assert "假货" not in page.text


def test_a_void_label_is_not_told_to_have_passed_nor_compared(either: Any) -> None:
    colours = (40, 70, 120), (120, 40, 40)
    good, void = (either.tell(Story(pictures=[("frame", "front", picture(one), None)])) for one in colours)
    either.upload(void.to("VOID"))
    for phrase in ("检验合格", "请比对花纹", "<figure>", "出厂时的照片"):
        assert phrase in either.phone().get(good.path).text
        assert phrase not in either.phone().get(void.path).text
        assert phrase not in either.phone().post("/find", data={"serial": void.serial}).text
    assert void.serial[-6:] in either.phone().get(void.path).text


def test_the_last_six_symbols_are_answered_with_how_to_go_on(stand: Any) -> None:
    story, phone = stand.tell(Story()), stand.phone()
    home = phone.get("/").text
    for words in ("输入扫描后显示的 13 位序列号", "标签上只印序列号的最后 6 位", "the label prints only the serial"):
        assert words.lower() in home.lower()
    assert "标签上的序列号" not in home
    for typed in (story.serial[-6:], f" {story.serial[-6:-3]} {story.serial[-3:]} ".lower()):
        page = phone.post("/find", data={"serial": typed})
        assert page.status_code == 422
        assert "这 6 位只是序列号的末尾" in page.text
        assert "Those 6 are only the end of the serial" in page.text
    page = phone.post("/find", data={"serial": "12345"})
    assert (page.status_code, "这 6 位" in page.text) == (422, False)
    assert "标签上只印最后 6 位" in page.text


def test_chinese_sentences_have_chinese_punctuation() -> None:
    told = [words.zh for finding in FINDINGS.values() for words in (finding.head, finding.means)]
    told += [words.zh for table in (CLAIMS, WORDS, KINDS) for words in table.values()] + [words.zh for words in PRIVACY]
    for text in told:
        assert not re.search(r"[,;:?!()]", text), text
        assert not text.endswith("，")


def test_who_has_claimed_is_told_to_keep_the_cookie() -> None:
    assert "请勿清除本手机浏览器的 Cookie" in CLAIMS[Claimed.BOUND].zh
    assert "浏览记录" not in CLAIMS[Claimed.BOUND].zh


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
