"""Writing commits at the head of the log, also against other processes, and also when an answer gets lost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from time import monotonic, sleep

from pymongo.collection import Collection
from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

from infra.event_store.appending import NOW, Outcome, append
from infra.event_store.commit import COMMITS
from infra.event_store.connection import CODEC, COMMITTED, DURABLE, Document, server_of
from infra.event_store.drafting import Draft, Drafter, Head, as_word, from_word
from infra.event_store.errors import StoreUnavailable, is_outage
from infra.event_store.meeting import OFFERED_S, Meeting, Offer
from infra.event_store.saving import EventKey, Save, VersionTaken, may_be_offered, recognise
from infra.event_store.turns import Turn, Turns

PATIENCE_S = 15.0
"""How long a save whose answer got lost tries to learn its outcome."""
OUTAGE_PAUSE_S = 0.1
DURABLE_SOON_S = 0.005
"""How long to wait for what the primary has, but not yet durably."""
LISTEN_S = 0.02
"""How long to wait for a word from whoever has the turn before looking whether it is free."""
_HEAD, _PLACES = {"n": 1, "h": 1, "c": 1}, {"c": 1, "e.o": 1, "e.v": 1}


class CommitWriter:
    """Appends saves to the log, one group at a time; not to be entered by two threads.

    Believes to know the head; being wrong costs a refused attempt, after which it looks again. When an answer got lost
    it looks for its attempts in the log before it tries again, so that nothing is written twice.
    """

    def __init__(self, events: Collection[Document]) -> None:
        self._events = events.with_options(codec_options=CODEC, read_concern=COMMITTED, write_concern=DURABLE)
        self._now = self._events.with_options(read_concern=NOW)
        self._drafter = Drafter(self.handled_up_to, self._came_late)
        self._head: Head | None = None
        self._begun = False
        self._turns = Turns(events.full_name)

    def write(self, saves: list[Save]) -> None:
        """Write the saves in order; afterwards each is settled, with its positions or with its own error."""
        deadline = monotonic() + PATIENCE_S
        if self._turns.contended:
            self._write_jointly(saves)
        while waiting := _unsettled(saves):
            if monotonic() > deadline:
                _give_up(waiting, "no outcome in time")
                return
            try:
                with self._turns.turn() as turn, self._head_from(turn):
                    self._try(waiting)
                self._ring()
            except PyMongoError as error:
                self._bear(error, waiting)

    def _write_jointly(self, saves: list[Save]) -> None:
        """Let others write the saves, or write theirs with ours, whoever has the turn; in the time there is for that."""
        server, until = self._server(), monotonic() + OFFERED_S
        if self._meeting is None or server is None or not may_be_offered(saves):
            return
        try:
            with self._meeting.offered(server, saves) as own:
                while own is not None and not (own.settled or own.in_doubt) and monotonic() < until:
                    self._lead_or_listen(self._meeting, own, until)
        except PyMongoError as error:
            self._bear(error, _unsettled(saves))

    def _lead_or_listen(self, meeting: Meeting, own: Offer, until: float) -> None:
        with self._turns.turn_at_once() as turn:
            answered = meeting.listen(own, 0.0)
            if turn is not None and not answered:
                with self._head_from(turn):
                    self._lead(meeting, own, until)
        if turn is not None:
            meeting.ring(own.server)
        elif answered or meeting.listen(own, LISTEN_S):
            self._turns.met_others()

    def _lead(self, meeting: Meeting, own: Offer, until: float) -> None:
        """Write what is offered together with our own."""
        offers = meeting.others(own)
        own.withdraw()
        if offers:
            self._turns.met_others()
        saves = own.saves + [save for offer in offers for save in offer.saves]
        try:
            while (waiting := _unsettled(saves)) and monotonic() < until and not any(save.attempts for save in waiting):
                self._try(waiting)
        finally:
            meeting.answer(offers)

    @contextmanager
    def _head_from(self, turn: Turn | None) -> Iterator[None]:
        """Beside others, begin at the head that was left with the turn, if any, and leave there the one at the end."""
        server = self._server()
        if turn is None or server is None:
            self._head = None if self._turns.contended else self._head
            yield
            return
        self._head = None if self._turns.raced else from_word(turn.word(), server)
        turn.leave(b"")
        yield
        turn.leave(as_word(self._head, server))

    def _server(self) -> str | None:
        return server_of(self._events.database.client)

    def _ring(self) -> None:
        """Tell those who meet that the turn is free again."""
        server = self._server() if self._turns.contended else None
        if self._meeting is not None and server is not None:
            self._meeting.ring(server)

    @cached_property
    def _meeting(self) -> Meeting | None:
        return Meeting.on(self._events.full_name)

    def forget_head(self) -> None:
        """Look at the log again before the next commit."""
        self._head = None

    def handled_up_to(self, upstream: str) -> int | None:
        """Return the last position of the upstream that was handled, None when none was."""
        last = self._events.find_one({"k.a": upstream}, {"k.n": 1}, sort=[("k.p", -1)])
        return None if last is None else int(last["k"]["n"])

    def _try(self, waiting: list[Save]) -> None:
        """Make one attempt, and learn from how it ends."""
        doubtful = [save for save in waiting if save.in_doubt]
        head, self._head = (None if doubtful else self._head) or self._find_head(doubtful), None
        draft = None if head is None else self._drafter.draft(_unsettled(waiting), head)
        if draft is None:
            self._head = head
            return
        try:
            outcome = append(self._events, draft)
        except ServerSelectionTimeoutError:
            raise  # nothing was sent
        except BaseException:
            # The thread may have been killed while it waited for the answer: the next to lead will look.
            draft.doubt()
            raise
        self._settle(draft, outcome)

    def _bear(self, error: PyMongoError, waiting: list[Save]) -> None:
        """Give up what was never sent, and wait a moment with what may have been."""
        self._head = None
        if not is_outage(error):
            raise error
        if any(save.in_doubt for save in waiting):
            sleep(OUTAGE_PAUSE_S)
        else:
            _give_up(waiting, str(error))

    def _settle(self, draft: Draft, outcome: Outcome) -> None:
        if outcome.written:
            draft.succeed()
            self._head = draft.after
        elif outcome.in_doubt:
            draft.doubt()
        elif outcome.taken:
            self._refuse(draft, outcome.taken)
            self._head = draft.before
        else:
            self._turns.lost_a_race()

    def _refuse(self, draft: Draft, taken: EventKey) -> None:
        """Tell a save that its version is taken, once that is durable: what is not may vanish again.

        It may have taken it itself, with all that was offered with it, in an attempt of which it was not told.
        """
        subject, version = taken
        wanted = {"e": {"$elemMatch": {"o": subject, "v": version}}}
        commit = self._events.find_one(wanted, _PLACES)
        if commit is None:
            sleep(DURABLE_SOON_S)
        elif not recognise(draft.saves, commit):
            draft.save_of(taken).error = VersionTaken()

    def _has_begun(self) -> bool:
        """Tell whether the log has a durable commit, so that it will always have a head."""
        self._begun = self._begun or self._events.find_one(COMMITS, {"_id": 1}) is not None
        return self._begun

    def _find_head(self, doubtful: list[Save]) -> Head | None:
        """Return the head as it is now, durable or not; None while a doubtful save is in the log, but not yet durably.

        Doubtful saves that are durably in the log are settled. The others are not in the log that this head ends.
        """
        self._recognise(doubtful)
        attempts = [attempt for save in doubtful if save.in_doubt for attempt in save.attempts]
        if not attempts:
            return self._head_behind(COMMITS)
        since = min(attempt.commit for attempt in attempts)
        later = list(self._now.find({"_id": {"$gte": since}}, _HEAD).sort("_id", 1))
        if not later:
            return self._head_behind({"_id": {"$gte": 1, "$lt": since}})
        if self._has_begun() and {commit["c"] for commit in later}.isdisjoint(attempt.token for attempt in attempts):
            return _behind(later[-1])
        sleep(OUTAGE_PAUSE_S)
        return None

    def _head_behind(self, commits: Document) -> Head:
        """Return the place behind the last of these commits: as durable as it is while the log has no durable commit."""
        begun = self._has_begun()
        last = (self._now if begun else self._events).find_one(commits, _HEAD, sort=[("_id", -1)])
        return Head() if last is None else _behind(last, durable=not begun)

    def _recognise(self, doubtful: list[Save]) -> None:
        """Settle those saves whose commits are durably in the log after all."""
        for commit in _at_attempts(self._events, doubtful):
            recognise(doubtful, commit)

    def _came_late(self, save: Save) -> bool:
        """Tell whether a save in doubt is in the log after all: as the primary has it, so that an election hides nothing."""
        return any(save.place_in(commit) is not None for commit in _at_attempts(self._now, [save]))


def _at_attempts(events: Collection[Document], saves: Sequence[Save]) -> list[Document]:
    """Return the commits that stand where these saves may have been written."""
    places = [attempt.commit for save in saves for attempt in save.attempts]
    return list(events.find({"_id": {"$in": places}}, _PLACES)) if places else []


def _behind(last: Document, *, durable: bool = False) -> Head:
    return Head(last["_id"] + last["n"], last["h"], durable)


def _unsettled(saves: list[Save]) -> list[Save]:
    return [save for save in saves if not save.settled]


def _give_up(saves: list[Save], reason: str) -> None:
    for save in saves:
        save.error = StoreUnavailable(("outcome unknown: " if save.in_doubt or save.offer else "not saved: ") + reason)
