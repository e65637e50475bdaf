"""Which buttons somebody sees on an item: the one that is next, the others, and those that do harm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.kernel import offices
from infra.kernel.authority import Delegation
from infra.kernel.verdicts import Refusal, first_refusal
from infra.web.page import Page
from services.content.bootstrap import Desk
from services.content.policy.facts import PUBLISH, Step
from services.content.policy.qc2019_article_4 import paragraph_6_nothing_stopped_is_published
from services.content.policy.qc2024_article_10 import (
    paragraph_2_sensitive_waits_for_the_head,
    paragraph_2_special_waits_for_the_chairman,
)
from services.content.queries import Item
from services.content.ui.action import Action
from services.content.ui.actions import ACTIONS, AGREE, CLEAR, PUBLISH_FOR, publishes

_EDITED_BY = {Step.EDITING: offices.CONTENT_TEAM, Step.CLEARING: offices.SECRETARY}
_OPINIONS = ("opinion", "opinion-secretary")


@dataclass(frozen=True, slots=True)
class Offers:
    """The buttons on an item. `next` is the red one, if any; `edit` tells whether editing is offered, `edit_first` in red.

    `delegation` is the one in force today under which the secretary publishes.
    """

    next: Action | None
    others: tuple[Action, ...]
    harmful: tuple[Action, ...]
    edit: bool
    edit_first: bool
    delegation: Delegation | None

    @property
    def delegated_until(self) -> datetime | None:
        """Return the last instant at which the delegation counts; None when it is open or there is none."""
        until = self.delegation.term.until if self.delegation else None
        return until - timedelta(microseconds=1) if until else None


def offers_on(item: Item, page: Page, desk: Desk, *, unfinished: bool) -> Offers:
    """Choose the buttons for whoever asks. `unfinished`: the item lacks something, or was sent back and not edited since."""
    delegation = delegation_to_publish(page, desk)
    offered = [
        action
        for action in ACTIONS.values()
        if action.offered(item, page.session.capacities) and (action is not PUBLISH_FOR or delegation)
    ]
    edit = may_edit(page, item)
    edit_first = edit and unfinished and item.step == Step.EDITING
    following = None if edit_first else _next(offered, item, str(page.session.account))
    rest = [action for action in offered if action is not following and not _pointless(action, item)]
    return Offers(
        next=following,
        others=tuple(action for action in rest if action.tone != "danger"),
        harmful=tuple(action for action in rest if action.tone == "danger"),
        edit=edit,
        edit_first=edit_first,
        delegation=delegation,
    )


def delegation_to_publish(page: Page, desk: Desk) -> Delegation | None:
    """Return the delegation under which the secretary publishes today (QC2024 Đ10.1b-3); None for everybody else."""
    if not page.session.holds(offices.SECRETARY):
        return None
    authority = desk.authority.current()
    return authority.delegation(offices.STANDING_DEPUTY, offices.SECRETARY, PUBLISH, page.now)


def may_edit(page: Page, item: Item) -> bool:
    """Tell whether the item stands at a step at which this person edits."""
    part = _EDITED_BY.get(Step(item.step))
    return part is not None and page.session.holds(part)


def obstacle(item: Item) -> Refusal | None:
    """Return what would keep the item from being published now, besides steps that are still ahead (QC2024 Đ10.2)."""
    return first_refusal(
        paragraph_6_nothing_stopped_is_published(item.stopped),
        paragraph_2_sensitive_waits_for_the_head(item.consultation),
        paragraph_2_special_waits_for_the_chairman(item.consultation),
    )


def _next(offered: Sequence[Action], item: Item, account: str) -> Action | None:
    return next((action for action in offered if not action.tone and not _in_vain(action, item, account)), None)


def _in_vain(action: Action, item: Item, account: str) -> bool:
    """Tell whether the rules would refuse it now, so that it must not look like the next thing to do."""
    if action is CLEAR or publishes(action):
        own = account == item.sender
        return own or (publishes(action) and obstacle(item) is not None)
    return _given(action, item) or (action is AGREE and item.step == Step.EDITING)


def _pointless(action: Action, item: Item) -> bool:
    """Tell whether a button would only be in the way: refused for certain, or given already."""
    return (publishes(action) and obstacle(item) is not None) or (action is AGREE and _given(action, item))


def _given(action: Action, item: Item) -> bool:
    if action is AGREE:
        return item.consultation.head_agreed
    return action.name in _OPINIONS and item.consultation.chairman_agreed
