"""Models: what finds the defects and names them. Plain arrays in, plain values out.

model = load(Store(*bundle_roots()).find("gloss-vertical").path)
predictions = model.predict(tiles)      # uint8 (n, tile_px, tile_px, 3)
namings = model.name(crops)
"""

from shellmark_models.card import COLOUR, Backbone, Card
from shellmark_models.errors import (
    BundleError,
    EvaluationError,
    InferenceError,
    ModelError,
    TeachCancelled,
    TeachError,
)
from shellmark_models.evaluation.metrics import Outcome, Rate, auroc, outcome, rate
from shellmark_models.families import FAMILIES, Family
from shellmark_models.registry import Store, StoredModel, bundle_roots, load, write_bundle
from shellmark_models.training.lesson import TeachOptions
from shellmark_models.training.teach import teach
from shellmark_models.training.threshold import false_reject_bound
from shellmark_models.training.tiles import GRID_PX
from shellmark_models.training.tiles import starts as tile_starts
from shellmark_models.training.tiles import weights as tile_weights
from shellmark_models.types import (
    UNKNOWN,
    Crop,
    LabelledCrop,
    Model,
    Naming,
    Place,
    Prediction,
    TeachCase,
)

__all__ = [
    "COLOUR",
    "FAMILIES",
    "GRID_PX",
    "UNKNOWN",
    "Backbone",
    "BundleError",
    "Card",
    "Crop",
    "EvaluationError",
    "Family",
    "InferenceError",
    "LabelledCrop",
    "Model",
    "ModelError",
    "Naming",
    "Outcome",
    "Place",
    "Prediction",
    "Rate",
    "Store",
    "StoredModel",
    "TeachCancelled",
    "TeachCase",
    "TeachError",
    "TeachOptions",
    "auroc",
    "bundle_roots",
    "false_reject_bound",
    "load",
    "outcome",
    "rate",
    "teach",
    "tile_starts",
    "tile_weights",
    "write_bundle",
]
