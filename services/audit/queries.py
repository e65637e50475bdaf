"""What inspectors ask: acts by person, office, thing, kind, period and refusal, and the whole story of one thing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Self
from uuid import UUID

from infra.read_store.paging import Order, Page, cursor_after
from infra.read_store.people import People
from infra.read_store.rows import MOST_ROWS, Row
from services.audit.projections import REFUSED, AuditRows, way, when, words_of

PAGE_SIZE = 50
MOST_THINGS = 100
"""A search by words goes through the acts of at most so many things, those that changed last."""
_NEWEST, _OLDEST = Order("when", descending=True), Order("when")
_LAST_CHANGED = Order("position", descending=True)
_AS_ENTERED = Order("index")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; empty fields do not restrict. `since` and `until` are instants, `until` not included.

    `thing` is words of a title, the id of a thing, or an entry such as "content/42"; `kind` a topic or its beginning.
    """

    account: str = ""
    office: str = ""
    thing: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    refused: bool = False

    def as_record(self) -> dict[str, str]:
        """Return what restricts, as an event stores it."""
        return {name: _written(value) for name, value in asdict(self).items() if value}

    @classmethod
    def read(cls, record: Mapping[str, str]) -> Self:
        """Read what an event has stored."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in record.items() if name in known}
        for name in {"since", "until"} & values.keys():
            values[name] = datetime.fromisoformat(values[name])
        values["refused"] = "refused" in values
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Thing:
    """What acts happen to, and by what it is known: titles by language, an office, a number, or a person's name."""

    id: str
    kind: str
    titles: Mapping[str, str]
    office: str
    number: str
    holder: str

    def title(self, language: str) -> str:
        """Return its title in the language, or in another that it has; empty when it has none."""
        return in_language(self.titles, language)


@dataclass(frozen=True, slots=True)
class Act:
    """One event as a list shows it; `name` is empty for a person who is not known or was erased."""

    entry: str
    index: int
    service: str
    topic: str
    thing: Thing
    version: int
    at: datetime
    account: str
    name: str
    capacity: str
    on_behalf_of: str
    delegation: str
    clause: str
    refused: bool
    command: str
    code: str
    content_hash: str
    remark: Mapping[str, str]
    correlation: str

    def said(self, language: str) -> str:
        """Return the reason given, in the language or in another."""
        return in_language(self.remark, language)


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a story, and how long the thing had waited for it."""

    act: Act
    waited: timedelta | None


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to a thing and to what it grew out of, in the order of the log, whatever the clocks said.

    `more` tells that there is more than a page holds, and these are the first acts only.
    """

    thing: Thing
    steps: tuple[Step, ...]
    more: bool = False

    @property
    def lasted(self) -> timedelta:
        """How long it took from the first act to the last."""
        return max(self.steps[-1].act.at - self.steps[0].act.at, timedelta(0))


@dataclass(frozen=True, slots=True)
class Turned:
    """A page of acts that can be turned both ways: cursors of what is newer and of what is older, None where nothing is."""

    items: tuple[Act, ...]
    newer: str | None
    older: str | None


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

    def act(self, entry: str) -> Act | None:
        """Return the act of an entry such as "content/42"."""
        row = self._rows.acts.get(entry)
        return None if row is None else self._acts([row])[0]

    def story(self, thing: str) -> Story | None:
        """Return the story of a thing by its id; None when nothing happened to it."""
        known = self._rows.things.get(thing)
        things = [thing, *(known.get("linked", ()) if known else ())]
        page = self._rows.acts.find({"things": {"$in": things}}, order=_AS_ENTERED)
        acts = self._acts(page.items)
        if not acts:
            return None
        waits = [None, *(max(later.at - earlier.at, timedelta(0)) for earlier, later in pairwise(acts))]
        steps = tuple(Step(act, waited) for act, waited in zip(acts, waits, strict=True))
        return Story(_thing(thing, known or {}, self._people.names_of([thing])), steps, page.next is not None)

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
        if criteria.thing:
            where |= self._about(criteria.thing)
        else:
            where["ways"] = {"$in": [way(criteria.account, criteria.office, topic) for topic in self._topics(criteria)]}
        return where | _period(criteria)

    def _topics(self, criteria: Criteria) -> Sequence[str]:
        """Return the topics that a search is restricted to, the empty one when it is not."""
        if not criteria.kind and not criteria.refused:
            return ("",)
        among = [kind for kind in self.kinds() if f"{kind}.".startswith(f"{criteria.kind}." if criteria.kind else "")]
        return [kind for kind in among if kind.endswith(REFUSED)] if criteria.refused else among

    def _about(self, thing: str) -> dict[str, Any]:
        if _is_id(thing):
            return {"things": str(UUID(thing))}
        if "/" in thing and thing.rpartition("/")[2].isdecimal():
            return {"_id": thing}
        return {"things": {"$in": [row["_id"] for row in self._called(words_of(thing))]}}

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
        known = {id_: _thing(id_, things.get(id_, {}), names) for id_ in concerned}
        return [_act(row, known[row["things"][0]], names.get(row["account"], "")) for row in rows]


def _thing(thing: str, row: Row, names: Mapping[str, str]) -> Thing:
    """Return a thing; an account is known by its person."""
    return Thing(
        id=thing,
        kind=row.get("kind", ""),
        titles=row.get("titles", {}),
        office=row.get("office", ""),
        number=row.get("number", ""),
        holder=names.get(thing, ""),
    )


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text in a language; else the one without a language; else any."""
    return texts.get(language) or texts.get("") or next((text for text in texts.values() if text), "")


def _act(row: Row, thing: Thing, name: str) -> Act:
    own = {"entry", "thing", "at", "name"}
    copied = {field.name: row[field.name] for field in fields(Act) if field.name not in own}
    return Act(**copied, entry=row["_id"], thing=thing, name=name, at=datetime.fromisoformat(row["at"]))


def _period(criteria: Criteria) -> dict[str, Any]:
    bounds = {"$gte": criteria.since, "$lt": criteria.until}
    restricting = {name: when(instant) for name, instant in bounds.items() if instant}
    return {"when": restricting} if restricting else {}


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "yes" if value is True else str(value)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
