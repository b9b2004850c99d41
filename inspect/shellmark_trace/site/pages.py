"""Pages from their templates: both languages in one page, so that switching them asks nothing and counts nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2
from markupsafe import Markup

from .alarms import OTHER_STATION, UPLOAD_CONFLICT
from .claims import Claimed
from .findings import Finding
from .inspecting import Decided, Trace
from .queries import Answer
from .trace_words import ACCESSES, PICTURES, named, reason_said
from .tracing import facts_shown, trace_shown
from .words import CLAIMS, FINDINGS, GOOD_CLAIMS, PRIVACY, WORDS, Text

BEIJING = timezone(timedelta(hours=8))
_FOLDER = Path(__file__).parent / "templates"

KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "score": Text("查询异常（分数）", "unusual queries (score)"),
        "before_shipping": Text("出厂前被查询", "queried before shipping"),
        "after_retiring": Text("停用后被查询", "queried after retiring"),
        "void": Text("作废标签被查询", "void label queried"),
        "pin_conflict": Text("内码冲突", "PIN conflict"),
        "batch": Text("整批异常", "unusual batch"),
        UPLOAD_CONFLICT: Text("上传冲突", "uploads that contradict"),
        OTHER_STATION: Text("其他工站改动此码", "step by another station"),
    }
)

OUTCOME_WORDS: Mapping[str, Text] = MappingProxyType(
    {"genuine": Text("已解除", "cleared"), "copied": Text("确认复制", "confirmed as copied")}
)


class Pages:
    """The templates, compiled once; `host` is the only valid host in plain text."""

    def __init__(self, host: str) -> None:
        loader = jinja2.FileSystemLoader(_FOLDER)
        self._env = jinja2.Environment(
            loader=loader, autoescape=True, auto_reload=False, trim_blocks=True, undefined=jinja2.StrictUndefined
        )
        css = (_FOLDER / "style.css").read_text("utf-8").strip()
        self._env.globals.update(words=WORDS, host=host, css=Markup(css), kinds=KINDS)  # noqa: S704 - our own file
        self._env.globals.update(outcomes=OUTCOME_WORDS, named=named, pictures=PICTURES, facts_shown=facts_shown)
        self._env.globals.update(looks=ACCESSES, reason_said=reason_said)
        self._env.filters.update(moment=_moment, day=_day)
        digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
        self.policy = (
            f"default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        """The content security policy: no script at all, and only this style."""

    def code(
        self,
        answer: Answer,
        path: str,
        *,
        english: bool,
        counted: bool = True,
        note: Text | Claimed | None = None,
        transfer: str | None = None,
        dealer: bool = False,
    ) -> str:
        """The page of a code; `note` is what came of a form, `dealer` the look that does not count."""
        told = FINDINGS[answer.finding]
        if dealer and answer.finding is Finding.OTHER:
            head, means = WORDS["dealer_issued"], WORDS["dealer_issued_why"]
            told = type(told)(head, None, means, "plain", "look")
        void = answer.finding is Finding.VOID
        live = answer.finding in (Finding.FIRST, Finding.AGAIN, Finding.OTHER, Finding.COPIED)
        has_pin = answer.code is not None and answer.code["pin_hash"] is not None
        return self._render(
            "code.html",
            english,
            told=told,
            finding=str(answer.finding),
            code=answer.code,
            photos=() if void else answer.photos,
            passed=not void,
            earlier=answer.earlier,
            claimed=answer.claimed,
            mine=answer.mine,
            counted=counted,
            owner_form=live and not dealer and (has_pin or answer.claimed),
            path=path,
            note=CLAIMS[note] if isinstance(note, Claimed) else note,
            note_good=not isinstance(note, Claimed) or note in GOOD_CLAIMS,
            transfer=transfer,
        )

    def plain(self, head: str, means: str | None = None, *, english: bool) -> str:
        """A page that only says something, by the keys of `WORDS`."""
        return self._render("plain.html", english, head=WORDS[head], means=WORDS[means] if means else None)

    def home(self, *, english: bool, note: Text | None = None) -> str:
        """The page for dealers who type a serial; `note` says what is wrong with the one that was typed."""
        return self._render("home.html", english, note=note)

    def privacy(self, *, english: bool) -> str:
        """What is kept of a buyer."""
        return self._render("privacy.html", english, privacy=PRIVACY)

    def monthly(self, months: Sequence[Mapping[str, Any]], *, english: bool) -> str:
        """How many queries were warned."""
        return self._render("monthly.html", english, months=months)

    def login(self, *, english: bool, wrong: bool = False) -> str:
        """The inspector's login."""
        return self._render("login.html", english, wrong=wrong)

    def alerts(
        self, alerts: Sequence[Mapping[str, Any]], accesses: Sequence[Mapping[str, Any]], *, english: bool
    ) -> str:
        """What is open, and who looked at what."""
        return self._render("alerts.html", english, alerts=alerts, accesses=accesses)

    def decided(self, decided: Decided, *, english: bool) -> str:
        """What is said of an alert that was decided before: by whom, when, how."""
        return self._render("decided.html", english, decided=decided)

    def trace(self, trace: Trace, *, english: bool) -> str:
        """The whole trace of a code."""
        return self._render("trace.html", english, trace=trace, it=trace_shown(trace))

    def _render(self, template: str, english: bool, **values: Any) -> str:
        return self._env.get_template(template).render(english=english, **values)


def prefers_english(accept: str) -> bool:
    """Whether an Accept-Language header puts English before Chinese; Chinese where it says neither."""
    best = {"zh": 0.0, "en": 0.0}
    for part in accept[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        language = name.split("-")[0].lower()
        if language in best:
            try:
                best[language] = max(best[language], float(weight or 1))
            except ValueError:
                continue
    return best["en"] > best["zh"]


def _moment(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _day(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone(BEIJING):%Y-%m-%d}"
