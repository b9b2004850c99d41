"""The station on real photographs, served by pylon's camera emulator: `python benchmarks/real/run.py --out FOLDER`.

Everything it makes (models, records, pictures, tables) goes to FOLDER; nothing is written elsewhere. What came out is
told in docs/real-images.md.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("spindle", "suitcase", "window")


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="an empty or a new folder")
    data = Path(os.environ.get("SHELLMARK_REAL_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data, help="the real photographs (SHELLMARK_REAL_DATA)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS[:2])
    parser.add_argument("--learn", nargs="+", help="spindle: the positions to learn from")
    parser.add_argument(
        "--judged-part", choices=("body", "track", "placed"), default="body", help="spindle: see its recipes"
    )
    parser.add_argument(
        "--leave-out", nargs="+", default=(), help="spindle: photographs (names) neither learned nor judged"
    )
    parser.add_argument("--limit", type=int, help="spindle: at most so many photographs of each size")
    parser.add_argument("--shown", choices=("f04", "green"), default="f04", help="window: the photograph judged last")
    parser.add_argument("--threads", type=int, default=0, help="of the model; 0 is every core")
    asked = parser.parse_args()
    if "spindle" in asked.parts:
        import spindle

        spindle.run(
            asked.data,
            asked.out / "spindle",
            learn_from=asked.learn or spindle.LEARN,
            judged_part=asked.judged_part,
            threads=asked.threads,
            limit=asked.limit,
            leave_out=asked.leave_out,
        )
    if "suitcase" in asked.parts:
        import suitcase

        suitcase.run(asked.data, asked.out / "suitcase", threads=asked.threads)
    if "window" in asked.parts:
        import suitcase

        shot = asked.out / "real-suitcase-zh.png"
        suitcase.show(asked.data, asked.out / "suitcase", shot, threads=asked.threads, last=asked.shown)


if __name__ == "__main__":
    main()
