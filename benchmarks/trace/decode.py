"""How many printed labels are read after each degradation: `python benchmarks/trace/decode.py`.

Renders the 20 mm outside label (symbol 18.8 mm with its quiet zone, QR 3-M) as a camera sees it, every image with a
code of its own, and reads it with the station's reader. Prints per degradation and px/mm the share read with its 95 %
Clopper-Pearson interval and, beside it, what zxing-cpp reads by itself; `wrong` counts texts that were not printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from shellmark_models import rate
from shellmark_trace.readback import read_labels

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "trace" / "readback"))
from degraded import HARMS, Harm, new_label, photographed, station_harm


def main() -> None:
    """Render, read, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=90, help="images of one degradation at one px/mm")
    parser.add_argument("--station", type=int, default=420, help="images of the station's mix at one px/mm")
    parser.add_argument("--px-per-mm", type=float, nargs="+", default=[5, 6, 8, 10])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print("| px/mm | degradation | n | read % [95 %] | zxing alone % | wrong | UEC median | ms p50 | ms p95 |")
    print("|---|---|---|---|---|---|---|---|---|")
    images = wrong = 0
    for px_per_mm in options.px_per_mm:
        for name, harm in (*HARMS.items(), ("station", None)):
            count = options.each if harm else options.station
            wrong += _row(px_per_mm, name, harm, count, options.seed)
            images += count
    print(f"\n{images} images, {wrong} wrong texts")


def _row(px_per_mm: float, name: str, harm: Harm | None, count: int, seed: int) -> int:
    right = alone = wrong = 0
    spent, uecs = [], []
    for n in range(count):
        rng = np.random.default_rng((seed, n, round(px_per_mm * 10), *name.encode()))
        text, dots = new_label(rng)
        frame = photographed(dots, harm or station_harm(rng), px_per_mm, rng)
        start = time.process_time()
        reads = read_labels(frame)
        spent.append(1000 * (time.process_time() - start))
        texts = [read.text for read in reads if read.text]
        uecs += [read.uec for read in reads if read.text]
        right += text in texts
        wrong += any(said != text for said in texts)
        plain = [one.text for one in zxingcpp.read_barcodes(frame, formats=zxingcpp.BarcodeFormat.QRCodeModel2)]
        alone += text in plain
        wrong += any(said != text for said in plain)
    found = rate(right, count)
    share = f"{100 * found.value:.1f} [{100 * found.low:.1f}, {100 * found.high:.1f}]"
    print(
        f"| {px_per_mm:g} | {name} | {count} | {share} | "
        f"{100 * alone / count:.1f} | {wrong} | {np.median(uecs or [0]):.2f} | "
        f"{np.median(spent):.1f} | {np.percentile(spent, 95):.1f} |",
        flush=True,
    )
    return wrong


if __name__ == "__main__":
    main()
