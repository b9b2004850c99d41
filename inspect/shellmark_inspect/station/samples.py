"""Where the sample images are: in the wheel beside the program, in a checkout at its root."""

from __future__ import annotations

from pathlib import Path

from shellmark_inspect.errors import InputError

_PACKAGE = Path(__file__).resolve().parent.parent


def samples_folder() -> Path:
    """The folder of `manifest.json` and the SKUs' recipes.

    Raises:
        InputError: this installation has none.
    """
    for folder in (_PACKAGE / "sample_images", _PACKAGE.parent.parent / "sample_images"):
        if (folder / "manifest.json").is_file():
            return folder
    raise InputError("the sample images are missing from this installation: install shellmark again")
