"""A plan with everything it names read and checked: what `teacher` then goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shellmark_inspect.errors import InputError
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.sets import SetCase, read_set
from shellmark_inspect.sets.folders import cases_of
from shellmark_models import Store, bundle_roots
from shellmark_models.registry import next_version

from .kept import Former, read_bundle
from .marked import marked_cases
from .plain import plain_recipe, valid_name
from .plan import TeachPlan
from .report import Kind, Remark

LEAST_GOODS = 3
REGISTERED, MEMORY = "registered", "memory"
PLACED = frozenset({REGISTERED, "classical"})
"""Families that compare a place with the same place of good shells."""
BEGUN_WITH: Mapping[str, str] = {
    "imported": "shellmark models import FILE --goods DIR",
    "classifier": "shellmark names CROPS --recipe RECIPE",
}
"""The command that begins a family which good shells alone do not make."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught to whom: the bundle's place and name, the recipe, the cases, and the bundle it goes on from.

    `plain` says that nobody gave a recipe. `names_from` is a manifest whose learn split names defects, None for none.
    """

    plan: TeachPlan
    target: Path
    name: str
    version: str
    family: str
    recipe: Recipe
    plain: bool
    former: Former | None
    goods: tuple[SetCase, ...]
    false_calls: tuple[SetCase, ...]
    missed: tuple[SetCase, ...]
    labelled: tuple[SetCase, ...]
    names_from: Path | None
    remarks: tuple[Remark, ...]


def read_course(plan: TeachPlan) -> Course:
    """Read what the plan names; no picture is opened yet.

    Raises:
        InputError: a place that is missing or holds nothing to learn, a recipe that does not fit, or a bad name.
        ModelError: the bundle to go on from is damaged.
    """
    _require_teachable(plan)
    former = read_bundle(plan.continue_from, names_only=plan.names_only) if plan.continue_from is not None else None
    recipe = _recipe(plan, former)
    name = plan.name or _name(plan, former, recipe)
    plain = recipe is None
    recipe = recipe or plain_recipe(name)
    goods, remarks = _goods(plan, recipe, plain)
    _check_count(goods, former, plan)
    version = plan.version or _version(plan, former, name)
    return Course(
        plan=plan,
        target=plan.out or _in_store(plan, name, version),
        name=name,
        version=version,
        family=_family(plan, former, recipe),
        recipe=recipe,
        plain=plain,
        former=former,
        goods=goods,
        false_calls=_false_calls(plan.false_calls) if plan.false_calls else (),
        missed=marked_cases(plan.missed) if plan.missed else (),
        labelled=marked_cases(plan.labelled) if plan.labelled and not _is_manifest(plan.labelled) else (),
        names_from=_names_from(plan),
        remarks=remarks,
    )


def _require_teachable(plan: TeachPlan) -> None:
    """A family that good shells alone do not make is begun with a command of its own."""
    if plan.continue_from is None and plan.family is not None and plan.family in BEGUN_WITH:
        raise InputError(f"family {plan.family} is not taught from goods: use `{BEGUN_WITH[plan.family]}` instead")


def _family(plan: TeachPlan, former: Former | None, recipe: Recipe) -> str:
    """The family that suits a recipe: places are compared where every view is aligned, else features remembered."""
    aligned = all(any(step.step == "align" for step in view.steps) for view in recipe.views)
    usual = REGISTERED if aligned else MEMORY
    family = plan.family or (former.card.family if former else usual)
    if former is not None and family != former.card.family:
        how = f"use `{BEGUN_WITH[family]}`" if family in BEGUN_WITH else f"teach {family} anew"
        raise InputError(f"bundle {former.folder} is of family {former.card.family}, not {family}: {how}")
    if family in PLACED and not aligned:
        raise InputError(f"family {family} compares places: the recipe needs an align step in every view")
    return family


def _recipe(plan: TeachPlan, former: Former | None) -> Recipe | None:
    if plan.recipe is not None:
        return Recipe.read(plan.recipe)
    if former is not None and former.recipe is None:
        raise InputError(f"bundle {former.folder} holds no recipe: give the one it was taught with (--recipe)")
    return former.recipe if former else None


def _name(plan: TeachPlan, former: Former | None, recipe: Recipe | None) -> str:
    if former is not None:
        return former.card.name
    if plan.store is not None and recipe is not None:
        return recipe.model.partition("/")[0]
    place = plan.out or plan.goods
    return valid_name(place.resolve().name if place else "model")


def _version(plan: TeachPlan, former: Former | None, name: str) -> str:
    if plan.store is not None:
        roots = bundle_roots()  # a version of this user's store would hide one of the same number that ships
        return next_version(Store(*(roots if plan.store == roots[0] else (plan.store,))), name)
    if former is None:
        return "1"
    old = former.card.version
    return str(int(old) + 1) if old.isdecimal() else f"{old}.2"


def _in_store(plan: TeachPlan, name: str, version: str) -> Path:
    root = plan.store or Path()
    for part in (name, version):
        if part != valid_name(part):
            raise InputError(
                f"{part!r} is no name for a bundle: small letters, digits, dot and line; as {valid_name(part)}"
            )
    return root / name / version


def _goods(plan: TeachPlan, recipe: Recipe, plain: bool) -> tuple[tuple[SetCase, ...], tuple[Remark, ...]]:
    if plan.goods is None:
        return (), ()
    found = read_set(plan.goods)
    cases = _of_sku(found.to_learn, recipe, plan.goods, plain)
    if plain and (several := next((case for case in cases if len(case.files) > 1), None)):
        lights = ", ".join(sorted(several.files))
        raise InputError(f"case {several.name} has several pictures ({lights}): say what they are with --recipe")
    kept = _without(cases, plan.without)
    return kept, tuple(Remark(Kind.SET, (), line) for line in found.remarks)


def _false_calls(place: Path) -> tuple[SetCase, ...]:
    """Every case in a folder, whatever its sub-folders are called: all were given as good."""
    cases = cases_of(place, place, "train", "good", None) if place.is_dir() else []
    if not cases:
        raise InputError(f"{place} is no folder with pictures: give the good cases that were stopped")
    return tuple(cases)


def _of_sku(cases: Sequence[SetCase], recipe: Recipe, place: Path, plain: bool) -> tuple[SetCase, ...]:
    skus = {case.sku for case in cases if case.sku}
    if not skus:
        return tuple(cases)
    if plain:
        raise InputError(f"{place} holds {len(skus)} SKUs ({', '.join(sorted(skus))}): say which with --recipe")
    mine = tuple(case for case in cases if case.sku == recipe.sku)
    if not mine:
        raise InputError(f"{place} has no good case of SKU {recipe.sku}: it has {', '.join(sorted(skus))}")
    return mine


def _without(cases: Sequence[SetCase], without: Sequence[str]) -> tuple[SetCase, ...]:
    """The cases but those named, by their name or by the name of their file alone."""
    left = tuple(case for case in cases if not any(_is_called(case, name) for name in without))
    for name in without:
        if not any(_is_called(case, name) for case in cases):
            raise InputError(f"--without {name}: there is no such case; names are as the report prints them")
    return left


def _is_called(case: SetCase, name: str) -> bool:
    return name == case.name or name == Path(case.name).name


def _check_count(goods: Sequence[SetCase], former: Former | None, plan: TeachPlan) -> None:
    if former is None and len(goods) < LEAST_GOODS:
        raise InputError(
            f"{plan.goods} has {len(goods)} good case(s): at least {LEAST_GOODS} are needed, 20 to 30 are useful"
        )


def _is_manifest(place: Path) -> bool:
    return place.suffix.lower() == ".json" or (place / "manifest.json").is_file()


def _names_from(plan: TeachPlan) -> Path | None:
    """A manifest names its defects itself, unless others were given."""
    place = plan.labelled or plan.goods
    if place is None or not _is_manifest(place):
        return None
    return place
