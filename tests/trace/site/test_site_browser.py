"""The whole story in a real Chromium at a phone's size; with SHELLMARK_PICTURES=FOLDER the screens are kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from site_stand import Stand
from site_story import HOST, Story, traced

from shellmark_trace import label_png
from shellmark_trace.clones import Place
from shellmark_trace.site import new_pin, pin_hash

webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium: install the extra `dev`")
from selenium.common.exceptions import WebDriverException  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars"
)
SAMPLES = Path(__file__).parents[3] / "sample_images"
WIDTH_PX = 390
Shot = Callable[[Any, str], None]


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens browsers, each a phone of its own."""
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or chromium is None:
        pytest.skip("no Chromium: apt-get install chromium chromium-driver")
    opened: list[Any] = []

    def browse(language: str = "zh-CN") -> Any:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in FLAGS.split():
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={tmp_path / f'phone{len(opened)}'}")
        metrics = {"width": WIDTH_PX, "height": 844, "pixelRatio": 2.0, "mobile": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
        browser.set_page_load_timeout(30)
        opened.append(browser)
        return browser

    yield browse
    for browser in opened:
        browser.quit()


@pytest.fixture
def shot() -> Shot:
    """Keeps a screen as a small PNG, where a folder for them is named."""
    folder = os.environ.get("SHELLMARK_PICTURES")

    def keep(browser: Any, name: str) -> None:
        if folder is None:
            return
        path = Path(folder) / f"verify-{name}.png"
        browser.save_screenshot(str(path))
        with Image.open(path) as image:
            small = image.convert("RGB").resize((WIDTH_PX, 844), Image.Resampling.LANCZOS).quantize(80)
        small.save(path, optimize=True)

    return keep


def case_pictures(text: str) -> list[tuple[str, str, bytes, Any]]:
    """A rendered case out of the samples, and the same with its label on it."""
    frame = cv2.imread(str(sorted(SAMPLES.rglob("front_diffuse.jpg"))[0]))
    drawn = cv2.imdecode(np.frombuffer(label_png(text).data, np.uint8), cv2.IMREAD_COLOR)
    assert frame is not None
    assert drawn is not None
    h, w = frame.shape[:2]
    x, y, side = int(w * 0.6), int(h * 0.62), int(min(h, w) * 0.2)
    label = frame.copy()
    label[y : y + side, x : x + side] = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)
    corners = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    ok = [cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, 90))[1].tobytes() for image in (frame, label)]
    return [("frame", "front", ok[0], None), ("label", "label", ok[1], corners)]


def pictured() -> Story:
    """A case with its pictures."""
    story = Story()
    story.pictures = case_pictures(story.text)
    return story


def text(browser: Any, selector: str) -> str:
    return str(browser.find_element(By.CSS_SELECTOR, selector).text).replace("\n", " ")


def press(browser: Any, name: str, typed: str) -> None:
    """Fill the page's form in, send it, and wait for what comes."""
    browser.find_element(By.NAME, name).send_keys(typed)
    browser.execute_script("window.before = true")
    browser.find_element(By.CSS_SELECTOR, "#f button").click()
    patient(browser).until(lambda at: at.execute_script("return !window.before && document.readyState == 'complete'"))


def patient(browser: Any) -> WebDriverWait[Any]:
    """Waits, and asks again what the driver cannot answer between two pages."""
    return WebDriverWait(browser, 20, ignored_exceptions=[WebDriverException])


def give_pin(browser: Any, pin: str) -> None:
    press(browser, "pin", pin)


def fits(browser: Any) -> bool:
    """Nothing is wider than the phone."""
    return int(browser.execute_script("return document.documentElement.scrollWidth")) <= WIDTH_PX


@pytest.mark.slow
def test_the_story_of_a_case(stand: Stand, browse: Callable[..., Any], shot: Shot) -> None:
    story = stand.tell(pictured())
    pin = new_pin()
    told = {"serial": story.serial, "text": story.text, "hash": pin_hash(stand.site.key, story.serial, pin).hex()}
    assert stand.upload(story._event("pin", f"pin:{story.serial}", told)).status_code == 200
    url = stand.url + story.path

    mine = browse()
    mine.get(url)
    assert text(mine, "h1") == "正品·首次查询"
    assert mine.find_element(By.CSS_SELECTOR, ".host").text == f"https://{HOST.lower()}/"
    assert len(mine.find_elements(By.CSS_SELECTOR, "figure img")) == 2
    assert mine.execute_script("return document.images[0].naturalWidth") > 0
    assert mine.get_log("browser") == []  # nothing broke the page's own policy
    assert fits(mine)
    shot(mine, "first-zh")
    mine.execute_script("document.querySelector('figure').scrollIntoView()")
    shot(mine, "photos-zh")
    mine.get(url)
    assert text(mine, "h1") == "正品·您已查询过"
    shot(mine, "again-zh")

    other = browse("en-GB,en")
    other.get(url)
    assert text(other, "h1") == "Another device has queried it Compare the photos and the inner code"
    assert fits(other)
    shot(other, "other-en")
    before = stand.site.queries.look(None, story.serial).code
    other.find_element(By.CSS_SELECTOR, ".bar label").click()
    assert text(other, "h1") == "已有其他设备查询 请核对照片与内码"
    assert before is not None
    assert stand.site.queries.look(None, story.serial).code == before  # the switch asked nothing
    shot(other, "other-zh")

    for _ in range(3):
        give_pin(other, "0000-0000")
    assert "内码不对" in text(other, "#note")
    give_pin(mine, pin.lower())
    assert "已认领" in text(mine, "#note")
    shot(mine, "claimed-zh")
    mine.get(url)
    assert text(mine, "h1") == "正品·您已查询过"  # the owner, whoever else has asked
    for _ in range(5):
        give_pin(other, "1111 1111")
    assert "内码不对" in text(other, "#note")
    give_pin(other, pin)
    assert "锁定" in text(other, "#note")
    shot(other, "locked-zh")


@pytest.mark.slow
def test_void_copied_and_unknown(stand: Stand, browse: Callable[..., Any], shot: Shot) -> None:
    phone = browse()
    void = Story()
    stand.upload(void.passed(), void.to("RESERVED"), void.to("SENT"), void.to("VOID"))
    phone.get(stand.url + void.path)
    assert text(phone, "h1") == "作废 作废标签"
    shot(phone, "void-zh")

    copied = stand.tell(pictured())
    cities = (Place("Shanghai", 31.2, 121.5), Place("Chengdu", 30.7, 104.1), Place("Harbin", 45.8, 126.6))
    from shellmark_trace.site.devices import new_token

    for n, place in enumerate(cities):
        stand.site.queries.ask("06901234567892", copied.serial, new_token(), place, 1.8e9 + 600 * n)
    phone.get(stand.url + copied.path)
    assert text(phone, "h1") == "疑似被复制"
    shot(phone, "copied-zh")

    phone.get(stand.url + "/01/06901234567892/21/0123")
    assert text(phone, "h1") == "查不到这个码"  # a truncated address
    phone.get(stand.url + Story().path)
    assert text(phone, "h1") == "查不到这个码"
    assert fits(phone)
    shot(phone, "unknown-zh")
    phone.get(stand.url)
    press(phone, "serial", copied.serial.lower())
    assert text(phone, "h1") == "疑似被复制"
    shot(phone, "dealer-zh")


@pytest.mark.slow
def test_an_inspector_reads_the_whole_trace(stand: Stand, browse: Callable[..., Any], shot: Shot) -> None:
    story = traced()
    story.pictures = case_pictures(story.text)
    stand.tell(story)
    token = stand.site.tokens.add("inspector", "李稽查")
    desk = browse()
    desk.get(f"{stand.url}/inspector/case/{story.serial}")
    press(desk, "token", token)
    patient(desk).until(lambda at: "待处理警报" in text(at, "main"))
    desk.get_log("browser")  # that nobody was logged in
    desk.get(f"{stand.url}/inspector/case/{story.serial}")
    page = text(desk, "main")
    for word in (story.case_id, "sha256:" + "b" * 64, "op-3f9a", "已发货", "gloss-20", "划痕", "4.3 × 0.2 ± 0.1 mm"):
        assert word in page
    assert fits(desk)
    assert desk.get_log("browser") == []  # nothing broke the page's own policy
    shot(desk, "inspector-zh")
    desk.execute_script("document.querySelectorAll('section')[1].scrollIntoView()")
    shot(desk, "inspector-inspections-zh")
    desk.execute_script("document.querySelector('.life').scrollIntoView()")
    shot(desk, "inspector-life-zh")
    desk.execute_script("document.querySelector('figure').scrollIntoView()")
    patient(desk).until(lambda at: at.execute_script("return document.images[0].naturalWidth") > 0)
    assert "zone" not in page
    desk.execute_script("window.scrollTo(0, 0)")
    desk.find_element(By.CSS_SELECTOR, ".bar label").click()
    for word in ("shipped", "FAIL", "scratch", "zone A allows 5.0", "printer's count", "Raw data"):
        assert word in text(desk, "main")
    assert fits(desk)
    desk.execute_script("document.querySelectorAll('section')[1].scrollIntoView()")
    shot(desk, "inspector-en")
