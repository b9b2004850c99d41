from __future__ import annotations

import subprocess
import sys

import shellmark_models as models

PUBLIC = """
COLOUR FAMILIES UNKNOWN
Backbone BundleError Card Crop EvaluationError Family InferenceError LabelledCrop MissedCase Model ModelError
NamedBy Names Naming Outcome Prediction Rate Store StoredModel TaughtBundle TaughtNames TeachCancelled TeachCase
TeachError TeachOptions auroc bundle_roots false_reject_bound learn_names load outcome promise rate require_finder
teach teach_bundle teach_names write_bundle write_names
"""


def test_the_door_is_what_it_says():
    assert sorted(models.__all__) == sorted(PUBLIC.split())
    assert all(getattr(models, name) is not None for name in models.__all__)


def test_every_error_is_a_model_error():
    errors = [getattr(models, name) for name in models.__all__ if name.endswith(("Error", "Cancelled"))]
    assert all(issubclass(error, models.ModelError) for error in errors)


def test_opening_the_room_imports_neither_torch_nor_the_station():
    code = "import shellmark_models, sys; print({'torch', 'PyQt6', 'shellmark_inspect'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "set()"


def test_families_are_keyed_by_their_names():
    assert all(name == family.name for name, family in models.FAMILIES.items())
    assert "memory" in models.FAMILIES
