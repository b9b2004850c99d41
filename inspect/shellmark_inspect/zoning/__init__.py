"""Zones, fittings and the shell's outline: drawn or found, kept in the recipe or in a file of polygons in mm."""

from .backdrop import Backdrop, backdrop
from .outline import FoundOutline, find_outline
from .plan import FILM_EDGE, ViewZones, ZoneFile, band, polygon_area, polygon_fault
from .recipe_file import SavedRecipe, recipe_file, save_zones, zones_of

__all__ = [
    "FILM_EDGE",
    "Backdrop",
    "FoundOutline",
    "SavedRecipe",
    "ViewZones",
    "ZoneFile",
    "backdrop",
    "band",
    "find_outline",
    "polygon_area",
    "polygon_fault",
    "recipe_file",
    "save_zones",
    "zones_of",
]
