"""Group commit: while one thread writes, the saves of the others gather and go to the server together."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic, sleep

from infra.event_store.saving import Save

BATCH_SAVES = 256
BATCH_BYTES = 8 * 1024 * 1024
GATHER_SHARE = 0.15
"""How long a leader lets others gather, as a share of what the last write took."""
GATHER_MAX_S = 0.001
_GLANCE_S = 0.00005


class _Turn:
    """A thread's place in the queue; it sleeps on `bell` until it is served or called to lead, or is killed and left."""

    __slots__ = ("bell", "called", "left", "save", "served")

    def __init__(self, save: Save) -> None:
        self.save = save
        self.bell = Lock()
        self.bell.acquire()
        self.called = False
        self.left = False
        self.served = False


class GroupCommit:
    """Lets one thread at a time, the leader, write the saves of all who wait.

    `write` settles every save it is given. No thread of its own: whoever comes first leads, and hands over
    to the longest waiting one. Where several threads save all the time, a leader waits a moment for those who were
    just served, because otherwise two half groups would take turns. Works with green threads as well.
    """

    def __init__(self, write: Callable[[list[Save]], None]) -> None:
        self._write = write
        self._mutex = Lock()
        self._queue: deque[_Turn] = deque()
        self._led = False
        self._usual = 1
        self._write_s = 0.0

    def commit(self, save: Save) -> list[int]:
        """Return the positions of the save's events once they are durable, or raise what went wrong."""
        turn = _Turn(save)
        if not self._enter(turn):
            self._sleep(turn)
        if not turn.served:
            self._lead(turn)
        return save.outcome()

    def _enter(self, turn: _Turn) -> bool:
        """Queue up; tell whether the thread leads because nobody else does."""
        with self._mutex:
            self._queue.append(turn)
            leads, self._led = not self._led, True
        return leads

    def _sleep(self, turn: _Turn) -> None:
        try:
            turn.bell.acquire()
        except BaseException:
            self._leave(turn)
            raise

    def _leave(self, turn: _Turn) -> None:
        """Give up a place: a killed green thread must not take the leadership with it."""
        with self._mutex:
            turn.left = True
            if turn in self._queue:
                self._queue.remove(turn)
            if turn.called and not turn.served:
                self._call_next()

    def _lead(self, own: _Turn) -> None:
        turns = [own]
        try:
            self._let_gather(own)
            turns += self._gather(own.save.size)
            self._write_timed(turns)
        except Exception as error:  # noqa: BLE001 - every thread of the group gets it as its own
            for turn in turns:
                turn.save.fail(error)
        finally:
            self._hand_over(turns, own)

    def _hand_over(self, turns: list[_Turn], own: _Turn) -> None:
        """Wake those whose saves are settled. When the leader was killed, the others' saves wait in front again."""
        with self._mutex:
            again = [turn for turn in turns if not (turn.save.settled or turn.left or turn is own)]
            self._queue.extendleft(reversed(again))
            self._call_next()
        for turn in turns:
            if turn.save.settled and turn is not own:
                turn.served = True
                turn.bell.release()

    def _let_gather(self, own: _Turn) -> None:
        with self._mutex:
            self._queue.remove(own)
        deadline = monotonic() + min(GATHER_MAX_S, GATHER_SHARE * self._write_s)
        while len(self._queue) + 1 < self._usual and monotonic() < deadline:
            sleep(_GLANCE_S)

    def _gather(self, size: int) -> list[_Turn]:
        """Take from the queue who goes along with a leader whose save has this size."""
        turns: list[_Turn] = []
        with self._mutex:
            while self._queue and len(turns) + 1 < BATCH_SAVES and size < BATCH_BYTES:
                turns.append(self._queue.popleft())
                size += turns[-1].save.size
        return turns

    def _write_timed(self, turns: list[_Turn]) -> None:
        begun = monotonic()
        self._write([turn.save for turn in turns])
        self._write_s = monotonic() - begun
        self._usual = len(turns) + len(self._queue)

    def _call_next(self) -> None:
        if self._queue:
            self._queue[0].called = True
            self._queue[0].bell.release()
        else:
            self._led = False
