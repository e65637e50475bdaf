"""Memory over time: what each process of the running system takes while the newsroom publishes and the public reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from threading import Event, Thread
from time import monotonic

import httpx
import psutil

from infra.local.processes import PROCESSES
from infra.local.run_state import RunState
from infra.local.stack import Stack
from tests.builders.staff import ATTESTED, Staff, done

MIB = 2**20
SAMPLE_EVERY_S = 1.0
TURN_S = 1.0
"""So often an item is carried through its three steps and read: four events a second, a year of a province in a day."""
GROWN_SHARE, GROWN_MIB = 0.05, 3.0
_OURS = frozenset(process.name for process in PROCESSES)
_LOGINS = ("editor1", "secretary", "standing-deputy", "reviewer")
_PUBLIC = (
    "/vi/",
    "/en/",
    "/vi/tin-tuc/",
    "/vi/search?q=nuoc+sach",
    "/api/v1/articles",
    "/api/v1/events",
    "/api/v1/log/checkpoint",
    "/sitemap.xml",
    "/feeds/all.vi.atom",
)


@dataclass
class Series:
    """What one process took, in MiB, from the first sample to the last; `pids` are all that had its name."""

    taken: list[float] = field(default_factory=list)
    pids: set[int] = field(default_factory=set)

    @property
    def warm(self) -> float:
        """What it took once it was warm: the median of the second fifth."""
        return median(self._fifth(1))

    @property
    def grown(self) -> float:
        """By how much the median of the last fifth is above that; without bound where the process was started again."""
        return median(self._fifth(4)) - self.warm if len(self.pids) == 1 else float("inf")

    @property
    def may_grow(self) -> float:
        """How much is no leak: what the allocator keeps in pieces, and caches that still fill."""
        return GROWN_SHARE * self.warm + GROWN_MIB

    def _fifth(self, number: int) -> Sequence[float]:
        size = len(self.taken) / 5
        return self.taken[int(number * size) : int((number + 1) * size)]


def soak(stack: Stack, seconds: float) -> Mapping[str, Series]:
    """Let the newsroom work and the public read for so long; return what each of our processes took, by name.

    Raises whatever went wrong for those who worked and read.
    """
    series = {name: Series() for name in sorted(_OURS)}
    deadline, stop = monotonic() + seconds, Event()
    staff = [Staff(stack, login) for login in _LOGINS]
    with (
        httpx.Client(base_url=stack.public_url, timeout=20) as reader,
        again_and_again(lambda turn: _work(staff, turn), stop),
        again_and_again(lambda turn: _read(reader, turn), stop),
    ):
        while monotonic() < deadline and not stop.is_set():
            _sample(stack, series)
            stop.wait(SAMPLE_EVERY_S)
        stop.set()
    for member in staff:
        member.client.close()
    return series


@contextmanager
def again_and_again(do: Callable[[int], None], stop: Event) -> Iterator[None]:
    """Do something at a steady pace in a thread until told to stop; what fails stops all and is raised at the end."""
    failures: list[Exception] = []

    def run() -> None:
        for turn in count(1):
            begun = monotonic()
            try:
                do(turn)
            except Exception as failure:  # noqa: BLE001 - raised where the load is looked after
                failures.append(failure)
                stop.set()
            if stop.wait(max(0.0, begun + TURN_S - monotonic())):
                return

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failures:
        raise failures[0]


def _work(staff: Sequence[Staff], turn: int) -> None:
    """Carry an item through its three steps, look at the lists, and search as inspectors do."""
    editor, secretary, deputy, reviewer = staff
    item = editor.write(
        f"Nước sạch về xã, đợt {turn}", f"<p>{'Công trình thứ ' + str(turn) + ' đã hoàn thành. '}</p>" * 9
    )
    done(editor.act(item, "send", **ATTESTED))
    done(secretary.act(item, "clear"))
    done(deputy.act(item, "publish"))
    for who, page in (
        (editor, "/content/"),
        (deputy, f"/content/articles/{item}"),
        (reviewer, f"/audit/stories/{item}"),
    ):
        assert who.get(page).status_code < 500, page
    assert reviewer.get("/audit/acts?kind=content.article.published").is_success


def _read(reader: httpx.Client, turn: int) -> None:
    """Read what is baked, what is made for each reader, and what is not there; a busy machine may ask to come again."""
    for page in _PUBLIC:
        answer = reader.get(page, follow_redirects=True)
        assert answer.is_success or answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, (page, answer.status_code)
    assert reader.get(f"/vi/no-such-page-{turn}").status_code == httpx.codes.NOT_FOUND


def _sample(stack: Stack, series: Mapping[str, Series]) -> None:
    state = RunState.load(stack.places.state)
    for member in state.members if state else ():
        if member.name in series and member.pid is not None:
            with suppress(psutil.NoSuchProcess):
                series[member.name].taken.append(resident_mib(member.pid))
                series[member.name].pids.add(member.pid)


def resident_mib(pid: int) -> float:
    """Return what a process and its children take of the machine's memory."""
    process = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True))) / MIB
