"""From saves to commit documents: what would be inserted, were the log's head where we believe it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from eventsourcing.persistence import IntegrityError, StoredEvent

from infra.event_store.commit import GENESIS, Commit, Handled, LogEntry, as_document, sealed
from infra.event_store.connection import Document
from infra.event_store.saving import Save, event_size

DOCUMENT_BYTES = 12 * 1024 * 1024
"""A save larger than this goes into several commits, in one transaction."""


@dataclass(slots=True)
class Head:
    """Where the next commit goes: its position, the hash before it, and the upstream positions handled so far."""

    position: int = 1
    previous: bytes = GENESIS
    handled: dict[str, int | None] = field(default_factory=dict)

    def after(self, commit: Commit) -> "Head":
        """Return the head once the commit is in the log."""
        handled = self.handled
        if commit.handled is not None:
            handled = handled | {commit.handled.upstream: commit.handled.position}
        return Head(commit.last + 1, commit.hash, handled)


@dataclass(frozen=True, slots=True)
class Draft:
    """A save as the documents that would store it, and the heads before and after."""

    save: Save
    before: Head
    documents: list[Document]
    after: Head


class Drafter:
    """Writes drafts one behind the other."""

    def __init__(self, handled_up_to: Callable[[str], int | None]) -> None:
        self._handled_up_to = handled_up_to

    def drafts(self, saves: Sequence[Save], head: Head) -> list[Draft]:
        """Return drafts of as many of the saves as can be inserted together: a very large one goes alone.

        A save whose upstream position was handled before is settled here, with an `IntegrityError`.
        """
        drafts: list[Draft] = []
        for save in saves:
            large = save.size > DOCUMENT_BYTES
            if large and drafts:
                break
            try:
                drafts.append(self._draft(save, drafts[-1].after if drafts else head))
            except IntegrityError as error:
                save.error = error
            if large:
                break
        return drafts

    def _draft(self, save: Save, head: Head) -> Draft:
        before, documents = head, []
        handled, handled_before = self._handled(save, head)
        for part in _parts(save.events):
            entries = [
                LogEntry(head.position + i, e.originator_id, e.originator_version, e.topic, e.state)  # type: ignore[arg-type]
                for i, e in enumerate(part)
            ]
            commit = sealed(head.position, entries, handled, head.previous)
            documents.append(as_document(commit, save.token, handled_before))
            head, handled = head.after(commit), None
        return Draft(save, before, documents, head)

    def _handled(self, save: Save, head: Head) -> tuple[Handled | None, int | None]:
        if save.tracking is None:
            return None, None
        handled = Handled(save.tracking.application_name, save.tracking.notification_id)
        if handled.upstream not in head.handled:
            head.handled[handled.upstream] = self._handled_up_to(handled.upstream)
        before = head.handled[handled.upstream]
        if before is not None and handled.position <= before:
            raise IntegrityError(f"{handled.upstream}/{handled.position} was handled before")
        return handled, before


def _parts(events: Sequence[StoredEvent]) -> Iterator[list[StoredEvent]]:
    part: list[StoredEvent] = []
    size = 0
    for event in events:
        if part and size + event_size(event) > DOCUMENT_BYTES:
            yield part
            part, size = [], 0
        part.append(event)
        size += event_size(event)
    yield part
