"""The label: what stands on it, drawn once to a printer's dots, and those dots as ZPL, PNG or PDF."""

from .drawing import draw_label
from .files import label_pdf, label_picture_png
from .fonts import Typeface, typeface
from .symbol import module_dots, signed_matrix
from .template import LEAST_MODULE_MM, MOST_MODULE_MM, TEMPLATES, LabelContent, LabelTemplate, Row
from .zpl import label_zpl

__all__ = [
    "LEAST_MODULE_MM",
    "MOST_MODULE_MM",
    "TEMPLATES",
    "LabelContent",
    "LabelTemplate",
    "Row",
    "Typeface",
    "draw_label",
    "label_pdf",
    "label_picture_png",
    "label_zpl",
    "module_dots",
    "signed_matrix",
    "typeface",
]
