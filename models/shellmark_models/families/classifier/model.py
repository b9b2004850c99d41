"""A model that only names, and the pair it makes with one that finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shellmark_models.card import properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.naming import NAMER_KEY, Namer, describe
from shellmark_models.session import require_planes
from shellmark_models.types import Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shellmark_models.card import Card
    from shellmark_models.types import Crop, Model, Naming

FAMILY = "classifier"


class ClassifierModel:
    """A model that only names: see shellmark_models.Model. It finds nothing, whatever it looks at."""

    __slots__ = ("_namer", "_source", "card", "digest")

    def __init__(self, card: Card, digest: str, namer: Namer, source: str) -> None:
        self.card = card
        self.digest = digest
        self._namer: Namer | None = namer
        self._source = source

    def look(self, image: NDArray[np.uint8], *, view: int = 0, mask: NDArray[np.bool_] | None = None) -> Prediction:
        """An empty map; raises InferenceError when the image is none."""
        del view
        require_planes(image, mask, self._source)
        return Prediction(np.zeros(image.shape[:2], np.float32), 0.0)

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """Names regions, in order; raises InferenceError."""
        if self._namer is None:
            raise InferenceError(f"{self._source}: the model was closed; load it again")
        return [self._namer.name(describe(crop)) for crop in crops]

    def close(self) -> None:
        """Lets the classifier go."""
        self._namer = None


class NamedBy:
    """Two models as one: ``finder`` looks, ``namer`` names. Its digest is the finder's, which decides.

    Raises BundleError when the one names nothing, the other finds nothing, or they see different lights.
    """

    __slots__ = ("_finder", "_namer", "card", "digest")

    def __init__(self, finder: Model, namer: Model) -> None:
        require_finder(finder)
        names = f"{namer.card.name}/{namer.card.version}"
        if not namer.card.labels:
            raise BundleError(f"classifier {names}: was taught no names; teach it some, or take another")
        if namer.card.channels[:3] != finder.card.channels[:3]:
            raise BundleError(
                f"classifier {names}: learned its names under {', '.join(namer.card.channels[:3])}, the model sees "
                f"{', '.join(finder.card.channels[:3])}; teach the names under these lights"
            )
        self._finder = finder
        self._namer = namer
        self.card = finder.card.model_copy(update={"labels": namer.card.labels})
        self.digest = finder.digest

    def look(self, image: NDArray[np.uint8], *, view: int = 0, mask: NDArray[np.bool_] | None = None) -> Prediction:
        """As the finder; raises InferenceError."""
        return self._finder.look(image, view=view, mask=mask)

    def name(self, crops: Sequence[Crop]) -> list[Naming]:
        """As the namer; raises InferenceError."""
        return self._namer.name(crops)

    def close(self) -> None:
        """Closes both."""
        self._finder.close()
        self._namer.close()


def require_finder(model: Model) -> None:
    """Raises BundleError for a model that only names: every shell would pass."""
    if model.card.family == FAMILY:
        raise BundleError(
            f"model {model.card.name}/{model.card.version}: only names what another finds; give it as classifier"
        )


def classifier_network(labels: Sequence[str]) -> onnx.ModelProto:
    """The network of a file that only carries a classifier in its metadata: it says how many classes there are."""
    count = numpy_helper.from_array(np.array([len(labels)], np.int64), "classes")
    output = helper.make_tensor_value_info("count", TensorProto.INT64, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["classes"], ["count"])], FAMILY, [], [output], [count])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="shellmark")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def open_classifier(
    card: Card, digest: str, model: onnx.ModelProto, data: bytes, source: str, threads: int
) -> ClassifierModel:
    """Opens a model that only names; raises BundleError when its file carries no classifier of its card's labels."""
    del data, threads
    text = properties(model).get(NAMER_KEY)
    if text is None:
        raise BundleError(f"{source}: card says family {FAMILY}, but no classifier is inside; teach its names again")
    namer = Namer.from_text(text, source)
    if namer.labels != card.labels:
        raise BundleError(f"{source}: card names {card.labels}, its classifier {namer.labels}; teach its names again")
    return ClassifierModel(card, digest, namer, source)
