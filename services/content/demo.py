"""The demo province's items, by running the use cases as the right people on the right days: `python -m services.content.demo`."""

import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from infra.kernel import offices
from infra.kernel.act import Act
from infra.kernel.clock import system_clock
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.logs import configure, get_logger
from infra.settings import ServiceSettings
from services.content.application import article_of
from services.content.bootstrap import Desk, desk
from services.content.composing import Composition, File, Typed, compose
from services.content.domain.article import Article
from services.content.messages import Content, LegalDocument, Text
from services.content.policy.facts import Intake, Received, Sensitivity
from services.content.policy.qc2019_article_7 import ATTESTATIONS
from services.content.profile import PROVINCE_TIME

Entry = Mapping[str, Any]

_BOARD_WAIT_S = 90.0
_LOOK_EVERY_S = 0.1
_HOURS = {"receive": 8, "accept": 9, "write": 9, "send": 10, "flag": 11, "agree": 12, "clear": 13, "publish": 15}
_STAGES = ("editing", "clearing", "publishing", "published")
_LOGINS = {
    offices.HEAD: "head",
    offices.STANDING_DEPUTY: "standing-deputy",
    offices.SECRETARY: "secretary",
}
_NEEDED = (*_LOGINS, offices.CONTENT_TEAM)

log = get_logger("demo")


class DemoRefusedError(Exception):
    """A use case refused what the demo says: the demo data or the board's demo is wrong."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Runs what `items.toml` in the folder says; running it again changes nothing."""

    desk: Desk
    folder: Path

    def run(self) -> int:
        """Carry everything out; returns how many items and submissions there are.

        Raises:
            DemoRefusedError: something was refused.

        """
        told = tomllib.loads((self.folder / "items.toml").read_text(encoding="utf-8"))
        for entry in told["item"]:
            self._item(entry)
        for entry in told["submission"]:
            self._submission(entry)
        return len(told["item"]) + len(told["submission"])

    def _item(self, entry: Entry) -> None:
        article = self._begun(entry)
        reached = _STAGES.index(entry.get("until", "published"))
        for carry in (self._send, self._clear, self._publish)[:reached]:
            carry(entry, article)
        if "correction" in entry:
            self._correct(entry, article)
        if "withdrawal" in entry:
            self._withdraw(entry, article)

    def _send(self, entry: Entry, article: UUID) -> None:
        act, app = self._act(entry, "send", offices.CONTENT_TEAM, entry["editor"]), self.desk.application
        self._do(article, act, lambda now: app.send(article, now.version, ATTESTATIONS, act=act))
        if "sensitive" in entry:
            self._consult(entry, article)

    def _begun(self, entry: Entry) -> UUID:
        if "came" in entry:
            submission = self._received(entry, entry["vi"]["title"])
            article = article_of(submission)
            if self.desk.application.find(Article, article) is None:
                self._accept(entry, submission)
            return article
        article = natural_id("demo.article", entry["key"])
        if self.desk.application.find(Article, article) is None:
            act = self._act(entry, "write", offices.CONTENT_TEAM, entry["editor"])
            _demand(self.desk.application.write(article, self._content(entry), act=act))
        return article

    def _received(self, entry: Entry, title: str) -> UUID:
        came, submission = entry["came"], natural_id("demo.submission", entry["key"])
        document = entry.get("document", {})
        received = Received(
            title=title[:300],
            intake=Intake(came["channel"], came["provider"], came["origin"], came["purpose"]),
            classification=entry["kind"],
            received_on=entry["on"].isoformat(),
            document_number=document.get("number", ""),
            document_date=document.get("signed_on", ""),
            person_hash="",
            attachments=tuple(asdict(self._taken(name)) for name in entry.get("files", ())),
        )
        act = self._act(entry, "receive", offices.CONTENT_TEAM, entry["editor"])
        _demand(self.desk.intake.receive(submission, received, came.get("person", ""), act=act))
        return submission

    def _taken(self, name: str) -> Any:
        with (self.folder / name).open("rb") as stream:
            return _demand(self.desk.material.take(stream, Path(name).name))

    def _accept(self, entry: Entry, submission: UUID) -> None:
        act = self._act(entry, "accept", offices.CONTENT_TEAM, entry["editor"])
        content = self._content(entry)
        _demand(self.desk.application.accept(submission, content, "", act=act))

    def _content(self, entry: Entry) -> Content:
        attachments = tuple(self._taken(name) for name in entry.get("files", ()))
        texts = {language: self._typed(entry[language]) for language in ("vi", "en") if language in entry}
        if not texts["vi"].body and attachments:
            texts["vi"] = replace(texts["vi"], body=_demand(self.desk.material.manuscript(attachments[0].file)).html)
        document = entry.get("document")
        composition = Composition(
            kind=entry["kind"],
            section=entry["section"],
            author=entry["author"],
            source=entry["source"],
            source_url="",
            texts=texts,
            cover_alt={lang: entry[lang]["alt"] for lang in ("vi", "en") if "alt" in entry.get(lang, {})},
            cover=self._picture(entry),
            keep=attachments,
            document=LegalDocument(**document) if document else None,
        )
        content: Content = _demand(compose(composition, self.desk.material))
        return content

    @staticmethod
    def _typed(text: Entry) -> Typed:
        return Typed(text.get("title", ""), text.get("summary", ""), text.get("body", ""))

    def _picture(self, entry: Entry) -> File | None:
        if "picture" not in entry:
            return None
        path = self.folder / "pictures" / f"{entry['picture']}.jpg"
        return File(path.name, BytesIO(path.read_bytes()))

    def _consult(self, entry: Entry, article: UUID) -> None:
        told, app = entry["sensitive"], self.desk.application
        flag = self._act(entry, "flag", offices.SECRETARY)
        level, reason = Sensitivity.SENSITIVE, told["reason"]
        self._do(article, flag, lambda now: app.flag(article, now.version, level, reason, act=flag))
        agree = self._act(entry, "agree", offices.HEAD)
        view = told["board_view"]
        self._do(
            article,
            agree,
            lambda now: app.agree_by_the_head(article, now.version, now.content_hash, view, act=agree),
        )

    def _clear(self, entry: Entry, article: UUID) -> None:
        act = self._act(entry, "clear", offices.SECRETARY)
        app = self.desk.application
        self._do(article, act, lambda now: app.clear(article, now.version, now.content_hash, act=act))

    def _publish(self, entry: Entry, article: UUID) -> None:
        app = self.desk.application
        if entry.get("publisher") == "secretary":
            act = replace(self._act(entry, "publish", offices.SECRETARY), on_behalf_of=offices.STANDING_DEPUTY)
        else:
            act = self._act(entry, "publish", offices.STANDING_DEPUTY)
        self._do(article, act, lambda now: app.publish(article, now.version, now.content_hash, act=act))

    def _correct(self, entry: Entry, article: UUID) -> None:
        told, app = entry["correction"], self.desk.application
        again = {**entry, "on": told["on"], "key": f"{entry['key']}/correction"}
        team = (offices.CONTENT_TEAM, entry["editor"])
        begin, revise = (self._act(again, what, *team) for what in ("receive", "write"))
        reason, note = told["reason"], told["note"]
        self._do(article, begin, lambda now: app.begin_correction(article, now.version, reason, note, act=begin))
        self._do(article, revise, lambda now: app.revise(article, now.version, _replaced(now, told), act=revise))
        self._send(again, article)
        self._clear(again, article)
        self._publish(again, article)

    def _withdraw(self, entry: Entry, article: UUID) -> None:
        told, app = entry["withdrawal"], self.desk.application
        act = self._act(
            {**entry, "on": told["on"], "key": f"{entry['key']}/withdrawal"}, "publish", offices.STANDING_DEPUTY
        )
        explanation = told["explanation"]
        self._do(article, act, lambda now: app.withdraw(article, now.version, explanation, act=act))

    def _submission(self, entry: Entry) -> None:
        submission = self._received(entry, entry["title"])
        if "declined" in entry:
            told = entry["declined"]
            act = self._act(entry, "accept", offices.CONTENT_TEAM, entry["editor"])
            _demand(self.desk.application.decline(submission, told["reason"], told["ground"], told["notice"], act=act))

    def _do(self, article: UUID, act: Act, command: Callable[[Article], Verdict]) -> None:
        now = self.desk.application.load(Article, article)
        if not now.has_answered(act):
            _demand(command(now))

    @staticmethod
    def _act(entry: Entry, what: str, capacity: str, login: str = "") -> Act:
        day: date = entry["on"]
        at = datetime.combine(day, time(_HOURS[what]), PROVINCE_TIME).astimezone(UTC)
        account = natural_id("board.account", login or _LOGINS[capacity])
        return Act(account, capacity, at, natural_id("demo", entry["key"], what))


def _replaced(article: Article, told: Entry) -> Content:
    wrong, right = told["replace"]
    content = Content.read(article.content)
    texts = {
        language: Text(text.title, text.summary, text.body.replace(wrong, right))
        for language, text in content.texts.items()
    }
    return replace(content, texts=texts)


def _demand(outcome: Any) -> Any:
    if isinstance(outcome, Refusal):
        raise DemoRefusedError(f"{outcome.code} ({outcome.clause}) {dict(outcome.facts)}")
    return outcome.subject if isinstance(outcome, Accepted) else outcome


def await_board(built: Desk) -> bool:
    """Wait, bounded, until content has heard from the board who may act."""
    deadline = monotonic() + _BOARD_WAIT_S
    while monotonic() < deadline:
        authority = built.authority.current()
        if all(authority.holder(office, system_clock()) for office in _NEEDED):
            return True
        sleep(_LOOK_EVERY_S)
    return False


def main() -> int:
    """Load the demo items; returns 1 when the board has not told who may act."""
    configure("demo")
    settings = ServiceSettings.load("content")
    built = desk(settings)
    if not await_board(built):
        log.error("board_unheard", waited_s=_BOARD_WAIT_S)
        return 1
    log.info("demo_loaded", items=Demo(built, settings.profile_dir / "demo").run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
