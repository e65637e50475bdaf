"""Writing commits at the head of the log, also against other processes, and also when an answer gets lost."""

from random import uniform
from time import monotonic, sleep

from eventsourcing.persistence import IntegrityError
from pymongo.collection import Collection
from pymongo.errors import ServerSelectionTimeoutError

from infra.event_store.connection import CODEC, COMMITTED, DURABLE, Document
from infra.event_store.drafting import Draft, Drafter, Head
from infra.event_store.errors import AWAY, StoreUnavailable
from infra.event_store.inserting import Insertion, insert
from infra.event_store.saving import Save

PATIENCE_S = 15.0
"""How long a save whose answer got lost tries to learn its outcome."""
OUTAGE_PAUSE_S = 0.1
YIELD_S = 0.004
"""The longest pause that leaves the head of the log to other processes."""
CONTENDED_S = 1.0
"""How long after a lost race the other processes are taken to be writing still."""


class CommitWriter:
    """Appends saves to the log, one batch at a time; not to be entered by two threads.

    Believes to know the head; being wrong costs a duplicate position, after which it looks again. When an answer
    got lost it looks for its tokens in the log before it tries again, so that nothing is written twice.
    """

    def __init__(self, events: Collection[Document]) -> None:
        self._events = events.with_options(codec_options=CODEC, read_concern=COMMITTED, write_concern=DURABLE)
        self._drafter = Drafter(self.handled_up_to)
        self._head: Head | None = None
        self._contended_until = 0.0

    def write(self, saves: list[Save]) -> None:
        """Write the saves in order; afterwards each is settled, with its positions or with its own error."""
        deadline = monotonic() + PATIENCE_S
        self._leave_room()
        while waiting := _unsettled(saves):
            if monotonic() > deadline:
                _give_up(waiting, "no outcome in time")
                return
            try:
                self._try(waiting)
            except AWAY as error:
                self._head = None
                if not any(save.in_doubt for save in waiting):
                    _give_up(waiting, str(error))
                    return
                sleep(OUTAGE_PAUSE_S)

    def forget_head(self) -> None:
        """Look at the log again before the next commit."""
        self._head = None

    def handled_up_to(self, upstream: str) -> int | None:
        """Return the last position of the upstream that was handled, None when none was."""
        last = self._events.find_one({"k.a": upstream}, {"k.n": 1}, sort=[("k.p", -1)])
        return None if last is None else int(last["k"]["n"])

    def _try(self, waiting: list[Save]) -> None:
        """Make one attempt, and learn from how it ends."""
        head, self._head = self._known_head(waiting) or self._find_head(waiting), None
        drafts = self._drafter.drafts(_unsettled(waiting), head)
        if not drafts:
            self._head = head
            return
        try:
            outcome = insert(self._events, drafts)
        except ServerSelectionTimeoutError:
            raise  # nothing was sent
        except BaseException:
            # The thread may have been killed while it waited for the answer: the next to lead will look.
            _doubt(drafts)
            raise
        self._settle(drafts, outcome)

    def _settle(self, drafts: list[Draft], outcome: Insertion) -> None:
        for draft in drafts[: outcome.written]:
            draft.save.positions = list(range(draft.before.position, draft.after.position))
        rest = drafts[outcome.written :]
        if outcome.in_doubt:
            _doubt(rest)
        elif outcome.head_moved:
            self._lost_a_race()
        else:
            self._head = rest[0].before if rest else drafts[-1].after
        if outcome.event_exists:
            # Had an earlier attempt of this very save got in, it would have met its own position first.
            rest[0].save.error = IntegrityError("the aggregate has this version already")

    def _known_head(self, waiting: list[Save]) -> Head | None:
        return None if any(save.in_doubt for save in waiting) else self._head

    def _find_head(self, waiting: list[Save]) -> Head:
        last = self._events.find_one({"_id": {"$gte": 1}}, {"n": 1, "h": 1}, sort=[("_id", -1)])
        self._recognise([save for save in waiting if save.in_doubt])
        return Head() if last is None else Head(last["_id"] + last["n"], last["h"])

    def _recognise(self, doubtful: list[Save]) -> None:
        """Settle those saves whose commits are in the log after all."""
        if not doubtful:
            return
        by_token = {save.token: save for save in doubtful}
        since = min(save.tried_from or 1 for save in doubtful)
        wanted = {"_id": {"$gte": since}, "c": {"$in": list(by_token)}}
        for document in self._events.find(wanted, {"n": 1, "c": 1}).sort("_id", 1):
            save = by_token[document["c"]]
            positions = range(document["_id"], document["_id"] + document["n"])
            save.positions = [*(save.positions or ()), *positions]

    def _lost_a_race(self) -> None:
        if monotonic() < self._contended_until:
            sleep(uniform(0, YIELD_S))  # noqa: S311 - spreads attempts, protects nothing
        self._contended_until = monotonic() + CONTENDED_S

    def _leave_room(self) -> None:
        if monotonic() < self._contended_until:
            sleep(uniform(0, YIELD_S))  # noqa: S311 - as above


def _unsettled(saves: list[Save]) -> list[Save]:
    return [save for save in saves if not save.settled]


def _doubt(drafts: list[Draft]) -> None:
    for draft in drafts:
        draft.save.doubt(draft.before.position)


def _give_up(saves: list[Save], reason: str) -> None:
    for save in saves:
        save.error = StoreUnavailable(("outcome unknown: " if save.in_doubt else "not saved: ") + reason)
