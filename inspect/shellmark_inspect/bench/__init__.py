"""The offline benchmark: models on image sets, judged as the station judges, with every figure's n and interval."""

from .cases import Grouping
from .contestant import Contestant, read_contestant
from .engines import Engine, WorkerDied, cluster, in_this_process, processes
from .ledger import Ledger
from .listing import write_csv
from .report import write_html
from .run import Progress, Run, carry_out, plan, report_of, result

__all__ = [
    "Contestant",
    "Engine",
    "Grouping",
    "Ledger",
    "Progress",
    "Run",
    "WorkerDied",
    "carry_out",
    "cluster",
    "in_this_process",
    "plan",
    "processes",
    "read_contestant",
    "report_of",
    "result",
    "write_csv",
    "write_html",
]
