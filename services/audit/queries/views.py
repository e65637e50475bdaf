"""Views of the audit log: acts, what they happened to, and their stories."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from infra.read_store.rows import Row


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


def thing_of(thing: str, row: Row, names: Mapping[str, str]) -> Thing:
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


def act_of(row: Row, thing: Thing, name: str) -> Act:
    """Return an act of its row, with what it happened to and the name of who acted."""
    own = {"entry", "thing", "at", "name"}
    copied = {field.name: row[field.name] for field in fields(Act) if field.name not in own}
    return Act(**copied, entry=row["_id"], thing=thing, name=name, at=datetime.fromisoformat(row["at"]))
