"""Which output of a foreign network means what, from its name, its shape and what it said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from shellmark_models.errors import BundleError
from shellmark_models.families.imported.metadata import class_names
from shellmark_models.families.imported.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from shellmark_models.families.imported.plan import Picture
    from shellmark_models.families.imported.statement import Statement

    Shown = Mapping[str, list[NDArray[Any]]]

_TASKS = {"detect": Kind.BOXES, "segment": Kind.SEGMENTS, "classify": Kind.CLASSES}
_GOOD = frozenset(
    {"good", "ok", "normal", "clean", "background", "__background__", "no defect", "pass", "合格", "良品"}
)
_MAP_NAMES, _SCORE_NAMES = ("anomaly_map", "anomaly_maps", "map"), ("pred_score", "pred_scores", "score")
_MOST_KEPT = 1000
"""The most boxes a network keeps that suppresses doubles itself."""


def describe_outputs(
    picture: Picture, statement: Statement, facts: Mapping[str, str], shown: Shown, source: str, told: list[str]
) -> dict[str, Any]:
    """The fields of a Plan; what the statement says is taken as it is. Raises BundleError."""
    numbers = {name: values for name, values in shown.items() if values[0].dtype != np.bool_}
    for name in (statement.output.get(key) for key in ("map", "score", "values", "prototypes")):
        if name and name not in shown:
            raise BundleError(f"{source}: has no output {name!r}; it gives {', '.join(shown)}")
    kind = statement.kind or _kind(facts, numbers, statement, source, told)
    output = dict(_DESCRIBE[kind](numbers, facts, statement))
    output.update(statement.output)
    names, good = _classes(kind, output, numbers, facts, statement, source, told)
    told.append(
        "output: " + ", ".join(f"{key} {value}" for key, value in sorted(output.items()) if key not in statement.output)
    )
    return {"kind": kind, "input": picture, "output": output, "classes": names, "good": good}


def _kind(facts: Mapping[str, str], shown: Shown, statement: Statement, source: str, told: list[str]) -> Kind:
    kind = _TASKS.get(facts.get("task", ""))
    if kind is None:
        ranks = sorted(_rank(values[0]) for values in shown.values())
        if statement.classes.names is None and (_named(shown, (*_MAP_NAMES, *_SCORE_NAMES)) or _only_planes(shown)):
            kind = Kind.ANOMALY
        elif ranks == [1]:
            kind = Kind.CLASSES
        elif ranks == [3] and len(shown) == 1 and next(iter(shown.values()))[0].ndim == 4:
            kind = Kind.PIXELS
        elif len(shown) == 1 and next(iter(shown.values()))[0].ndim == 3:
            kind = Kind.BOXES
    if kind is None:
        shapes = ", ".join(f"{name} {values[0].shape}" for name, values in shown.items())
        raise BundleError(f"{source}: gives {shapes}; say in the card what that is: kind = one of {', '.join(Kind)}")
    told.append(f"kind: {kind}")
    return kind


def _rank(value: NDArray[Any]) -> int:
    """Of how many axes that are longer than 1 the output for one picture is."""
    return sum(side > 1 for side in value.shape[1:])


def _only_planes(shown: Shown) -> bool:
    """Whether there is one plane, and else nothing but a number."""
    ranks = [_rank(values[0]) for values in shown.values()]
    return ranks.count(2) == 1 and ranks.count(0) == len(ranks) - 1


def _named(shown: Shown, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in shown), None)


def _anomaly(shown: Shown, _facts: Mapping[str, str], _statement: Statement) -> dict[str, Any]:
    plane = _named(shown, _MAP_NAMES) or next((n for n, v in shown.items() if _rank(v[0]) == 2), None)
    score = _named(shown, _SCORE_NAMES) or next((n for n, v in shown.items() if v[0].size == 1 and n != plane), None)
    return {"map": plane, "score": score}


def _whole(shown: Shown, _facts: Mapping[str, str], statement: Statement) -> dict[str, Any]:
    name = statement.output.get("values") or next((n for n, v in shown.items() if v[0].ndim == 2), next(iter(shown)))
    return {"values": name, "form": _form(shown[name], 1)}


def _pixels(shown: Shown, _facts: Mapping[str, str], statement: Statement) -> dict[str, Any]:
    name = statement.output.get("values") or next((n for n, v in shown.items() if v[0].ndim >= 3), next(iter(shown)))
    whole_numbers = np.issubdtype(shown[name][0].dtype, np.integer)
    return {"values": name, "form": "numbers" if whole_numbers else _form(shown[name], 1)}


def _form(values: list[NDArray[Any]], axis: int) -> str:
    """Shares of 1 are probabilities, anything else logits; one plane is by its range."""
    within = all(float(v.min()) >= 0 and float(v.max()) <= 1 + 1e-4 for v in values)
    if values[0].shape[axis] == 1:
        return "probabilities" if within else "logits"
    add_up = all(np.allclose(v.sum(axis=axis), 1, atol=1e-2) for v in values)
    return "probabilities" if within and add_up else "logits"


def _boxes(shown: Shown, facts: Mapping[str, str], statement: Statement) -> dict[str, Any]:
    name = statement.output.get("values") or next((n for n, v in shown.items() if v[0].ndim == 3), next(iter(shown)))
    values = shown[name]
    if values[0].ndim != 3:
        return {"values": name}
    rows, columns = values[0].shape[1:]
    extra = next((v[0].shape[1] for n, v in shown.items() if v[0].ndim == 4 and n != name), 0)
    rows_first = rows > columns
    # The sixth number is a class there: whole, and a confidence before it.
    few = columns == 6 + extra and rows <= _MOST_KEPT
    suppressed = few and all(np.array_equal(v[..., 5], np.round(v[..., 5])) for v in values)
    known = class_names(facts) or statement.classes.names
    objectness = rows_first and not suppressed and (known is None or columns == 5 + extra + len(known))
    return {"values": name, "suppressed": bool(suppressed), "rows_first": rows_first, "objectness": objectness}


def _segments(shown: Shown, facts: Mapping[str, str], statement: Statement) -> dict[str, Any]:
    prototypes = next((n for n, v in shown.items() if v[0].ndim == 4), None)
    return {**_boxes(shown, facts, statement), "prototypes": prototypes}


def _classes(
    kind: Kind,
    output: Mapping[str, Any],
    shown: Shown,
    facts: Mapping[str, str],
    statement: Statement,
    source: str,
    told: list[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the classes and which are good; raises BundleError where the network has another number of them."""
    if kind is Kind.ANOMALY:
        if statement.classes.names:
            raise BundleError(f"{source}: kind anomaly names no classes; leave [classes] out of the card")
        return (), ()
    names = list(statement.classes.names or ()) or class_names(facts)
    count = _count(kind, output, shown, source)
    if names is None:
        names = [f"class {i}" for i in range(count or 2)]
        if kind is Kind.PIXELS:
            names[0] = "background"
        told.append(f"classes: {len(names)}, called {names[0]} to {names[-1]}")
    elif count is not None and len(names) != count:
        whose = "the card" if statement.classes.names else "its metadata"
        raise BundleError(f"{source}: {whose} names {len(names)} classes, the network has {count}")
    names = [_label(name) for name in names]
    good = statement.classes.good
    if good is None:
        good = tuple(name for name in names if name.lower() in _GOOD)
        told.append(f"classes: {', '.join(names)}; good: {', '.join(good) or 'none'}")
    return tuple(names), tuple(good)


def _label(name: str) -> str:
    """The name with what a label must not hold replaced."""
    return re.sub(r"[^\w .+()-]", "_", name.strip()).lstrip(" .+()-")[:64] or "class"


def _count(kind: Kind, output: Mapping[str, Any], shown: Shown, source: str) -> int | None:
    """How many classes the network has; None where its output does not tell."""
    value = shown[output["values"]][0]
    if output.get("form") == "numbers" or output.get("suppressed"):
        return None
    if kind is Kind.CLASSES:
        return int(value.size)
    if kind is Kind.PIXELS:
        return 2 if value.shape[1] == 1 else int(value.shape[1])
    if value.ndim != 3:
        raise BundleError(
            f"{source}: {output['values']} {value.shape} are no boxes; correct kind or [output] in the card"
        )
    columns = value.shape[2] if output["rows_first"] else value.shape[1]
    prototypes = output.get("prototypes")
    extra = shown[prototypes][0].shape[1] if prototypes else 0
    return int(columns) - 4 - int(output["objectness"]) - extra


_DESCRIBE = {
    Kind.ANOMALY: _anomaly,
    Kind.CLASSES: _whole,
    Kind.PIXELS: _pixels,
    Kind.BOXES: _boxes,
    Kind.SEGMENTS: _segments,
}
