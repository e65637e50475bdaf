"""The read rows of content: lists of submissions and of items, for staff pages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pymongo import DESCENDING
from pymongo.database import Database

from infra.kernel.offices import CONTENT_TEAM
from infra.messaging.envelope import Envelope
from infra.read_store.rows import MakeRows, Put, Rows
from services.content.domain import slug
from services.content.policy.facts import Decision, Sensitivity, Step

PROJECTOR = "content"
"""The name under which pages wait for these rows."""

Fields = Mapping[str, Any]


class ContentRows:
    """Rows by submission and by item; each is what a list shows of it."""

    def __init__(self, store: Database[dict[str, Any]], made: MakeRows = Rows) -> None:
        self.submissions = made(store["submissions"])
        self.articles = made(store["articles"])

    def prepare(self) -> None:
        """Make sure that lists are found quickly. Repeating it does nothing."""
        self.submissions.index("decision", ("recorded_at", DESCENDING))
        self.submissions.index("decision", "recorded_at")
        self.articles.index("step", ("updated_at", DESCENDING))
        self.articles.index("step", "waiting_since")
        self.articles.index("section", ("updated_at", DESCENDING))

    def project(self, envelopes: Sequence[Envelope]) -> None:
        """Change the rows by a batch of events; hearing one twice changes nothing."""
        self.submissions.apply(_changes(envelopes, _SUBMISSION))
        self.articles.apply(_changes(envelopes, _ARTICLE))


Change = Callable[[Envelope], Fields]

fold = lru_cache(maxsize=4096)(slug.fold)
"""An item is revised many times under one title."""


def _changes(envelopes: Sequence[Envelope], known: Mapping[str, Change]) -> Iterator[Put]:
    for envelope in envelopes:
        change = known.get(envelope.topic)
        if change is not None:
            fields = {**change(envelope), "version": envelope.version, "updated_at": envelope.data["timestamp"]}
            yield Put(str(envelope.subject), fields, envelope.position)


def _recorded(envelope: Envelope) -> Fields:
    data = envelope.data
    named = ("title", "channel", "provider", "origin", "purpose", "classification", "received_on", "attachments")
    return {
        **{name: data[name] for name in named},
        "document_number": data["document_number"],
        "document_date": data["document_date"],
        "person_hash": data["person_hash"],
        "decision": Decision.PENDING.value,
        "recorded_at": data["timestamp"],
        "recorded_by": data["act"]["account"],
        "folded": fold(f"{data['title']} {data['provider']} {data['document_number']}"),
        "article": None,
        "reason": "",
        "ground": "",
    }


def _accepted(envelope: Envelope) -> Fields:
    return {"decision": Decision.ACCEPTED.value, "article": envelope.data["article"]}


def _declined(envelope: Envelope) -> Fields:
    return {
        "decision": Decision.DECLINED.value,
        "reason": envelope.data["reason"],
        "ground": envelope.data["ground"],
    }


def _drafted(envelope: Envelope) -> Fields:
    return {
        **_edited(envelope),
        **_at(Step.EDITING, envelope),
        "origin": envelope.data["origin"],
        "submission": envelope.data["submission"],
        "edition": 0,
        "sensitivity": Sensitivity.ORDINARY.value,
        "stopped": False,
        "slugs": {},
        "published_at": "",
        "head_agreed_hash": "",
    }


def _edited(envelope: Envelope) -> Fields:
    return {**_revised(envelope), **_in_hand(envelope)}


def _in_hand(envelope: Envelope) -> Fields:
    """Whoever of the team edited last has the item in hand; a secretary's edit at step 2 does not change that."""
    act = envelope.data["act"]
    return {"editor": act["account"]} if act["capacity"] == CONTENT_TEAM else {}


def _revised(envelope: Envelope) -> Fields:
    content = envelope.data["content"]
    titles = {language: text["title"] for language, text in content["texts"].items()}
    return {
        "titles": titles,
        "section": content["section"],
        "kind": content["kind"],
        "cover": content["cover"],
        "content_hash": envelope.data["content_hash"],
        "folded": fold(" ".join(titles.values())),
    }


def _at(step: Step, envelope: Envelope, *, returned: bool = False) -> Fields:
    return {"step": step.value, "waiting_since": envelope.data["timestamp"], "returned": returned}


def _published(envelope: Envelope) -> Fields:
    return {
        **_revised(envelope),
        **_at(Step.PUBLISHED, envelope),
        "edition": envelope.data["edition"],
        "slugs": envelope.data["slugs"],
        "published_at": envelope.data["timestamp"],
        "public_section": envelope.data["content"]["section"],
    }


_SUBMISSION: Mapping[str, Change] = {
    "content.submission.recorded": _recorded,
    "content.submission.accepted": _accepted,
    "content.submission.declined": _declined,
    "content.submission.person_erased": lambda _: {},
}
_ARTICLE: Mapping[str, Change] = {
    "content.article.drafted": _drafted,
    "content.article.revised": _edited,
    "content.article.sent": lambda envelope: _at(Step.CLEARING, envelope),
    "content.article.recalled": lambda envelope: _at(Step.EDITING, envelope),
    "content.article.returned": lambda envelope: _at(Step(envelope.data["to_step"]), envelope, returned=True),
    "content.article.cleared": lambda envelope: _at(Step.PUBLISHING, envelope),
    "content.article.flagged": lambda envelope: {"sensitivity": envelope.data["sensitivity"]},
    "content.article.head_agreed": lambda envelope: {"head_agreed_hash": envelope.data["content_hash"]},
    "content.article.opinion_recorded": lambda _: {},
    "content.article.stopped": lambda _: {"stopped": True},
    "content.article.released": lambda _: {"stopped": False},
    "content.article.published": _published,
    "content.article.correction_begun": lambda envelope: {**_at(Step.EDITING, envelope), **_in_hand(envelope)},
    "content.article.correction_abandoned": lambda envelope: {**_revised(envelope), **_at(Step.PUBLISHED, envelope)},
    "content.article.withdrawn": lambda envelope: _at(Step.WITHDRAWN, envelope),
}
