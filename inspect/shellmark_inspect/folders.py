"""Where things lie when nobody says."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Where this user's records and pictures lie when the configuration does not say."""
    return Path(platformdirs.user_data_dir("shellmark", appauthor=False))
