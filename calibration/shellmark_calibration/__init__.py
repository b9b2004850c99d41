"""What a pixel of a camera is on the shell: lens, mm map, light, colour, and how good each is.

This room knows no models, no station and no Qt: it takes plain arrays and gives values of its own.
"""

from .board import Board
from .colour import PATCHES as CARD_PATCHES
from .colour import (
    CardReading,
    ColourCorrection,
    ColourTable,
    colour_sections,
    lab_of_linear,
    lab_of_srgb,
    linear_of_srgb,
    read_card,
)
from .colour import difference as camera_de
from .depth import Depth, MeasuredDepth, RoundedBox
from .drift import Baseline, Grade, Track, baseline_of, control_limits, grade, memory, share
from .errors import BoardError, CalibrationError, ColourError, LightError, ProfileError
from .flat_field import MeasuredLight, Spot, measure_light
from .lamps import LampReading, Lamps
from .lens import Lens
from .lens_pictures import lens_sections
from .light import LightField, flattened, unevenness
from .light_files import read_lights
from .light_frames import LightFrame
from .light_report import COLUMNS as LIGHT_COLUMNS
from .light_report import light_row, light_sections
from .lights import Lights, mirror_ball
from .profile import Measurement, Profile, Source
from .report import write_html
from .scale import CLAIMS_PX, Lengths, MmMap, Plane, measured_lengths, plane_of
from .scale_pictures import scale_sections
from .session import BoardSession
from .sighting import MOST_EDGE_PX, Refusal, Sighting, look
from .solving import Solution, SolvedView, solve
from .tile import SurfaceReading, TileReading, read_good, read_tile

__all__ = [
    "CARD_PATCHES",
    "CLAIMS_PX",
    "LIGHT_COLUMNS",
    "MOST_EDGE_PX",
    "Baseline",
    "Board",
    "BoardError",
    "BoardSession",
    "CalibrationError",
    "CardReading",
    "ColourCorrection",
    "ColourError",
    "ColourTable",
    "Depth",
    "Grade",
    "LampReading",
    "Lamps",
    "Lengths",
    "Lens",
    "LightError",
    "LightField",
    "LightFrame",
    "Lights",
    "MeasuredDepth",
    "MeasuredLight",
    "Measurement",
    "MmMap",
    "Plane",
    "Profile",
    "ProfileError",
    "Refusal",
    "RoundedBox",
    "Sighting",
    "Solution",
    "SolvedView",
    "Source",
    "Spot",
    "SurfaceReading",
    "TileReading",
    "Track",
    "baseline_of",
    "camera_de",
    "colour_sections",
    "control_limits",
    "flattened",
    "grade",
    "lab_of_linear",
    "lab_of_srgb",
    "lens_sections",
    "light_row",
    "light_sections",
    "linear_of_srgb",
    "look",
    "measure_light",
    "measured_lengths",
    "memory",
    "mirror_ball",
    "plane_of",
    "read_card",
    "read_good",
    "read_lights",
    "read_tile",
    "scale_sections",
    "share",
    "solve",
    "unevenness",
    "write_html",
]
