"""What the gate on unused error correction buys: `python benchmarks/trace/gate.py`.

The same print (dot gain, a spot, specks of a module or less, drawn at random) is seen by the station's camera at
20 px/mm and by a buyer's phone at 6.5 px/mm (blur, motion, noise, tilt; zxing-cpp as it comes, one picture). Prints how
often the phone reads it by the unused error correction (UEC) that the station saw, with 95 % Clopper-Pearson intervals.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from shellmark_models import rate
from shellmark_trace.readback import UEC_LEAST, read_labels

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "trace" / "readback"))
from degraded import CLEAN, DOTS_PER_MM, TEMPLATE, Harm, new_label, photographed

STATION_PX_PER_MM, PHONE_PX_PER_MM = 20.0, 6.5
BANDS = ((0.0, 0.25), (0.25, UEC_LEAST), (UEC_LEAST, 0.50), (0.50, 0.62), (0.62, 1.01))


def main() -> None:
    """Print, look twice, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prints", type=int, default=900)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    seen = [_twice(n) for n in range(options.prints)]
    groups = {"not read": [phone for uec, phone in seen if uec is None]}
    for low, high in BANDS:
        groups[f"{low:.2f} to {min(high, 1):.2f}"] = [
            phone for uec, phone in seen if uec is not None and low <= uec < high
        ]
    groups[f"let out (>= {UEC_LEAST})"] = [phone for uec, phone in seen if uec is not None and uec >= UEC_LEAST]
    groups["kept back"] = [phone for uec, phone in seen if uec is None or uec < UEC_LEAST]
    print("| UEC at the station | prints | phone reads % [95 %] |\n|---|---|---|")
    for name, phones in groups.items():
        found = rate(sum(phones), len(phones))
        value = f"{100 * found.value:.0f} [{100 * found.low:.0f}, {100 * found.high:.0f}]" if phones else "-"
        print(f"| {name} | {len(phones)} | {value} |")


def _twice(n: int) -> tuple[float | None, bool]:
    """The station's UEC, None for not read, and whether the phone reads the same print."""
    rng = np.random.default_rng((7, n))
    text, dots = new_label(rng)
    dots = _specked(dots, int(rng.integers(0, 20)), rng)
    ink = replace(CLEAN, gain_mm=rng.uniform(-0.1, 0.1), blob=float(rng.uniform(0.0, 0.02)))
    station = replace(ink, blur_mm=0.03, noise=3.0, contrast=0.7)
    phone = replace(
        ink,
        blur_mm=rng.uniform(0.03, 0.13),
        motion_mm=rng.uniform(0, 0.2),
        contrast=rng.uniform(0.3, 0.8),
        noise=rng.uniform(3, 10),
        tilt_deg=rng.uniform(0, 35),
    )
    reads = read_labels(_seen(dots, station, STATION_PX_PER_MM, n))
    uec = next((read.uec for read in reads if read.text == text), None)
    found = zxingcpp.read_barcodes(_seen(dots, phone, PHONE_PX_PER_MM, n), formats=zxingcpp.BarcodeFormat.QRCodeModel2)
    return uec, any(one.text == text for one in found)


def _specked(dots: np.ndarray, specks: int, rng: np.random.Generator) -> np.ndarray:
    """The label with squares of 2 to 7 dots turned over somewhere in its symbol: dirt, holes in the ribbon."""
    made, corner = dots.copy(), round(TEMPLATE.margin_mm * DOTS_PER_MM) + 4 * 6
    for _ in range(specks):
        side = int(rng.integers(2, 8))
        x, y = (corner + int(rng.integers(0, 29 * 6 - side)) for _ in range(2))
        made[y : y + side, x : x + side] ^= True
    return made


def _seen(dots: np.ndarray, harm: Harm, px_per_mm: float, n: int) -> np.ndarray:
    """One seed a print: the spot, which is drawn first, lies where it lies."""
    return photographed(dots, harm, px_per_mm, np.random.default_rng((8, n)))


if __name__ == "__main__":
    main()
