"""The SKUs that are rendered and the labels of their defects, as plain tables."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

PX_PER_MM = 6.0
FRAME_PX = (896, 640)
LARGE_FRAME_PX = (5472, 3648)
TEXELS_PER_MM = 12.0
LARGE_TEXELS_PER_MM = 8.0
MARGIN_MM = 7.5
"""Dark background around the nominal shell, so that a shifted shell is still seen whole."""
ZONE_B_BAND_MM = 12.0
LIGHTS = ("west", "north", "diffuse")


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of defect: its code in the taxonomy and the zone-A limit its sizes are multiples of.

    `measure` names the manifest field the limit is about: length_mm or diameter_mm.
    """

    name: str
    code: str
    limit_mm: float
    measure: Literal["length_mm", "diameter_mm"]


LABELS = MappingProxyType(
    {
        label.name: label
        for label in (
            Label("scratch", "S01", 5.0, "length_mm"),
            Label("scuff", "S02", 5.0, "length_mm"),
            Label("dent", "D01", 2.0, "diameter_mm"),
            Label("bump", "D02", 2.0, "diameter_mm"),
            Label("whitening", "D10", 1.0, "diameter_mm"),
            Label("crack", "D11", 0.5, "diameter_mm"),
            Label("speck", "E01", 0.5, "diameter_mm"),
            Label("bubble", "E03", 0.5, "diameter_mm"),
            Label("burn", "E08", 1.0, "diameter_mm"),
            Label("stain", "C03", 1.0, "diameter_mm"),
            Label("print", "F04", 0.5, "diameter_mm"),
        )
    }
)
PLAIN_LABELS = tuple(name for name in LABELS if name != "print")


@dataclass(frozen=True, slots=True, eq=False)
class Sku:
    """One model of shell: colour (linear RGB albedo), gloss, ribs, grain, where the fittings sit.

    `exposure` is the gain of the camera per light, set once on a nominal shell of the SKU and then
    left alone, as a recipe does.
    """

    name: str
    colour: tuple[float, float, float]
    roughness: float
    eta: float
    ribs: Literal["vertical", "horizontal"]
    rib_pitch_mm: float
    rib_width_mm: float
    rib_height_mm: float
    grain_rms_um: float
    grain_band_mm: tuple[float, float]
    logo_at: tuple[float, float]
    lock_side: Literal["south", "east"]
    printed: bool
    exposure: MappingProxyType[str, float]
    labels: tuple[str, ...]


SKUS = MappingProxyType(
    {
        sku.name: sku
        for sku in (
            Sku(
                name="gloss-vertical",
                colour=(0.070, 0.205, 0.260),
                roughness=0.27,
                eta=1.585,
                ribs="vertical",
                rib_pitch_mm=20.0,
                rib_width_mm=11.5,
                rib_height_mm=3.0,
                grain_rms_um=2.2,
                grain_band_mm=(1.2, 4.0),
                logo_at=(0.5, 0.30),
                lock_side="south",
                printed=False,
                exposure=MappingProxyType({"west": 3.0, "north": 4.5, "diffuse": 0.85}),
                labels=PLAIN_LABELS,
            ),
            Sku(
                name="grain-horizontal",
                colour=(0.115, 0.118, 0.125),
                roughness=0.55,
                eta=1.5,
                ribs="horizontal",
                rib_pitch_mm=16.0,
                rib_width_mm=10.0,
                rib_height_mm=3.0,
                grain_rms_um=9.0,
                grain_band_mm=(0.25, 1.2),
                logo_at=(0.5, 0.5),
                lock_side="east",
                printed=False,
                exposure=MappingProxyType({"west": 4.6, "north": 3.0, "diffuse": 1.5}),
                labels=PLAIN_LABELS,
            ),
            Sku(
                name="film-print",
                colour=(0.52, 0.47, 0.39),
                roughness=0.33,
                eta=1.5,
                ribs="vertical",
                rib_pitch_mm=25.0,
                rib_width_mm=14.0,
                rib_height_mm=3.0,
                grain_rms_um=1.6,
                grain_band_mm=(0.8, 3.0),
                logo_at=(0.30, 0.72),
                lock_side="south",
                printed=True,
                exposure=MappingProxyType({"west": 1.5, "north": 1.9, "diffuse": 0.52}),
                labels=tuple(LABELS),
            ),
        )
    }
)
