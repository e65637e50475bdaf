"""A save finds itself in a commit of the log, whoever wrote it there, and never takes another one's events for its own."""

from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infra.event_store.saving import Attempt, Save, recognise

OURS, OTHERS = b"8 bytes!", b"no bytes"
ONE, OTHER = UUID(int=1), UUID(int=2)


def a_save(subject: UUID, versions: int = 1) -> Save:
    return Save([StoredEvent(subject, version + 1, "a.topic", b"{}") for version in range(versions)], None)


def a_commit(token: bytes, *subjects: UUID) -> dict[str, object]:
    return {"_id": 7, "c": token, "e": [{"o": subject, "v": 1} for subject in subjects]}


def test_it_knows_its_own_attempt_by_the_token_although_it_was_told_that_it_had_failed() -> None:
    save = a_save(OTHER)
    save.attempts.append(Attempt(5, OTHERS, 6))
    save.attempts.append(Attempt(7, OURS, 8))

    assert recognise([save], a_commit(OURS, ONE, OTHER))
    assert save.positions == [8]


def test_it_knows_what_somebody_wrote_for_its_offer() -> None:
    save = a_save(OTHER)
    save.offer = OURS

    assert recognise([save], a_commit(OTHERS + OURS, ONE, OTHER))
    assert save.positions == [8]


def test_it_does_not_know_a_commit_that_names_neither_and_what_is_settled_stays_as_it_is() -> None:
    save, settled = a_save(ONE), a_save(OTHER)
    save.offer = settled.offer = OURS
    settled.succeed(3)

    assert not recognise([save, settled], a_commit(OTHERS + OTHERS, ONE, OTHER))
    assert not recognise([save, settled], a_commit(OTHERS + OURS, OTHER))
    assert not save.settled
    assert settled.positions == [3]
