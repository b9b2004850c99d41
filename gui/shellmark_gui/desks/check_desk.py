"""The daily check: begun in somebody's name, masters placed one after the other, suspects decided about."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from PyQt6.QtCore import QCoreApplication

from shellmark_gui.calibrationwords import work_word
from shellmark_gui.desks.screen import Screen
from shellmark_gui.pages.check_page import BREAK, PLACE, START, SUSPECTS, WORK, CheckPage
from shellmark_gui.pages.choice_page import Choice, Question
from shellmark_gui.pages.suspects_page import ALL, ONE, SuspectsPage
from shellmark_gui.wording import OVERRULE_REASONS, disposition_word, overrule_word
from shellmark_inspect.records import Outcome
from shellmark_inspect.station import WORKS, CheckState
from shellmark_inspect.types import Disposition

translate = QCoreApplication.translate


class CheckDesk:
    """What the keys of the check's pages do."""

    def __init__(self, screen: Screen, page: CheckPage, suspects: SuspectsPage) -> None:
        self._screen, self._page, self._suspects = screen, page, suspects
        self._back: Callable[[], None] = screen.home
        page.left.connect(self._leave)
        page.pressed.connect(self._pressed)
        suspects.left.connect(self._again)
        suspects.pressed.connect(self._decide)

    def open(self, back: Callable[[], None] | None = None) -> None:
        """Show the check; `back` is where the page leads back to, None: home."""
        self._back = back or self._screen.home
        self._page.say("")
        self._again()

    def poll(self) -> None:
        """Bring the page up to date."""
        if self._screen.page is self._page:
            self._show()

    def _show(self) -> None:
        checks = self._screen.station.checks
        self._page.show_check(
            checks.state(), checks.masters(), checks.due(), chinese=self._screen.language.code == "zh"
        )

    def _again(self) -> None:
        self._screen.show_page(self._page)
        self._show()

    def _leave(self) -> None:
        self._back()

    def _pressed(self, name: str) -> None:
        if name == START:
            self._named(self._begin)
        elif name == PLACE:
            self._do(self._screen.station.checks.place)
        elif name == BREAK:
            self._named(self._ask_break)
        elif name == WORK:
            self._named(self._ask_work)
        elif name == SUSPECTS:
            self._open_suspects()

    def _named(self, then: Callable[[], None]) -> None:
        """Do something in somebody's name; ask for it where nobody has signed in."""
        if self._screen.operator:
            then()
        else:
            self._screen.who(then, self._again)

    # the check

    def _begin(self) -> None:
        self._again()
        self._do(partial(self._screen.station.checks.begin, self._screen.operator))

    def _do(self, request: Callable[[], Future[CheckState]]) -> None:
        self._page.say("")
        self._page.show_busy(True)
        self._screen.bridge.ask(request, self._done, self._failed)

    def _done(self, state: CheckState) -> None:
        self._page.show_busy(False)
        self._show()
        if self._screen.page is not self._page and state.outcome is not None:
            words = (
                translate("check", "The daily check has passed")
                if state.outcome is Outcome.PASSED
                else translate("check", "The daily check has not passed")
            )
            self._screen.say(words)

    def _failed(self, why: str) -> None:
        self._page.show_busy(False)
        self._show()
        self._screen.say(why)

    def _ask_break(self) -> None:
        reasons = {
            "master missing": lambda: translate("check", "a master is missing"),
            "master damaged": lambda: translate("check", "a master is damaged"),
            "wrong SKU": lambda: translate("check", "another SKU is to be run"),
            "station needs mending": lambda: translate("check", "the station has to be mended"),
        }

        def chosen(reason: str) -> None:
            self._again()
            self._do(partial(self._screen.station.checks.break_off, self._screen.operator, reason))

        words = lambda: translate("check", "Why is the check broken off?")  # noqa: E731
        choices = [Choice(reason, said) for reason, said in reasons.items()]
        about = translate("check", "automatic mode stays off until one has passed")
        self._screen.ask(Question(words, about, choices, chosen), self._again)

    def _ask_work(self) -> None:
        def chosen(kind: str) -> None:
            self._again()
            request = partial(self._screen.station.checks.note_work, kind, self._screen.operator, kind)
            self._screen.bridge.ask(request, lambda _: self._noted(), self._screen.say)

        words = lambda: translate("check", "What was worked on?")  # noqa: E731
        choices = [Choice(kind, partial(work_word, kind)) for kind in WORKS]
        about = translate("check", "a check is due after it, for every SKU")
        self._screen.ask(Question(words, about, choices, chosen), self._again)

    def _noted(self) -> None:
        self._show()
        self._screen.say(translate("check", "Noted: a daily check is due"))

    # the suspects

    def _open_suspects(self) -> None:
        self._suspects.say("")
        self._screen.show_page(self._suspects)
        self._look_up()

    def _look_up(self) -> None:
        self._screen.bridge.fetch(self._screen.station.checks.suspects, self._suspects.show_suspects, self._screen.say)

    def _decide(self, name: str) -> None:
        one = self._suspects.suspect
        if name == ONE and one is not None:
            self._named_suspects(partial(self._ask_disposition, [one.row], one.case_id))
        elif name == ALL:
            count = translate("check", "{count} cases").format(count=len(self._suspects.suspects))
            self._named_suspects(partial(self._ask_disposition, None, count))

    def _named_suspects(self, then: Callable[[], None]) -> None:
        if self._screen.operator:
            then()
        else:
            self._screen.who(then, self._open_suspects)

    def _ask_disposition(self, rows: list[int] | None, about: str) -> None:
        choices = [Choice(one.value, partial(disposition_word, one)) for one in Disposition]
        words = lambda: translate("window", "What happens with this case?")  # noqa: E731
        then = lambda value: self._ask_why(rows, about, Disposition(value))  # noqa: E731
        self._screen.ask(Question(words, about, choices, then), self._open_suspects)

    def _ask_why(self, rows: list[int] | None, about: str, disposition: Disposition) -> None:
        choices = [Choice("reinspected", lambda: translate("check", "inspected again"))]
        choices += [Choice(code, partial(overrule_word, code)) for code in list(OVERRULE_REASONS)[:11]]

        def chosen(code: str) -> None:
            self._open_suspects()
            self._suspects.show_busy(True)
            clear = partial(self._screen.station.checks.clear, rows, disposition)
            request = partial(clear, operator=self._screen.operator, reason_code=code)
            self._screen.bridge.ask(request, self._cleared, self._not_cleared)

        words = lambda: translate("window", "Why {disposition}?").format(  # noqa: E731
            disposition=disposition_word(disposition)
        )
        self._screen.ask(Question(words, about, choices, chosen), self._open_suspects)

    def _cleared(self, count: int) -> None:
        self._suspects.show_busy(False)
        self._screen.say(translate("check", "Decided about {count} cases").format(count=count))
        self._look_up()

    def _not_cleared(self, why: str) -> None:
        self._suspects.show_busy(False)
        self._screen.say(why)
