"""What a station's configuration says of labels: the section `[label]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shellmark_inspect.errors import ConfigError
from shellmark_inspect.labelling import Settings
from shellmark_inspect.recipe import Name, Recipe
from shellmark_inspect.records import ATTEMPTS
from shellmark_trace import TraceError
from shellmark_trace.labels import TEMPLATES, LabelTemplate
from shellmark_trace.printers import PrinterSettings, read_printer_settings
from shellmark_trace.readback import UEC_LEAST


class OrderSpec(BaseModel):
    """The order a station makes first: number, pieces, batch. At most `quantity` codes are issued for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    number: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1)]
    batch: Annotated[str, Field(max_length=64)] = ""


class LabelSpec(BaseModel):
    """How labels are printed and read back.

    `printer` is the printer's settings (`kind` and what that kind takes); `view` is what reads the label back: a view
    of the recipe in use, or the name of a camera that no recipe uses. `template` is a built-in label or a TOML file.
    `uec_least` is the least unused error correction, `attempts` the serials a case may use up before a supervisor,
    `looks` the exposures before a label counts as not read. `uncounted` allows a printer without an odometer: then one
    proof is missing, and the code's facts say so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    printer: dict[str, Any]
    view: Name
    template: str = "outside"
    uec_least: Annotated[float, Field(ge=UEC_LEAST, le=1)] = UEC_LEAST
    attempts: Annotated[int, Field(ge=1, le=50)] = ATTEMPTS
    looks: Annotated[int, Field(ge=1, le=20)] = 3
    uncounted: bool = False
    order: OrderSpec | None = None

    @property
    def settings(self) -> Settings:
        """What the labeller takes."""
        return Settings(
            uec_least=self.uec_least,
            attempts=self.attempts,
            uncounted=self.uncounted,
            looks=self.looks,
            view=self.view,
        )

    def printer_settings(self, folder: Path) -> PrinterSettings:
        """The printer's checked settings.

        Raises:
            ConfigError: they cannot be used, or the printer counts nothing and `uncounted` does not allow that.
        """
        try:
            settings = read_printer_settings(self.printer, folder)
        except TraceError as e:
            raise ConfigError(f"configuration [label]: {e}") from e
        if not settings.counts and not self.uncounted:
            raise ConfigError(
                f"configuration [label]: a printer of kind {settings.kind} has no odometer and would never print: "
                "set uncounted = true (one proof less), or take a printer that counts"
            )
        return settings

    def check_view(self, cameras: Mapping[str, Mapping[str, Any]], recipes: Iterable[Recipe]) -> None:
        """See that labels can be read through `view`: a recipe's, or a camera of its own.

        Raises:
            ConfigError: there is neither, or the view's camera serves each case once.
        """
        of_recipes = {one.name: one.camera for recipe in recipes for one in recipe.views}
        if self.view not in cameras and self.view not in of_recipes:
            raise ConfigError(
                f"configuration [label]: there is neither a view nor a camera {self.view}: "
                f"there are {', '.join(sorted({*cameras, *of_recipes}))}"
            )
        camera = of_recipes.get(self.view, self.view)
        if self.view in of_recipes and cameras.get(camera, {}).get("kind") == "folder":
            raise ConfigError(
                f"configuration [label]: view {self.view} comes from a folder, which serves each case once: "
                "give a camera of its own"
            )

    def label_template(self, folder: Path) -> LabelTemplate:
        """The label's template.

        Raises:
            ConfigError: it is neither built in nor a usable file.
        """
        if (built_in := TEMPLATES.get(self.template)) is not None:
            return built_in
        try:
            return LabelTemplate.read(folder / self.template)
        except TraceError as e:
            raise ConfigError(f"configuration [label]: {e}") from e
