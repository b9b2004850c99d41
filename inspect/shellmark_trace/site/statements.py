"""The statements of a buyer's query, built once: building one costs more CPU time than running it.

Their parameters begin with `b_`, since a bare column's name is taken by SQLAlchemy itself.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from .findings import COUNTING
from .schema import claims, code_photos, codes, devices, months, photos, scans

MOST_DEVICES = 64
"""Devices of a code the clone rule looks at; a code with more has alarmed long ago."""

MOST_PHOTOS = 6
_c, _d, _m, _p, _s = codes.c, devices.c, months.c, photos.c, code_photos.c
_at: Any = bindparam("b_at", type_=sa.Double)

COUNT = (
    sa.update(codes)
    .where(
        _c.serial == bindparam("b_serial"),
        _c.gtin == bindparam("b_gtin"),
        _c.state.in_(sorted(str(state) for state in COUNTING)),
    )
    .values(queries=_c.queries + 1, first_s=sa.func.coalesce(_c.first_s, _at), previous_s=_c.last_s, last_s=_at)
    .returning(*codes.c)
)
"""Count a query in one statement, so that no two callers are told the same number."""

ONE_MORE_DEVICE = sa.update(codes).where(_c.serial == bindparam("b_serial")).values(devices=_c.devices + 1)
CODE = sa.select(codes).where(_c.serial == bindparam("b_serial"))
CLAIM = sa.select(claims).where(claims.c.serial == bindparam("b_serial"))
KNOWN = sa.select(devices).where(_d.serial == bindparam("b_serial")).order_by(_d.first_s).limit(MOST_DEVICES)

DEVICE_AGAIN = (
    sa.update(devices)
    .where(_d.serial == bindparam("b_serial"), _d.device == bindparam("b_before"))
    .values(
        device=bindparam("b_device"),
        last_s=_at,
        queries=_d.queries + 1,
        city=bindparam("b_city"),
        latitude=bindparam("b_latitude"),
        longitude=bindparam("b_longitude"),
    )
)
"""A device asks again; one known under an older salt takes its name under the newest."""

SCAN = scans.insert()

PHOTOS = (
    sa.select(_s.digest, _s.kind, _s.view, _p.width, _p.height, _s.corners)
    .join(photos, _p.digest == _s.digest)
    .where(_s.serial == bindparam("b_serial"), _s.public)
    .order_by(_s.kind.desc(), _s.view, _s.light)
    .limit(MOST_PHOTOS)
)
"""The pictures a buyer may see that are here, the label's first."""


def _month(kind: Any) -> Any:
    fresh = kind.insert(months).values(
        month=bindparam("b_month"), scans=1, other=bindparam("b_other"), warned=bindparam("b_warned")
    )
    new = fresh.excluded
    more = {"scans": _m.scans + 1, "other": _m.other + new.other, "warned": _m.warned + new.warned}
    return fresh.on_conflict_do_update(index_elements=["month"], set_=more)


def _device(kind: Any) -> Any:
    fresh = kind.insert(devices).values(
        serial=bindparam("b_serial"),
        device=bindparam("b_device"),
        first_s=_at,
        last_s=_at,
        queries=1,
        city=bindparam("b_city"),
        latitude=bindparam("b_latitude"),
        longitude=bindparam("b_longitude"),
    )
    more = {"last_s": fresh.excluded.last_s, "queries": _d.queries + 1}
    return fresh.on_conflict_do_update(index_elements=["serial", "device"], set_=more)


MONTH = {"sqlite": _month(sqlite), "postgresql": _month(postgresql)}
"""Count a query in its month, by the kind of database."""

DEVICE = {"sqlite": _device(sqlite), "postgresql": _device(postgresql)}
"""A device asks for the first time; one beyond `MOST_DEVICES` may be there already."""
