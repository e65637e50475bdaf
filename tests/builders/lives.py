"""Lives of items and submissions that really happened under the rules, kept so that they can be told again under other names."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from eventsourcing.persistence import Mapper

from infra.event_store import CanonicalTranscoder
from infra.kernel import offices
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate
from infra.kernel.canonical import canonical_json, content_hash
from infra.kernel.ids import natural_id
from services.content.application import article_of
from services.content.domain.article import Article
from services.content.domain.attempt import Attempt
from services.content.domain.slug import slug_of
from services.content.domain.submission import Submission
from services.content.messages import Content, Text
from services.content.policy.facts import Actor, Step
from tests.builders import content as newsroom

_MAPPER: Mapper[UUID] = Mapper(CanonicalTranscoder())
_TITLE = {"vi": "zqtitlevi", "en": "zqtitleen"}

Blank = str
"""What is filled in when a life is told again, such as `article`, `title.vi`, `at.3` or `hash.2`."""


@dataclass(frozen=True, slots=True)
class Form:
    """Bytes with blanks: `pieces` are fixed bytes and, at the odd places, names of blanks in between."""

    pieces: tuple[bytes | Blank, ...]

    def filled(self, blanks: Mapping[Blank, bytes]) -> bytes:
        return b"".join([piece if type(piece) is bytes else blanks[piece] for piece in self.pieces])  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event of a life: whose (a blank), its version and topic, and its state."""

    subject: Blank
    version: int
    topic: str
    state: Form


@dataclass(frozen=True, slots=True)
class Life:
    """Saves in their order; `subjects`, `contents` (by the blank of their hash) and `bodies` are what has to be filled in."""

    saves: tuple[tuple[ToldEvent, ...], ...]
    subjects: frozenset[Blank]
    contents: Mapping[Blank, Form]
    bodies: frozenset[Blank]
    languages: tuple[str, ...]

    @property
    def events(self) -> int:
        return sum(map(len, self.saves))


@dataclass
class Desk:
    """Lets one life happen, act by act, and notes under which names."""

    languages: tuple[str, ...] = ("vi",)
    saves: list[list[Aggregate.Event]] = field(default_factory=list)
    blanks: dict[str, Blank] = field(default_factory=dict)
    contents: dict[Blank, bytes] = field(default_factory=dict)
    article_id: UUID = field(default_factory=lambda: natural_id("life", "article"))

    def act(self, capacity: str, login: str) -> Act:
        number = len(self.saves)
        at = newsroom.NOON + timedelta(minutes=number + 1)
        act = newsroom.an_act(capacity, login, at, request=f"life {number}")
        self.blanks[at.isoformat(timespec="microseconds")] = f"at.{number}"
        self.blanks[at.isoformat()] = f"instant.{number}"
        self.blanks[str(act.correlation)] = f"request.{number}"
        return act

    def team(self) -> Act:
        return self.act(offices.CONTENT_TEAM, "editor1")

    def save(self, *aggregates: Aggregate, refused: object = None) -> None:
        assert refused is None, refused
        self.saves.append([event for each in aggregates for event in each.collect_events()])

    def content(self) -> Content:
        """The content as it is edited next: every time with another body."""
        number = len(self.contents)
        texts = {
            language: Text(_TITLE[language], f"zqsummary{language}", f"zqbody{number}{language}")
            for language in self.languages
        }
        made = newsroom.a_content(texts=texts)
        record = made.as_record()
        self.blanks[content_hash(record)] = f"hash.{number}"
        self.contents[f"hash.{number}"] = canonical_json(record)
        for language in self.languages:
            self.blanks[f"zqbody{number}{language}"] = f"body.{number}.{language}"
        return made

    def received(self) -> Submission:
        submission_id = natural_id("life", "submission")
        self.article_id = article_of(submission_id)
        self.blanks[str(submission_id)] = "submission"
        received = newsroom.what_was_received(title=_TITLE["vi"])
        made = Submission.receive(submission_id, received, newsroom.TEAM, act=self.team())
        assert isinstance(made, Submission)
        self.save(made)
        return made

    def written(self) -> Article:
        article = Article.write(self.article_id, self.content(), newsroom.TEAM, act=self.team())
        assert isinstance(article, Article)
        self.save(article)
        return article

    def taken_up(self) -> Article:
        submission, act = self.received(), self.team()
        refused = submission.accept(self.article_id, "Đúng thẩm quyền.", newsroom.TEAM, act=act)
        article = Article.from_submission(self.article_id, submission.id, self.content(), act=act)
        assert isinstance(article, Article)
        self.save(submission, article, refused=refused)
        return article

    def revised(self, article: Article, times: int = 1) -> None:
        for _ in range(times):
            act = self.team()
            self.save(article, refused=article.revise(self.content(), newsroom.TEAM, act=act))

    def sent(self, article: Article) -> None:
        act = self.team()
        self.save(article, refused=article.send(newsroom.EVERYTHING, newsroom.STANDARDS, newsroom.TEAM, act=act))

    def returned(self, article: Article) -> None:
        act, reason = self._by(newsroom.SECRETARY), "Thiếu nguồn ảnh, đề nghị bổ sung."
        self.save(article, refused=article.send_back(Step.EDITING, reason, newsroom.SECRETARY, act=act))

    def cleared(self, article: Article) -> None:
        act, seen = self._by(newsroom.SECRETARY), article.content_hash
        self.save(article, refused=article.clear(seen, newsroom.STANDARDS, newsroom.SECRETARY, act=act))

    def published(self, article: Article) -> None:
        self.sent(article)
        self.cleared(article)
        act = self._by(newsroom.DEPUTY)
        self.save(article, refused=article.publish(article.content_hash, newsroom.DEPUTY, act=act))

    def corrected(self, article: Article) -> None:
        act, note = self.team(), {"vi": "Sửa số liệu trong đoạn hai."}
        self.save(article, refused=article.begin_correction("Sai số liệu", note, newsroom.TEAM, act=act))
        self.revised(article)
        self.published(article)

    def withdrawn(self, article: Article) -> None:
        act, told = self._by(newsroom.DEPUTY), {"vi": "Số liệu chưa được kiểm tra."}
        self.save(article, refused=article.withdraw(told, newsroom.DEPUTY, act=act))

    def attempted(self) -> None:
        act, refused = self.team(), natural_id("life", "attempt")
        self.blanks[str(refused)] = "attempt"
        facts = {"command": "publish", "subject": str(self.article_id), "code": "not_the_standing_deputy"}
        self.save(Attempt.begin(Attempt.Refused, refused, act=act, clause="QC2024 Đ10.1b-3", **facts))

    def _by(self, actor: Actor) -> Act:
        login = {newsroom.SECRETARY: "secretary", newsroom.DEPUTY: "standing-deputy"}[actor]
        return self.act(actor.capacity, login)

    def life(self) -> Life:
        """What happened, with blanks where another life has something else."""
        blanks = {
            **self.blanks,
            str(self.article_id): "article",
            str(newsroom.account("editor1")): "editor",
            **{slug_of(_TITLE[language], self.article_id): f"slug.{language}" for language in self.languages},
            **{_TITLE[language]: f"title.{language}" for language in _TITLE},
            **{f"zqsummary{language}": f"summary.{language}" for language in self.languages},
        }
        forms = _Forms(blanks)
        saves = tuple(tuple(forms.told(event) for event in save) for save in self.saves)
        return Life(
            saves,
            frozenset(event.subject for save in saves for event in save),
            {blank: forms.of(record) for blank, record in self.contents.items()},
            frozenset(blank for blank in blanks.values() if blank.startswith("body.")),
            self.languages,
        )


class _Forms:
    """Makes forms of bytes: `blanks` are the texts that another life has otherwise."""

    def __init__(self, blanks: Mapping[str, Blank]) -> None:
        self._blanks = {text.encode(): blank for text, blank in blanks.items()}
        longest_first = sorted(self._blanks, key=len, reverse=True)
        self._pattern = re.compile(b"(" + b"|".join(map(re.escape, longest_first)) + b")")

    def of(self, spelled: bytes) -> Form:
        pieces = self._pattern.split(spelled)
        return Form(tuple(self._blanks[piece] if n % 2 else piece for n, piece in enumerate(pieces)))

    def told(self, event: Aggregate.Event) -> ToldEvent:
        stored = _MAPPER.to_stored_event(event)
        subject = self._blanks[str(stored.originator_id).encode()]
        return ToldEvent(subject, stored.originator_version, stored.topic, self.of(stored.state))


def _pending(desk: Desk) -> None:
    desk.received()


def _declined(desk: Desk) -> None:
    submission, act = desk.received(), desk.team()
    why = ("Không thuộc phạm vi của Cổng", "QC2019 Đ3.2", "Đã trả lời bằng văn bản")
    desk.save(submission, refused=submission.decline(*why, newsroom.TEAM, act=act))


def _worked_over(desk: Desk) -> None:
    article = desk.taken_up()
    desk.revised(article, 4)
    desk.sent(article)
    desk.returned(article)
    desk.revised(article, 3)
    desk.sent(article)
    desk.returned(article)
    desk.revised(article, 2)


def _left_unfinished(desk: Desk) -> None:
    desk.revised(desk.written(), 7)


def _published(desk: Desk) -> None:
    article = desk.taken_up()
    desk.revised(article, 2)
    desk.published(article)


def _corrected(desk: Desk) -> None:
    article = desk.written()
    desk.revised(article, 2)
    desk.published(article)
    desk.corrected(article)


def _withdrawn(desk: Desk) -> None:
    article = desk.written()
    desk.published(article)
    desk.withdrawn(article)


_BOTH = ("vi", "en")
_OFTEN: Sequence[tuple[Callable[[Desk], None], tuple[str, ...], int]] = (
    (_pending, ("vi",), 100),
    (_declined, ("vi",), 200),
    (Desk.attempted, ("vi",), 80),
    (_left_unfinished, ("vi",), 250),
    (_worked_over, ("vi",), 330),
    (_published, ("vi",), 20),
    (_published, _BOTH, 10),
    (_corrected, ("vi",), 7),
    (_withdrawn, ("vi",), 3),
)
"""What happens, in which languages, and in how many lives of a thousand."""


def lives() -> tuple[list[Life], list[int]]:
    """Every kind of life, and how often each happens."""
    made = []
    for happens, languages, _ in _OFTEN:
        desk = Desk(languages)
        happens(desk)
        made.append(desk.life())
    return made, [often for *_, often in _OFTEN]
