"""How long reading a label back takes: `python benchmarks/trace/readback.py`. Prints CPU ms, all threads together.

Frames are rendered shells (ribs or none) and the sample set's shells enlarged to the frame, with a label as a station's
camera sees it laid on them: the right one alone, two, one half covered, none. Prints p50 and p95 with the verdicts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shellmark_inspect.station import samples_folder
from shellmark_trace.readback import judge_read, read_labels

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "trace" / "readback"))
from degraded import HOST, new_label, photographed, shell, station_harm, stuck

FRAMES = {"5 MP": (1944, 2592), "20 MP": (3648, 5472)}
SCENES = {"one label": 1, "two labels": 2, "one and one half covered": 2, "no label": 0}


def main() -> None:
    """Render, read, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=60, help="frames of one scene and size")
    parser.add_argument("--sizes", nargs="+", choices=list(FRAMES), default=list(FRAMES))
    parser.add_argument("--px-per-mm", type=float, nargs="+", default=[5.0, 8.0, 12.0])
    options = parser.parse_args()
    shells = sorted(path for path in samples_folder().rglob("*.[pj][np]g") if "mask" not in path.name)
    print("| frame | scene | n | ms p50 | ms p95 | ms max | verdicts |")
    print("|---|---|---|---|---|---|---|")
    for size in options.sizes:
        for scene, labels in SCENES.items():
            spent, verdicts = [], Counter()
            for n in range(options.each):
                rng = np.random.default_rng((n, labels, len(scene)))
                px_per_mm = options.px_per_mm[n % len(options.px_per_mm)]
                texts, frame = _scene(scene, labels, FRAMES[size], px_per_mm, shells[n % len(shells)], rng)
                start = time.process_time()
                reads = read_labels(frame)
                spent.append(1000 * (time.process_time() - start))
                verdicts[str(judge_read(reads, (texts or ["0" * 13])[0][-13:], HOST))] += 1
            marks = [f"{value:.0f}" for value in (np.median(spent), np.percentile(spent, 95), max(spent))]
            said = ", ".join(f"{word} {count}" for word, count in verdicts.most_common())
            print(f"| {size} | {scene} | {options.each} | {' | '.join(marks)} | {said} |", flush=True)


def _scene(scene: str, labels: int, size: tuple[int, int], px_per_mm: float, picture: Path,
           rng: np.random.Generator) -> tuple[list[str], NDArray[np.uint8]]:  # fmt: skip
    """The texts of the labels and the frame."""
    frame = _ground(size, picture, rng)
    texts = []
    for n in range(labels):
        text, dots = new_label(rng)
        if n and "covered" in scene:
            dots = dots.copy()
            dots[:, : dots.shape[1] // 5] = False  # the left part, with two of three finder patterns
        label = photographed(dots, station_harm(rng), px_per_mm, rng)
        room = [frame.shape[1] // labels - label.shape[1], frame.shape[0] - label.shape[0]]
        at = (n * frame.shape[1] // labels + int(rng.uniform(0, max(1, room[0]))), int(rng.uniform(0, max(1, room[1]))))
        frame = stuck(frame, label, at)
        texts.append(text)
    return texts, frame


def _ground(size: tuple[int, int], picture: Path, rng: np.random.Generator) -> NDArray[np.uint8]:
    kind = rng.integers(3)
    if kind < 2:
        return shell(rng, size, ribs=bool(kind))
    grey = cv2.imdecode(np.frombuffer(picture.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.resize(grey, size[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


if __name__ == "__main__":
    main()
