"""A label template: the sticker's size and what stands on it, from a TOML file or built in; and one label's content."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shellmark_trace.errors import LabelError
from shellmark_trace.label import MODULE_MM, TAIL_LENGTH
from shellmark_trace.link import parse_link
from shellmark_trace.reading import read_toml

LEAST_MODULE_MM, MOST_MODULE_MM = 0.396, 0.990
"""The X-dimension of a QR code with a GS1 Digital Link (GS1 General Specifications, section 5.12.3.1)."""

TEXT_LENGTH = 80

Millimetre = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)]


class Row(StrEnum):
    """What may stand beside the symbol, from top to bottom."""

    NAME = "name"
    SKU = "sku"
    BATCH = "batch"
    DATE = "date"


CAPTIONS: Mapping[str, Mapping[Row | Literal["host", "tail", "sample"], str]] = MappingProxyType(
    {
        "zh": {
            Row.SKU: "型号",
            Row.BATCH: "批次",
            Row.DATE: "日期",
            "host": "验真网址",
            "tail": "尾号",
            "sample": "样张 SAMPLE",
        },
        "en": {
            Row.SKU: "SKU",
            Row.BATCH: "Batch",
            Row.DATE: "Date",
            "host": "Verify at",
            "tail": "No. …",
            "sample": "SAMPLE",
        },
    }
)
"""The words the template prints itself, by language."""


class LabelTemplate(BaseModel):
    """How a label looks. Sizes in mm: the sticker's, the blank margin, a module of the symbol.

    `symbol` is "plain" (QR 3-M of the upper-case code: the outside label) or "signed" (QR 8-M or 9-M of the code with
    its signature in AI 91: hang tag or lining). `rows` stand beside the symbol; a row whose content is empty is left
    out. `font` is a font file for every text; without it a Chinese font of the system is found by its name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    width_mm: Millimetre = 50.0
    height_mm: Millimetre = 30.0
    margin_mm: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)] = 1.5
    module_mm: Annotated[float, Field(ge=LEAST_MODULE_MM, le=MOST_MODULE_MM, allow_inf_nan=False)] = MODULE_MM
    symbol: Literal["plain", "signed"] = "plain"
    rows: tuple[Row, ...] = (Row.NAME, Row.SKU, Row.BATCH, Row.DATE)
    language: Literal["zh", "en"] = "zh"
    font: Path | None = None

    @model_validator(mode="after")
    def _each_row_once(self) -> Self:
        if len(set(self.rows)) < len(self.rows):
            raise ValueError(f"rows {', '.join(self.rows)}: name each once")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """A template from a TOML file; a relative `font` is taken from the file's folder.

        Raises:
            LabelError: the file cannot be read, is no TOML, or says something impossible.
        """
        try:
            template = cls.model_validate(read_toml(path))
        except OSError as e:
            raise LabelError(
                "label template {path} cannot be read: {why}: give a TOML file", path=path, why=e.strerror or e
            ) from e
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise LabelError("label template {path} is no TOML: {why}", path=path, why=e) from e
        except ValidationError as e:
            fault = e.errors()[0]
            place, message = ".".join(str(part) for part in fault["loc"]), fault["msg"].removeprefix("Value error, ")
            raise LabelError(
                "label template {path}: {place}: {message}", path=path, place=place or "it", message=message
            ) from e
        font = template.font and path.parent / template.font
        return template.model_copy(update={"font": font})


TEMPLATES: Mapping[str, LabelTemplate] = MappingProxyType(
    {
        "outside": LabelTemplate(name="outside"),
        "signed": LabelTemplate(name="signed", width_mm=70, height_mm=40, symbol="signed"),
    }
)
"""The built-in templates by name: the outside label on a 50 x 30 mm sticker, the signed one on 70 x 40 mm."""


@dataclass(frozen=True, slots=True)
class LabelContent:
    """What one label says: the code's text, and words for people; an empty one is left out.

    `sample` marks a label that is no product's: it is printed on it, in place of the serial's tail.

    Raises:
        LinkError: the text is no code.
        LabelError: a word is longer than 80 characters or holds a line break.
    """

    text: str
    sku: str = ""
    name: str = ""
    batch: str = ""
    date: str = ""
    sample: bool = False

    def __post_init__(self) -> None:
        parse_link(self.link_text)
        for what in Row:
            word = self.of(what)
            if len(word) > TEXT_LENGTH or not word.isprintable():
                raise LabelError(
                    "the label's {what} {word!r} cannot be printed: one line of at most {most} is due",
                    what=what,
                    word=word[:40],
                    most=TEXT_LENGTH,
                )

    @property
    def link_text(self) -> str:
        """The code without its signature."""
        return self.text.partition("?")[0]

    @property
    def host(self) -> str:
        """The host a buyer should see, in upper case."""
        return parse_link(self.link_text).host

    @property
    def tail(self) -> str:
        """The last six symbols of the serial, to be read by people."""
        return parse_link(self.link_text).serial[-TAIL_LENGTH:]

    def of(self, row: Row) -> str:
        """The word of a row."""
        return {Row.NAME: self.name, Row.SKU: self.sku, Row.BATCH: self.batch, Row.DATE: self.date}[row]
