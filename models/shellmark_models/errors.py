"""What can go wrong in this room.

ModelError                  anything below
├── BundleError             a file that is no model of ours: missing, damaged, changed, of another kind
├── InferenceError          a model that was opened and could not answer
├── TeachError              samples no model can be learned from
│   └── TeachCancelled      the person teaching asked to stop
└── EvaluationError         figures asked of too few or of impossible numbers

Every text says what is wrong, where, and what to do. Errors of onnxruntime, onnx and pydantic are mapped
where they arise and stay reachable as ``__cause__``.
"""

from __future__ import annotations


class ModelError(Exception):
    """Base of every error of this room."""


class BundleError(ModelError):
    """A bundle cannot be used; the text names the file and what to do."""


class InferenceError(ModelError):
    """An open model could not answer for the tiles or crops given."""


class TeachError(ModelError):
    """Nothing can be learned from the samples given."""


class TeachCancelled(TeachError):
    """Teaching stopped because ``cancelled`` said so; nothing was written."""


class EvaluationError(ModelError):
    """A figure was asked of numbers that do not carry it."""
