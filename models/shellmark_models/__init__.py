"""Models: what finds the defects and names them. Plain arrays in, plain values out.

model = load(Store(*bundle_roots()).find("gloss-vertical").path)
prediction = model.look(image)     # uint8 (h, w, 3), a whole view
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
from shellmark_models.families.classifier import NamedBy, require_finder
from shellmark_models.registry import Store, StoredModel, bundle_roots, load, write_bundle
from shellmark_models.training.lesson import TeachOptions
from shellmark_models.training.names import TaughtNames, learn_names, teach_names, write_names
from shellmark_models.training.teach import Names, TaughtBundle, teach, teach_bundle
from shellmark_models.training.threshold import false_reject_bound, promise
from shellmark_models.types import (
    UNKNOWN,
    Crop,
    LabelledCrop,
    MissedCase,
    Model,
    Naming,
    Prediction,
    TeachCase,
)

__all__ = [
    "COLOUR",
    "FAMILIES",
    "UNKNOWN",
    "Backbone",
    "BundleError",
    "Card",
    "Crop",
    "EvaluationError",
    "Family",
    "InferenceError",
    "LabelledCrop",
    "MissedCase",
    "Model",
    "ModelError",
    "NamedBy",
    "Names",
    "Naming",
    "Outcome",
    "Prediction",
    "Rate",
    "Store",
    "StoredModel",
    "TaughtBundle",
    "TaughtNames",
    "TeachCancelled",
    "TeachCase",
    "TeachError",
    "TeachOptions",
    "auroc",
    "bundle_roots",
    "false_reject_bound",
    "learn_names",
    "load",
    "outcome",
    "promise",
    "rate",
    "require_finder",
    "teach",
    "teach_bundle",
    "teach_names",
    "write_bundle",
    "write_names",
]
