"""Long logs of content, as years of a newsroom leave them: written in seconds, the same for the same seed, valid in every byte.

Lives that really happened (`tests.builders.lives`) are told again under other names, some hundred at a time side by side.
About one event in 250 publishes an item; the rest is what the newsroom does besides: most of it is editing.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from infra.event_store import GENESIS, LogEntry, LogReader
from infra.event_store.commit import Commit, as_document, sealed
from infra.event_store.connection import DURABLE, Document
from infra.kernel.ids import natural_id
from services.audit.log.appender import Appender
from services.audit.reactions import stored
from services.content.application import article_of
from services.content.domain.slug import slug_of
from tests.builders.lives import Life, lives

BEGINNING = datetime(2016, 3, 1, 1, 0, tzinfo=UTC)
_SIDE_BY_SIDE = 300
_BETWEEN_S = (20, 600)
_COMMITS_AT_ONCE = 2_000
_ENTRIES_AT_ONCE = 5_000
_EDITORS = 5
_BODIES = 400

_WHAT = ("Khởi công", "Khánh thành", "Kiểm tra", "Hội nghị", "Triển khai", "Thông báo", "Lấy ý kiến", "Công bố")
_OF = ("tuyến đường", "trường học", "trạm y tế", "cầu dân sinh", "hồ chứa nước", "khu công nghiệp", "chợ xã", "đê bao")
_WHERE = ("Đồng Xoài", "Bình Long", "Phước Long", "Chơn Thành", "Bù Đăng", "Bù Gia Mập", "Lộc Ninh", "Hớn Quản")
_WORDS = [
    "tỉnh",
    "Bình",
    "Phước",
    "ủy",
    "ban",
    "nhân",
    "dân",
    "quyết",
    "định",
    "phê",
    "duyệt",
    "dự",
    "án",
    "đầu",
    "tư",
    "xây",
    "dựng",
    "công",
    "trình",
    "giao",
    "thông",
    "nông",
    "thôn",
    "mới",
    "nhằm",
    "nâng",
    "cao",
    "đời",
    "sống",
    "người",
    "dân",
    "các",
    "xã",
    "vùng",
    "sâu",
    "trong",
    "năm",
    "nay",
    "sở",
    "ngành",
    "liên",
    "quan",
    "phối",
    "hợp",
    "thực",
    "hiện",
    "đúng",
    "tiến",
    "độ",
    "bảo",
    "đảm",
    "chất",
    "lượng",
    "an",
    "toàn",
    "tiết",
    "kiệm",
    "theo",
    "quy",
    "định",
    "của",
    "pháp",
    "luật",
    "hiện",
    "hành",
    "và",
    "báo",
    "cáo",
    "kết",
    "quả",
    "trước",
    "ngày",
    "cuối",
    "tháng",
]


Told = tuple[UUID, int, str, bytes]
"""An event as a log stores it: whose, its version, its topic and its state."""


@dataclass(slots=True)
class _Copy:
    """A life that is being told again."""

    life: Life
    subjects: dict[str, UUID]
    blanks: dict[str, bytes]
    told: int = 0


@dataclass
class _Chronicle:
    """Tells lives side by side, one save after the other, without end."""

    chance: Random
    at: datetime = BEGINNING
    open: list[_Copy] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kinds, self.often = lives()
        self.bodies = [self._body().encode() for _ in range(_BODIES)]
        self.editors = [str(natural_id("board.account", f"editor{n}")).encode() for n in range(1, _EDITORS + 1)]

    def commits(self) -> Iterator[tuple[Commit, bytes]]:
        """Each with the token of its writer."""
        position, previous = 1, GENESIS
        for save in self._saves():
            entries = [LogEntry(position + n, *event) for n, event in enumerate(save)]
            commit = sealed(position, entries, None, previous)
            position, previous = commit.last + 1, commit.hash
            yield commit, self.chance.randbytes(8)

    def _saves(self) -> Iterator[list[Told]]:
        while True:
            while len(self.open) < _SIDE_BY_SIDE:
                self.open.append(self._begun())
            place = self.chance.randrange(len(self.open))
            copy = self.open[place]
            yield self._next(copy)
            if copy.told == len(copy.life.saves):
                self.open[place] = self.open[-1]
                self.open.pop()

    def _next(self, copy: _Copy) -> list[Told]:
        number, blanks = copy.told, copy.blanks
        self.at += timedelta(seconds=self.chance.randint(*_BETWEEN_S), microseconds=self.chance.randrange(1_000_000))
        blanks[f"at.{number}"] = self.at.isoformat(timespec="microseconds").encode()
        blanks[f"instant.{number}"] = self.at.isoformat().encode()
        blanks[f"request.{number}"] = str(self._id()).encode()
        copy.told += 1
        return [
            (copy.subjects[event.subject], event.version, event.topic, event.state.filled(blanks))
            for event in copy.life.saves[number]
        ]

    def _begun(self) -> _Copy:
        life = self.chance.choices(self.kinds, self.often)[0]
        subjects = {blank: self._id() for blank in sorted(life.subjects | {"article"})}
        if {"submission", "article"} <= life.subjects:
            subjects["article"] = article_of(subjects["submission"])
        blanks = {blank: str(subject).encode() for blank, subject in subjects.items()}
        blanks["editor"] = self.chance.choice(self.editors)
        for language in life.languages:
            title = self._title(language)
            blanks[f"title.{language}"] = title.encode()
            blanks[f"summary.{language}"] = f"{title}: {' '.join(self.chance.sample(_WORDS, 20))}.".encode()
            blanks[f"slug.{language}"] = slug_of(title, subjects["article"]).encode()
        for blank in sorted(life.bodies):
            blanks[blank] = self.chance.choice(self.bodies)
        for blank, content in life.contents.items():
            blanks[blank] = hashlib.sha256(content.filled(blanks)).hexdigest().encode()
        return _Copy(life, subjects, blanks)

    def _title(self, language: str) -> str:
        number = self.chance.randrange(1, 1_000_000)
        if language == "en":
            return f"Works no. {number} in {self.chance.choice(_WHERE)}"
        return " ".join([*map(self.chance.choice, (_WHAT, _OF, _WHERE)), f"số {number}"])

    def _body(self) -> str:
        words = (
            " ".join(self.chance.choices(_WORDS, k=self.chance.randint(20, 60)))
            for _ in range(self.chance.randint(2, 7))
        )
        return "".join(f"<p>{each.capitalize()}.</p>" for each in words)

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


def write_long_log(events: Collection[Document], count: int, seed: int = 1) -> int:
    """Append to an empty log, made by `create_log`, whole saves until it has at least so many events; return its head."""
    chronicle, head = _Chronicle(Random(seed)).commits(), 0  # noqa: S311 - no secret
    quickly, durably = (events.with_options(write_concern=concern) for concern in (WriteConcern(w=1), DURABLE))
    with ThreadPoolExecutor(1) as writing:
        written: Future[object] | None = None
        while head < count:
            most = max(1, (count - head) // 2)  # a commit has one or two events
            batch = list(islice(chronicle, min(_COMMITS_AT_ONCE, most)))
            head = batch[-1][0].last
            if written:
                written.result()
            documents = [as_document(commit, token, None) for commit, token in batch]
            collection = quickly if head < count else durably  # what comes before it is durable with the last batch
            written = writing.submit(collection.insert_many, documents, ordered=False)
    return head


def enter_in_audit_log(appender: Appender, service: str, reader: LogReader, after: int = 0) -> int:
    """Enter everything that a service's log holds after a position, as if it had arrived; return the last position."""
    while entries := reader.page(after, _ENTRIES_AT_ONCE):
        appender.append([stored(service, entry) for entry in entries])
        after = entries[-1].position
    return after
