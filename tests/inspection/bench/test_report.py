"""The report is one file that points nowhere, shows every run, and never paints a good place red."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import small_sets

from shellmark_inspect.bench import Contestant, Grouping, Ledger, carry_out, in_this_process, plan, result, write_html
from shellmark_inspect.bench.pictures import RED, TRUTH, opacity, overlaid
from shellmark_inspect.bench.plots import pod_curve, roc, scores
from shellmark_inspect.errors import InputError
from shellmark_inspect.sets import ImageSet, read_set

VOID = {"meta", "br", "img", "hr", "input", "link"}


class Page(HTMLParser):
    """Checks that tags nest, and gathers what a browser would fetch, and the ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attrs)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.fetched += [named[key] or "" for key in ("src", "href", "xlink:href", "data") if key in named]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def page(tmp_path: Path, contestant: Contestant) -> Page:
    sets = [
        read_set(small_sets.mvtec(tmp_path / "lid<&>", learn=1)),
        read_set(small_sets.indexed(tmp_path / "spindle")),
    ]
    return written(tmp_path, contestant, sets)


def written(tmp_path: Path, contestant: Contestant, sets: Sequence[ImageSet]) -> Page:
    """The report of all sets, whole and pointing nowhere."""
    with Ledger(tmp_path / "rows") as ledger:
        runs = [
            carry_out(image_set, who, cases, ledger, in_this_process)
            for image_set, who, cases in plan(sets, [contestant], Grouping())
        ]
        write_html(tmp_path / "report.html", runs, [result(run, ledger) for run in runs], ledger, 1)
    text = (tmp_path / "report.html").read_text("utf-8")
    found = Page()
    found.feed(text)
    found.close()
    assert found.open == []
    assert not re.search(r"https?:", text)
    assert not re.search(r"url\((?!['\"]?#)", text)
    return found


def test_the_page_points_nowhere(page: Page) -> None:
    assert page.fetched
    assert all(one.startswith(("data:image/jpeg;base64,", "#")) for one in page.fetched)
    inside = {one[1:] for one in page.fetched if one.startswith("#")}
    assert inside <= set(page.ids), "every reference stands in the page"
    assert len(page.ids) == len(set(page.ids)), "several drawings share no identity"


def test_the_page_says_what_there_is_in_both_languages(page: Page) -> None:
    for words in ("模型评测报告", "Benchmark report", "漏检 escapes", "过杀 overkill", "noise/1 on lid<&>", "最差案例",
                  "noise/1 on spindle", "按对象分组", "Clopper-Pearson", "检出概率"):  # fmt: skip
        assert words in page.text, words


@pytest.mark.parametrize("kinds", [("good", "scratch"), ("good",), ("scratch",)])
def test_a_set_without_masks_or_goods_or_defects_has_a_page(
    tmp_path: Path, contestant: Contestant, kinds: tuple[str, ...]
) -> None:
    folder = small_sets.mvtec(tmp_path / "lid", learn=1, goods=2, each=2)
    shutil.rmtree(folder / "ground_truth")
    for kind in {"good", "scratch", "spot"} - set(kinds):
        shutil.rmtree(folder / "test" / kind)
    page = written(tmp_path, contestant, [read_set(folder)])
    assert "pixel curve: needs good and defect pixels" in page.text


def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with Ledger(tmp_path / "rows") as ledger, pytest.raises(InputError, match="cannot be written"):
        write_html(tmp_path / "no" / "report.html", [], [], ledger, 1)


def test_a_good_place_is_never_red() -> None:
    grey = np.full((40, 60, 3), 128, np.uint8)
    below = np.linspace(0, np.nextafter(np.float32(1), np.float32(0)), 2400, dtype=np.float32).reshape(40, 60)
    shown = overlaid(grey, below, None).astype(int)
    assert (shown[..., 1] >= 128).all(), "yellow adds green, red takes it away"
    over = overlaid(grey, np.full((40, 60), 1.0, np.float32), None).astype(int)
    assert (over[..., 1] < 100).all()
    assert (over[..., 2] > over[..., 1] + 40).all()
    assert RED[2] > 2 * RED[1]


def test_the_scale_is_never_stretched() -> None:
    levels = np.array([0.0, 0.49, 0.5, 0.75, 0.999, 1.0, 1.5, 2.0, 50.0], np.float32)
    found = opacity(levels)
    assert (found[:3] == 0).all()
    assert (np.diff(found) >= 0).all()
    assert found[-1] == found[-2] < 1, "the shell can always be seen through it"
    alone = overlaid(np.full((4, 4, 3), 90, np.uint8), np.full((4, 4), 0.3, np.float32), None)
    assert (alone == 90).all(), "the highest score of a good shell is not drawn as if it were high"


def test_a_small_defect_does_not_vanish_when_the_picture_is_made_smaller() -> None:
    hot = np.zeros((3000, 4000), np.float32)
    hot[1503, 2007] = 1.6
    truth = np.zeros((3000, 4000), bool)
    truth[700:703, 900:903] = True
    shown = overlaid(np.full((3000, 4000), 100, np.uint8)[..., None].repeat(3, 2), hot, truth)
    assert shown.shape[1] == 400
    assert ((shown[..., 2].astype(int) - shown[..., 1]) > 40).any(), "the hot pixel is red"
    assert (shown == TRUTH).all(2).any(), "the true defect is outlined"


def test_drawings_stand_alone_and_do_not_change() -> None:
    fit = {"curve": [(0.5, 0.2, 0.1), (1.0, 0.6, 0.4), (2.0, 0.95, 0.8)], "a90": 1.8, "a90_95": None,
           "bins": [{"from": 0.5, "to": 2.0, "value": 0.5, "low": 0.2, "high": 0.8}]}  # fmt: skip
    made = [
        roc({"a <b>": [(0, 0), (0.1, 0.9), (1, 1)]}, "标题", "x1"),
        scores([0.2, 0.4], [0.9, 30.0], "scores", "x2"),
        pod_curve(fit, "mm", "POD", "x3"),
    ]
    again = roc({"a <b>": [(0, 0), (0.1, 0.9), (1, 1)]}, "标题", "x1")
    assert made[0] == again
    assert "a &lt;b&gt;" in made[0]
    assert all(one.startswith("<svg") and "http" not in one for one in made)
    assert scores([], [], "nothing", "x4") == ""
