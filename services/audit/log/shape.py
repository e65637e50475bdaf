"""Whether documents hold what they should and nothing besides: no hash speaks of fields, of their types, or of heads."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any
from uuid import UUID

from bson.int64 import Int64

Document = dict[str, Any]

DAMAGE = (AttributeError, KeyError, TypeError, ValueError)
_NUMBER: set[type] = {int, Int64}
_COMMIT, _HANDLED = frozenset({"_id", "n", "e", "c", "p", "h"}), frozenset({"a", "n", "p"})
_COMMITS = {_COMMIT, _COMMIT | {"k"}}
_EVENTS = {frozenset({"o", "v", "t", "s"})}
_ENTRY = frozenset({"_id", "service", "position", "topic", "subject", "version", "state", "leaf", "nodes"})
_ENTRIES = {_ENTRY, _ENTRY | {"checkpoint"}, _ENTRY | {"heads"}, _ENTRY | {"checkpoint", "heads"}}
_OF_COMMIT: dict[str, set[type]] = {"n": _NUMBER}
_OF_EVENT: dict[str, set[type]] = {"o": {UUID}, "v": _NUMBER, "t": {str}, "s": {bytes}}
_OF_ENTRY: dict[str, set[type]] = {"topic": {str}, "subject": {UUID}, "version": _NUMBER}
"""The types of what reads the same in others; the rest would not be read as what it is."""
_events, _head = itemgetter("e"), itemgetter("service", "position")


def misshapen_commits(documents: Sequence[Document]) -> Iterable[Document]:
    """Return those documents of a service's log that no service has written so, whatever their hashes say."""
    return () if _are_commits(documents) else (each for each in documents if not _are_commits([each]))


def placed(documents: Sequence[Document]) -> Sequence[Document]:
    """Return those documents whose key is a whole number: anything else stands between places."""
    if _are(documents, {"_id": _NUMBER}):
        return documents
    return [each for each in documents if type(each["_id"]) in _NUMBER]


def astray(documents: Iterable[Document], place: int) -> set[int]:
    """Return the places behind which something stands that has none, of documents that follow one at a place."""
    behind = set()
    for document in documents:
        if type(document["_id"]) in _NUMBER:
            place = document["_id"]
        else:
            behind.add(place)
    return behind


class EntryShapes:
    """Follows the audit log's entries in their order; a batch ends with the last position of each service by then."""

    def __init__(self) -> None:
        self._heads: dict[str, Any] = {}

    def misshapen(self, documents: Sequence[Document]) -> list[int]:
        """Take the next documents; return the indexes of those that the audit service has not written so."""
        wrong = set() if _are_entries(documents) else {each["_id"] for each in documents if not _are_entries([each])}
        begin = 0
        for end, document in enumerate(documents):
            if "checkpoint" in document or "heads" in document:
                self._follow(documents[begin : end + 1])
                begin = end + 1
                if not self._is_end(document):
                    wrong.add(document["_id"])
        self._follow(documents[begin:])
        return sorted(wrong)

    def _follow(self, documents: Sequence[Document]) -> None:
        """Take the last position of each service that these entries name."""
        try:
            heads = dict(map(_head, documents))
        except (KeyError, TypeError):
            named = (each for each in documents if isinstance(each.get("service"), str))
            heads = {each["service"]: each.get("position") for each in named}
        self._heads |= {service: position for service, position in heads.items() if isinstance(service, str)}

    def _is_end(self, document: Document) -> bool:
        """Tell whether a batch ends here as it should: with these heads, and a note if any."""
        heads, note = document.get("heads"), document.get("checkpoint", "")
        return heads == self._heads and set(map(type, heads.values())) <= _NUMBER and type(note) is str


def _are_commits(documents: Sequence[Document]) -> bool:
    try:
        events = list(chain.from_iterable(map(_events, documents)))
        return (
            _fields(documents) <= _COMMITS
            and _are(documents, _OF_COMMIT)
            and all(_is_handled(each["k"]) for each in documents if "k" in each)
            and _fields(events) <= _EVENTS
            and _are(events, _OF_EVENT)
        )
    except DAMAGE:
        return False


def _are_entries(documents: Sequence[Document]) -> bool:
    try:
        return _fields(documents) <= _ENTRIES and _are(documents, _OF_ENTRY)
    except DAMAGE:
        return False


def _fields(documents: Sequence[Mapping[str, Any]]) -> set[frozenset[str]]:
    return set(map(frozenset, set(map(tuple, documents))))


def _are(documents: Sequence[Mapping[str, Any]], types: Mapping[str, set[type]]) -> bool:
    """Tell whether each field has in all documents one of its types, and not one that only compares as equal."""
    return all(set(map(type, map(itemgetter(name), documents))) <= allowed for name, allowed in types.items())


def _is_handled(handled: Mapping[str, Any]) -> bool:
    """Tell whether this is an upstream position that follows an earlier one: no hash covers the earlier one."""
    before = handled["p"]
    follows = before is None or (type(before) in _NUMBER and before < handled["n"])
    return _fields([handled]) == {_HANDLED} and _are([handled], {"a": {str}, "n": _NUMBER}) and follows
