"""An act on an item that is ordered by one button."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.verdicts import Verdict
from infra.web.forms import Form
from services.content.application import ContentApplication
from services.content.policy.facts import Step
from services.content.queries import Item
from services.content.ui.action_forms import Nothing

NOTHING: Form[Any] = Form("act", Nothing)


@dataclass(frozen=True, slots=True)
class Order:
    """An act as it comes in: on which item, made from which version, over which bytes, with which answers."""

    article: UUID
    version: int
    seen: str
    value: Any
    act: Act


@dataclass(frozen=True, slots=True)
class Action:
    """One button. Holders of `capacity` see it at `steps`; `carry` calls the use case, whose rules decide all the same."""

    name: str
    label: str
    explains: str
    said: str
    clause: str
    capacity: str
    steps: frozenset[Step]
    carry: Callable[[ContentApplication, Order], Verdict]
    form: Form[Any] = NOTHING
    on_behalf_of: str | None = None
    tone: str = ""
    when: Callable[[Item], bool] = lambda _: True

    def offered(self, item: Item, capacities: frozenset[str]) -> bool:
        """Tell whether somebody with these capacities is shown the button."""
        return self.capacity in capacities and Step(item.step) in self.steps and self.when(item)
