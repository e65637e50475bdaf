"""What arrives is entered, projected and found again: by person, office, thing, kind, period and refusal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from infra.event_store import LogEntry
from infra.kernel.offices import SECRETARY, STANDING_DEPUTY
from infra.read_store.people import People
from services.audit.log.appender import Appender, PositionGap
from services.audit.log.entries import EntryLog
from services.audit.projections import AuditRows
from services.audit.queries import acts as asked
from services.audit.queries.acts import AuditQueries
from services.audit.queries.criteria import Criteria
from services.audit.reactions import Listening, arrived
from tests.builders.audit import ARTICLE, MORNING, SUBMISSION, Telling, a_story, account_of

pytestmark = pytest.mark.servers


def nothing_missing(_service: str, _after: int) -> Sequence[LogEntry]:
    return []


@pytest.fixture
def rows(store_database: Database[dict[str, Any]]) -> AuditRows:
    rows = AuditRows(store_database)
    rows.prepare()
    return rows


@pytest.fixture
def queries(store_database: Database[dict[str, Any]], rows: AuditRows) -> AuditQueries:
    people = People(store_database)
    people.put(str(account_of(SECRETARY)), {"name": "Trần Thị Thư Ký"})
    return AuditQueries(rows, people)


@pytest.fixture
def listening(appender: Appender, log: EntryLog, rows: AuditRows) -> Listening:
    return Listening(appender, log, rows, nothing_missing)


@pytest.fixture
def told(listening: Listening) -> Telling:
    telling = Telling()
    a_story(telling)
    listening.react(telling.told)
    return telling


def entries(queries: AuditQueries, **criteria: Any) -> list[str]:
    return [act.entry for act in queries.search(Criteria(**criteria)).items]


def everything(rows: AuditRows) -> list[list[dict[str, Any]]]:
    return [sorted(each.each(), key=lambda row: str(row["_id"])) for each in (rows.acts, rows.things, rows.choices)]


def test_every_event_is_entered_and_found_with_the_latest_first(
    told: Telling, queries: AuditQueries, log: EntryLog
) -> None:
    assert entries(queries) == [f"content/{position}" for position in range(8, 0, -1)]
    assert [entry.leaf for entry in log.each()] == [arrived(envelope) for envelope in told.told]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"account": str(account_of("editor1"))}, [2, 1]),
        ({"office": SECRETARY}, [7, 5]),
        ({"office": STANDING_DEPUTY}, [8, 7]),
        ({"kind": "content.article.published"}, [7]),
        ({"kind": "content.submission"}, [2, 1]),
        ({"kind": "board"}, []),
        ({"refused": True}, [6]),
        ({"thing": "ma da khoi cong"}, [8, 7, 6, 5, 4, 3, 2]),
        ({"thing": "BRIDGE"}, [8, 7, 6, 5, 4, 3, 2]),
        ({"thing": "cầu Mã Đà"}, [8, 7, 6, 5, 4, 3, 2, 1]),
        ({"thing": "no such words"}, []),
        ({"thing": ".*"}, []),
        ({"thing": str(ARTICLE)}, [8, 7, 6, 5, 4, 3, 2, 1]),
        ({"thing": str(SUBMISSION)}, [8, 7, 6, 5, 4, 3, 2, 1]),
        ({"thing": "content/4"}, [4]),
        ({"since": MORNING + timedelta(hours=6)}, [8, 7]),
        ({"until": MORNING + timedelta(hours=2)}, [2, 1]),
        ({"since": MORNING + timedelta(hours=2), "until": MORNING + timedelta(hours=3)}, [3]),
        ({"office": SECRETARY, "kind": "content.article.returned"}, [5]),
    ],
)
def test_acts_are_found_by(told: Telling, queries: AuditQueries, criteria: dict[str, Any], found: list[int]) -> None:
    assert told.told
    assert entries(queries, **criteria) == [f"content/{position}" for position in found]


def test_an_act_tells_who_in_which_capacity_for_whom_under_which_clause(told: Telling, queries: AuditQueries) -> None:
    published = queries.act(told.told[6].id)

    assert published is not None
    assert (published.name, published.capacity, published.on_behalf_of, published.delegation) == (
        "Trần Thị Thư Ký",
        SECRETARY,
        STANDING_DEPUTY,
        "12/QĐ-STTTT",
    )
    assert (published.clause, published.content_hash, published.at) == (
        "QC2024 Đ10.1b-3",
        "ab" * 32,
        MORNING + timedelta(hours=6),
    )
    assert (published.thing.title("en"), published.index) == ("Work begins on the Ma Da bridge", 6)


def test_pages_follow_one_another_without_gap_or_repetition(told: Telling, queries: AuditQueries) -> None:
    found, after = [], None
    while True:
        page = queries.search(Criteria(), after, limit=3)
        found += [act.entry for act in page.items]
        after = page.next
        if after is None:
            break

    assert found == [envelope.id for envelope in reversed(told.told)]


def test_the_story_of_an_item_has_every_step_from_its_submission_on(told: Telling, queries: AuditQueries) -> None:
    story = queries.story(str(ARTICLE))

    assert story is not None
    assert [step.act.entry for step in story.steps] == [envelope.id for envelope in told.told]
    assert [step.waited for step in story.steps] == [None, *([timedelta(hours=1)] * 7)]
    assert story.lasted == timedelta(hours=7)
    assert story.thing.title("vi") == "Khởi công cầu Mã Đà"
    refused = story.steps[5].act
    assert (refused.refused, refused.command, refused.code) == (True, "publish", "not_the_standing_deputy")
    assert story.steps[7].act.said("en") == "Sai số liệu"


def test_the_story_of_a_submission_goes_on_with_the_item_that_it_became(told: Telling, queries: AuditQueries) -> None:
    story = queries.story(str(SUBMISSION))

    assert story is not None
    assert len(story.steps) == len(told.told)


def test_nothing_has_no_story(queries: AuditQueries) -> None:
    assert queries.story(str(UUID(int=9))) is None
    assert queries.act("content/99") is None


def test_what_is_offered_to_choose_from_is_what_came_up(told: Telling, queries: AuditQueries) -> None:
    assert told.told
    assert queries.offices() == ("content-team", "secretary", "standing-deputy")
    assert "content.attempt.refused" in queries.kinds()
    assert "content.article" in queries.kinds()
    people = queries.people()
    assert people[str(account_of(SECRETARY))] == "Trần Thị Thư Ký"
    assert people[str(account_of("editor1"))] == "", (
        "whose name is not known, or was erased, can be chosen all the same"
    )


def test_hearing_everything_again_changes_nothing(
    told: Telling, listening: Listening, rows: AuditRows, log: EntryLog
) -> None:
    before, size = everything(rows), log.size()

    listening.react(told.told)
    listening.react(told.told[3:5])

    assert everything(rows) == before
    assert log.size() == size


def test_rows_written_anew_from_the_beginning_are_the_same(
    told: Telling, listening: Listening, rows: AuditRows, log: EntryLog
) -> None:
    board = Telling("board")
    board.tell("board.office.established", UUID(int=3))
    listening.react(board.told)
    before = everything(rows)
    for each in (rows.acts, rows.things, rows.choices):
        each.clear()

    listening.react(board.told)
    for first in range(0, len(told.told), 3):
        listening.react(told.told[first : first + 3])

    assert everything(rows) == before
    assert log.size() == 9


def test_an_event_of_any_shape_is_entered_and_has_a_row(listening: Listening, queries: AuditQueries) -> None:
    strange = Telling("content")
    strange.tell("content.x", UUID(int=1), content=[1], reason=7, submission={}, titles=None, subject=3, command=[])
    strange.tell("content.attempt.refused", UUID(int=2), subject=None, code=4, content={"texts": {"vi": "?"}})
    strange.told[1].data["act"]["capacity"] = None

    listening.react(strange.told)

    assert entries(queries) == ["content/2", "content/1"]


def test_events_that_never_came_are_read_from_the_log_of_their_service(
    appender: Appender, rows: AuditRows, log: EntryLog, queries: AuditQueries
) -> None:
    telling = Telling()
    a_story(telling)

    def own_log(service: str, after: int) -> Sequence[LogEntry]:
        assert service == "content"
        return [LogEntry(e.position, e.subject, e.version, e.topic, e.state) for e in telling.told[after:][:2]]

    Listening(appender, log, rows, own_log).react(telling.told[6:])

    assert [entry.leaf.position for entry in log.each()] == list(range(1, 9))
    assert entries(queries) == ["content/8", "content/7"]


def test_events_that_nobody_has_leave_a_gap_that_is_told(listening: Listening, log: EntryLog) -> None:
    telling = Telling()
    a_story(telling)

    with pytest.raises(PositionGap, match="content/7 came where content/1 was due"):
        listening.react(telling.told[6:])

    assert log.size() == 0


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("account", ["", "x"])
@pytest.mark.parametrize("office", ["", "x"])
@pytest.mark.parametrize("kind", ["", "content", "content.attempt", "content.attempt.refused"])
@pytest.mark.parametrize("refused", [False, True])
def test_every_combination_of_filters_is_one_stretch_of_one_index(
    store_database: Database[dict[str, Any]],
    queries: AuditQueries,
    account: str,
    office: str,
    kind: str,
    *,
    refused: bool,
) -> None:
    where = queries._where(Criteria(account, office, "", kind, MORNING, refused=refused))

    for order in (asked._NEWEST, asked._OLDEST):
        plan = store_database["acts"].find(where).sort(order.keys()).explain()["queryPlanner"]["winningPlan"]

        assert "'stage': 'SORT'" not in str(plan)
        assert "'indexName': 'ways_1_when_-1__id_-1'" in str(plan)


@pytest.mark.usefixtures("told")
def test_words_are_found_by_an_index_too(store_database: Database[dict[str, Any]]) -> None:
    where = {"words": {"$all": ["khoi", "cong"]}}

    plan = store_database["things"].find(where).sort([("position", -1), ("_id", -1)]).explain()

    assert "'indexName': 'words_1_position_-1__id_-1'" in str(plan["queryPlanner"]["winningPlan"])
    assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])


def test_the_last_word_may_be_only_begun_where_no_name_has_it_whole(told: Telling, queries: AuditQueries) -> None:
    assert told.told
    assert entries(queries, thing="ma da kho") == entries(queries, thing="ma da khoi")
    assert entries(queries, thing="da hoi") == []
