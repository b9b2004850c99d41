"""The classifier family: names what another model finds, so that names are taught once and used for many SKUs."""

from shellmark_models.families.classifier.model import NamedBy, classifier_network, open_classifier, require_finder

__all__ = ["NamedBy", "classifier_network", "open_classifier", "require_finder"]
