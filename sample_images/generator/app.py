"""Command line of the generator: plans, renders in parallel, writes the manifest."""

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from pathlib import Path
from typing import Any

from .make import make_case
from .plan import Case, Counts, in_small, plan
from .reference import write_references
from .scene import RenderError, Stage
from .sku import SKUS
from .write import read_rows, write_case, write_geometry, write_manifest

EXAMPLES = """examples:
  python sample_images/generator --out sample_images          the whole set, as it is in the repository
  python sample_images/generator --out out/small --small      a smaller set of the same kind
  python sample_images/generator --out out/g --only gloss-vertical --cases 4
  python sample_images/generator --out out/f --fresh 1 --counts 30 8 24 42   fresh shells, to judge a bundle by
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the generator; returns the exit status."""
    options = _parser().parse_args(arguments)
    cases = _chosen(options)
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    try:
        rows = _render_all(cases, options.out, options.workers, resume=options.resume)
    except RenderError as e:
        print(f"error: {e}", file=sys.stderr)
        return 1
    for sku in dict.fromkeys(case.sku for case in cases):
        write_geometry(options.out, sku)
        write_references(options.out, sku)
    print(f"{len(rows)} rendered cases in {time.perf_counter() - started:.0f} s: {options.out / 'manifest.json'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python sample_images/generator",
        description="Renders the sample shells: frames, masks and the manifest of true sizes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--only", choices=[*SKUS, "large"], help="one SKU, or the 20 MP case")
    parser.add_argument("--cases", type=int, help="at most so many cases of each split and kind")
    parser.add_argument("--fresh", type=int, default=0, help="another number draws other shells (0: the samples)")
    parser.add_argument(
        "--counts", type=int, nargs=4, default=None, metavar=("LG", "LD", "TG", "TD"),
        help="cases per SKU: good and defective to learn from, good and defective to test",
    )  # fmt: skip
    parser.add_argument("--small", action="store_true", help="a smaller set, without the 20 MP case")
    parser.add_argument("--resume", action="store_true", help="keep the cases an earlier run finished in --out")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    return parser


def _chosen(options: argparse.Namespace) -> list[Case]:
    counts = Counts(*options.counts) if options.counts else Counts()
    cases = [case for case in plan(counts, options.fresh) if not options.small or in_small(case)]
    if options.only:
        cases = [case for case in cases if options.only == ("large" if case.split == "large" else case.sku)]
    if options.cases is None:
        return cases
    return [case for case in cases if int(case.name[-3:]) <= options.cases]


def _render_all(cases: list[Case], out: Path, workers: int, *, resume: bool) -> list[dict[str, Any]]:
    """Renders every case, rows in the order of the plan; the manifest is whole after each one."""
    done = read_rows(out) if resume else {}
    todo = [case for case in cases if case.name not in done or done[case.name]["seed"] != case.seed]
    todo.sort(key=_turn)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for k, future in enumerate(as_completed([pool.submit(_render_one, case, out) for case in todo]), 1):
            row = future.result()
            done[row["case"]] = row
            write_manifest(out, _in_order(cases, done))
            print(f"{k}/{len(todo)} {row['case']}", flush=True)
    rows = _in_order(cases, done)
    write_manifest(out, rows)
    return rows


def _turn(case: Case) -> tuple[int, str]:
    """Sorts cases so that a few of every kind are there early, and the large one, being slow, not last."""
    return (2 if case.split == "large" else int(case.name[-3:]) // 5, case.sku)


def _in_order(cases: list[Case], done: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [done[case.name] for case in cases if case.name in done]


def _render_one(case: Case, out: Path) -> dict[str, Any]:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    stage = _stage(case.frame_px, case.texels_per_mm, SKUS[case.sku].eta)
    return write_case(out, make_case(case, stage))


@lru_cache(maxsize=len(SKUS))
def _stage(frame_px: tuple[int, int], texels_per_mm: float, eta: float) -> Stage:
    """The worker's scene for one frame size and material."""
    return Stage(frame_px, texels_per_mm, eta)
