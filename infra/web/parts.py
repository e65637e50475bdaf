"""What each service contributes to the staff pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from infra.metrics.dependencies import Check
from infra.web.form_memory import Memory
from infra.web.identity import AuthorityStore


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation: a msgid, a path under the part's prefix, and who sees it (None: everybody)."""

    label: str
    path: str
    capacities: frozenset[str] | None = None

    def visible_to(self, held: frozenset[str]) -> bool:
        """Tell whether somebody with these capacities sees the entry."""
        return self.capacities is None or bool(self.capacities & held)


def _at_once(_position: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """A service's staff pages and what they stand on; README.md shows a whole one.

    `home` is the folder with `templates/`, `locale/` and perhaps `static/`; `caught_up` waits, bounded, until the read
    model has reached a position; `root` has pages outside the prefix; `readiness` names what the part cannot do without.
    """

    name: str
    home: Path
    router: APIRouter
    identities: AuthorityStore
    memory: Memory
    navigation: tuple[NavItem, ...] = ()
    caught_up: Callable[[int], bool] = _at_once
    readiness: Mapping[str, Check] = field(default_factory=dict)
    root: APIRouter | None = None
