"""Long aggregates, remembered as they were when they were loaded last, so that only what is new must be replayed."""

from collections import OrderedDict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from eventsourcing.application import project_aggregate
from eventsourcing.persistence import ApplicationRecorder, Mapper, StoredEvent

REPLAYED_MAX = 50
"""An aggregate is remembered once more events than this had to be replayed to load it."""
REMEMBERED_MAX = 200
"""How many aggregates are remembered; the one that was not loaded for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """An aggregate that nobody changes any more, and the last event that is in it, as stored."""

    aggregate: Any
    last: StoredEvent


class RememberingLoader:
    """Loads aggregates from the log; what it remembers only saves work and never decides anything.

    Memories are copies, of this process and of the classes that it runs, and every load reads the log from the last event
    remembered: where the log does not have that very event, the memory is dropped and all is replayed.
    """

    def __init__(
        self, recorder: ApplicationRecorder, mapper: Mapper[UUID], remembered_max: int = REMEMBERED_MAX
    ) -> None:
        self._recorder = recorder
        self._mapper = mapper
        self._remembered_max = remembered_max
        self._memories: OrderedDict[UUID, _Memory] = OrderedDict()
        self._mutex = Lock()

    def load(self, subject: UUID) -> Any | None:
        """Return the aggregate as the log tells it now, None when the log has no event of it."""
        memory = self._memory_of(subject)
        events = self._since(memory) if memory else None
        if memory is None or events is None:
            return self._replay(subject, None, self._recorder.select_events(subject))
        return self._replay(subject, memory, events)

    def _since(self, memory: _Memory) -> Sequence[StoredEvent] | None:
        """Return what happened since, None when the log does not have what is remembered."""
        last = memory.last
        events = self._recorder.select_events(last.originator_id, gt=last.originator_version - 1)
        return events[1:] if events and events[0] == last else None

    def _replay(self, subject: UUID, memory: _Memory | None, events: Sequence[StoredEvent]) -> Any | None:
        before = None if memory is None else deepcopy(memory.aggregate)
        aggregate: Any = project_aggregate(before, map(self._mapper.to_domain_event, events))
        if len(events) > REPLAYED_MAX:
            self._remember(subject, _Memory(deepcopy(aggregate), events[-1]))
        return aggregate

    def _memory_of(self, subject: UUID) -> _Memory | None:
        with self._mutex:
            memory = self._memories.get(subject)
            if memory is not None:
                self._memories.move_to_end(subject)
            return memory

    def _remember(self, subject: UUID, memory: _Memory) -> None:
        with self._mutex:
            self._memories[subject] = memory
            self._memories.move_to_end(subject)
            if len(self._memories) > self._remembered_max:
                self._memories.popitem(last=False)
