"""The person behind a submission is kept with it, and never without it."""

from typing import Any, cast

from infra.kernel import offices
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal
from services.content.domain.submission import Submission
from services.content.intake import Intake, person_key
from tests.builders.board_in_memory import MemoryPeople
from tests.builders.content import an_act, what_was_received
from tests.builders.content_in_memory import ContentInMemory, accepted

SUBMISSION = natural_id("submission", "1")
AN = "Nguyễn Văn An, 0900 000 001"
BY_TEAM = an_act(offices.CONTENT_TEAM, "editor1")


def an_intake() -> tuple[Intake, ContentInMemory, MemoryPeople]:
    app, people = ContentInMemory(), MemoryPeople()
    return Intake(app, cast(Any, None), cast(Any, people)), app, people


def test_the_person_is_kept_apart_and_the_record_holds_the_hash() -> None:
    intake, app, people = an_intake()

    accepted(intake.receive(SUBMISSION, what_was_received(), AN, act=BY_TEAM))

    assert people.get(person_key(SUBMISSION)) == {"name": AN}
    assert app.load(Submission, SUBMISSION).person_hash == people.put(person_key(SUBMISSION), {"name": AN})


def test_a_submission_without_a_person_keeps_nobody() -> None:
    intake, app, people = an_intake()

    accepted(intake.receive(SUBMISSION, what_was_received(), "", act=BY_TEAM))

    assert app.load(Submission, SUBMISSION).person_hash == ""
    assert people.records == {}


def test_a_refused_submission_leaves_nobody_behind() -> None:
    intake, app, people = an_intake()

    refused = intake.receive(SUBMISSION, what_was_received(), AN, act=an_act(offices.CONTENT_TEAM, "nobody"))

    assert isinstance(refused, Refusal)
    assert people.records == {}
    assert app.find(Submission, SUBMISSION) is None


def test_a_form_sent_again_brings_nobody_back_who_was_erased() -> None:
    intake, _, people = an_intake()
    accepted(intake.receive(SUBMISSION, what_was_received(), AN, act=BY_TEAM))
    accepted(intake.erase_person(SUBMISSION, "asked", act=an_act(offices.CONTENT_TEAM, "editor1", request="erase")))

    again = intake.receive(SUBMISSION, what_was_received(), AN, act=BY_TEAM)

    assert isinstance(again, Accepted)
    assert people.records == {}


def test_of_two_requests_at_once_the_one_that_loses_does_not_erase_the_others_person() -> None:
    intake, app, people = an_intake()

    class Overtaken(MemoryPeople):
        def put(self, key: str, record: Any) -> str:
            accepted(intake.receive(SUBMISSION, what_was_received(), AN, act=BY_TEAM))
            return people.put(key, record)

    late = Intake(app, cast(Any, None), cast(Any, Overtaken()))

    assert isinstance(late.receive(SUBMISSION, what_was_received(), AN, act=BY_TEAM), Accepted)

    assert people.get(person_key(SUBMISSION)) == {"name": AN}
