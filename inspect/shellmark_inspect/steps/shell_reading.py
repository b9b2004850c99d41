"""Step `shell_reading`: how bright, noisy and sharp the shell's frames are, which tells drift on accepted goods."""

from __future__ import annotations

from shellmark_calibration import CalibrationError, read_good
from shellmark_inspect.errors import RecipeError, StepError
from shellmark_inspect.types import View

from .step import Parameters, Setting


class ShellReadingParameters(Parameters):
    """There is nothing to set."""


class ShellReading:
    """Notes shell_level_, shell_noise_ and shell_sharpness_<light> and changes nothing.

    It belongs after `shell_mask` and before `illumination`, which would take out what it is to see.
    """

    def __init__(self, parameters: ShellReadingParameters, setting: Setting) -> None:
        del parameters
        spec = setting.spec
        steps = [step.step for step in spec.steps]
        if "illumination" in steps and "shell_reading" in steps[steps.index("illumination") :]:
            raise RecipeError(
                f"view {spec.name}, step shell_reading: it comes after illumination, which takes a lamp's drift out: "
                f"let it come before"
            )

    def __call__(self, view: View) -> View:
        """Read every plane; raises StepError when no shell is left."""
        notes: dict[str, float] = {}
        for light, pixels in view.planes.items():
            try:
                reading = read_good(pixels, view.shell)
            except CalibrationError as e:
                raise StepError("view {view}, light {light}: {why}", view=view.name, light=light, why=e) from e
            notes |= {
                f"shell_level_{light}": reading.level,
                f"shell_noise_{light}": reading.noise,
                f"shell_sharpness_{light}": reading.sharpness,
            }
        return view.noted(**notes)
