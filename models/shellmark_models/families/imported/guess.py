"""What a card file leaves out, guessed from the network itself; every guess is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from shellmark_models.card import properties
from shellmark_models.errors import BundleError, InferenceError
from shellmark_models.families.imported.file import real_inputs
from shellmark_models.families.imported.graph import Beginning, Graph
from shellmark_models.families.imported.metadata import thresholds_beside
from shellmark_models.families.imported.outputs import describe_outputs
from shellmark_models.families.imported.picture import tensor, whole
from shellmark_models.families.imported.plan import Fit, Kind, Picture, Plan, first_fault
from shellmark_models.session import Session, finite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import onnx
    from numpy.typing import NDArray

    from shellmark_models.families.imported.statement import Statement

    Probes = Mapping[str, Sequence[NDArray[Any]]]

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_TYPES = {1: "float32", 2: "uint8", 10: "float16"}
"""Numbers of ONNX's types."""
MOST_AT_ONCE = 16
_HALF = 0.5
_BOX = 0.25
"""The sureness from which detectors' own tools show a box."""


@dataclass(slots=True)
class Draft:
    """A plan with the limits that are known of it, each in the network's own numbers; None: not known.

    ``told`` is what was guessed, a line each.
    """

    plan: Plan
    score_limit: float | None
    map_limit: float | None
    licence: str
    told: list[str] = field(default_factory=list)


def draft(
    model: onnx.ModelProto, path: Path, statement: Statement, samples: Sequence[NDArray[np.uint8]], threads: int
) -> Draft:
    """The plan of a network from its card, its metadata, its graph and a few runs.

    ``samples`` are real views to run it on beside made-up ones. Raises BundleError in one line.
    """
    told: list[str] = []
    facts = properties(model)
    session = Session(model.SerializeToString(), source=str(path), threads=threads)
    try:
        picture = _picture(model, path, statement, facts, told)
        probes = _probe(session, picture, samples)
        picture = _many(session, picture, probes)
        plan = _plan(picture, statement, facts, probes, str(path), told)
        _require_alive(Graph(model), plan, probes, path)
    finally:
        session.close()
    plan = _from_zero(plan, statement, probes, bool(samples), path, told)
    score_limit, map_limit = _limits(plan, statement, Graph(model), path, told)
    licence = statement.licence or facts.get("license") or facts.get("licence") or "unknown"
    if statement.licence is None:
        told.append(f"licence: {licence}")
    return Draft(plan, score_limit, map_limit, licence, told)


def _picture(
    model: onnx.ModelProto, path: Path, statement: Statement, facts: Mapping[str, str], told: list[str]
) -> Picture:
    value, dims, dtype = _one_input(model, path)
    batch = max(dims[0], 1)
    if batch > 1:
        told.append(f"input: wants {batch} pictures at once, so a view alone costs {batch} times; export it for one")
    layout = statement.input.get("layout") or ("nhwc" if dims[3] in (1, 3) and dims[1] not in (1, 3) else "nchw")
    planes, height, width = (dims[1], dims[2], dims[3]) if layout == "nchw" else (dims[3], dims[1], dims[2])
    if planes not in (0, 1, 3):
        raise BundleError(f"{path}: its input has {planes} channels; wanted 1 or 3")
    beginning = Graph(model).beginning()
    size = _size((height, width), beginning.resized_px, path, statement, facts, told)
    values: dict[str, Any] = {"name": value, "layout": layout, "dtype": dtype, "size_px": size}
    if planes == 1:
        values["order"] = "grey"
    if not {"mean", "std", "scale"} & set(statement.input):
        values.update(_numbers(beginning, dtype, facts, told))
    if "fit" not in statement.input:
        values["fit"] = Fit.LETTERBOX if facts.get("task") in {"detect", "segment"} else Fit.STRETCH
        told.append(f"input: fit {values['fit']}, the whole view in {size[0]} x {size[1]} px")
    try:
        return Picture.model_validate({**values, **statement.input, "batch": batch})
    except ValidationError as e:
        raise BundleError(f"{path}: [input] {first_fault(e)}") from e


def _one_input(model: onnx.ModelProto, path: Path) -> tuple[str, list[int], str]:
    """Name, sides (0: any) and type of the one input a network of pictures has."""
    inputs = real_inputs(model)
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs) or "none"
        raise BundleError(f"{path}: takes {len(inputs)} inputs ({names}); only networks of one picture are taken")
    kind = inputs[0].type.tensor_type
    dims = [d.dim_value if d.HasField("dim_value") else 0 for d in kind.shape.dim]
    if len(dims) != 4 or kind.elem_type not in _TYPES:
        raise BundleError(f"{path}: its input is {dims} of type {kind.elem_type}; wanted pictures (n, c, h, w)")
    if dims[0] > MOST_AT_ONCE:
        raise BundleError(f"{path}: wants {dims[0]} pictures at once; export it for one")
    return inputs[0].name, dims, _TYPES[kind.elem_type]


def _numbers(beginning: Beginning, dtype: str, facts: Mapping[str, str], told: list[str]) -> dict[str, Any]:
    """How pixels become numbers, by what the network does to them itself."""
    if dtype == "uint8" or beginning.scales:
        told.append("input: pixels 0..255, scaled inside")
        return {"scale": 1.0}
    if beginning.normalises:
        told.append("input: 0..1, normalised inside")
        return {}
    if "task" in facts:
        told.append("input: 0..1, as networks with that metadata take it")
        return {}
    told.append("input: nothing inside scales it, so 0..1 less the mean of ImageNet over its deviation")
    return {"mean": IMAGENET_MEAN, "std": IMAGENET_STD}


def _size(
    fixed: tuple[int, int],
    resized: tuple[int, int] | None,
    path: Path,
    statement: Statement,
    facts: Mapping[str, str],
    told: list[str],
) -> tuple[int, int]:
    """Height and width to give the network, which must be those it is fixed to."""
    stated = statement.input.get("size_px")
    own = fixed if all(fixed) else None
    if stated is not None:
        if not (isinstance(stated, list | tuple) and len(stated) == 2 and all(isinstance(n, int) for n in stated)):
            raise BundleError(f"{path}: [input] size_px {stated!r}; wanted two whole numbers, height first")
        if own is not None and tuple(stated) != own:
            raise BundleError(
                f"{path}: the card says {stated[0]} x {stated[1]} px, the network takes {own[0]} x {own[1]}"
            )
        return int(stated[0]), int(stated[1])
    found = own or resized or _pair(facts.get("imgsz"))
    if found is None:
        raise BundleError(f"{path}: takes pictures of any size; say in the card which: [input] size_px = [256, 256]")
    if own is None:
        told.append(
            f"input: takes any size, {found[0]} x {found[1]} px is what it {'resizes to' if resized else 'says'}"
        )
    return found


def _pair(text: str | None) -> tuple[int, int] | None:
    numbers = [int(n) for n in re.findall(r"\d{1,5}", text or "")]
    return (numbers[0], numbers[-1]) if 1 <= len(numbers) <= 2 else None


def _probe(session: Session, picture: Picture, samples: Sequence[NDArray[np.uint8]]) -> Probes:
    """What every output says of a few made-up pictures and of the samples, each run alone."""
    pictures = [*_made_up(picture.size_px), *(whole(sample, picture) for sample in samples)]
    answers: dict[str, list[NDArray[Any]]] = {name: [] for name in session.outputs}
    for one in pictures:
        copies = np.repeat(one[None], picture.batch, axis=0)
        try:
            values = session.run(session.outputs, {picture.name: tensor(copies, picture)})
        except InferenceError as e:
            raise BundleError(f"{e}; correct [input] in the card") from e
        for name, value in zip(session.outputs, values, strict=True):
            if picture.batch > 1 and value.shape[:1] != (picture.batch,):
                raise BundleError(
                    f"{session.source}: {name} {value.shape} is not one answer a picture; export it for one"
                )
            answers[name].append(np.asarray(value[:1] if picture.batch > 1 else value))
    return answers


def _made_up(size: tuple[int, int]) -> list[NDArray[np.uint8]]:
    """Grey, noise, stripes and a slope (h, w, 3)."""
    height, width = size
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3))
    slope = np.linspace(0, 255, width)[None, :, None] + np.zeros((height, 1, 3))
    stripes = np.where(np.arange(width) // 8 % 2, 200, 60)[None, :, None] + np.zeros((height, 1, 3))
    return [np.asarray(one, np.uint8) for one in (np.full((height, width, 3), 128), noise, stripes, slope)]


def _many(session: Session, picture: Picture, probes: Probes) -> Picture:
    """Whether it takes several pictures at once and says the same of each as alone."""
    if isinstance(session.inputs[picture.name][1][0], int):
        return picture
    pictures = np.stack(_made_up(picture.size_px)[:2])
    try:
        values = session.run(session.outputs, {picture.name: tensor(pictures, picture)})
    except InferenceError:
        return picture
    for name, value in zip(session.outputs, values, strict=True):
        alone = [probes[name][i] for i in range(2)]
        if value.shape[:1] != (2,) or alone[0].shape[:1] != (1,):
            return picture
        if not np.allclose(value.astype(np.float64), np.concatenate(alone).astype(np.float64), rtol=1e-3, atol=1e-4):
            return picture
    return picture.model_copy(update={"batch": 0})


def _plan(
    picture: Picture, statement: Statement, facts: Mapping[str, str], probes: Probes, source: str, told: list[str]
) -> Plan:
    values = describe_outputs(picture, statement, facts, {name: list(v) for name, v in probes.items()}, source, told)
    try:
        return Plan.model_validate(values)
    except ValidationError as e:
        raise BundleError(f"{source}: {first_fault(e)}; say it in the card") from e


def _require_alive(graph: Graph, plan: Plan, probes: Probes, path: Path) -> None:
    """Raises BundleError when an output is not finite, or says the same whatever is seen."""
    for name in plan.outputs:
        try:
            for value in probes[name]:
                finite(value, str(path))
        except InferenceError as e:
            raise BundleError(f"{path}: output {name} is not a number for some pictures; export it again") from e
    if not any(graph.hears(name) for name in plan.outputs):
        raise BundleError(f"{path}: {', '.join(plan.outputs)} do not depend on the picture; export the trained network")
    if all(np.array_equal(probes[name][0], value) for name in plan.outputs for value in probes[name][1:]):
        raise BundleError(
            f"{path}: says the same of every picture it was tried on; give --goods, or export the trained network"
        )


def _from_zero(plan: Plan, statement: Statement, probes: Probes, real: bool, path: Path, told: list[str]) -> Plan:
    """Sets where an anomaly network's numbers begin, for those that go below 0."""
    changes: dict[str, float] = {}
    for what, name in (("map_lowest", plan.output.map), ("score_lowest", plan.output.score)):
        if plan.kind is not Kind.ANOMALY or name is None or what in statement.output:
            continue
        lowest = min(float(value.min()) for value in probes[name])
        if lowest >= 0:
            continue
        if not real:
            raise BundleError(f"{path}: {name} goes below 0 ({lowest:.3g}); say its least in the card, [output] {what}")
        changes[what] = lowest
        told.append(f"output: {name} is counted from {lowest:.4g}")
    return plan.model_copy(update={"output": plan.output.model_copy(update=changes)}) if changes else plan


def _limits(
    plan: Plan, statement: Statement, graph: Graph, path: Path, told: list[str]
) -> tuple[float | None, float | None]:
    """The limits of the number for the whole and of the map; None: not known."""
    score, plane = statement.threshold, statement.map_threshold
    if plan.kind is not Kind.ANOMALY:
        usual = _BOX if plan.kind in {Kind.BOXES, Kind.SEGMENTS} else _HALF
        if score is None:
            told.append(f"threshold: {usual}, as is usual for {plan.kind}")
        score = usual if score is None else score
        if not 0 < score < 1:
            raise BundleError(f"{path}: threshold {score}: a share between 0 and 1 for {plan.kind}")
        return score, score if plane is None else plane
    if plan.output.score is None:
        plane, score = (score if plane is None else plane), None
    beside = thresholds_beside(path)
    for what, name in (("score", plan.output.score), ("map", plan.output.map)):
        limit = score if what == "score" else plane
        if name is None or limit is not None:
            continue
        limit = graph.limit_of(name)
        where = "the network holds it against"
        if limit is None:
            limit = beside.get("image_threshold" if what == "score" else "pixel_threshold")
            where = "metadata.json beside it says"
        if limit is None:
            continue
        told.append(f"threshold of {name}: {limit:.4g}, which {where}")
        score, plane = (limit, plane) if what == "score" else (score, limit)
    return score, plane
