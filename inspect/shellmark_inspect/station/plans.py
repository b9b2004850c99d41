"""Plans: what a recipe is captured and judged with, built from the configuration and the stores."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for_all
from typing import Any

from shellmark_inspect.cameras import build_guarded
from shellmark_inspect.errors import ConfigError, RecipeError
from shellmark_inspect.inspector import Inspector, Preparation
from shellmark_inspect.loop import CameraThread, Loop, Plan
from shellmark_inspect.recipe import Recipe
from shellmark_inspect.station.config import StationConfig
from shellmark_inspect.station.shadow import Watched
from shellmark_inspect.steps import read_profile, unlike_exposures
from shellmark_inspect.types import Frame, Versions
from shellmark_models import Model, ModelError, NamedBy, Store, StoredModel, bundle_roots, load, require_finder

CLOSE_WITHIN_S = 5.0

log = logging.getLogger(__name__)


class Plans:
    """Builds inspectors and plans for the recipes of a configuration; `places` is where each SKU's recipe lies."""

    def __init__(self, config: StationConfig) -> None:
        self.config = config
        self.recipes = read_recipes(config)
        self.places = dict(zip(self.recipes, (config.folder / path for path in config.recipes), strict=True))
        self.store = Store(*(config.folder / root for root in config.models), *bundle_roots())

    def reread(self, sku: str) -> Recipe:
        """Read a recipe's file anew; gives the recipe as it was.

        Raises:
            RecipeError: the file cannot be used, or is of another SKU now.
        """
        before, recipe = self.recipes[sku], Recipe.read(self.places[sku])
        if recipe.sku != sku:
            raise RecipeError(f"recipe {self.places[sku]} is of SKU {recipe.sku} now: start the station anew")
        self.recipes[sku] = recipe
        return before

    def inspector(self, sku: str, stored: StoredModel | None = None, *, threads: int | None = None) -> Inspector:
        """A recipe with its model open: the one it names, or `stored` in its place.

        Raises:
            RecipeError: the model cannot be had or opened, or does not belong to the recipe.
        """
        recipe = self.recipes[sku]
        try:
            found = stored or self.store.find(recipe.model)
            digest = recipe.model_digest or found.digest
            model = load(found.path, digest=digest, threads=self.config.threads if threads is None else threads)
            return Inspector(recipe, self._named(recipe, model))
        except (ModelError, RecipeError) as e:  # a step knows its view, a model its file, neither the recipe
            raise RecipeError(f"recipe {sku}: {str(e).removeprefix(f'recipe {sku}: ')}") from e

    def _named(self, recipe: Recipe, model: Model) -> Model:
        """The model, with the recipe's classifier in place of its own names."""
        try:
            require_finder(model)
            if recipe.classifier is None:
                return model
            return NamedBy(model, load(self.store.find(recipe.classifier).path, threads=1))
        except BaseException:
            model.close()
            raise

    def plan(self, inspector: Inspector, old: Plan | None) -> Plan:
        """The plan of a recipe; a camera whose settings stay the same stays open."""
        recipe = inspector.recipe
        views: dict[str, dict[str, Sequence[str]]] = {}
        for view in recipe.views:
            views.setdefault(view.camera, {})[view.name] = view.lights
        self._warn_of_exposures(recipe)
        cameras = {name: thread for name, thread in self._kept(recipe, old) if name in views}
        fresh = {name: self._camera_thread(recipe, name) for name in views if name not in cameras}
        for name, thread in old.cameras.items() if old else ():
            if name not in cameras:  # a device is had by one; it lets go before it is opened with other settings
                thread.stop(CLOSE_WITHIN_S)
        wait_for_all([thread.start() for thread in fresh.values()], self.config.answer_within_s)
        return Plan(Watched(inspector), views, cameras | fresh)

    def _warn_of_exposures(self, recipe: Recipe) -> None:
        for view in recipe.views:
            profile = read_profile(view, recipe.folder)
            if profile is not None:
                for line in unlike_exposures(view, profile, self._camera_of(recipe, view.camera)[0]):
                    log.warning("recipe %s, %s", recipe.sku, line)

    def _kept(self, recipe: Recipe, old: Plan | None) -> Sequence[tuple[str, CameraThread]]:
        """The cameras of the old plan that the recipe wants as they are."""
        if old is None:
            return ()
        before = old.inspects.recipe  # as it was when the plan was made
        named = {view.camera for view in recipe.views}
        return [
            (name, thread)
            for name, thread in old.cameras.items()
            if name in named and self._camera_of(before, name) == self._camera_of(recipe, name)
        ]

    def _camera_of(self, recipe: Recipe, name: str) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
        """A camera's settings under a recipe, and the frame sizes its views want."""
        if name not in self.config.cameras:
            known = ", ".join(self.config.cameras)
            raise ConfigError(f"recipe {recipe.sku} wants camera {name}: the configuration has {known}")
        sizes = {v.name: v.frame_px for v in recipe.views if v.camera == name and v.frame_px is not None}
        return self.config.cameras[name] | recipe.cameras.get(name, {}), sizes

    def _camera_thread(self, recipe: Recipe, name: str) -> CameraThread:
        settings, sizes = self._camera_of(recipe, name)
        return CameraThread(build_guarded(name, settings, self.config.folder, sizes))


def read_recipes(config: StationConfig) -> dict[str, Recipe]:
    """The configuration's recipes by SKU, in its order.

    Raises:
        RecipeError: one cannot be used.
        ConfigError: two are of one SKU.
    """
    recipes: dict[str, Recipe] = {}
    for path in config.recipes:
        recipe = Recipe.read(config.folder / path)
        if recipe.sku in recipes:
            raise ConfigError(f"two recipes are of SKU {recipe.sku}: {recipes[recipe.sku].folder} and {recipe.folder}")
        recipes[recipe.sku] = recipe
    return recipes


def judging_versions(config: StationConfig, sku: str) -> Versions:
    """The versions a station would judge a SKU with, without opening the model.

    Raises:
        RecipeError: the recipe, a profile or the model cannot be had.
    """
    plans = Plans(config)
    recipe = plans.recipes[sku]
    try:
        stored = plans.store.find(recipe.model)
    except ModelError as e:
        raise RecipeError(f"recipe {sku}: {e}") from e
    calibration = Preparation(recipe).calibration
    name = f"{stored.name}/{stored.version}"
    return Versions("", sku, recipe.digest, name, recipe.model_digest or stored.digest, calibration)


def inspector_of(plan: Plan | None) -> Inspector | None:
    """The inspector of a plan, None where there is none."""
    return plan.inspects.inspector if plan is not None and isinstance(plan.inspects, Watched) else None


def close_model(plan: Plan) -> None:
    """Let a plan's model go."""
    if (inspector := inspector_of(plan)) is not None:
        inspector.model.close()


def retire(loop: Loop, plan: Plan) -> None:
    """Let an exchanged plan's model go once no open case needs it."""
    loop.wait_off(plan)
    close_model(plan)


def refused(error: Exception) -> Future[Any]:
    """A future of something that was not even begun."""
    answer: Future[Any] = Future()
    answer.set_exception(error)
    return answer


def newest_frames(plan: Plan | None) -> dict[str, Frame]:
    """The newest frame per view name; no copy, never judged."""
    newest: dict[str, Frame] = {}
    for name, views in plan.views.items() if plan else ():
        seen = plan.cameras[name].live if plan else {}
        for view in views:
            frames = [frame for key in (view, "") if (frame := seen.get(key)) is not None]
            if frames:
                newest[view] = max(frames, key=lambda frame: frame.taken_ns)
    return newest
