"""Random streams: one per purpose, so that drawing a defect never changes the grain, the dust or the noise."""

from zlib import crc32

import numpy as np


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Returns the generator of one purpose of one case; purposes are independent of each other."""
    return np.random.default_rng([seed, crc32(purpose.encode())])
