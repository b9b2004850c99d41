"""From a foreign network to a model: its threshold as stated, or set anew by good shells alone."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from pydantic import BaseModel, ConfigDict, ValidationError

from shellmark_models.card import Backbone, properties
from shellmark_models.errors import BundleError, TeachError
from shellmark_models.families.imported.file import read_network
from shellmark_models.families.imported.guess import draft
from shellmark_models.families.imported.model import open_network
from shellmark_models.families.imported.plan import PLAN_KEY, Plan, first_fault
from shellmark_models.features import Seen, learn_names
from shellmark_models.naming import NAMER_KEY
from shellmark_models.training.lesson import Lesson, Taught
from shellmark_models.training.threshold import Threshold, from_goods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from shellmark_models.families.imported.model import Network
    from shellmark_models.families.imported.statement import Statement
    from shellmark_models.types import LabelledCrop, TeachCase

NETWORK, TERMS, CASES, SCORES, MAPS = "network", "terms", "cases", "scores", "maps"
_OWN = "shellmark."
_LEAST = 1e-6
"""What a score of 0 counts as: thresholds are ratios."""
_LEAST_SHARE = 0.05
"""What probabilities below it count as, so that no threshold lies below it, however sure of nothing the network is."""
_ABOVE = 1.001
"""How far above the highest good the limit lies: the network knows every good by heart, and 1.0 is stopped."""


class _Terms(BaseModel):
    """What is known of a network besides its weights; limits are in its own numbers, None where not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    plan: Plan
    score_limit: float | None
    map_limit: float | None
    registered: bool
    origin: Backbone


@dataclass(frozen=True, slots=True)
class Import:
    """A foreign network, read and understood; ``before`` is what a lesson of this family goes on from.

    ``told`` is what was guessed, a line each; ``licence`` is as the card or the file says.
    """

    before: Mapping[str, NDArray[Any]]
    plan: Plan
    licence: str
    told: tuple[str, ...]

    def to_be_set(self) -> Mapping[str, NDArray[Any]]:
        """``before`` for a lesson whose goods will set the threshold only later: limits that are not known are 1."""
        terms = _Terms.model_validate_json(self.before[TERMS].tobytes())
        out = terms.plan.output
        known = {
            "score_limit": out.score_lowest + 1 if terms.score_limit is None else terms.score_limit,
            "map_limit": out.map_lowest + 1 if terms.map_limit is None else terms.map_limit,
        }
        return {**self.before, TERMS: _packed(terms.model_copy(update=known))}


def import_network(
    path: Path, statement: Statement, samples: Sequence[NDArray[np.uint8]] = (), *, threads: int = 0
) -> Import:
    """Reads a foreign network by its card; ``samples`` are a few real views. Raises BundleError in one line."""
    model, digest = read_network(path)
    if statement.digest is not None and statement.digest != digest:
        raise BundleError(f"{path}: is {digest}, its card says {statement.digest}; give the right file or card")
    found = draft(model, path, statement, samples, threads)
    maker = " ".join(filter(None, (model.producer_name, model.producer_version))) or "unknown"
    terms = _Terms(
        plan=found.plan,
        score_limit=found.score_limit,
        map_limit=found.map_limit,
        registered=statement.registered,
        origin=Backbone(name=path.name, source=f"imported, written by {maker}", licence=found.licence, digest=digest),
    )
    before = {
        NETWORK: np.frombuffer(model.SerializeToString(), np.uint8),
        TERMS: _packed(terms),
    }
    return Import(before, found.plan, found.licence, tuple(found.told))


def _packed(terms: _Terms) -> NDArray[np.uint8]:
    return np.frombuffer(terms.model_dump_json().encode(), np.uint8)


def teach_imported(goods: Iterable[TeachCase], labelled: Iterable[LabelledCrop], lesson: Lesson) -> Taught:
    """Sets the threshold of an imported network from good cases, or takes the stated one where there are none.

    The network itself learns nothing, so every good case is held out. Raises TeachError, TeachCancelled.
    """
    model, terms = _resume(lesson)
    if lesson.missed:
        raise TeachError("an imported network cannot learn a defect it passed; lower its threshold, or train it anew")
    network = open_network(terms.plan, model.SerializeToString(), "imported network", lesson.options.threads)
    try:
        heard = _Heard(lesson.before or {})
        seen = heard.listen(network, goods, lesson)
    finally:
        network.close()
    plan, threshold, case_scores = heard.settle(terms, lesson.options.margin)
    namer = learn_names(labelled, seen, lesson) if not plan.labels else None
    metadata = {key: value for key, value in properties(model).items() if not key.startswith(_OWN)}
    metadata[PLAN_KEY] = plan.model_dump_json()
    if namer is not None:
        metadata[NAMER_KEY] = namer.to_text()
    return Taught(
        model=model,
        threshold=threshold,
        learned_cases=len(heard.cases),
        data_digest=seen.digest,
        labels=plan.labels if namer is None else namer.labels,
        backbone=terms.origin,
        metadata=metadata,
        registered=terms.registered,
        kept={**_given(lesson.before or {}), **heard.kept},
        case_scores=case_scores,
    )


def _given(before: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {key: before[key] for key in (NETWORK, TERMS)}


def _resume(lesson: Lesson) -> tuple[onnx.ModelProto, _Terms]:
    before = lesson.before or {}
    if not {NETWORK, TERMS} <= set(before):
        raise TeachError("family imported has no network to teach; begin with: shellmark models import FILE.onnx")
    try:
        terms = _Terms.model_validate_json(before[TERMS].tobytes())
        return onnx.load_model_from_string(before[NETWORK].tobytes()), terms
    except ValidationError as e:
        raise TeachError(f"what the imported bundle kept is damaged: {first_fault(e)}; import it again") from e
    except Exception as e:  # protobuf's errors differ between its builds
        raise TeachError("the network the imported bundle kept is damaged; import it again") from e


class _Heard:
    """What the network said of good cases, in its own numbers less their least: one score, one highest of the map.

    NaN stands for what a case has none of.
    """

    def __init__(self, before: Mapping[str, NDArray[Any]]) -> None:
        self.cases = [str(name) for name in before.get(CASES, ())]
        self._scores = [float(value) for value in before.get(SCORES, ())]
        self._maps = [float(value) for value in before.get(MAPS, ())]
        if not len(self.cases) == len(self._scores) == len(self._maps):
            raise TeachError("what the imported bundle kept of its goods is damaged; import it again")

    @property
    def kept(self) -> dict[str, NDArray[Any]]:
        """What a later lesson goes on from."""
        return {CASES: np.array(self.cases, np.str_), SCORES: np.array(self._scores), MAPS: np.array(self._maps)}

    def listen(self, network: Network, goods: Iterable[TeachCase], lesson: Lesson) -> Seen:
        """Looks at further good cases."""
        seen = Seen()
        count = len(goods) if isinstance(goods, Sized) else None
        for index, case in enumerate(goods):
            lesson.report("threshold", index / count if count else 0.0)
            seen.begin(case)
            masks = case.masks if case.masks is not None else [None] * len(case.images)
            scores, maps = [], []
            for image, mask in zip(case.images, masks, strict=True):
                seen.add(case.case, image, *([] if mask is None else [mask]))
                looked, _ = network.look(image, mask)
                whole = mask is None or bool(mask.all()) or looked.map is None
                scores.append(looked.score if looked.score is not None and whole else np.nan)
                highest = looked.highest(mask)
                maps.append(np.nan if highest is None else highest)
            if case.counts:
                self.cases.append(case.case)
                self._scores.append(float(np.max(scores)))
                self._maps.append(float(np.max(maps)))
        return seen

    def settle(self, terms: _Terms, margin: float) -> tuple[Plan, Threshold, dict[str, float]]:
        """The plan with its map brought to the score's limit, the threshold, and each good case's score by it."""
        plan = terms.plan
        if not self.cases:
            return _stated(terms)
        least = _LEAST_SHARE if plan.bounded else _LEAST
        scores, maps = (np.maximum(np.asarray(v), least) for v in (self._scores, self._maps))
        by_score, by_map = (bool(np.isfinite(values).all()) for values in (scores, maps))
        if by_map and not by_score and plan.output.score:
            # Where masks leave part of a view out, the network's number for the whole picture is not asked.
            plan = plan.model_copy(update={"output": plan.output.model_copy(update={"score": None})})
        measures = by_score + by_map
        lead = scores if by_score else maps
        threshold = from_goods(lead, margin * _ABOVE, measures)
        shares = lead / threshold.value
        if measures == 2:
            limit = from_goods(maps, margin * _ABOVE, measures).value
            plan = _gained(plan, threshold.value / limit)
            shares = np.maximum(shares, maps / limit)
        return plan, threshold, dict(zip(self.cases, map(float, shares), strict=True))


def _gained(plan: Plan, gain: float) -> Plan:
    return plan.model_copy(update={"output": plan.output.model_copy(update={"map_gain": gain})})


def _stated(terms: _Terms) -> tuple[Plan, Threshold, dict[str, float]]:
    """The limits stated by whoever made the network; nothing is promised of them."""
    plan, out = terms.plan, terms.plan.output
    by_score = None if terms.score_limit is None else terms.score_limit - out.score_lowest
    by_map = None if terms.map_limit is None else terms.map_limit - out.map_lowest
    lead = by_map if by_score is None else by_score
    if lead is None or (plan.output.score and by_score is None and plan.output.map and by_map is None):
        raise TeachError("nothing says where its threshold lies; state it in the card (threshold = ...) or give goods")
    if lead <= 0 or (by_map is not None and by_map <= 0):
        raise TeachError(f"threshold {lead:.4g} is not above the least its network says; correct the card")
    if out.map and out.score:
        if by_score is None or by_map is None:
            told = "map_threshold" if by_map is None else "threshold"
            raise TeachError(
                f"the network gives a score and a map; state the limit of both, {told} is missing, or goods"
            )
        plan = _gained(plan, by_score / by_map)
    return plan, Threshold(lead, 0, 1.0), {}
