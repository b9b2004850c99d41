"""Teaching: from a folder or set of good shells to a bundle, here or in a process of its own."""

from .clock import Advance
from .job import TeachJob, TeachStopped, start_job
from .plain import plain_recipe, valid_name
from .plan import TeachPlan
from .report import GoodsReport, Kind, Remark
from .teacher import Outcome, teach_plan

__all__ = [
    "Advance",
    "GoodsReport",
    "Kind",
    "Outcome",
    "Remark",
    "TeachJob",
    "TeachPlan",
    "TeachStopped",
    "plain_recipe",
    "start_job",
    "teach_plan",
    "valid_name",
]
