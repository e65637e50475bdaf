"""The desk: what waits for whoever is signed in, the longest waiting first, and where everything else is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel import offices
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.content.bootstrap import Desk
from services.content.policy.facts import Step
from services.content.profile import PROVINCE_TIME
from services.content.queries import ArticleLine, SubmissionLine
from services.content.ui import words
from services.content.ui.offers import delegation_to_publish
from services.content.ui.waits import waited

_RECENT = 5
_STEP_OFFICES = {Step.CLEARING.value: offices.SECRETARY, Step.PUBLISHING.value: offices.STANDING_DEPUTY}


@dataclass(frozen=True, slots=True)
class Pile:
    """Things that wait for one reason; `address` lists all of them if there are `more`, `note` says by what right one acts."""

    name: str
    title: str
    address: str
    articles: Sequence[ArticleLine] = ()
    submissions: Sequence[SubmissionLine] = ()
    note: str = ""
    more: bool = False

    def __len__(self) -> int:
        """Count what is shown."""
        return len(self.articles) + len(self.submissions)


class DeskPages:
    """The start page of the newsroom."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.router = APIRouter()
        self.router.get("/")(self.desk)

    def desk(self, page: StaffPage) -> Response:
        """Show what waits for whoever is signed in."""
        page.require(*words.NEWSROOM)
        piles = list(self._piles(page))
        mine = {line.id for pile in piles for line in pile.articles}
        elsewhere = [line for line in self._on_the_way() if line.id not in mine]
        recent = self._desk.queries.articles(Step.PUBLISHED.value).items[:_RECENT]
        shown = [*elsewhere, *(line for pile in piles for line in pile.articles)]
        return page.render(
            "desk.html",
            counts=self._desk.queries.waiting(),
            piles=piles,
            elsewhere=elsewhere,
            recent=recent,
            **list_values(page, self._desk, shown),
        )

    def _piles(self, page: Page) -> Iterator[Pile]:
        queries, holds = self._desk.queries, page.session.holds
        if holds(offices.HEAD):
            found = queries.waiting_for_the_head()
            title = msg("Sensitive items that wait for your agreement")
            yield Pile("head", title, "/articles", found.items, more=bool(found.next))
        if holds(offices.STANDING_DEPUTY):
            yield self._at(Step.PUBLISHING, msg("Cleared, for you to publish"))
        if holds(offices.SECRETARY):
            yield self._at(Step.CLEARING, msg("Sent by the team, for you to clear"))
            yield from self._delegated(page)
        if holds(offices.CONTENT_TEAM):
            yield self._arrived()
            yield self._at(Step.EDITING, msg("With the team: to edit and send on"))

    def _arrived(self) -> Pile:
        found = self._desk.queries.undecided()
        address = "/submissions?decision=pending"
        return Pile("arrived", msg("Arrived, to be decided"), address, (), found.items, more=bool(found.next))

    def _delegated(self, page: Page) -> Iterator[Pile]:
        delegation = delegation_to_publish(page, self._desk)
        if delegation is not None and not page.session.holds(offices.STANDING_DEPUTY):
            note = page.say(
                msg("By decision {number} you publish on behalf of the standing deputy."), number=delegation.number
            )
            yield self._at(Step.PUBLISHING, msg("Cleared, to publish on behalf of the standing deputy"), note)

    def _at(self, step: Step, title: str, note: str = "") -> Pile:
        returned, others = (self._desk.queries.waiting_at(step, returned=each) for each in (True, False))
        lines, more = (*returned.items, *others.items), bool(returned.next or others.next)
        return Pile(step.value, title, f"/articles?step={step.value}", lines, note=note, more=more)

    def _on_the_way(self) -> Sequence[ArticleLine]:
        return self._desk.queries.waiting_at(Step.EDITING, Step.CLEARING, Step.PUBLISHING).items


def list_values(page: Page, desk: Desk, lines: Iterable[ArticleLine] = ()) -> dict[str, Any]:
    """Return what tables of items need besides their lines: names of sections and of holders, and how long they wait."""
    return {
        "words": words,
        "sections": section_names(page, desk),
        "holders": _holders(lines, desk, page.now),
        "waited": partial(waited, page),
    }


def section_names(page: Page, desk: Desk) -> dict[str, str]:
    """Return the sections of today by their slug, in the reader's language."""
    day = page.now.astimezone(PROVINCE_TIME).date()
    return {section.slug: section.name[page.language] for section in desk.profile.sections(day)}


def _holders(lines: Iterable[ArticleLine], desk: Desk, at: datetime) -> dict[Any, str]:
    """Return by item who has it in hand: the editor at step 1, then whoever holds the office of the step now."""
    authority = desk.authority.current()
    offices_now = {step: authority.holder(office, at) for step, office in _STEP_OFFICES.items()}
    accounts = {line.id: _holder(line, offices_now.get(line.step)) for line in lines}
    names = desk.people.names_of(set(accounts.values()) - {""})
    return {item: names[account] for item, account in accounts.items() if account in names}


def _holder(line: ArticleLine, office_holder: object) -> str:
    if line.step == Step.EDITING:
        return line.editor
    return str(office_holder) if office_holder else ""
