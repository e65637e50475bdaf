"""What inspectors ask: acts by person, office, thing, kind, period and refusal, and the whole story of one thing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from infra.read_store.paging import Order, Page, cursor_after
from infra.read_store.people import People
from infra.read_store.rows import MOST_ROWS, Row
from services.audit.projections import REFUSED, AuditRows, way, when, words_of
from services.audit.queries.criteria import Criteria, is_id
from services.audit.queries.views import Act, Step, Story, Turned, act_of, thing_of

PAGE_SIZE = 50
MOST_THINGS = 100
"""A search by words goes through the acts of at most so many things, those that changed last."""
_NEWEST, _OLDEST = Order("when", descending=True), Order("when")
_LAST_CHANGED = Order("position", descending=True)
_AS_ENTERED = Order("index")


class AuditQueries:
    """Answers from the read rows, which may lag a moment behind the log."""

    def __init__(self, rows: AuditRows, people: People) -> None:
        self._rows = rows
        self._people = people

    def search(self, criteria: Criteria, after: str | None = None, limit: int = PAGE_SIZE) -> Page[Act]:
        """Return a page of acts, the latest first; raises `BadCursorError`."""
        page = self._rows.acts.find(self._where(criteria), order=_NEWEST, limit=limit, after=after)
        return Page(tuple(self._acts(page.items)), page.next)

    def turn(self, criteria: Criteria, older_than: str | None = None, newer_than: str | None = None) -> Turned:
        """Return the page that lies before or after another one, the latest first; raises `BadCursorError`."""
        order, after = (_OLDEST, newer_than) if newer_than else (_NEWEST, older_than)
        page = self._rows.acts.find(self._where(criteria), order=order, limit=PAGE_SIZE, after=after)
        rows, following = page.items, page.next
        if not rows:
            return Turned((), None, None)
        if newer_than:
            rows = rows[::-1]
            return Turned(tuple(self._acts(rows)), following, cursor_after(rows[-1], _NEWEST))
        return Turned(tuple(self._acts(rows)), cursor_after(rows[0], _NEWEST) if older_than else None, following)

    def each(self, criteria: Criteria, entries: int) -> Iterator[Act]:
        """Go through the acts among the first entries of the log, the latest first, however many they are."""
        where, after = {**self._where(criteria), "index": {"$lt": entries}}, None
        while True:
            page = self._rows.acts.find(where, order=_NEWEST, limit=MOST_ROWS, after=after)
            yield from self._acts(page.items)
            if page.next is None:
                return
            after = page.next

    def settled(self, criteria: Criteria) -> Criteria:
        """Return criteria that name the things meant, so that they find the same acts whatever is called so later."""
        if not criteria.thing or _is_entry(criteria.thing):
            return criteria
        return replace(criteria, things=tuple(self._meant(criteria.thing)))

    def act(self, entry: str) -> Act | None:
        """Return the act of an entry such as "content/42"."""
        row = self._rows.acts.get(entry)
        return None if row is None else self._acts([row])[0]

    def story(self, thing: str) -> Story | None:
        """Return the story of a thing by its id; None when nothing happened to it."""
        page = self._rows.acts.find({"things": {"$in": self._whole_story(thing)}}, order=_AS_ENTERED)
        acts = self._acts(page.items)
        if not acts:
            return None
        waits = [None, *(max(later.at - earlier.at, timedelta(0)) for earlier, later in pairwise(acts))]
        steps = tuple(Step(act, waited) for act, waited in zip(acts, waits, strict=True))
        known = self._rows.things.get(thing) or {}
        return Story(thing_of(thing, known, self._people.names_of([thing])), steps, page.next is not None)

    def kinds(self) -> tuple[str, ...]:
        """Return every topic that was ever heard, and what these belong to."""
        return self._choices("kinds")

    def people(self) -> dict[str, str]:
        """Return the names of those who have acted, by account; empty for whom is not known or was erased."""
        accounts = self._choices("account")
        names = self._people.names_of(accounts)
        return {account: names.get(account, "") for account in accounts}

    def names(self, accounts: Sequence[str]) -> dict[str, str]:
        """Return the names of these accounts, as far as they are known."""
        return self._people.names_of(accounts)

    def offices(self) -> tuple[str, ...]:
        """Return every capacity that was ever acted in or for."""
        return self._choices("offices")

    def size(self) -> int:
        """Return how many entries have a row."""
        return self._rows.acts.count()

    def _choices(self, field: str) -> tuple[str, ...]:
        return tuple(sorted(row["value"] for row in self._rows.choices.each({"field": field})))

    def _where(self, criteria: Criteria) -> dict[str, Any]:
        named = {"account": criteria.account, "offices": criteria.office, "kinds": criteria.kind}
        where: dict[str, Any] = {field: value for field, value in named.items() if value}
        if criteria.refused:
            where["refused"] = True
        if criteria.things is not None or criteria.thing:
            where |= self._about(criteria)
        else:
            where["ways"] = {"$in": [way(criteria.account, criteria.office, topic) for topic in self._topics(criteria)]}
        return where | _period(criteria)

    def _topics(self, criteria: Criteria) -> Sequence[str]:
        """Return the topics that a search is restricted to, the empty one when it is not."""
        if not criteria.kind and not criteria.refused:
            return ("",)
        among = [kind for kind in self.kinds() if f"{kind}.".startswith(f"{criteria.kind}." if criteria.kind else "")]
        return [kind for kind in among if kind.endswith(REFUSED)] if criteria.refused else among

    def _about(self, criteria: Criteria) -> dict[str, Any]:
        if _is_entry(criteria.thing):
            return {"_id": criteria.thing}
        things = self._meant(criteria.thing) if criteria.things is None else criteria.things
        return {"things": {"$in": list(things)}}

    def _meant(self, thing: str) -> Sequence[str]:
        """Return the ids of the things that an id or words stand for."""
        if is_id(thing):
            return self._whole_story(str(UUID(thing)))
        return [row["_id"] for row in self._called(words_of(thing))]

    def _whole_story(self, thing: str) -> list[str]:
        """Return a thing, and what it grew out of or grew into: their acts are one story."""
        known = self._rows.things.get(thing)
        return [thing, *(known.get("linked", ()) if known else ())]

    def _called(self, words: Sequence[str]) -> Sequence[Row]:
        """Return the things with all the words in their names, the last ones changed; else those where the last is only begun."""
        if not words:
            return ()
        exactly = self._rows.things.find({"words": {"$all": words}}, order=_LAST_CHANGED, limit=MOST_THINGS)
        if exactly.items:
            return exactly.items
        begun = {"words": {"$regex": f"^{re.escape(words[-1])}"}}
        return self._rows.things.find(
            {"$and": [*({"words": word} for word in words[:-1]), begun]}, limit=MOST_THINGS
        ).items

    def _acts(self, rows: Sequence[Row]) -> list[Act]:
        """Return the acts of rows, with what they happened to and the names of people."""
        concerned = {row["things"][0] for row in rows}
        things = self._rows.things.get_all(concerned)
        names = self._people.names_of({row["account"] for row in rows} | concerned)
        known = {id_: thing_of(id_, things.get(id_, {}), names) for id_ in concerned}
        return [act_of(row, known[row["things"][0]], names.get(row["account"], "")) for row in rows]


def _period(criteria: Criteria) -> dict[str, Any]:
    bounds = {"$gte": criteria.since, "$lt": criteria.until}
    restricting = {name: when(instant) for name, instant in bounds.items() if instant}
    return {"when": restricting} if restricting else {}


def _is_entry(text: str) -> bool:
    return "/" in text and text.rpartition("/")[2].isdecimal()
