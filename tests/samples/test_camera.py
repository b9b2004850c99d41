"""The sensor: noise as physics says, and the same noise for good and bad."""

import numpy as np
import pytest
from generator.camera import FULL_WELL, GAMMA, expose
from generator.streams import stream


def electrons(frame: np.ndarray) -> np.ndarray:
    return (frame / 255.0) ** (1 / GAMMA) * FULL_WELL


def test_noise_is_about_the_root_of_the_electrons() -> None:
    light = np.full((200, 200), 0.3, np.float32)
    middle = electrons(expose(light, 1.0, 0.0, stream(1, "sensor")))[80:120, 80:120]
    assert middle.mean() == pytest.approx(0.3 * FULL_WELL, rel=0.02)
    assert 0.8 < middle.std() / np.sqrt(0.3 * FULL_WELL) < 1.6


def test_the_corners_are_darker() -> None:
    frame = expose(np.full((120, 160), 0.3, np.float32), 1.0, 0.0, stream(1, "sensor")).astype(float)
    assert frame[:20, :20].mean() < 0.97 * frame[50:70, 70:90].mean()


def test_the_noise_away_from_a_change_is_the_same() -> None:
    good = np.full((80, 80), 0.3, np.float32)
    bad = good.copy()
    bad[10:14, 10:14] = 0.05
    a, b = (expose(light, 1.0, 0.5, stream(9, "sensor")) for light in (good, bad))
    differs = np.argwhere(a != b)
    assert len(differs) > 0
    assert differs.max() < 24


def test_bright_light_saturates_and_never_wraps() -> None:
    frame = expose(np.full((20, 20), 50.0, np.float32), 1.0, 0.0, stream(2, "sensor"))
    assert frame.min() >= 250
