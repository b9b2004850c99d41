"""Our ZPL, sent over TCP and drawn by a renderer nobody here wrote (zpl-renderer-js, WebAssembly of Zebrash).

Each label that comes out is compared with our own picture dot by dot, and its code is read. `make soak`; needs node,
npm and, for the first run, a package registry: the renderer is installed into a folder of its own.
SHELLMARK_SOAK_LABELS changes how many labels are printed.
"""

# ruff: noqa: T201 - the counts are printed for whoever runs it
from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shellmark_trace import digital_link, new_serial
from shellmark_trace.labels import TEMPLATES, LabelContent, draw_label
from shellmark_trace.printers import Zebra
from shellmark_trace.readback import ReadVerdict, judge_read, read_labels

PROOF = Path(__file__).with_name("zpl")
LABELS = int(os.environ.get("SHELLMARK_SOAK_LABELS", "60"))
HOST, GTIN = "ID.EXAMPLE.CN", "06901234567892"
NAMES = ("亮面竖纹铝框拉杆箱", "登机箱 20寸", "PC拉链箱 曜石黑", "Aluminium frame 24")


def _emulator() -> ModuleType:
    path = PROOF.parents[1] / "trace" / "printers" / "emulator.py"
    spec = importlib.util.spec_from_file_location("label_printer_emulator", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Renderer:
    """The renderer as a process: a format's body in, the label's dots out."""

    def __init__(self, folder: Path) -> None:
        command = ["node", str(folder / "render.cjs")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, body: bytes) -> np.ndarray:
        width, height = (int(re.search(word + rb"(\d+)", body)[1]) for word in (rb"\^PW", rb"\^LL"))
        job = {"zpl": f"^XA{body.decode()}^XZ", "width_mm": width / 8, "height_mm": height / 8, "dots_per_mm": 8}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert not answer.startswith("!"), answer
        with Image.open(io.BytesIO(base64.b64decode(answer))) as image:
            return np.asarray(image.convert("L")) < 128

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed: the foreign ZPL renderer cannot run")
    folder = tmp_path_factory.mktemp("zpl")
    for name in ("package.json", "render.cjs"):
        shutil.copy(PROOF / name, folder)
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"zpl-renderer-js cannot be installed here: {done.stderr.strip()[-300:]}")
    renderer = Renderer(folder)
    yield renderer
    renderer.close()


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_a_foreign_renderer_draws_every_dot_as_we_do(render: Any, dpi: int, kind: str) -> None:
    emulator = _emulator()
    count = max(1, LABELS // 6)
    with emulator.Emulator(faults=emulator.Faults(lose=0.1, double=0.1, seed=dpi), render=render) as printer:
        zebra = Zebra(printer.host, printer.port, dpi=dpi, answer_s=60)
        dots = right = came = 0
        for n in range(count):
            text = digital_link(HOST, GTIN, new_serial()) + ("?91=" + "Ab_-9" * 18 if kind == "signed" else "")
            content = LabelContent(text, sku=f"GV-{n:04}", name=NAMES[n % len(NAMES)], batch="B7", date="2026-11-23")
            ours = draw_label(TEMPLATES[kind], content, zebra.dots_per_mm)
            before, known = zebra.odometer(), len(printer.pictures)
            zebra.print(ours)
            labels = zebra.odometer() - before  # asked after the job, so answered after it was drawn
            assert labels == len(printer.pictures) - known
            for theirs in printer.pictures[known:]:
                np.testing.assert_array_equal(theirs, ours)
                reads = read_labels(np.where(np.pad(theirs, 20), 30, 220).astype(np.uint8))
                assert [read.text for read in reads] == [text]
                if kind == "outside":
                    assert judge_read(reads, text[-13:], HOST, GTIN) is ReadVerdict.RIGHT
                dots, right, came = dots + ours.size, right + 1, came + 1
        assert printer.without_jzn == 0
    print(
        f"\n{dpi} dpi {kind}: {count} jobs, {came} labels drawn by zpl-renderer-js, {dots} dots, 0 differ, {right} read"
    )
