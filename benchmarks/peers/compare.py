"""shellmark's bundles beside anomalib's exports: the same photographs, one process, CPU time and AUROC.

    make bench-peers

Every contestant gets the same photograph as it was decoded, and is timed from those pixels to its score by the
process's CPU time, the contestants taking turns on each photograph so that whatever else the machine does meets all
alike. Peers look at the whole photograph resized, as their exports do by default, and at tiles of it at full
resolution.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from shellmark_inspect.teaching import TeachPlan, teach_plan
from shellmark_models import EvaluationError, load
from shellmark_models.card import digest_of
from shellmark_models.evaluation.metrics import Area, auroc_interval
from shellmark_models.registry import model_file
from shellmark_models.tiling import Tiling

OVERLAP_PX = 32
Score = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Photo:
    """A photograph, whether it is pitted, and its position group."""

    path: Path
    bad: bool
    group: str


@dataclass
class Contestant:
    """A way to score a photograph: `open` gives it for a number of threads."""

    name: str
    file: Path
    open: Callable[[int], Score]
    note: str = ""
    scores: list[float] = field(default_factory=list)
    cpu_ms_per_mp: dict[int, float] = field(default_factory=dict)


def photos(data: Path) -> list[Photo]:
    """All photographs of the index."""
    with (data / "index.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: row["name"])
    return [Photo(data / "images" / f"{r['name']}.jpg", r["label"] != "good", r["position_group"]) for r in rows]


def peer(path: Path, *, tiled: bool) -> Contestant:
    """An export of anomalib, on the whole photograph or on tiles of it."""
    facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
    height, width = facts["size_px"]
    how = f"tiles of {height} at full resolution" if tiled else f"whole, resized to {height} x {width}"
    trained = "" if facts["trained"] else "weights random: cost only"

    def opened(threads: int) -> Score:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        tiling = Tiling(height, OVERLAP_PX)

        def score(image: np.ndarray) -> float:
            if not tiled:
                small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
                return ask(session, small[None])
            return max(ask(session, tiles) for _, tiles in tiling.batches(image, most=1))

        return score

    return Contestant(f"anomalib {facts['family']}, {facts['backbone']}, {how}", path, opened, trained)


def ask(session: onnxruntime.InferenceSession, pictures: np.ndarray) -> float:
    """The highest score of pictures (n, h, w, 3) BGR."""
    batch = np.ascontiguousarray(pictures[..., ::-1].transpose(0, 3, 1, 2), np.float32) / np.float32(255)
    return float(session.run(["pred_score"], {"input": batch})[0].max())


FAMILIES = ("memory", "memory-lean")
"""What `shellmark train` makes of photographs by default, and its cheap sibling."""


def ours(path: Path) -> Contestant:
    """A bundle of shellmark."""

    def opened(threads: int) -> Score:
        model = load(path, threads=threads)
        return lambda image: model.look(image).score

    return Contestant(f"shellmark {path.name}", model_file(path), opened)


def taught(target: Path, pictures: Sequence[Photo], folder: Path) -> Path:
    """A bundle taught by `shellmark train` from the good photographs; made once."""
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for photo in pictures:
            shutil.copy(photo.path, folder / photo.path.name)
        began = time.process_time()
        outcome = teach_plan(TeachPlan(goods=folder, out=target, family=target.name, threads=1))
        print(f"{target.name}: taught from {outcome.report.goods} goods, {time.process_time() - began:.0f} CPU-s")
    return target


def judge(contestants: Sequence[Contestant], chosen: Sequence[Photo], folder: Path) -> None:
    """Scores every photograph by every contestant, with one thread; what was scored before is not scored again."""
    names = [photo.path.stem for photo in chosen]
    for contestant in contestants:
        kept = folder / f"scores-{digest_of(contestant.file.read_bytes())[7:19]}.json"
        known: dict[str, float] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
        missing = [photo for photo in chosen if photo.path.stem not in known]
        score = contestant.open(1) if missing else None
        for photo in missing:
            assert score is not None
            known[photo.path.stem] = score(cv2.imread(str(photo.path)))
        kept.write_text(json.dumps(known), "utf-8")
        contestant.scores = [known[name] for name in names]
        print(f"{contestant.name}: {len(missing)} photographs scored", flush=True)


def measure(contestants: Sequence[Contestant], chosen: Sequence[Photo], threads: int) -> None:
    """CPU-ms per megapixel of photograph, the median over photographs taken in turns."""
    images = [cv2.imread(str(photo.path)) for photo in chosen]
    scorers = [(each, each.open(threads)) for each in contestants]
    taken: dict[str, list[float]] = {each.name: [] for each in contestants}
    for _, score in scorers:
        score(images[0])
    for image in images:
        for contestant, score in scorers:
            began = time.process_time()
            score(image)
            spent = time.process_time() - began
            taken[contestant.name].append(1000 * spent / (image.shape[0] * image.shape[1] / 1e6))
    for contestant in contestants:
        contestant.cpu_ms_per_mp[threads] = float(np.median(taken[contestant.name]))


def area(scores: Sequence[float], chosen: Sequence[Photo], group: str | None = None) -> Area | None:
    """The area over the photographs of a group (None: of all); None where one kind is missing."""
    picked = [(s, p.bad) for s, p in zip(scores, chosen, strict=True) if group in (None, p.group)]
    try:
        return auroc_interval([s for s, _ in picked], [bad for _, bad in picked])
    except EvaluationError:
        return None


def table(contestants: Sequence[Contestant], chosen: Sequence[Photo], groups: Sequence[str]) -> str:
    """Everything as Markdown."""
    counts = {
        g: (sum(not p.bad for p in chosen if p.group == g), sum(p.bad for p in chosen if p.group == g)) for g in groups
    }
    head = ["contestant", "CPU-ms per MP, 1 thread", "2 threads", "AUROC, all"]
    head += [f"{g} ({n} good, {b} pitted)" for g, (n, b) in counts.items()]
    lines = [" | ".join(head), "|".join(["---"] * len(head))]
    for each in contestants:
        cells = [f"{each.name}{f' ({each.note})' if each.note else ''}"]
        cells += [f"{each.cpu_ms_per_mp[t]:.0f}" if t in each.cpu_ms_per_mp else "-" for t in (1, 2)]
        areas = [area(each.scores, chosen, group) if each.scores else None for group in (None, *groups)]
        lines.append(" | ".join([*cells, *("-" if one is None else str(one) for one in areas)]))
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def main() -> None:
    """Teaches what is not taught yet, judges, measures, and writes peers.md and peers.json into the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the spindle set")
    parser.add_argument("--peers", type=Path, required=True, help="where fit.py put the exports")
    parser.add_argument("--learn", nargs="+", required=True, help="position groups that were learned")
    parser.add_argument("--ours", nargs="+", default=FAMILIES, choices=FAMILIES, help="our families")
    parser.add_argument("--bundle", type=Path, nargs="*", default=[], help="further bundles of shellmark")
    parser.add_argument("--timed", type=int, default=12, help="photographs that are timed")
    parser.add_argument("--limit", type=int, help="judge no more photographs than this")
    options = parser.parse_args()
    every = photos(options.data)
    goods = [photo for photo in every if photo.group in options.learn and not photo.bad]
    chosen = [photo for photo in every if photo.group not in options.learn]
    groups = sorted({photo.group for photo in chosen})
    if options.limit:
        chosen = chosen[:: max(1, len(chosen) // options.limit)]
    bundles = [taught(options.peers / name, goods, options.peers / "goods") for name in options.ours]
    bundles += options.bundle
    contestants = [ours(bundle) for bundle in bundles]
    exports = sorted(options.peers.glob("*.onnx"))
    contestants += [peer(path, tiled=path.stem.endswith("-tiles")) for path in exports]
    contestants += [peer(path, tiled=True) for path in exports if path.stem == "patchcore-resnet18-square"]
    judge([each for each in contestants if not each.note], chosen, options.peers)
    step = max(1, len(chosen) // options.timed)
    for threads in (1, 2):
        measure(contestants, chosen[::step], threads)
    text = table(contestants, chosen, groups)
    load_1 = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    head = (
        f"learned: {len(goods)} good photographs of {', '.join(options.learn)}; judged: {len(chosen)} of the others; "
        f"timed: {len(chosen[::step])}; intervals DeLong, 95 %; onnxruntime {onnxruntime.__version__}; "
        f"load at the end {load_1:.1f}\n\n"
    )
    (options.peers / "peers.md").write_text(head + text, "utf-8")
    rows = [{"name": c.name, "note": c.note, "cpu_ms_per_mp": c.cpu_ms_per_mp, "scores": c.scores} for c in contestants]
    truth = [{"photo": p.path.stem, "bad": p.bad, "group": p.group} for p in chosen]
    (options.peers / "peers.json").write_text(json.dumps({"photos": truth, "contestants": rows}), "utf-8")
    print(head + text)


if __name__ == "__main__":
    main()
