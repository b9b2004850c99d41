"""Entry point of `python sample_images/generator`: makes the folder importable as the package `generator`."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from generator.app import main  # noqa: E402  (the path above must come first)

if __name__ == "__main__":
    sys.exit(main())
