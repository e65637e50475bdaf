"""Random acts by random offices on random days: whatever people try, what is recorded keeps to the regulation and replays."""

from dataclasses import replace

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from infra.event_store import LogEntry
from infra.kernel import offices
from infra.kernel.authority import Holding
from infra.kernel.verdicts import Refusal
from services.content.messages import Content
from services.content.policy.facts import Sensitivity, Step
from tests.builders.article_life import ARTICLE, AUTHORITY, Life, Who, days_of, replayed, state_of
from tests.builders.chronicle import Chronicle
from tests.builders.content import EVERYTHING, a_content, account

DAYS = st.integers(0, 30)
STALE = st.sampled_from([False, False, False, True])
HINDRANCES = st.sampled_from(["", "", "stopped", "sensitive", "special"])
REASONS = st.sampled_from(["Cần rà soát lại.", "Cần rà soát lại.", "Cần rà soát lại.", ""])
CONTENTS = st.sampled_from(["<p>Một.</p>", "<p>Hai.</p>", "<p>Ba.</p>"]).map(a_content)

When = tuple[Who, int]
"""Somebody in a capacity, and the day on which he acts."""


def _in_office(holding: Holding) -> st.SearchStrategy[When]:
    return st.sampled_from(days_of(holding.term)).map(lambda day: ((holding.account, holding.capacity), day))


ANYBODY = st.tuples(st.sampled_from(AUTHORITY.holdings).map(lambda held: (held.account, held.capacity)), DAYS)


def mostly(*capacities: str) -> st.SearchStrategy[When]:
    """Choose somebody who holds one of the capacities on that day; now and then anybody on any day."""
    lawful = st.sampled_from([held for held in AUTHORITY.holdings if held.capacity in capacities]).flatmap(_in_office)
    return st.one_of(lawful, lawful, lawful, lawful, ANYBODY)


EDITOR = mostly(offices.CONTENT_TEAM)
SECRETARY = mostly(offices.SECRETARY)
DEPUTY = mostly(offices.STANDING_DEPUTY)
HEAD = mostly(offices.HEAD)


class ArticleLife(RuleBasedStateMachine):
    """One item; each rule is a use case, asked for by somebody in some capacity on some day."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(note)

    @initialize()
    def begins(self) -> None:
        self.life.ask("write", (account("editor1"), offices.CONTENT_TEAM), 0, a_content())

    @rule(editor=EDITOR, secretary=SECRETARY, deputy=DEPUTY, head=HEAD, hindrance=HINDRANCES, stale=STALE)
    def go_the_prescribed_way(
        self, editor: When, secretary: When, deputy: When, head: When, hindrance: str, stale: bool
    ) -> None:
        self.send(editor, whole=True)
        self.clear(secretary, stale=False)
        if hindrance == "stopped":
            self.stop_or_release(head, "Chờ rà soát.", "stop")
        elif hindrance:
            self.flag(secretary, Sensitivity(hindrance))
        self.publish(deputy, stale=stale)

    @rule(editor=EDITOR, cleared_by=SECRETARY, published_by=SECRETARY)
    def go_by_delegation(self, editor: When, cleared_by: When, published_by: When) -> None:
        self.send(editor, whole=True)
        self.clear(cleared_by, stale=False)
        self.publish_for_the_deputy(published_by)

    @rule(by=mostly(offices.CONTENT_TEAM, offices.SECRETARY), content=CONTENTS)
    def revise(self, by: When, content: Content) -> None:
        self.life.ask("revise", *by, self.life.article.version, content)

    @rule(by=EDITOR, whole=st.sampled_from([True, True, True, False]))
    def send(self, by: When, whole: bool) -> None:
        self.life.ask("send", *by, self.life.article.version, EVERYTHING if whole else frozenset())

    @rule(by=EDITOR)
    def recall(self, by: When) -> None:
        self.life.ask("recall", *by, self.life.article.version)

    @rule(by=SECRETARY, stale=STALE)
    def clear(self, by: When, stale: bool) -> None:
        self.decide("clear", by, self.life.seen(stale=stale))

    @rule(by=mostly(offices.SECRETARY, offices.STANDING_DEPUTY), to=st.sampled_from(list(Step)), why=REASONS)
    def send_back(self, by: When, to: Step, why: str) -> None:
        self.life.ask("send_back", *by, self.life.article.version, to, why)

    @rule(by=DEPUTY, stale=STALE)
    def publish(self, by: When, stale: bool) -> None:
        self.decide("publish", by, self.life.seen(stale=stale))

    @rule(by=SECRETARY)
    def publish_for_the_deputy(self, by: When) -> None:
        self.life.ask("publish", *by, self.life.article.version, self.life.seen(), on_behalf_of=offices.STANDING_DEPUTY)

    @rule(by=HEAD)
    def publish_by_the_head(self, by: When) -> None:
        self.decide("publish_by_the_head", by, self.life.seen())

    @rule(by=HEAD, why=REASONS, command=st.sampled_from(["stop", "release"]))
    def stop_or_release(self, by: When, why: str, command: str) -> None:
        self.life.ask(command, *by, self.life.article.version, why)

    @rule(by=mostly(offices.SECRETARY, offices.STANDING_DEPUTY), mark=st.sampled_from(list(Sensitivity)))
    def flag(self, by: When, mark: Sensitivity) -> None:
        self.life.ask("flag", *by, self.life.article.version, mark, "Nội dung nhạy cảm.")

    @rule(by=HEAD)
    def agree_by_the_head(self, by: When) -> None:
        self.life.ask("agree_by_the_head", *by, self.life.article.version, self.life.seen(), "Ban Biên tập thống nhất.")

    @rule(by=mostly(offices.STANDING_DEPUTY, offices.SECRETARY), favourable=st.booleans())
    def record_opinion(self, by: When, favourable: bool) -> None:
        self.life.ask("record_opinion", *by, self.life.article.version, "88/UBND-VX", favourable=favourable)

    @rule(by=EDITOR)
    def begin_correction(self, by: When) -> None:
        self.life.ask("begin_correction", *by, self.life.article.version, "Sai số liệu.", {"vi": "Sửa số liệu."})

    @rule(by=EDITOR)
    def abandon_correction(self, by: When) -> None:
        self.life.ask("abandon_correction", *by, self.life.article.version)

    @rule(by=mostly(offices.STANDING_DEPUTY, offices.HEAD), told=st.sampled_from(["Sai.", "Sai.", ""]))
    def withdraw(self, by: When, told: str) -> None:
        self.life.ask("withdraw", *by, self.life.article.version, {"vi": told})

    @rule(by=EDITOR, ago=st.integers(1, 3))
    def act_on_an_old_page(self, by: When, ago: int) -> None:
        verdict = self.life.ask("send", *by, self.life.article.version - ago, EVERYTHING)
        assert isinstance(verdict, Refusal)
        assert verdict.code == "changed_meanwhile"

    @rule(which=st.integers(0, 1_000))
    def send_a_form_twice(self, which: int) -> None:
        self.life.ask_again(self.life.asked[which % len(self.life.asked)])

    def decide(self, command: str, by: When, seen: str) -> None:
        """Decide over what was shown, which may be older than what is there."""
        present = self.life.article.content_hash
        verdict = self.life.ask(command, *by, self.life.article.version, seen)
        assert isinstance(verdict, Refusal) or seen == present, "decided over bytes that nobody had seen"

    @invariant()
    def keeps_to_the_regulation(self) -> None:
        assert Chronicle(AUTHORITY).breaches(self.life.history) == []

    @invariant()
    def replays_to_the_same_state(self) -> None:
        if self.life.asked:
            assert state_of(replayed(self.life.history)) == state_of(self.life.article)

    @invariant()
    def positions_and_versions_have_no_gaps(self) -> None:
        history = self.life.history
        own = [entry.version for entry in history if entry.originator_id == ARTICLE]
        assert own == list(range(1, len(own) + 1))
        assert [entry.position for entry in history] == list(range(1, len(history) + 1))


ArticleLife.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


class TestAnArticleMayLiveAnyLifeThatTheRegulationAllowsAndNoOther(ArticleLife.TestCase):
    """Hypothesis looks for a story that breaks a rule, and prints the shortest that it finds."""


def a_story(*without: str) -> list[LogEntry]:
    """Return the shortest lawful life to publication and correction, of which events of some kinds are taken out."""
    life = Life(str)
    editor, secretary = (account("editor1"), offices.CONTENT_TEAM), (account("secretary"), offices.SECRETARY)
    deputy, head = (account("standing-deputy"), offices.STANDING_DEPUTY), (account("head"), offices.HEAD)
    life.ask("write", editor, 0, a_content())
    for _ in range(2):
        for command, who, *arguments in (
            ("send", editor, EVERYTHING),
            ("flag", secretary, Sensitivity.SPECIAL, "Nội dung đặc biệt."),
            ("clear", secretary, life.seen()),
            ("agree_by_the_head", head, life.seen(), "Ban Biên tập thống nhất."),
            ("record_opinion", deputy, "88/UBND-VX"),
            ("publish", deputy, life.seen()),
            ("begin_correction", editor, "Sai số liệu.", {"vi": "Sửa số liệu."}),
            ("revise", editor, a_content("<p>Hai.</p>")),
        ):
            facts = {"favourable": True} if command == "record_opinion" else {}
            life.ask(command, who, 1, life.article.version, *arguments, **facts)
    return [entry for entry in life.history if entry.topic.rpartition(".")[2] not in without]


def test_the_chronicle_finds_nothing_in_a_lawful_story() -> None:
    assert Chronicle(AUTHORITY).breaches(a_story()) == []


@pytest.mark.parametrize(
    ("without", "breach"),
    [
        ("sent", "step 2 came without step 1"),
        ("cleared", "published without the clearance of these bytes"),
        ("head_agreed", "a sensitive item was published without the head's agreement"),
        ("opinion_recorded", "a special item was published without the chairman's opinion"),
        ("revised", "other bytes were sent than those that were there"),
        ("published", "something was corrected that was never public"),
    ],
)
def test_the_chronicle_names_what_is_missing_from_a_story(without: str, breach: str) -> None:
    assert any(told.startswith(breach) for told in Chronicle(AUTHORITY).breaches(a_story(without)))


def test_the_chronicle_names_an_office_that_was_not_held() -> None:
    later = replace(AUTHORITY, holdings=AUTHORITY.holdings[:4])
    assert any("secretary was not held" in told for told in Chronicle(later).breaches(a_story()))
