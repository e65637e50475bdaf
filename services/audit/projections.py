"""The read rows of the audit service: one for each event of any service, for each thing with a history, for each choice of the search."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from typing import Any

from pymongo import DESCENDING
from pymongo.database import Database

from infra.messaging.envelope import Envelope
from infra.read_store.rows import MakeRows, Put, Rows

REFUSED = "refused"
"""How the topics of refusals end, in every service: of attempts on authority, and of signing in."""

ATTEMPT = ".attempt.refused"
"""How the topics of attempts on authority end; what was tried to be done to what stands in the event."""

LINKS = ("submission", "article")
"""Fields of events that name another thing with a history of its own, which belongs to the same story."""

REMARKS = ("reason", "explanation", "change_note", "purpose", "note", "found")
"""Fields of events that say in words why something was done, or what came of it; the first that is there is shown."""

_NEWEST = (("when", DESCENDING), ("_id", DESCENDING))
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNHEARD = re.compile(r"[\u0300-\u036f\x00-\x08\x7f]")
_WORD = re.compile(r"\w+")

Fields = dict[str, Any]


CHOICES = ("account", "offices", "kinds")
"""Fields of acts by which one searches, and of which every value that ever came up is offered."""


class AuditRows:
    """Acts by entry ("content/42") and things by id, each as a list shows it; choices by field and value.

    Whatever an event holds, its act gets a row: a row that failed would keep later events out of the log.
    """

    def __init__(self, store: Database[dict[str, Any]], made: MakeRows = Rows) -> None:
        self.acts = made(store["acts"])
        self.things = made(store["things"])
        self.choices = made(store["choices"])

    def prepare(self) -> None:
        """Make sure that every search is quick, whatever its filters, newest first. Repeating it does nothing."""
        self.acts.index("ways", *_NEWEST)
        self.acts.index("things", *_NEWEST)
        self.things.index("words", ("position", DESCENDING), ("_id", DESCENDING))

    @property
    def all(self) -> tuple[Rows, ...]:
        """Everything that is written anew from the logs."""
        return self.acts, self.things, self.choices

    def project(self, envelopes: Sequence[Envelope], places: Mapping[str, int]) -> None:
        """Write the rows of a batch, whose entries have these indexes in the audit log."""
        acts = [Put(e.id, act_row(e, places[e.id]), e.position) for e in envelopes]
        self.acts.apply(acts)
        self.things.apply(_thing_changes(envelopes))
        self.choices.apply(_choices(acts))


def act_row(envelope: Envelope, index: int) -> Fields:
    """Return what a list shows of an event."""
    data = envelope.data
    act = _mapping(data.get("act"))
    tried = _text(data.get("subject")) if envelope.topic.endswith(ATTEMPT) else ""
    account = _text(act.get("account"))
    offices = tuple(office for office in (act.get("capacity"), act.get("on_behalf_of")) if isinstance(office, str))
    return {
        "index": index,
        "service": envelope.service,
        "topic": envelope.topic,
        "kinds": list(_kinds(envelope.topic)),
        "subject": str(envelope.subject),
        "things": [tried or str(envelope.subject), *_links(data)],
        "version": envelope.version,
        "at": envelope.at.isoformat(timespec="microseconds"),
        "when": when(envelope.at),
        "account": account,
        "capacity": _text(act.get("capacity")),
        "on_behalf_of": _text(act.get("on_behalf_of")),
        "delegation": _text(act.get("delegation")),
        "correlation": _text(act.get("correlation")),
        "offices": list(offices),
        "clause": _text(data.get("clause")),
        "refused": envelope.topic.endswith(REFUSED),
        "ways": list(_ways(account, offices, envelope.topic)),
        "command": _text(data.get("command")),
        "code": _text(data.get("code")),
        "content_hash": _text(data.get("content_hash")),
        "remark": _remark(data),
    }


def when(instant: datetime) -> int:
    """Return an instant as acts are ordered by it, in microseconds: half as long in an index as its text."""
    return (instant - _BEGINNING) // _MICROSECOND


def way(account: str, office: str, topic: str) -> int:
    """Return the key under which acts are found that meet all these filters; an empty one does not restrict.

    An index over one list of such keys serves every combination equally: two lists cannot be in one index, and acts
    that meet each of two filters may be many where those that meet both are few. Short keys keep it small; whoever
    searches states the filters besides, in case that two combinations ever share a key.
    """
    spelled = f"{account}\x1f{office}\x1f{topic}"
    return int.from_bytes(blake2b(spelled.encode(), digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=4096)
def _ways(account: str, offices: Sequence[str], topic: str) -> tuple[int, ...]:
    """Return every way to an act, the one without any filter too: with one index only, there is no wrong one to choose."""
    filters = product(dict.fromkeys(("", account)), dict.fromkeys(("", *offices)), ("", topic))
    return tuple(way(*restricting) for restricting in filters)


def fold(text: str) -> str:
    """Return text as it is compared: without marks and control characters, in small letters, words apart by one space."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(_UNHEARD.sub("", plain).split())


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared, each once."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def _thing_changes(envelopes: Sequence[Envelope]) -> Iterator[Put]:
    for envelope in envelopes:
        if not envelope.topic.endswith(ATTEMPT):
            kind = {"service": envelope.service, "kind": envelope.topic.rpartition(".")[0]}
            yield Put(str(envelope.subject), {**kind, **_called(envelope.data)}, envelope.position)


def _called(data: Mapping[str, Any]) -> Fields:
    """Return by what a thing is known, as far as the event says: titles, an office, a number; and what it belongs to."""
    titles, office, number = _titles(data), _text(data.get("capacity")), _text(data.get("number"))
    words = words_of(" ".join([*titles.values(), number]))
    called = {"titles": titles, "office": office, "number": number, "words": words, "linked": _links(data)}
    return {name: value for name, value in called.items() if value}


def _choices(acts: Sequence[Put]) -> Iterator[Put]:
    """Return each value once; its row is the same whoever wrote it first."""
    found = {(field, value) for act in acts for field in CHOICES for value in _values(act.fields[field])}
    for field, value in sorted(found):
        yield Put(f"{field}/{value}", {"field": field, "value": value}, 1)


def _values(value: Any) -> Sequence[str]:
    return value if isinstance(value, list) else [value] if value else []


def _titles(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the title by language; under "" where it has none."""
    texts = _mapping(_mapping(data.get("content")).get("texts"))
    titles = {language: _text(_mapping(text).get("title")) for language, text in texts.items()}
    given = {language: title for language, title in titles.items() if title}
    return given or ({"": data["title"]} if _text(data.get("title")) else {})


def _links(data: Mapping[str, Any]) -> list[str]:
    return [data[field] for field in LINKS if _text(data.get(field))]


def _remark(data: Mapping[str, Any]) -> Any:
    """Return the words by language, or under "" where they have none."""
    for field in REMARKS:
        if (said := data.get(field)) is None:
            continue
        if isinstance(said, list):
            said = ", ".join(filter(None, map(_text, said)))
        if isinstance(said, str) and said:
            return {"": said}
        if isinstance(said, dict) and any(_text(words) for words in said.values()):
            return {language: _text(words) for language, words in said.items()}
    return {}


@lru_cache(maxsize=1024)
def _kinds(topic: str) -> tuple[str, ...]:
    """Return the topic and all that it belongs to: "content.article.cleared", "content.article", "content"."""
    parts = topic.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
